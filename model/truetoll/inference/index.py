"""Names of a case in their order: the coordinates of every table, and the place where names become integers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from truetoll.claims.schema import OUTCOMES, Case, Claim, Form, Reading

TRUTH_FORMS = (Form.FLOOR, Form.CEILING)
"""Forms that look at the truth itself: no bias, no noise, no soundness."""


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
        )

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
