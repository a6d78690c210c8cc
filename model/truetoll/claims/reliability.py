"""The reliability table: every default of the reporting model, in one place, each with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import Field

from truetoll.claims.schema import (
    Access,
    Finite,
    Fraction,
    Frozen,
    Grade,
    NonNegative,
    Positive,
    Prior,
    Relation,
    VictimClass,
)

TABLE, FROM_HISTORY = "reliability.toml", "estimated.toml"
"""What is judged, and what is estimated from history (written by ``truetoll hindcast --estimate``)."""


class Bias(Frozen):
    """How far the voices of one relation overstate losses of one class of victims."""

    mu: Finite = Field(description="mean log factor")
    mu_sd: NonNegative = Field(0.0, description="log sd of our doubt about mu, which all voices of the relation share")
    tau: NonNegative = Field(description="log sd between voices")
    claims: int = Field(0, ge=0, description="historical figures it rests on")
    losses: int = Field(0, ge=0, description="losses these are of")
    wars: int = Field(0, ge=0, description="wars these belong to")
    reference: str = ""


class Shared(Frozen):
    """Biases that several voices of a case have in common (log sd)."""

    kappa0: NonNegative = Field(description="common to all voices")
    kappa: NonNegative = Field(description="common to the voices of one relation")
    reference: str = ""


class Spread(Frozen):
    """One standard deviation on the log scale."""

    sd: NonNegative
    reference: str = ""


class PositiveSpread(Frozen):
    """One standard deviation on the log scale that cannot be zero."""

    sd: Positive
    reference: str = ""


class Noise(Frozen):
    """Log sd of a single figure: its median by access, or by grade where one is given, and how far a source differs."""

    log_sd: NonNegative
    access: dict[Access, Positive]
    grade: dict[Grade, Positive]
    reference: str = ""
    measured: str = Field("", description="where the numbers by access come from")


class Counting(Frozen):
    """What a source has to count by, where a case does not say, and what its bias owes to that."""

    usual: dict[VictimClass, dict[Relation, Access]]
    captured: dict[Relation, Access] = Field(description="of prisoners, where that differs")
    tau: dict[Access, Positive] = Field(description="what tau is multiplied by")
    mean: dict[Access, NonNegative] = Field(description="what mu is multiplied by")
    reference: str = ""
    measured: str = Field("", description="where tau comes from")


Kind = Literal["list", "famous"]


class Frame(Frozen):
    """How a case came to be studied: those who look at disputes known for their disagreement see wider errors.

    What spreads are multiplied by counts in a famous dispute alone.
    """

    kind: Kind = Field(
        "list", description="list: an ordinary case; famous: chosen because its figures are known to disagree"
    )
    tau: Positive = Field(1.0, description="what tau is multiplied by in a famous dispute")
    noise: Positive = Field(1.0, description="what noise by access is multiplied by there")
    kappa0: Positive = Field(1.0, description="what kappa0 is multiplied by there")
    reference: str = ""

    def times(self, spread: Literal["tau", "noise", "kappa0"]) -> float:
        """Tell what a spread is multiplied by in this case."""
        return float(getattr(self, spread)) if self.kind == "famous" else 1.0


class Disagreement(Frozen):
    """How far the biases and noise of a whole case may be larger or smaller than usual (log sd); learned from it."""

    log_sd: NonNegative
    reference: str = ""


class Origin(Frozen):
    """Share of the error variance that claims of one origin have in common; at 0 they share nothing, nor soundness."""

    rho: Annotated[float, Field(ge=0, lt=1)]
    reference: str = ""


class Soundness(Frozen):
    """Probability that a claim is of the ordinary kind, by credibility or else by access, and the extra log sd if not.

    A number for credibility 6 (cannot be judged) stands for all such claims; without one they go by access.
    """

    credibility: dict[Literal["1", "2", "3", "4", "5", "6"], Fraction]
    access: dict[Access, Fraction]
    unsound_sd: Positive
    own: Annotated[float, Field(ge=0, le=1)] = Field(
        description="share of the log probability of soundness that is a figure's own, not its report's"
    )
    reference: str = ""


class Hedge(Frozen):
    """Mean log distance between a hedged figure and what its source believes."""

    more_than: Positive
    at_least: Positive
    up_to: Positive
    fewer_than: Positive
    reference: str = ""


class Profile(Frozen):
    """How losses may be spread over the bins."""

    sd: NonNegative = Field(description="log sd by which losses a day stray, in a bin of any length")
    log_sd: NonNegative = Field(description="log sd of `sd` itself, which is learned for each force")
    activity_floor: Positive
    few: Annotated[int, Field(ge=1, strict=True)] = Field(description="bins up to which each strays by itself")
    knot_days: Positive = Field(description="days between the knots of the splines that stand in for more bins")
    opening_days: Positive = Field(description="days to the first knot, at least two bins; then at double distances")
    split_walk: NonNegative = Field(description="log sd by which the share of an outcome moves in `knot_days`")
    reference: str = ""


class Bulletin(Frozen):
    """How the errors of a running tally hang together."""

    decay_days: Positive = Field(description="days after which their correlation has fallen to 1/e")
    degrees: Annotated[float, Field(gt=2, allow_inf_nan=False)] = Field(description="of freedom, of what is new")
    reference: str = ""


class Convergence(Frozen):
    """What a posterior must meet to be a result."""

    rhat: Annotated[float, Field(gt=1)]
    ess: Positive
    reference: str = ""


class Interval(Frozen):
    """Mass of the equal-tailed interval that is reported."""

    mass: Annotated[float, Field(gt=0, lt=1)]
    reference: str = ""


class Steps(Frozen):
    """How many levels of a scale an assumption is moved."""

    steps: Annotated[int, Field(ge=1, strict=True)]
    reason: str = ""
    reference: str = ""


class Factor(Frozen):
    """What a number, or the odds of a share, is divided and multiplied by."""

    factor: Annotated[float, Field(gt=1, allow_inf_nan=False, strict=True)]
    reason: str = ""
    reference: str = ""


class MeanStep(Frozen):
    """How far the mean log factor of a relation is moved."""

    judged: dict[VictimClass, Positive] = Field(description="of a relation without a number in `measured`")
    measured: dict[VictimClass, dict[Relation, Positive]] = Field({}, description="standard errors")
    reason: str = ""
    reference: str = ""

    def of(self, victims: VictimClass, relation: Relation) -> float:
        """Step of one relation.

        Parameters
        ----------
        victims, relation : str

        Returns
        -------
        float
        """
        return self.measured.get(victims, {}).get(relation, self.judged[victims])


class PriorStep(Frozen):
    """By how many of its own standard deviations the median of a prior is moved."""

    z: Positive
    reason: str = ""
    reference: str = ""


class Plausible(Frozen):
    """How far each assumption is moved to see what the answer owes to it."""

    mu: MeanStep
    tau: Factor
    shared: Factor
    slant: Factor
    strength: Factor
    noise: Factor
    access: Factor
    disagreement: Factor
    grade: Steps
    credibility: Steps
    origin: Factor
    unsound: Factor
    hedge: Factor
    bound: Factor
    profile: Factor
    prior: PriorStep


class Reliability(Frozen):
    """The whole table; symbols as in the model's description.

    `plausible` is left out when the table is written out: it does not determine the answer, so it must not
    enter the fingerprint of a case. `table` has all of it.
    """

    bias: dict[VictimClass, dict[Relation, Bias]]
    shared: dict[VictimClass, Shared]
    slant: Spread
    strength: Spread
    noise: Noise
    access: Counting
    frame: Frame = Frame.model_validate({})  # runs of before there were frames are of ordinary cases
    disagreement: Disagreement
    origin: Origin
    soundness: Soundness
    hedge: Hedge
    bound: PositiveSpread
    profile: Profile
    bulletin: Bulletin
    drift: Spread
    wounded_per_killed: Prior
    convergence: Convergence
    interval: Interval
    plausible: Plausible = Field(exclude=True, description="how far alternatives go; not part of the digest")

    def table(self) -> dict[str, Any]:
        """Write out all of it, nested as in ``reliability.toml``.

        Returns
        -------
        dict
        """
        return {**self.model_dump(), "plausible": self.plausible.model_dump()}


def default_table() -> dict[str, Any]:
    """Read the table the package ships.

    Returns
    -------
    dict
        Nested as in ``reliability.toml``.
    """
    estimated = {name: part for name, part in _shipped(FROM_HISTORY).items() if name != "estimated"}
    return overlay(_shipped(TABLE), estimated)


def judged_hedges() -> dict[str, float]:
    """Mean gap of each hedge (log) as judged, from which an estimate of it begins.

    Returns
    -------
    dict of str to float
        Rows of ``hedge`` in ``reliability.toml``.
    """
    return {name: gap for name, gap in _shipped(TABLE)["hedge"].items() if name != "reference"}


def estimated_from() -> str:
    """Name the benchmark that the shipped table was estimated from.

    Returns
    -------
    str
        Its digest.
    """
    return str(_shipped(FROM_HISTORY)["estimated"]["benchmark"])


def _shipped(name: str) -> dict[str, Any]:
    return deepcopy(_read(name))


@cache
def _read(name: str) -> dict[str, Any]:
    """Read a table of the package, once: past wars ask for it a thousand times."""
    return tomllib.loads(files("truetoll.claims").joinpath(name).read_text(encoding="utf-8"))


def overlay(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one nested table over another; neither is changed.

    Parameters
    ----------
    base, over : mapping
        Where both have a table under one key the two are merged, else `over` wins.

    Returns
    -------
    dict
    """
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = overlay(below, value) if both else value  # type: ignore[arg-type]
    return merged


def read_reliability(assumptions: Mapping[str, Any]) -> Reliability:
    """Lay a case's assumptions over the shipped table.

    Parameters
    ----------
    assumptions : mapping
        In the nesting of ``reliability.toml``.

    Returns
    -------
    Reliability

    Raises
    ------
    pydantic.ValidationError
        For an unknown key or a number out of range.
    """
    return Reliability.model_validate(assumed(default_table(), assumptions))


def assumed(table: Mapping[str, Any], assumptions: Mapping[str, Any]) -> dict[str, Any]:
    """Lay assumptions over the reliability table; a mean that is stated is no longer doubted as the estimate was.

    Parameters
    ----------
    table, assumptions : mapping
        In the nesting of ``reliability.toml``; of any shape, as they may not have been checked yet.

    Returns
    -------
    dict
        Rows of ``bias`` that state ``mu`` and no ``mu_sd`` have an ``mu_sd`` of 0, and rest on no claims.
    """
    found = overlay(table, assumptions)
    for victims, relation in _stated_means(assumptions):
        found = overlay(found, {"bias": {victims: {relation: {"mu_sd": 0.0, "claims": 0, "losses": 0, "wars": 0}}}})
    return found


def _stated_means(assumptions: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for victims, rows in _items(assumptions.get("bias")):
        for relation, row in _items(rows):
            if isinstance(row, Mapping) and "mu" in row and "mu_sd" not in row:
                yield victims, relation


def _items(table: Any) -> Iterable[tuple[str, Any]]:
    return table.items() if isinstance(table, Mapping) else ()
