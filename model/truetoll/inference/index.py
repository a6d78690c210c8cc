"""Names of a case in their order: the coordinates of every table, and the place where names become integers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product

from truetoll.claims.chains import Link, chains
from truetoll.claims.schema import OUTCOMES, Case, Claim, Form, Reading
from truetoll.claims.window import bin_of, in_time
from truetoll.inference.knots import grid

TRUTH_FORMS = (Form.FLOOR, Form.CEILING)
"""Forms that look at the truth itself: no bias, no noise, no soundness."""


FAMILY_OF = {
    Form.INTERVAL: "interval",
    Form.AT_LEAST: "hedged",
    Form.UP_TO: "hedged",
    Form.AT_MOST: "bound",
    Form.NO_FEWER_THAN: "bound",
    Form.FLOOR: "bound",
    Form.CEILING: "bound",
}
"""Which observed variable serves a form; figures of running tallies have one of their own."""
_MANY_BINS = 12
_MANY_FIGURES = 10
"""Bins, or figures of tallies, from which on second derivatives at the mode are worth their cost. Which coordinates a
sampler moves in is no part of the model."""


@dataclass(frozen=True)
class Index:
    """Ordered names of a case; every property is one axis.

    Parameters
    ----------
    case : Case
    """

    case: Case

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """What losses are drawn for as a whole: bounded forces, the others, counts (``russia.tanks``)."""
        return (*self.bounded, *self.unbounded)

    @cached_property
    def bounded(self) -> tuple[str, ...]:
        """Forces with a stated strength."""
        return tuple(f for f, force in self.case.forces.items() if force.bounded)

    @cached_property
    def unbounded(self) -> tuple[str, ...]:
        """Groups with a total of their own: the other forces, then the counts."""
        forces = self.case.forces.items()
        return (
            *(f for f, force in forces if not force.bounded),
            *(f"{f}.{c}" for f, force in forces for c in force.counts),
        )

    @cached_property
    def contingents(self) -> tuple[str, ...]:
        """Parts of bounded forces, ``force`` or ``force/2``."""
        return tuple(
            f if k == 0 else f"{f}/{k + 1}"
            for f in self.bounded
            for k in range(max(1, len(self.case.forces[f].contingents)))
        )

    @cached_property
    def series(self) -> tuple[str, ...]:
        """Each declared outcome and count, ``dprk.killed``."""
        forces = self.case.forces.items()
        return (
            *(f"{f}.{q}" for f, force in forces for q in OUTCOMES if q in force.outcomes),
            *(f"{f}.{c}" for f, force in forces for c in force.counts),
        )

    @cached_property
    def quantities(self) -> tuple[str, ...]:
        """Everything that is reported, ``dprk.casualties``."""
        return tuple(f"{f}.{q}" for f, force in self.case.forces.items() for q in force.quantities)

    @cached_property
    def breaks(self) -> tuple[tuple[str, str], ...]:
        """(outcome, force) of every break of the stick: captured, then missing, then wounded from killed."""
        forces = self.case.forces.items()
        return (
            *(("captured", f) for f, force in forces if "captured" in force.outcomes),
            *(("missing", f) for f, force in forces if "missing" in force.outcomes),
            *(("wounded", f) for f, force in forces if {"killed", "wounded"} <= set(force.outcomes)),
        )

    @cached_property
    def bins(self) -> tuple[str, ...]:
        """Last day of each bin."""
        return tuple(day.isoformat() for day in self.case.bins[1:])

    @cached_property
    def curved(self) -> bool:
        """Whether it matters how losses are spread over time: not where all speak of the whole of the only bin."""
        asked = (self.case.bins[0], self.case.as_of)
        return in_time(self.case.bins, [asked, *((claim.since, claim.as_of) for claim in self.case.claims)])

    @cached_property
    def grid(self) -> tuple[date, ...]:
        """Edges of the pieces that losses are computed in: those of bins, and between them what the curve needs."""
        return grid(self.case.bins, self.case.reliability.profile) if self.curved else self.case.bins

    @cached_property
    def bin_at(self) -> tuple[int, ...]:
        """Place of the bin of every piece."""
        return tuple(bin_of(self.case.bins, edge) for edge in self.grid[1:])

    @cached_property
    def smooth(self) -> bool:
        """Whether figures fix the curves so closely that a sampler needs coordinates which know of them."""
        return self.curved and (len(self.bins) > _MANY_BINS or len(self.chained) >= _MANY_FIGURES)

    @cached_property
    def divided(self) -> tuple[str, ...]:
        """Series whose share in their group's losses may drift: none where there is one outcome, or no curve."""
        forces = self.case.forces.items()
        several = (
            f"{f}.{q}" for f, force in forces for q in OUTCOMES if q in force.outcomes and len(force.outcomes) > 1
        )
        return tuple(several) if self.curved else ()

    @cached_property
    def months(self) -> tuple[tuple[int, int], ...]:
        """(year, month) of every month that the bins touch."""
        first, last = self.case.bins[0], self.case.bins[-1]
        numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
        return tuple((n // 12, n % 12 + 1) for n in numbers)

    @cached_property
    def chained(self) -> dict[str, Link]:
        """Figures of running tallies, by claim id."""
        return chains(self.case.claims)

    @cached_property
    def noises(self) -> tuple[str, ...]:
        """What has an error size of its own: every source, and the bookkeeping of every source that keeps tallies.

        That a tally moves smoothly from day to day says how it is kept, not how near to the truth its source is.
        """
        return (*self.sources, *(f"tallies[{source}]" for source in self.tallying))

    @cached_property
    def noise_at(self) -> dict[str, int]:
        """Place of every error size; those of sources come first."""
        return {name: i for i, name in enumerate(self.noises)}

    @cached_property
    def tallying(self) -> tuple[str, ...]:
        """Sources that keep running tallies."""
        said = {claim.source for claim in self.case.claims if claim.id in self.chained}
        return tuple(source for source in self.sources if source in said)

    @cached_property
    def by_family(self) -> dict[str, tuple[Claim, ...]]:
        """Claims that each observed variable serves, in the order of claims.csv."""
        found: dict[str, list[Claim]] = {}
        for claim in self.case.claims:
            name = "chain" if claim.id in self.chained else FAMILY_OF[claim.figure.form]
            found.setdefault(name, []).append(claim)
        return {name: tuple(claims) for name, claims in found.items()}

    @cached_property
    def series_at(self) -> dict[str, int]:
        """Place of every series."""
        return {name: i for i, name in enumerate(self.series)}

    @cached_property
    def pair_at(self) -> dict[tuple[str, str, str], int]:
        """Place of every loss pair."""
        return {pair: i for i, pair in enumerate(self.loss_pairs)}

    @cached_property
    def origin_at(self) -> dict[str, int]:
        """Place of every origin with two claims or more."""
        return {name: i for i, name in enumerate(self.origins)}

    @cached_property
    def first_row(self) -> dict[str, int]:
        """Place of the first reading of every claim."""
        return {claim.id: row for row, (claim, _) in reversed(list(enumerate(self.rows)))}

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Sources in the order of case.toml."""
        return tuple(self.case.sources)

    @cached_property
    def loss_pairs(self) -> tuple[tuple[str, str, str], ...]:
        """(source, force, outcome) of every loss a claim looks at through a source's eyes."""
        found = {
            (claim.source, term.force, outcome)
            for claim in self.case.claims
            if claim.figure.form not in TRUTH_FORMS
            for reading in claim.readings
            for term in reading.terms
            for outcome in self.case.forces[term.force].outcomes_of(term.quantity)
        }
        return tuple(sorted(found, key=lambda p: (self.sources.index(p[0]), self.series.index(f"{p[1]}.{p[2]}"))))

    @cached_property
    def voices(self) -> tuple[tuple[str, str], ...]:
        """(source, force) of every voice that speaks of losses."""
        return tuple(dict.fromkeys((source, force) for source, force, _ in self.loss_pairs))

    @cached_property
    def bias_factors(self) -> tuple[str, ...]:
        """Every standard normal that biases are made of: shared by all, by a relation, own, slants, on strength."""
        kinships = [self.kinship(source, force) for source, force in self.voices]
        return (
            *dict.fromkeys(f"all[{victims}]" for victims, _ in kinships),
            *dict.fromkeys(f"kin[{victims}:{relation}]" for victims, relation in kinships),
            *(f"voice[{source}:{force}]" for source, force in self.voices),
            *(f"slant[{source}:{force}.{outcome}]" for source, force, outcome in self.loss_pairs),
            *(f"strength[{source}]" for source in self.strength_sources),
            *(f"drift[{s}:{f}/{year}-{month:02}]" for s, f in self.drifting for year, month in self.months[1:]),
        )

    @cached_property
    def factor_at(self) -> dict[str, int]:
        """Place of every standard normal that biases are made of."""
        return {name: i for i, name in enumerate(self.bias_factors)}

    @cached_property
    def drifting(self) -> tuple[tuple[str, str], ...]:
        """Voices whose bias moves with time."""
        return tuple(voice for voice in self.voices if self.drift_sd(*voice) > 0)

    @cached_property
    def drifted(self) -> dict[tuple[tuple[str, str, str], tuple[int, int]], int]:
        """Place of (loss pair, month) among the distortions of drifting voices; the first month is undrifted."""
        pairs = [p for p in self.loss_pairs if p[:2] in self.drifting]
        return {(pair, month): i for i, (pair, month) in enumerate(product(pairs, self.months[1:]))}

    def drift_sd(self, source: str, force: str) -> float:
        """Log sd by which one voice's bias moves in a year.

        Parameters
        ----------
        source, force : str

        Returns
        -------
        float
        """
        own = self.case.sources[source].bias.get(force)
        table: float = self.case.reliability.drift.sd
        return table if own is None or own.drift is None else own.drift

    def kinship(self, source: str, force: str) -> tuple[str, str]:
        """Class of the victims and relation of one voice.

        Parameters
        ----------
        source, force : str

        Returns
        -------
        tuple of str
        """
        return self.case.forces[force].victims, self.case.sources[source].relations[force]

    @cached_property
    def strength_sources(self) -> tuple[str, ...]:
        """Sources whose claims are about strength, or a share of it."""
        said = {c.source for c in self.case.claims if c.figure.form not in TRUTH_FORMS and speaks_of_strength(c)}
        return tuple(s for s in self.sources if s in said)

    @cached_property
    def origins(self) -> tuple[str, ...]:
        """Origins that two or more claims in use go back to."""
        used = Counter(c.origin for c in self.case.claims if c.weight > 0 and c.figure.form not in TRUTH_FORMS)
        return tuple(origin for origin, n in used.items() if n > 1)

    @cached_property
    def rows(self) -> tuple[tuple[Claim, Reading], ...]:
        """Every reading of every claim, in the order of claims.csv."""
        return tuple((claim, reading) for claim in self.case.claims for reading in claim.readings)


def speaks_of_strength(claim: Claim) -> bool:
    """Whether a claim's figure involves the strength of a force.

    Parameters
    ----------
    claim : Claim

    Returns
    -------
    bool
    """
    strength = any(t.quantity == "strength" for r in claim.readings for t in r.terms)
    return claim.figure.share or strength
