"""The page: parts put into a template, scripts and styles inlined, and a policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import xarray as xr
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from truetoll.render.words import Words
from truetoll.report import answer, claims, facts, scenarios, sources
from truetoll.report.charts import chart_data
from truetoll.report.draws import densities, draws_data, presets, refits_data, rest_data
from truetoll.report.subject import Subject, subject_of
from truetoll.report.tables import tables_of
from truetoll.studies.compare.tables import table_key
from truetoll.studies.fit.tables import standing_out
from truetoll.studies.timeline.read import QuantityTimeline
from truetoll.text.messages import Message
from truetoll.visible import visible

HERE = Path(__file__).parent
SCRIPTS = ("numbers", "weighing", "drawing", "charts", "question", "above", "snippet", "address", "sharing", "start")
"""Of the page, in their order; together they are one block."""
VENDOR = ("d3.min.js", "plot.umd.min.js")
DIGITS = 12
"""Of the digest of a case, enough to tell it from others."""
PLOT_CLASS = "tt-plot"
"""Class of every chart: Plot writes one style sheet for it into the chart, whose text is then known."""
_RISKY = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def report_html(
    tree: xr.DataTree,
    language: str | None = None,
    calibrated: xr.DataTree | None = None,
    refits: xr.Dataset | None = None,
) -> str:
    """Write a run as one page.

    Parameters
    ----------
    tree : xarray.DataTree
        A fit or a comparison, as it was returned or saved.
    language : {"en", "es"}, optional
        That of the case if not given.
    calibrated : xarray.DataTree, optional
        A calibration of the same case.
    refits : xarray.Dataset, optional
        Refits of this run that were stored: what they answer is exact.

    Returns
    -------
    str
        HTML that needs nothing else.
    """
    subject = subject_of(tree, calibrated, refits)
    w = Words(language or subject.case.file.case.language)
    return rendered("page.html", w, page_data(subject, w), subject=subject, **_parts(subject, w))


def rendered(template: str, w: Words, data: Mapping[str, Any], styles: tuple[str, ...] = (), **parts: Any) -> str:
    """Put a page together: its scripts and styles inlined, and nothing else let run.

    Parameters
    ----------
    template : str
    w : Words
    data : mapping
        What its scripts read.
    styles : tuple of str
        Files of styles beside that of the page.
    **parts : object
        What the template shows.

    Returns
    -------
    str
    """
    scripts = [*(_read(f"vendor/{name}") for name in VENDOR), *_own_scripts()]
    style = "\n".join(_read(name) for name in ("report.css", *styles))
    return (
        environment()
        .get_template(template)
        .render(
            **{"w": w, "say": w.say, **parts},
            policy=_policy(scripts, [style, plot_style()]),
            style=Markup(style),
            scripts=[Markup(script) for script in scripts],
            data=Markup(for_script(data)),
        )
    )


def _parts(subject: Subject, w: Words) -> dict[str, Any]:
    """Everything that is said, ready for the template."""
    found = {
        "tables": {table.key: table for table in tables_of(subject, w)},
        "title": subject.summary.title,
        "case_word": shlex.quote(subject.summary.case),  # of commands that a reader may copy
        "citation": facts.citation(subject, w),
        "command": facts.command(subject),
        "record": facts.record(w),
        "method": facts.method(w),
        "references": facts.references(w),
        "notices": answer.notices(subject, w),
        "cards": claims.cards(subject, w),
        "drawn_claims": sum(claim.weight > 0 for claim in standing_out(subject.summary.claims)),
        "source_reasons": sources.reasons(subject, w),
    }
    more = _compared(subject, w) if subject.converged or subject.without_base else {}
    return found | more | (answered(subject, w) if subject.converged else {})


def _compared(subject: Subject, w: Words) -> dict[str, Any]:
    """Say what each scenario says, also where the base case says nothing."""
    return {
        "main_tables": [table_key(q.name) for q in found.main_quantities] if (found := subject.comparison) else [],
        "scenario_reasons": scenarios.reasons(subject, w),
    }


def answered(subject: Subject, w: Words) -> dict[str, Any]:
    """Say what only a run that converged can say.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    dict
        For the templates of the answer and of the sliders.
    """
    return {
        "headline": answer.headline(subject, w),
        "by_force": [
            (force, list(members)) for force, members in groupby(subject.summary.quantities, lambda q: q.force)
        ],
        "named": {q.name: w.named(q) for q in subject.summary.quantities},
        "source_names": subject.summary.source_names,
        "not_converged": ", ".join(_lost(subject, w)),
        "relations": sources.relations(subject, w),
        "preset_titles": [preset["title"] for preset in presets(subject, w)],
        "scenario_choices": _choices(subject, w),
        "time_choices": [(q.name, f"{q.force}: {w.quantity(q.name)}") for q in _over_time(subject)],
    }


def _lost(subject: Subject, w: Words) -> list[str]:
    """Name the refits that are no result."""
    names = subject.summary.source_names
    return [
        w.say("question.half" if each.power else "question.without", name=names[each.source])
        for each in subject.stored
        if not each.quantities
    ]


def _choices(subject: Subject, w: Words) -> list[tuple[str, str]]:
    """Quantities of a chart that shows one, the main one first."""
    found = sorted(subject.summary.quantities, key=lambda q: q.name != subject.main.name)
    return [(q.name, w.in_full(q)) for q in found]


def _over_time(subject: Subject) -> list[QuantityTimeline]:
    found = subject.timeline.quantities if subject.timeline else ()
    return sorted(found, key=lambda q: q.name != subject.main.name)


def page_data(subject: Subject, w: Words) -> dict[str, Any]:
    """Gather what the scripts of the page read.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    dict
        Without any number of the posterior if the run did not converge.
    """
    names = ("question", "answer", "claim", "source", "head", "number")
    data: dict[str, Any] = {"language": w.language, "converged": subject.converged, "plot": PLOT_CLASS}
    data["words"] = {name: w.section(name) for name in names}
    if not subject.converged or subject.levers is None:
        return data
    summary = subject.summary
    data |= {
        "case": shlex.quote(summary.case),
        "scenario": summary.scenario,
        "digest": summary.digest[:DIGITS],
        "quote": answer.quote(subject, w) | {"reference": facts.citation(subject, w)},
        "generated": _generated(subject, w),
        "taken": list(subject.case.scenarios),
        "known_on": summary.known_on,
        "mass": summary.interval_mass,
        "mass_words": w.percent(summary.interval_mass),
        "main": subject.main.name,
        "rest": rest_data(summary.quantities),
        "draws": draws_data(subject.levers),
        "densities": densities(subject, w),
        "presets": list(presets(subject, w)),
        "refits": list(refits_data(subject)),
    }
    return data | chart_data(subject, w)


def _generated(subject: Subject, w: Words) -> Mapping[str, Any] | None:
    """Give the scenario of the run if truetoll made it: then it stands in no file that another could build on."""
    said = subject.case.scenarios.get(subject.summary.scenario, {})
    titled = {key: w.tell(each) for key, each in said.items() if isinstance(each, Message)}
    return {**said, **titled} if titled else None


def for_script(content: Any) -> str:
    """Write as JSON that may stand in a script element, whatever it holds.

    Parameters
    ----------
    content : object
        Plain; no NaN.

    Returns
    -------
    str
        Without a character that could end the element or begin another.
    """
    text = json.dumps(_all_harmless(content), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: _RISKY[found.group()], text)


def environment() -> Environment:
    """Make what puts parts into a template: text of others is text, and shown as it is."""
    loader = FileSystemLoader(HERE / "templates")
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )


def _harmless(value: Any) -> Any:
    """Show what hides or turns a line round; parts of the page itself are left alone."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _all_harmless(content: Any) -> Any:
    """Do the same for everything the scripts of the page show."""
    if isinstance(content, dict):
        return {_all_harmless(key): _all_harmless(each) for key, each in content.items()}
    if isinstance(content, list | tuple):
        return [_all_harmless(each) for each in content]
    return _harmless(content)


@cache
def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _own_scripts() -> list[str]:
    parts = [_read(f"page/{name}.js") for name in SCRIPTS]
    return ["(() => {\n'use strict';\n" + "\n".join(parts) + "\n})();"]


def plot_style() -> str:
    """Text of the style sheet that Plot writes into every chart, read off the library itself.

    Returns
    -------
    str
    """
    found = re.search(r"`(:where\(\.\$\{c\}\) \{\\n  --plot-background.*?)`", _read("vendor/plot.umd.min.js"))
    assert found, "this version of Plot writes another style sheet"
    return found.group(1).replace("${c}", PLOT_CLASS).replace("\\n", "\n")


def _policy(scripts: list[str], styles: list[str]) -> str:
    """Let the page run what is in it, and nothing else, and load nothing from anywhere."""
    script, style = (" ".join(f"'sha256-{_digest(text)}'" for text in texts) for texts in (scripts, styles))
    rules = ("default-src 'none'", f"script-src {script}", f"style-src {style}", "img-src data:")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
