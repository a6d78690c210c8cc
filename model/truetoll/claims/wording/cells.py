"""What a figure stands for once its words are understood: its cell and its value.

Cells (x the number, unit that of its last non-zero digit, of a share in points; in a range that of its finer end):

- a number: x +- min(unit/2, x/4); "about": x +- min(unit, x/3); "hovers around": x +- min(unit, x/5);
- "nearly" and "just over": the half of the plain cell on that side; "exactly": half a unit of one;
- "300-odd": from the number up to the next of its unit;
- a range: from its low end to its high end as stated, not widened by rounding; "about" widens each end by
  its own rule; a range with equal ends is a number;
- a number with a range around it, "350 (320-380)": that range, and the number as its value;
- an estimate, "350 +- 30" or "350 (95% CI 320-380)": its number, and the interval as the error that it states itself;
- a vague word: as the lexicon says; "about" adds nothing to it;
- a share stays a fraction of strength, and its cell ends at one. A share of a number is a count: ranges multiply as
  stated, and two numbers have the relative errors of both, added as independent.

Behind a bound a range has the end that binds: "up to 300-500" is "up to 500", and "300 to 500 or more" is "500 or
more". "At least 300-500" is a bound that lies between the two: the cell is the range, the value its sure end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from truetoll.claims.schema import Form
from truetoll.claims.wording.ends import End
from truetoll.claims.wording.lexicon_schema import Width
from truetoll.claims.wording.vocabulary import Lexicon
from truetoll.text.messages import message

_DENOMINATOR = 10**9


@dataclass(frozen=True, slots=True)
class Core:
    """A figure without its hedges.

    Parameters
    ----------
    ends : tuple of End
        One, or the two of a range.
    point : End or None
        The number inside a published interval.
    mass : float or None
        The level of that interval, if it is an estimate's: then the ends are not those of what was said.
    from_zero : bool
        Whether it is a range from zero, of which only the high end is kept.
    """

    ends: tuple[End, ...]
    point: End | None = None
    mass: float | None = None
    from_zero: bool = False

    @property
    def share(self) -> bool:
        """Whether it is a share of strength."""
        return any(end.share for end in self.ends)

    @property
    def plain(self) -> bool:
        """Whether it is one number and nothing else."""
        return len(self.ends) == 1 and self.ends[0].span is None and self.point is None


def cell_of(core: Core, width: Width, lexicon: Lexicon) -> tuple[float, float]:
    """Find the edges of the cell, exact until the last step.

    Parameters
    ----------
    core : Core
    width : str
        ``cell`` of its hedge.
    lexicon : Lexicon

    Returns
    -------
    float, float

    Raises
    ------
    WordingError
        For a hedge that does not fit.
    """
    if not core.plain and width not in ("plain", "about", "near"):
        raise lexicon.refuse(message("wrong_figure.single_hedge"))
    first, last = core.ends[0], core.ends[-1]
    if core.plain:
        low, high = _around(first, width, lexicon)
    elif core.point is not None:
        low, high = first.low, last.high
    else:
        unit = min((end.step for end in core.ends if end.span is None), default=Fraction(0))
        low, high = first.low - _widened(first, width, unit), last.high + _widened(last, width, unit)
    return _within(float(low), float(high), core, lexicon)


def cell_of_number(core: Core, lexicon: Lexicon) -> tuple[float, float]:
    """Find the cell of the number of an estimate.

    Parameters
    ----------
    core : Core
        With a point.
    lexicon : Lexicon

    Returns
    -------
    float, float
        It is as exact as the finest of the three: "60,000 (95% CI 54,100-66,200)" to the hundred.
    """
    assert core.point is not None
    step = min(end.step for end in (core.point, *core.ends))
    low, high = _around(replace(core.point, step=step, cell=None), "plain", lexicon)
    return _within(float(low), float(high), core, lexicon)


def _within(low: float, high: float, core: Core, lexicon: Lexicon) -> tuple[float, float]:
    """End the cell of a share at one; a ratio may be over 100 %."""
    return low, min(high, 1.0) if core.share and not lexicon.ratios else high


def _around(end: End, width: Width, lexicon: Lexicon) -> tuple[Fraction, Fraction]:
    """Edges around a single number."""
    if width == "odd":
        if end.share or end.step <= 1:
            raise lexicon.refuse(message("wrong_figure.odd"))
        return end.value, end.value + end.step - 1
    margin = _margin(end, width, end.step)
    low, high = end.value - margin, end.value + margin
    if end.cell is not None and width != "about":
        low, high = end.cell
    return (end.value if width == "above" else low), (end.value if width == "below" else high)


def _margin(end: End, width: Width, unit: Fraction) -> Fraction:
    """Distance from a number to the edge of its cell."""
    if width == "about":
        return min(unit, end.value / 3)
    if width == "near":
        return min(unit, end.value / 5)
    one = Fraction(1, 100) if end.share else Fraction(1)
    step = min(unit, one) if width == "exact" else unit
    return min(step / 2, end.value / 4)


def _widened(end: End, width: Width, unit: Fraction) -> Fraction:
    """How far a hedge moves an end of a range."""
    return Fraction(0) if width == "plain" or end.span is not None else _margin(end, width, unit)


def value_of(core: Core, form: Form, low: float, high: float) -> float:
    """Pick the number said: of a range the middle, but for bounds the end that binds.

    Parameters
    ----------
    core : Core
    form : Form
    low, high : float
        Of the cell.

    Returns
    -------
    float
    """
    if core.point is not None:
        return float(core.point.value)
    if core.plain:
        return float(core.ends[0].value)
    if form.side < 0:
        return float(core.ends[-1].high)
    return float(core.ends[0].low) if form.side > 0 else math.sqrt(low * high)


def times(core: Core, whole: Core) -> Core:
    """Multiply a share with the number it is a share of.

    Parameters
    ----------
    core : Core
        A share.
    whole : Core
        A count.

    Returns
    -------
    Core
        A count.
    """
    if core.plain and whole.plain:
        return Core((_product(core.ends[0], whole.ends[0]),))
    low = core.ends[0].low * whole.ends[0].low
    high = core.ends[-1].high * whole.ends[-1].high
    steps = (core.ends[0].step * whole.ends[0].low, core.ends[-1].step * whole.ends[-1].high)
    return Core((End(low, steps[0]), End(high, steps[1])))


def _product(share: End, whole: End) -> End:
    """Multiply two numbers; the step is such that the relative margins of both add up as independent ones."""
    value = share.value * whole.value
    relative = [_margin(end, "plain", end.step) / end.value for end in (share, whole)]
    margin = math.hypot(*map(float, relative))
    return End(value, 2 * value * Fraction(margin).limit_denominator(_DENOMINATOR))
