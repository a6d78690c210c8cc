"""The words of a case: forces, sources, claims, priors. Frozen, checked, without arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, NoReturn, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    field_validator,
    model_validator,
)

from truetoll.claims.languages import Language
from truetoll.errors import WrongValueError
from truetoll.text.messages import Message, message

OUTCOMES = ("killed", "wounded", "captured", "missing")
"""The ways a person is lost, in the order they stand in every table."""

STRENGTH = "strength"
"""The quantity of a force that is no loss: persons sent."""

Outcome = Literal["killed", "wounded", "captured", "missing"]
VictimClass = Literal["military", "civilian", "mixed", "materiel"]
"""Of those who were lost; `materiel` are things: aircraft, tanks, ships."""
Access = Literal["records", "site", "remote", "survey", "model"]
ACCESSES: tuple[Access, ...] = get_args(Access)
COUNTING: tuple[Access, ...] = ACCESSES[:3]
"""Those of whoever counts or hears of a loss, which history tells of; the others estimate it from what they know."""
"""What a source has to count by: its own records, a look at the place, neither; best first."""
Relation = Literal[
    "own_side",
    "ally",
    "adversary",
    "ally_of_adversary",
    "third_party_state",
    "analyst",
    "observer_ngo",
    "international_org",
    "media",
]
Grade = Literal["A", "B", "C", "D", "E", "F"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
# Strict: "10_000" in quotation marks, true and 0 are not to be understood as numbers and dates.
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]
OpenFraction = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False, strict=True)]
Day = Annotated[date, Field(strict=True)]


class FrozenDict(dict[Any, Any]):
    """A table that cannot be changed, nor any table inside it: answers are kept under the fingerprint of a case.

    A dict, as what is written out, compared or sent to another process is expected to be one.
    """

    def __init__(self, table: Mapping[Any, Any] = MappingProxyType({})) -> None:
        super().__init__({key: frozen(value) for key, value in table.items()})

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a case cannot be changed; make another with apply_change, or dataclasses.replace")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[Any, Any]]]:
        return type(self), (dict(self),)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


def frozen(value: Any) -> Any:
    """Make tables and lists unchangeable, however deep they lie.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
    """
    if isinstance(value, FrozenDict):
        return value
    if isinstance(value, Mapping):
        return FrozenDict(value)
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


class Frozen(BaseModel):
    """A part of a case file: unknown keys are errors, values cannot be changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    def model_post_init(self, context: Any, /) -> None:
        """Freeze the tables too: pydantic holds only the names of its fields."""
        del context
        for name, value in self.__dict__.items():
            if isinstance(value, dict | list):
                self.__dict__[name] = frozen(value)


Z95 = 1.6448536269514722
"""Standard normal quantile of 0.95: priors are stated by their central 90 % interval."""


class Prior(Frozen):
    """A prior stated as its median and central 90 % interval.

    ``g(x) = g(median) + z * (s_low if z < 0 else s_high)`` with ``z ~ N(0, 1)`` and g the log (amounts) or the
    logit (shares): exact at all three points, so a lopsided statement is kept as it was made.
    """

    median: Positive = Field(description="the value it is as likely to exceed as not")
    low: Positive = Field(description="5 % quantile")
    high: Positive = Field(description="95 % quantile")
    reason: str = Field("", description="why these numbers, and where they come from")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.median < self.high:
            raise WrongValueError(message("wrong_value.prior"))
        return self


class SharePrior(Prior):
    """A prior of a share between 0 and 1, stated like `Prior`, lopsided on the logit scale."""

    high: Annotated[float, Field(gt=0, lt=1, strict=True)] = Field(description="95 % quantile, below 1")

    @property
    def log_odds(self) -> tuple[float, float, float]:
        """Log odds of its median, and their sd below and above it."""
        low, median, high = (math.log(p) - math.log1p(-p) for p in (self.low, self.median, self.high))
        return median, (median - low) / Z95, (high - median) / Z95


class Ratio(Prior):
    """How many times as large the losses of a force are as those of another, all outcomes of each together."""

    to: Name = Field(description="the other force")


class Overcount(Frozen):
    """Part of the entries of a list of names that do not count: entered twice, wrong, or of people who are alive.

    Its log odds are normal, with another spread on either side of the median if `low` says so.
    """

    median: OpenFraction = Field(description="the part it is as likely to exceed as not")
    high: OpenFraction = Field(description="95 % quantile")
    low: OpenFraction | None = Field(None, description="5 % quantile; as far below (log odds) as `high` is above")
    reason: str = Field("", description="why these numbers, and where they come from")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (self.low or 0.0) < self.median < self.high:
            raise WrongValueError(message("wrong_value.overcount"))
        return self

    @property
    def prior(self) -> SharePrior:
        """The same with its 5 % quantile, where that is not stated."""
        odds = self.median / (1.0 - self.median)
        mirrored = odds * odds * (1.0 - self.high) / self.high
        low = self.low or mirrored / (1.0 + mirrored)
        return SharePrior(median=self.median, low=low, high=self.high, reason=self.reason)


class Contingent(Frozen):
    """A part of a bounded force and the day it arrived.

    Parameters
    ----------
    since : date
        It can lose people from the first bin that starts on or after this day.
    strength : Prior
        Persons sent.
    """

    since: Day
    strength: Prior


class Force(Frozen):
    """Those whose losses are asked for.

    A *bounded* force has a `strength` (or `contingents`) and a `rate`; an *unbounded* one a `total`, or a `ratio` to
    another force, which links the two: a claim on either informs both. There is no default for any of these. A force
    of which only things are asked has `counts` and nothing of these: no outcomes, no size.
    """

    name: str = Field("", description="how the force is called in tables")
    victims: VictimClass
    outcomes: tuple[Outcome, ...] = Field((), description="ways persons are lost; none if only counts are asked")
    strength: Prior | None = Field(None, description="persons sent, before any claim of this case")
    contingents: tuple[Contingent, ...] = Field((), description="instead of strength: parts with their arrival")
    rate: SharePrior | None = Field(None, description="share lost by a contingent present throughout")
    total: Prior | None = Field(
        None, description="persons lost, all outcomes together, for a force without a stated strength"
    )
    ratio: Ratio | None = Field(
        None, description="instead of a total: losses as a multiple of those of another force, all outcomes together"
    )
    wounded_per_killed: Prior | None = Field(None, description="default in the reliability table")
    captured_share: SharePrior | None = Field(None, description="captured as a share of all lost")
    missing_share: SharePrior | None = Field(None, description="missing as a share of those not captured")
    counts: dict[Name, Prior] = Field({}, description="free-standing counts, such as tanks")
    sums: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(
        {}, description="named sums of outcomes (irrecoverable = killed + missing) or of counts (armour = tanks + ifvs)"
    )
    activity: tuple[NonNegative, ...] | None = Field(None, description="per bin; default that of the case")
    profile_sd: NonNegative | tuple[NonNegative, ...] | None = Field(
        None, description="log sd by which losses a day may stray from the activity stated, in a bin of any length"
    )
    thresholds: dict[Name, tuple[Positive, ...]] = Field({}, description="P(quantity > threshold) is reported")

    @property
    def bounded(self) -> bool:
        """Whether losses are limited by a stated strength."""
        return self.strength is not None or bool(self.contingents)

    def outcomes_of(self, quantity: str) -> tuple[str, ...]:
        """Outcomes (or the count) that a quantity of this force adds up; empty for strength and unknown names.

        Parameters
        ----------
        quantity : str
            ``killed``, ``casualties``, a declared sum or count.

        Returns
        -------
        tuple of str
        """
        if quantity == "casualties":
            return tuple(q for q in OUTCOMES if q in self.outcomes)
        if quantity in self.sums:
            return self.sums[quantity]
        return (quantity,) if quantity in self.outcomes or quantity in self.counts else ()

    @property
    def quantities(self) -> tuple[str, ...]:
        """Every name that may stand after the force's in ``losses``, in the order of the tables."""
        outcomes = tuple(q for q in OUTCOMES if q in self.outcomes)
        persons = (*outcomes, "casualties") if outcomes else ()
        strength = (STRENGTH,) if self.bounded else ()
        return (*persons, *self.sums, *self.counts, *strength)

    def unit_of(self, quantity: str) -> str:
        """Tell what a quantity is counted in.

        Parameters
        ----------
        quantity : str
            One of `quantities`.

        Returns
        -------
        str
            ``persons``, or its own name if it is a count or a sum of counts.
        """
        return quantity if any(part in self.counts for part in self.outcomes_of(quantity)) else "persons"

    def addable(self, quantity: str) -> str:
        """Tell with what a quantity may be added up: what has the same answer.

        Counts are unlike each other, unless a declared sum adds them up.

        Parameters
        ----------
        quantity : str

        Returns
        -------
        str
            ``persons``, or the first name among the counts that declared sums join.
        """
        joined = set(self.outcomes_of(quantity)) & set(self.counts)
        if not joined:
            return "persons"
        sums = [set(parts) for parts in self.sums.values()]
        while more := set().union(*(parts for parts in sums if parts & joined)) - joined:
            joined |= more
        return min(joined)


class VoiceBias(Frozen):
    """What is assumed of one source about one force, instead of its relation's row in the reliability table."""

    mu: Finite | None = Field(None, description="mean of the log factor by which it overstates")
    mu_sd: NonNegative | None = Field(
        None, description="log sd of the doubt about its relation's mean; `shared` multiplies that of the table"
    )
    tau: NonNegative | None = Field(None, description="log sd of that factor between like sources")
    shared: NonNegative | None = Field(None, description="multiplier of the shared biases; 0: takes no part")
    slant: NonNegative | None = Field(None, description="log sd by which its outcomes differ in bias")
    drift: NonNegative | None = Field(None, description="log sd by which its bias moves in a year")
    reason: str = ""


class Source(Frozen):
    """Who makes claims."""

    name: str = Field("", description="how the source is called in tables")
    grade: Grade | None = Field(
        None, description="Admiralty reliability, A (best) to E; F: cannot be judged; noise goes by access if not given"
    )
    relations: dict[Name, Relation] = Field(description="its relation to each force it speaks of")
    access: Access | dict[Name, Access | dict[Name, Access]] = Field(
        {},
        description="what it has to count by: records (its own books, prisoners it holds, bodies in its morgues), site "
        "(it was there), remote (neither), survey (asks a sample), model (estimates from other data); of everything, "
        "or per force, or per force and quantity; by relation where not given",
    )
    bias: dict[Name, VoiceBias] = Field({}, description="overrides per force")
    trust: Annotated[float, Field(gt=0, le=2)] = Field(
        1.0, description="power of the likelihood of its claims: 0.5 counts them half, 2 as if said twice"
    )
    overcount: Overcount | None = Field(
        None, description="of its lists of names: part of the entries that do not count; if not given, bound.sd"
    )
    completeness: SharePrior | None = Field(
        None,
        description="of its lists of names: part of the dead whom they hold; they are then estimates, and not floors",
    )
    reason: str = Field("", description="why this relation, access or grade")
    url: str = ""


class CaseHead(Frozen):
    """What is asked, and over which dates."""

    title: str
    description: str = ""
    language: Language = Field("en", description="of the figures in claims.csv")
    dates: Literal["dmy", "mdy", "ymd"] | None = Field(
        None, description="order of day, month and year in dates of the table that can be read in two ways"
    )
    lexicon: str | None = Field(None, description="a lexicon file beside case.toml, instead of the built-in one")
    bins: Annotated[tuple[Day, ...], Field(min_length=2, description="edges; a bin is (edge, next edge]")]
    activity: tuple[NonNegative, ...] | None = Field(None, description="per bin; 1 if not given, 0: withdrawn")
    profile_sd: NonNegative | tuple[NonNegative, ...] | None = None
    headline: str | None = Field(
        None, description="the quantity that a report is about first: all.killed; if not given, the first of killed"
    )


class Total(Frozen):
    """The losses of several forces together, under a name of their own.

    Parameters
    ----------
    of : tuple of str
        Forces that are added up. In case.toml ``"civilians + militants"``, or a list of them.
    name : str
    thresholds : dict of str to tuple of float
    """

    of: tuple[str, ...] = Field(description='forces that are added up: "civilians + militants", or a list of them')
    name: str = Field("", description="how the total is called in tables")
    thresholds: dict[Name, tuple[Positive, ...]] = Field({}, description="P(quantity > threshold) is reported")

    @model_validator(mode="before")
    @classmethod
    def _forces_alone(cls, value: Any) -> Any:
        if isinstance(value, str | list | tuple):
            return {"of": value}
        if not isinstance(value, Mapping):
            raise WrongValueError(message("wrong_value.forces"))
        return value

    @field_validator("of", mode="before")
    @classmethod
    def _apart(cls, value: Any) -> Any:
        return [part.strip() for part in value.split("+")] if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe it as it may be written: as a text, a list or a table."""
        table = handler.resolve_ref_schema(handler(schema))
        listed = table["properties"]["of"]
        text = {"type": "string", "description": listed["description"]}
        names = {key: each for key, each in listed.items() if key in ("type", "items")}
        either = {"anyOf": [{"type": "string"}, names], **{k: each for k, each in listed.items() if k not in names}}
        table["properties"]["of"] = either
        return {"anyOf": [text, names, table]}


class CaseFile(Frozen):
    """The content of case.toml."""

    case: CaseHead
    forces: Annotated[dict[Name, Force], Field(min_length=1)]
    totals: dict[Name, Total] = Field(
        default_factory=dict, description='losses of several forces together: all = "civilians + militants"'
    )
    sources: dict[Name, Source] = Field(default_factory=dict)
    assumptions: dict[str, Any] = Field(
        default_factory=dict, description="overrides of the reliability table, in its own nesting"
    )


class Form(StrEnum):
    """How a figure is said; `FORMS` says all that the rest of the program asks of one."""

    INTERVAL = "interval"
    AT_LEAST = "at least"
    UP_TO = "up to"
    AT_MOST = "at most"
    NO_FEWER_THAN = "no fewer than"
    FLOOR = "floor"
    CEILING = "ceiling"
    FEWER_THAN = "fewer than"
    BELOW = "below"
    LISTED = "listed"

    @property
    def family(self) -> str:
        """Whose likelihood it has (``model/forms.py``)."""
        return FORMS[self].family

    @property
    def side(self) -> int:
        """Where what is meant lies: around the figure (0), above (1) or below it (-1)."""
        return FORMS[self].side

    @property
    def of_truth(self) -> bool:
        """Whether it speaks of the truth itself: no source's bias, noise or soundness touches it."""
        return FORMS[self].of_truth


@dataclass(frozen=True, slots=True)
class FormSpec:
    """What the program asks of a form.

    Parameters
    ----------
    family : {"interval", "hedged", "bound"}
        Of a cell, of a cell at a distance from what is believed, of a limit.
    side : {0, 1, -1}
        Where what is meant lies: around the figure, above or below it. Plots draw a mark or an arrow accordingly.
    of_truth : bool
        Whether it speaks of the truth itself.
    """

    family: str
    side: int
    of_truth: bool = False


FORMS: dict[Form, FormSpec] = {
    Form.INTERVAL: FormSpec("interval", 0),
    Form.AT_LEAST: FormSpec("hedged", 1),
    Form.UP_TO: FormSpec("hedged", -1),
    Form.AT_MOST: FormSpec("bound", -1),
    Form.NO_FEWER_THAN: FormSpec("bound", 1),
    Form.FLOOR: FormSpec("bound", 1, of_truth=True),
    Form.CEILING: FormSpec("bound", -1, of_truth=True),
    Form.FEWER_THAN: FormSpec("hedged", -1),
    Form.BELOW: FormSpec("bound", -1),
    Form.LISTED: FormSpec("interval", 0, of_truth=True),
}
"""A row a form. `below` is what "no losses" says: what its source would have put down lies below one. `listed` is a
list of names of which the case says how complete it is: it holds that part of those who died."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it was said, as a form and a cell.

    Parameters
    ----------
    form : Form
    low, high : float
        Edges of the cell the figure stands for, of an estimate the ends of its interval, ``0 < low < high``. Units of
        the quantity, or a fraction if `share`; of a ratio, how many times as large.
    value : float
        The number said: the bound of the one-sided forms, which of nothing is one; the geometric middle of a range.
    share : bool
        Whether it is a share: of strength, if ``losses`` does not say of what.
    hedge : str or None
        Row of the reliability table's ``hedge`` that gives the mean distance h (``more_than``, ``at_least``,
        ``up_to``, ``fewer_than``); only for the forms at least, up to and fewer than.
    stated : Stated or None
        Of an estimate: the error that it states itself.
    """

    form: Form
    low: float
    high: float
    value: float
    share: bool = False
    hedge: str | None = None
    stated: Stated | None = None

    @property
    def cell(self) -> tuple[float, float]:
        """Edges of the cell that its likelihood is the mass of: of an estimate, that of its number."""
        return (self.low, self.high) if self.stated is None else (self.stated.low, self.stated.high)


@dataclass(frozen=True, slots=True)
class Stated:
    """What makes a figure an estimate: the level of its interval, "(95% CI 320-380)", and how exact its number is.

    Parameters
    ----------
    mass : float
        The level: 0.95. The ends of the interval are ``low`` and ``high`` of the figure.
    low, high : float
        Edges of the cell of the number itself, in the unit of the figure.
    """

    mass: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Aside:
    """Why a claim is shown and not used. ``str`` says it in English, `said` as a message.

    Parameters
    ----------
    why : {"", "excluded", "repeats", "superseded"}
        Empty of a claim in use.
    other : str
        Id of the claim that stands for it, if one does.
    """

    why: Literal["", "excluded", "repeats", "superseded"]
    other: str = ""

    def __bool__(self) -> bool:
        return bool(self.why)

    def __str__(self) -> str:
        return str(self.said())

    def said(self) -> str | Message:
        """Say it; of a claim in use nothing."""
        return message(_ASIDE[self.why], other=self.other) if self else ""


_ASIDE = {"excluded": "aside.excluded", "repeats": "aside.repeats", "superseded": "aside.superseded"}


@dataclass(frozen=True, slots=True)
class Said:
    """A noun of a figure: what the figure itself says was counted.

    Parameters
    ----------
    word : str
        As said, in the spelling of a lexicon: lower case, without accents.
    counts : str
        ``killed``, ``wounded``, ``captured``, ``missing``, ``casualties``, ``military``, ``civilian`` or ``things``.
    group : str
        Key of the noun in the lexicon: ``tanks`` and ``aircraft`` are both things.
    """

    word: str
    counts: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A quantity of a force: ``dprk.killed``."""

    force: str
    quantity: str

    def __str__(self) -> str:
        return f"{self.force}.{self.quantity}"

    @classmethod
    def of(cls, name: str) -> Term:
        """Take the name of a quantity apart, as tables, draws and records carry it.

        Parameters
        ----------
        name : str
            ``dprk.killed``; the key of a force alone has an empty quantity.

        Returns
        -------
        Term

        Examples
        --------
        >>> Term.of("dprk.killed").force
        'dprk'
        """
        force, _, quantity = name.partition(".")
        return cls(force, quantity)

    @property
    def is_strength(self) -> bool:
        """Whether it is the persons sent: a level, whose bins do not add up."""
        return self.quantity == STRENGTH


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is asked for of a force, or of a total over forces.

    Parameters
    ----------
    term : Term
    force : str
        The force, or the total, in words.
    unit : str
        ``persons``, or the name of a count.
    outcomes : tuple of str
        Outcomes, or counts, that it adds up; empty for strength.
    parts : tuple of Term
        What a claim would name that counts just this: the quantity itself, of a total that of each of its forces.
    cells : tuple of Term
        What it adds up, outcome by outcome, count by count; strength as itself.
    thresholds : tuple of float
        Values, in its unit, for which P(quantity > value) is reported.
    """

    term: Term
    force: str
    unit: str
    outcomes: tuple[str, ...]
    parts: tuple[Term, ...]
    cells: tuple[Term, ...]
    thresholds: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """As tables and draws carry it: ``dprk.killed``."""
        return str(self.term)


@dataclass(frozen=True, slots=True)
class Window:
    """Days in which losses are counted: after the first, up to the second.

    Parameters
    ----------
    since, as_of : date
    """

    since: date
    as_of: date

    def __str__(self) -> str:
        return f"{self.since}..{self.as_of}"

    def within(self, other: Window) -> bool:
        """Whether all of it lies in another.

        Parameters
        ----------
        other : Window

        Returns
        -------
        bool
        """
        return other.since <= self.since and self.as_of <= other.as_of


def written(terms: Sequence[object], over: Sequence[object] = (), window: Window | None = None) -> str:
    """Write a sum, or one beside another, as the column ``losses`` has it.

    Parameters
    ----------
    terms : sequence of object
        Added up.
    over : sequence of object
        What the sum is divided by, if it is.
    window : Window, optional
        In which that is counted, if it is another one.

    Returns
    -------
    str
    """
    counted, by = (" + ".join(map(str, each)) for each in (terms, over))
    said = f"{counted} / ({by})" if len(over) > 1 else f"{counted} / {by}" if by else counted
    return f"{said} [{window}]" if window else said


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand what a claim counts, with its probability: a sum, or how large one is beside another.

    Parameters
    ----------
    probability : float
    terms : tuple of Term
        Added up.
    over : tuple of Term
        The terms that the sum is divided by; none for a number of persons or things, and for a share of strength.
    over_window : Window or None
        Days in which these are counted, if not those of the claim.
    rest : bool
        Whether the sum is divided by what is left of `over` in that window without it.
    said : tuple of tuple of Term
        Both sides as written, where one names a total over forces (``all.killed``), of which `terms` has the forces;
        else empty.
    """

    probability: float
    terms: tuple[Term, ...]
    over: tuple[Term, ...] = ()
    over_window: Window | None = None
    rest: bool = False
    said: tuple[tuple[Term, ...], ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        terms, over = (*self.sides, ())[:2]
        return written(terms, over, self.over_window)

    @property
    def sides(self) -> tuple[tuple[Term, ...], ...]:
        """What it names: a sum, or a sum and what it is divided by."""
        return self.said or ((self.terms, self.over) if self.over else (self.terms,))

    @property
    def counted(self) -> str:
        """What it adds up, force by force, however it was written."""
        return written(self.terms, self.over, self.over_window)

    @property
    def content(self) -> tuple[frozenset[Term], frozenset[Term], Window | None, float]:
        """What two readings must share to be one: the order of terms is no matter."""
        return frozenset(self.terms), frozenset(self.over), self.over_window, round(self.probability, 3)


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of claims.csv, understood.

    Parameters
    ----------
    id : str
        Unique in the case; kept to the last table.
    line : int
        Line of claims.csv.
    source : str
        Key of the case's sources.
    readings : tuple of Reading
        Probabilities add up to one.
    figure : Figure
        What the text says.
    text : str
        The figure as written.
    since, as_of : date
        The window (since, as_of], inside the bins.
    reported : date or None
    origin : str
        Claims of one origin share their error; the claim's own id if nothing else is known.
    bulletin : str
        Name of the running tally it belongs to, or empty.
    revises : str
        Id of the claim of the same source that it stands for from its day of report, or empty.
    credibility : int
        1 (confirmed) to 6 (cannot be judged).
    weight : float
        1, or 0 for a claim that is shown and not used.
    set_aside : Aside
        Why the weight is 0; empty otherwise.
    h : float or None
        Mean distance of a hedge (log), if not that of the reliability table.
    quote, url, note : str
    nouns : tuple of Said
        What the text itself says was counted; told where it contradicts `readings`, and no part of the answer.
    cells : tuple of (str, str)
        The row as written, column by column; a scenario starts from it.
    """

    id: str
    line: int
    source: str
    readings: tuple[Reading, ...]
    figure: Figure
    text: str
    since: date
    as_of: date
    reported: date | None
    origin: str
    bulletin: str = ""
    revises: str = ""
    credibility: int = 6
    weight: float = 1.0
    set_aside: Aside = Aside("")
    h: float | None = None
    quote: str = ""
    url: str = ""
    note: str = ""
    nouns: tuple[Said, ...] = field(default=(), compare=False)
    cells: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)

    @property
    def losses(self) -> str:
        """What it counts, in a line: ``a.killed + b.killed:0.7 | a.casualties:0.3``."""
        if len(self.readings) == 1:
            return str(self.readings[0])
        return " | ".join(f"{reading}:{reading.probability:g}" for reading in self.readings)

    @property
    def window(self) -> Window:
        """Days in which what it says first is counted."""
        return Window(self.since, self.as_of)

    @property
    def windows(self) -> tuple[Window, ...]:
        """All that it looks at: its own, and those that it is compared with."""
        return (self.window, *(each.over_window for each in self.readings if each.over_window))

    @property
    def terms(self) -> tuple[Term, ...]:
        """All that it may speak of, in the order of its readings, each once."""
        return tuple(dict.fromkeys(term for each in self.readings for term in (*each.terms, *each.over)))

    @property
    def is_ratio(self) -> bool:
        """Whether its figure says how large one sum is beside another, as ``losses`` states."""
        return any(reading.over for reading in self.readings)

    @property
    def is_amount(self) -> bool:
        """Whether its figure is a number of persons or things: neither a share nor a ratio."""
        return not (self.figure.share or self.is_ratio)

    @property
    def of_strength(self) -> bool:
        """Whether its figure is a share of the strength of a force."""
        return self.figure.share and not self.is_ratio

    @property
    def forces(self) -> tuple[str, ...]:
        """Forces it may speak of, in the order of its terms."""
        return tuple(dict.fromkeys(term.force for term in self.terms))

    @property
    def about_losses(self) -> bool:
        """Whether it counts losses, not only strength."""
        return any(not term.is_strength for term in self.terms)


def divisor(claim: Claim, reading: Reading) -> tuple[Term, ...]:
    """Find what a reading of a claim is divided by.

    Parameters
    ----------
    claim : Claim
    reading : Reading

    Returns
    -------
    tuple of Term
        What ``losses`` state, of a share else the strength of the force; empty for a number.
    """
    return reading.over or ((Term(reading.terms[0].force, STRENGTH),) if claim.figure.share else ())


@dataclass(frozen=True, slots=True)
class Case:
    """A case, read and checked: everything that inference needs, and nothing that it computes.

    Parameters
    ----------
    name : str
        The folder's name.
    path : Path
        The folder.
    file : CaseFile
        What case.toml says, checked.
    claims : tuple of Claim
        The claims, in the order of claims.csv.
    reliability : Reliability
        The table of defaults with the case's own assumptions laid over it.
    scenarios : mapping of str to mapping
        scenarios.toml, checked, as written; ``title`` and ``why`` of those that truetoll made are messages.
    scenario : str
        Name of the scenario this case already carries; ``base`` if none.
    notices : tuple of Message
        What was done that the analyst should know: repeats set aside, priors equal to a claim.
    known_on : date or None
        The day on which it was known like this (`truetoll.claims.asof.as_of`); None: as it stands.
    table : str
        Name of its table of claims: ``claims.csv`` or ``claims.xlsx``.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> list(case.forces)
    ['dprk', 'russia_kursk']
    >>> [quantity.name for quantity in case.quantities][:4]
    ['dprk.killed', 'dprk.wounded', 'dprk.captured', 'dprk.casualties']
    """

    name: str
    path: Path
    file: CaseFile
    claims: tuple[Claim, ...]
    reliability: Any
    scenarios: Mapping[str, Mapping[str, Any]] = field(default_factory=FrozenDict)
    scenario: str = "base"
    notices: tuple[Message, ...] = ()
    known_on: date | None = None
    table: str = "claims.csv"

    def __post_init__(self) -> None:
        object.__setattr__(self, "claims", tuple(self.claims))
        object.__setattr__(self, "scenarios", frozen(self.scenarios))

    @property
    def digest(self) -> str:
        """SHA-256 of the content that determines the answer: of what is here now, so that it cannot be out of date."""
        from truetoll.claims.digest import case_digest  # noqa: PLC0415

        return case_digest(self)

    @property
    def title(self) -> str:
        """What is asked, in a line."""
        return self.file.case.title

    @property
    def forces(self) -> Mapping[str, Force]:
        """Forces by name."""
        return self.file.forces

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Everything that is asked for, in the order of the tables: of each force, then of each total over forces."""
        from truetoll.claims.totals import of_forces, of_totals  # noqa: PLC0415

        return (*of_forces(self.forces), *of_totals(self.file.totals, self.forces))

    @property
    def names(self) -> Mapping[str, str]:
        """Key of each force and total -> its name in words."""
        forces = {key: force.name or key for key, force in self.forces.items()}
        return forces | {key: total.name or key for key, total in self.file.totals.items()}

    @property
    def sources(self) -> Mapping[str, Source]:
        """Sources by name."""
        return self.file.sources

    @property
    def bins(self) -> tuple[date, ...]:
        """Edges of the bins."""
        return self.file.case.bins

    @property
    def as_of(self) -> date:
        """Day up to which losses are asked for: the last edge of the bins, or the day it was known like this."""
        return self.bins[-1] if self.known_on is None else min(self.known_on, self.bins[-1])
