"""What a reader needs to trust, repeat and cite an answer: convergence, calibration, method, versions, commands."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from truetoll.claims.schema import Term
from truetoll.render.tables import Row, Table, number, told, words
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.studies.calibrate.read import MASSES
from truetoll.studies.calibrate.records import Checked

RECORD = Path(__file__).with_name("record.toml")
PARAGRAPHS = ("losses", "sources", "figures", "together", "limits")
"""Of the method, in order."""
REFERENCES = (
    ("Radford et al. 2023, PNAS 120(34)", "10.1073/pnas.2307372120", "claims"),
    (
        "Vehtari, Gelman, Simpson, Carpenter, B\u00fcrkner 2021",
        "10.1214/20-BA1221",
        "rhat",
    ),
    ("Vehtari, Simpson, Gelman, Yao, Gabry 2024, JMLR 25(72)", "10.48550/arXiv.1507.02646", "psis"),
    ("Vehtari, Gelman, Gabry 2017", "10.1007/s11222-016-9696-4", "loo"),
    (
        "Kallioinen, Paananen, B\u00fcrkner, Vehtari 2024",
        "10.1007/s11222-023-10366-5",
        "psense",
    ),
    ("Talts, Betancourt, Simpson, Vehtari, Gelman 2018", "10.48550/arXiv.1804.06788", "sbc"),
    ("Lancaster 1961", "10.1080/01621459.1961.10482105", "midp"),
    ("Abril-Pla et al. 2023, PyMC", "10.7717/peerj-cs.1516", "pymc"),
)
"""Who, DOI, and for what (section ``reference``)."""
_SAMPLING = ("draws", "tune", "chains", "seed", "sampler")


def convergence_table(subject: Subject, w: Words) -> Table:
    """Say whether the sampler can be believed.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table
    """
    d = subject.summary.diagnostics
    state = "facts.converged" if subject.converged else "facts.not_converged"
    # A comparison keeps as many draws of its base as of every scenario; it is checked before they are thinned.
    kept = w.say("facts.draws_all") if subject.comparison else ""
    rows: tuple[Row, ...] = (
        (words(w.say("facts.state")), number(w.say(state)), words("")),
        (words(w.say("facts.rhat")), number(w.local(f"{d.rhat_max:.3f}")), words(w.say("facts.rhat_limit"))),
        (words(w.say("facts.ess")), number(w.local(f"{d.ess_min:,.0f}")), words(w.say("facts.ess_limit"))),
        (words(w.say("facts.divergences")), number(w.local(f"{d.divergences:,}")), words(w.say("facts.none_allowed"))),
        (words(w.say("facts.draws")), number(w.local(f"{subject.draws:,}")), words(kept)),
        *_errors(subject, w),
    )
    head = w.columns("head", "check", "value", "needed")
    return Table("convergence", w.say("facts.convergence"), head, rows, w.say("facts.convergence_note"))


def _errors(subject: Subject, w: Words) -> Iterator[Row]:
    if subject.converged:
        q = subject.main
        text = w.say("facts.mcse", quantity=w.quantity(q.name))
        yield words(text), number(w.two_digits(q.mcse_median)), words(w.say("facts.mcse_note"))


def calibration_table(subject: Subject, w: Words) -> Table | None:
    """Say what share of simulated truths intervals of this case held.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table or None
        None if no calibration was given.
    """
    if (found := subject.calibration) is None:
        return None
    head = (
        w.say("head.quantity"),
        *(w.say("head.held", mass=w.percent(m / 100)) for m in MASSES),
        w.say("head.verdict"),
    )
    rows = tuple(_held(each, subject, w) for each in found.quantities)
    done, lost = w.local(f"{found.simulations:,}"), w.local(f"{found.not_converged:,}")
    note = w.say("facts.calibrated_note", simulations=done, lost=lost)
    return Table("calibration", w.say("facts.calibrated"), head, rows, note, grouped=True)


def _held(each: Checked, subject: Subject, w: Words) -> Row:
    force = subject.forces.get(Term.of(each.name).force, "")
    shares = (number(w.percent(each.coverage[str(mass)])) for mass in MASSES)
    return words(w.quantity(each.name), force), *shares, words(w.tell(each.verdict))


def record(w: Words) -> str:
    """Say how intervals made so have held on past wars.

    Parameters
    ----------
    w : Words

    Returns
    -------
    str
    """
    with RECORD.open("rb") as file:
        found = tomllib.load(file)["hindcast"]
    held = {f"held_{mass}": w.percent(share) for mass, share in found["held"].items()}
    numbers = {name: w.local(f"{found[name]}") for name in ("wars", "losses", "several", "famous")}
    return w.say("facts.record", **numbers, **held)


def method(w: Words) -> list[tuple[str, str]]:
    """Say in plain words how the answer is made.

    Parameters
    ----------
    w : Words

    Returns
    -------
    list of (str, str)
        Heading and text.
    """
    return [(w.say(f"method.{name}_title"), w.say(f"method.{name}")) for name in PARAGRAPHS]


def references(w: Words) -> list[tuple[str, str, str]]:
    """List what the method rests on.

    Parameters
    ----------
    w : Words

    Returns
    -------
    list of (str, str, str)
        Who, DOI, for what.
    """
    return [(who, doi, w.say(f"reference.{what}")) for who, doi, what in REFERENCES]


def command(subject: Subject) -> str:
    """Write the command that makes the run again.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    str
    """
    attrs, comparison = subject.tree.attrs, subject.comparison
    asked = [f"--{name} {attrs[f'sampling_{name}']}" for name in _SAMPLING if f"sampling_{name}" in attrs]
    name = shlex.quote(subject.summary.case)
    if comparison is None:
        scenario = subject.summary.scenario
        chosen = [f"--scenario {shlex.quote(scenario)}"] if scenario != "base" else []
        chosen += [f"--as-of {subject.summary.known_on}"] if subject.summary.known_on else []
        return " ".join(["truetoll fit", name, *chosen, *asked])
    chosen = [f"--scenario {shlex.quote(s.name)}" for s in comparison.scenarios if s.name != comparison.base]
    chosen += [f"--attribute {shlex.quote(a.scenario)}" for a in comparison.attribution]
    chosen += ["--one-at-a-time"] if comparison.alternatives else []
    chosen += ["--leave-one-out"] if comparison.influence else []
    return " ".join(["truetoll compare", name, *chosen, *asked])


def origin_table(subject: Subject, w: Words) -> Table:
    """Say what is needed to make the answer again, number for number but for Monte Carlo error.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table
    """
    attrs: Mapping[Any, Any] = subject.tree.attrs
    facts = [("case", subject.summary.case), ("scenario", subject.summary.scenario), ("digest", subject.summary.digest)]
    facts += [("known_on", w.day(subject.summary.known_on))] if subject.summary.known_on else []
    rows = [(words(w.say(f"facts.{name}")), told(text)) for name, text in facts]
    versions = {str(n).removeprefix("version_"): str(v) for n, v in attrs.items() if str(n).startswith("version_")}
    rows += [(words(w.say("facts.seed")), told(f"{attrs.get('sampling_seed', '-')}"))]
    rows += [(words(w.say("facts.version", package=name)), told(version)) for name, version in versions.items()]
    head = w.columns("head", "what", "value")
    return Table("origin", w.say("facts.origin"), head, tuple(rows))


def citation(subject: Subject, w: Words) -> str:
    """Write how to cite the answer.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    str
    """
    version = subject.tree.attrs.get("version_truetoll", "")
    s = subject.summary
    told_ = {"title": s.title, "version": version, "case": s.case, "scenario": s.scenario, "digest": s.digest[:12]}
    return w.say("facts.citation", seed=subject.tree.attrs.get("sampling_seed", "-"), **told_)
