"""A run that nobody sampled: every answer about it is known beforehand."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import xarray as xr

from truetoll.claims.kept import keep
from truetoll.claims.reliability import read_reliability
from truetoll.claims.schema import Aside, Case, CaseFile, Claim, Figure, Form, Reading, Term
from truetoll.text.messages import message

CHAINS, DRAWS = 4, 1000
BIAS_MAP = np.array([[0.3, 0.4, 0.0], [0.3, 0.0, 0.4]])
V = np.linalg.lstsq(BIAS_MAP, np.ones(2))[0]
BINS = (date(2024, 1, 1), date(2024, 1, 11), date(2024, 1, 31))
OUTCOMES = ["killed", "wounded", "captured", "missing"]
PASS_THROUGH = 0.7
FIGURE = {each.name for each in fields(Figure)}
THRESHOLDS = {"killed": (1000.0,)}


def readings(losses):
    """``a.killed:0.7 | a.casualties:0.3`` -> readings."""
    found = []
    for part in losses.split(" | "):
        terms, _, probability = part.partition(":")
        found.append(Reading(float(probability or 1.0), tuple(map(Term.of, terms.split(" + ")))))
    return tuple(found)


def claim(id_, text, losses, **changes):
    """A claim of the whole case; changes are of the claim or of its figure, days as dates or ISO text."""
    days = {k: date.fromisoformat(v) for k, v in changes.items() if k in DAYS and isinstance(v, str)}
    changes |= days
    of_figure = {k: v for k, v in changes.items() if k in FIGURE}
    figure = Figure(**{"form": Form.INTERVAL, "low": 900.0, "high": 1100.0, "value": 1000.0} | of_figure)
    said = {"line": 2, "source": "mod", "since": BINS[0], "as_of": BINS[-1], "reported": None, "origin": id_}
    said |= {"credibility": 3} | {k: v for k, v in changes.items() if k not in FIGURE}
    return Claim(id=id_, readings=readings(losses), figure=replace(figure, form=Form(figure.form)), text=text, **said)


DAYS = ("since", "as_of", "reported")
CLAIMS = [
    claim("first", "1,000", "north.killed"),
    claim("half", "up to 1,000", "north.killed", as_of="2024-01-21", form="up to"),
    claim("share", "30-50 %", "north.casualties", share=True, low=0.3, high=0.5, value=0.39),
    claim("mixed", "about 1,000", "north.killed:0.7 | north.casualties:0.3", source="ngo"),
    claim("most", "at most [bold] 1,000", "north.wounded", form="at most", source="ngo"),
    claim("again", "1,000", "north.killed", weight=0.0, set_aside=Aside("repeats", "first"), origin="first"),
]
FORCE = {
    "name": "The North",
    "victims": "military",
    "outcomes": ("killed", "wounded"),
    "strength": {"median": 10_000, "low": 9_000, "high": 11_000},
    "rate": {"median": 0.1, "low": 0.01, "high": 0.5},
    "thresholds": THRESHOLDS,
}
TO_KNOW = message("notice.no_claim_yet", names=("nobody",)).at("case.toml", key="sources")
SOURCES = {
    "mod": {"name": "Ministry", "grade": "C", "relations": {"north": "own_side"}},
    "ngo": {"name": "", "grade": "B", "relations": {"north": "media"}},
}


def case(*, title="A made-up case", description="", bins=BINS, force=FORCE, forces=None, sources=SOURCES, **changes):
    """Two ministries on one force; changes are of `Case`, or of the parts of its file."""
    file = CaseFile(
        case={"title": title, "description": description, "bins": bins},
        forces=forces or {"north": force},
        sources=sources,
        assumptions=changes.pop("assumptions", {}),
    )
    said = {"claims": CLAIMS, "notices": (TO_KNOW,)} | changes
    return Case("made-up", Path("made-up"), file, reliability=read_reliability(file.assumptions), **said)


def past(**rows):
    """Assumptions by which the means of relations rest on (figures, losses, wars)."""
    numbers = {relation: dict(zip(("claims", "losses", "wars"), row, strict=True)) for relation, row in rows.items()}
    return {"bias": {"military": numbers}}


def quantities(of):
    return [q.name for q in of.quantities]


def tree(*, converged=1, **changes):
    """Killed: log-normal about 1,000, pass-through 0.7. Wounded: about 3,000, pass-through 0."""
    attrs = {"case": "made-up", "scenario": "base", "digest": "0", "interval_mass": 0.9, "converged": converged}
    attrs |= {"rhat_max": 1.002, "ess_min": 1234.5, "divergences": 0, "understood": keep(case(**changes))}
    made = xr.DataTree.from_dict(
        {
            "posterior": group((CHAINS, DRAWS), 0.5, 1),
            "prior": group((1, CHAINS * DRAWS), 1.0, 2),
            "posterior_predictive": predictive(),
            "constant_data": rests_on(PASS_THROUGH, 0.0, 0.3, 0.0),
        }
    )
    made.attrs = attrs
    return made


def rests_on(*pass_through):
    """Pass-through of each quantity."""
    names, error = quantities(case()), [0.02] * len(pass_through)
    values = {"pass_through": ("quantity", list(pass_through)), "pass_through_mcse": ("quantity", error)}
    return xr.Dataset(values, coords={"quantity": names})


def group(shape, sd, seed):
    """Half of the killed fall in each bin, so half of the second bin's in half of its days."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(*shape, 3))
    raised = z @ V
    rest = residual(rng.normal(size=shape), raised)
    log_killed = np.log(1000) - PASS_THROUGH * (raised - raised.mean()) / raised.var() + sd * rest
    killed, wounded = np.exp(log_killed), np.exp(np.log(3000) + sd * residual(rng.normal(size=shape), raised))
    loss = np.zeros((*shape, 1, 4, 2))
    loss[..., 0, 0, :], loss[..., 0, 1, :] = killed[..., None] / 2, wounded[..., None] / 2
    amount = np.stack([killed, wounded, killed + wounded, 10_000 * np.exp(sd * rest)], axis=-1)
    draw = ("chain", "draw")
    return xr.Dataset(
        {
            "amount": ((*draw, "quantity"), amount),
            "loss": ((*draw, "force", "outcome", "bin"), loss),
            "strength": ((*draw, "bounded", "bin"), np.full((*shape, 1, 2), 10_000.0)),
            "bias": ((*draw, "voice"), np.log(2.0) + z @ BIAS_MAP.T),
            "sigma": ((*draw, "source"), np.full((*shape, 2), 0.25)),
            "sound": ((*draw, "claim"), np.full((*shape, len(CLAIMS)), 0.75)),
            "z_bias": ((*draw, "bias_factor"), z),
        },
        coords={
            "quantity": quantities(case()),
            "force": ["north"],
            "outcome": OUTCOMES,
            "bounded": ["north"],
            "voice": ["mod:north", "ngo:north"],
            "source": ["mod", "ngo"],
            "claim": [c.id for c in CLAIMS],
        },
    )


def residual(noise, on):
    """Noise made exactly uncorrelated with something else."""
    on = on - on.mean()
    return noise - noise.mean() - on * (noise * on).sum() / (on**2).sum()


def predictive():
    """Cells of ``first``: a tenth below, a fifth said, the rest above; of ``most``: a fifth on the stated side."""
    n = CHAINS * DRAWS
    cells = np.zeros((n, len(CLAIMS)))
    cells[:, 0] = np.repeat([-1.0, 0.0, 2.0], [n // 10, n // 5, 7 * n // 10])
    cells[:, 4] = np.repeat([0.0, 1.0], [n // 5, 4 * n // 5])
    shaped = cells.reshape(CHAINS, DRAWS, len(CLAIMS))
    return xr.Dataset({"cell_if_sound": (("chain", "draw", "claim"), shaped)}, coords={"claim": [c.id for c in CLAIMS]})


OVER_TIME = (date(2024, 1, 1), date(2024, 1, 11), date(2024, 1, 31), date(2024, 2, 10))
TANKS = {"tanks": {"median": 100, "low": 10, "high": 1_000}}


def over_time(claims=(), tally=(), *, converged=1):
    """Three bins of 10, 20 and 10 days: losses that differ from draw to draw and bin to bin, and tanks."""
    claims = list(claims) or [claim("only", "1,000", "north.killed")]
    of = case(bins=OVER_TIME, claims=claims, force=FORCE | {"counts": TANKS})
    rng = np.random.default_rng(3)
    loss = np.zeros((2, 500, 1, 4, 3))
    loss[..., 0, 0, :] = rng.gamma(4.0, [10.0, 50.0, 5.0], size=(2, 500, 3))
    loss[..., 0, 1, :] = rng.gamma(4.0, [30.0, 20.0, 90.0], size=(2, 500, 3))
    tanks = rng.gamma(9.0, [1.0, 4.0, 2.0], size=(2, 500, 1, 3))
    strength = 1000.0 * np.exp(rng.normal(size=(2, 500, 1, 1)) * 0.1) * [1.0, 1.0, 2.0]
    total = loss.sum(-1)[..., 0, :]
    amount = np.stack(
        [total[..., 0], total[..., 1], total.sum(-1), tanks[..., 0, :].sum(-1), strength[..., 0, -1]], axis=-1
    )
    draw = ("chain", "draw")
    held = {
        "amount": ((*draw, "quantity"), amount),
        "loss": ((*draw, "force", "outcome", "bin"), loss),
        "strength": ((*draw, "bounded", "bin"), strength),
        "count": ((*draw, "counted", "bin"), tanks),
    }
    coords = {"quantity": quantities(of), "force": ["north"], "outcome": OUTCOMES}
    coords |= {"bounded": ["north"], "counted": ["north.tanks"]}
    ids = [c.id for c in claims]
    names = np.array([dict(tally).get(i, "") for i in ids], dtype=str)
    groups = {
        "posterior": xr.Dataset(held, coords=coords),
        "constant_data": xr.Dataset({"claim_tally": ("claim", names)}, coords={"claim": ids}),
    }
    made = xr.DataTree.from_dict(groups)
    made.attrs = tree(converged=converged).attrs | {"understood": keep(of)}
    return made
