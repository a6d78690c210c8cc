"""A calibration for the terminal: every quantity, what it rests on, what is not shown. Rich only."""

from __future__ import annotations

import math

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.render.layout import add_row, apart, plain_table
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.calibrate.read import DEGRADED, LIKELIHOOD, MASSES
from truetoll.studies.calibrate.records import Calibration, Checked, Degraded, Misspecified, too_many_lost


def calibration_view(found: Calibration, w: Words = ENGLISH) -> RenderableType:
    """Lay out a calibration.

    Parameters
    ----------
    found : Calibration
    w : Words
        Of the language, for a screen.

    Returns
    -------
    rich renderable
    """
    parts: list[RenderableType | None] = [
        _header(found, w),
        None if found.calibrated else Text(w.say("calibrate.refusal"), style="bold"),
        _checked("", found.quantities, w),
        Text(f"{w.say('calibrate.how')}{_power(found, w)}"),
        _not_inside(found, w),
        _checked(w.say("calibrate.further"), found.further, w),
        _forms(found, w),
        *_degraded(found, w),
        Text(w.say("calibrate.shows")),
    ]
    return Group(*apart(parts))


def _header(found: Calibration, w: Words) -> RenderableType:
    lost, longer = found.not_converged, found.sampled_longer
    ran = w.say(
        "calibrate.ran",
        simulations=w.say("count.simulations", n=found.simulations),
        state=w.say("calibrate.lost", n=lost) if lost else w.say("table.all_converged"),
        aside=w.say("calibrate.longer", n=longer) if longer else "",
        seconds=found.seconds,
    )
    heading = w.say("calibrate.heading", case=found.case, scenario=found.scenario)
    return Group(Text(found.title, style="bold"), Text(heading), Text(ran))


def _checked(heading: str, checked: tuple[Checked, ...], w: Words) -> RenderableType | None:
    if not checked:
        return None
    masses = [f">{w.percent(mass / 100)}" for mass in MASSES]
    table = plain_table(heading, *w.columns("calibrate", ">in_band", ">departure"), *masses)
    for q in checked:
        held = (_share(q.coverage[str(mass)], q.coverage_se[str(mass)]) for mass in MASSES)
        inside = w.say("calibrate.yes" if q.inside else "calibrate.no")
        name = w.say("calibrate.likelihood") if q.name == LIKELIHOOD else q.name
        add_row(table, name, inside, w.local(f"{q.largest_departure:+.3f}"), *held)
    return table


def _power(found: Calibration, w: Words) -> str:
    """Say what so many simulations can show."""
    return "" if found.seen is None else f" {w.say('calibrate.power', wider=w.percent(found.seen))}"


def _not_inside(found: Calibration, w: Words) -> RenderableType | None:
    """Say in words what is wrong, or looks so."""
    odd = [q for q in found.quantities if not q.inside]
    lines = [w.say("calibrate.not_inside", name=q.name, verdict=w.tell(q.verdict)) for q in odd]
    if too_many_lost(found):
        lines.append(w.say("calibrate.too_many", lost=found.not_converged, all=found.simulations))
    return Text("\n".join(lines)) if lines else None


def _forms(found: Calibration, w: Words) -> RenderableType:
    tested = ", ".join(f"{_form(f.form, w)} ({w.local(f'{f.claims:,}')})" for f in found.forms if f.claims)
    missing = ", ".join(_form(f.form, w) for f in found.forms if not f.claims)
    lines = [w.say("calibrate.tested", forms=tested or w.say("calibrate.none_tested"))]
    lines += [w.say("calibrate.untested", forms=missing)] if missing else []
    return Text("\n".join(lines))


def _form(name: str, w: Words) -> str:
    return w.of("tested", name) if w.has(f"tested.{name}") else w.form(name)


def _degraded(found: Calibration, w: Words) -> list[RenderableType]:
    """Lay out what follows where sources are not as assumed, a table for each quantity."""
    if not found.misspecified:
        return []
    names = [q.name for q in found.quantities]
    tables = [_one_degraded(found.misspecified, i, name, w) for i, name in enumerate(names)]
    lost = sum(each.not_converged for each in found.misspecified[1:])
    left = f" {w.say('calibrate.degraded_lost', n=lost)}" if lost else ""
    note = f"{w.say('calibrate.degraded_note')}{left}"
    return [Text(w.say("calibrate.not_as_assumed"), style="bold"), *tables, Text(note)]


def _one_degraded(rows: tuple[Misspecified, ...], i: int, name: str, w: Words) -> RenderableType:
    held = (f">{w.say('calibrate.holds', mass=w.percent(mass / 100))}" for mass in DEGRADED)
    table = plain_table(name, *held, *w.columns("calibrate", ">off"), widths=(36, None, None, None))
    for row in rows:
        add_row(table, bias_words(row.bias, w), *(_cells(row.quantities[i], w) if row.quantities else "---"))
    return table


def _cells(q: Degraded, w: Words) -> tuple[str, str, str]:
    half, most = (_share(q.coverage[str(mass)], q.coverage_se[str(mass)]) for mass in DEGRADED)
    return half, most, w.times(math.exp(q.median_error_log))


def _share(coverage: float, error: float) -> str:
    return f"{100 * coverage:.0f} ± {100 * error:.0f}"


def bias_words(bias: str, w: Words = ENGLISH) -> str:
    """Say how sources are, where they are not as assumed.

    Parameters
    ----------
    bias : str
        ``bias_x1.5``.
    w : Words

    Returns
    -------
    str
    """
    if w.has(f"calibrate.{bias}"):
        return w.say(f"calibrate.{bias}")
    return w.say("calibrate.bias", factor=w.local(bias.removeprefix("bias_x")))
