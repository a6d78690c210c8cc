"""Names of a case in their order: the coordinates of every table, and the place where names become integers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import product

from truetoll.claims.access import access_of_claim, soundness
from truetoll.claims.chains import Link, chains
from truetoll.claims.parts import Count, by_claim, counts
from truetoll.claims.ratios import as_seen
from truetoll.claims.schema import ACCESSES, OUTCOMES, Access, Case, Claim, Reading

SCALE = "disagreement"
"""By how much all biases and errors of a case are larger than usual: the last of the sizes."""


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
        """Groups with a total of their own: the other forces that lose persons, then the counts."""
        forces = self.case.forces.items()
        return (
            *(f for f, force in forces if not force.bounded and force.outcomes),
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
        return tuple(q.name for q in self.case.quantities)

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
    def smooth(self) -> bool:
        """Whether splines stand in for the course of losses: over many bins."""
        return len(self.bins) > int(self.case.reliability.profile.few)

    @cached_property
    def strayed(self) -> tuple[str, ...]:
        """Groups whose losses may stray from their exposure: all, where there are bins to differ."""
        return self.groups if len(self.bins) > 1 else ()

    @cached_property
    def divided(self) -> tuple[str, ...]:
        """Series whose share in their group's losses may drift: none where there are few bins, or one outcome."""
        forces = self.case.forces.items()
        several = (
            f"{f}.{q}" for f, force in forces for q in OUTCOMES if q in force.outcomes and len(force.outcomes) > 1
        )
        return tuple(several) if self.smooth else ()

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
    def counts(self) -> list[Count]:
        """Counts that are told in parts."""
        return counts(self.case.claims)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """All claims as they are read, in the order of claims.csv: of a count told in parts one stands for all."""
        return tuple(self.looked(claim) for claim in self.case.claims)

    @cached_property
    def _looked(self) -> Mapping[str, Claim | None]:
        return by_claim(self.counts)

    def looked(self, claim: Claim) -> Claim:
        """Find the claim that one is read as: what parts of one count say together, a part beside its rest, or itself.

        Parameters
        ----------
        claim : Claim

        Returns
        -------
        Claim
            Without weight if another part stands for it.
        """
        if claim.id not in self._looked:
            return as_seen(self.case.forces, claim)
        return self._looked[claim.id] or replace(claim, weight=0.0)

    @cached_property
    def noises(self) -> tuple[str, ...]:
        """What has a size of its own: errors of every source, by what it counts, its bookkeeping, and the whole case.

        That a tally moves smoothly from day to day says how it is kept, not how near to the truth its source is.
        """
        return (*self.sized_by, SCALE)

    @cached_property
    def sized_by(self) -> dict[str, tuple[str, Access]]:
        """Source and access of every error size; those of sources come first, by the best means they have."""
        used = {(claim.source, self.access(claim)) for claim in self.case.claims}
        means = {s: [a for a in ACCESSES if (s, a) in used] or ["remote"] for s in self.sources}
        first = {source: (source, each[0]) for source, each in means.items()}
        others = {f"{source}[{a}]": (source, a) for source, each in means.items() for a in each[1:]}
        return first | others | {f"tallies[{source}]": first[source] for source in self.tallying}

    @property
    def tallies(self) -> tuple[str, ...]:
        """Those that are bookkeeping."""
        return tuple(f"tallies[{source}]" for source in self.tallying)

    def noise_of(self, claim: Claim) -> int:
        """Place of the error size of a claim.

        Parameters
        ----------
        claim : Claim

        Returns
        -------
        int
        """
        access = self.access(claim)
        first = self.sized_by[claim.source][1] == access
        return self.noise_at[claim.source if first else f"{claim.source}[{access}]"]

    def access(self, claim: Claim) -> Access:
        """Tell what the source of a claim had to count by.

        Parameters
        ----------
        claim : Claim

        Returns
        -------
        str
        """
        return access_of_claim(self.case, claim)

    @cached_property
    def noise_at(self) -> dict[str, int]:
        """Place of every error size."""
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
            name = "chain" if claim.id in self.chained else claim.figure.form.family
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
            if not claim.figure.form.of_truth
            for term in claim.terms
            for outcome in self.case.forces[term.force].outcomes_of(term.quantity)
        }
        return tuple(sorted(found, key=lambda p: (self.sources.index(p[0]), self.series.index(f"{p[1]}.{p[2]}"))))

    @cached_property
    def voices(self) -> tuple[tuple[str, str], ...]:
        """(source, force) of every voice that speaks of losses."""
        return tuple(dict.fromkeys((source, force) for source, force, _ in self.loss_pairs))

    @cached_property
    def first_outcome(self) -> dict[tuple[str, str], str]:
        """The first loss that each voice speaks of: its bias is told as that on this loss."""
        return {(source, force): outcome for source, force, outcome in reversed(self.loss_pairs)}

    @cached_property
    def bias_factors(self) -> tuple[str, ...]:
        """Every standard normal that biases are made of: of all, a relation, its mean, own, slants, on strength."""
        kinships = [self.kinship(source, force) for source, force in self.voices]
        return (
            *dict.fromkeys(f"all[{victims}]" for victims, _ in kinships),
            *dict.fromkeys(f"kin[{victims}:{relation}]" for victims, relation in kinships),
            *dict.fromkeys(f"mean[{victims}:{relation}]" for victims, relation in kinships),
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
        said = {c.source for c in self.case.claims if not c.figure.form.of_truth and speaks_of_strength(c)}
        return tuple(s for s in self.sources if s in said)

    @cached_property
    def origins(self) -> tuple[str, ...]:
        """Origins that two or more claims in use go back to; none if figures of one origin share nothing."""
        if self.case.reliability.origin.rho == 0.0:
            return ()
        used = Counter(c.origin for c in self._sharing)
        return tuple(origin for origin, n in used.items() if n > 1)

    @property
    def _sharing(self) -> list[Claim]:
        return [claim for claim in self.claims if claim.weight > 0 and may_share(claim)]

    @cached_property
    def first_told(self) -> dict[str, Claim]:
        """Claim by which every origin was reported first, of several that of the source first in case.toml."""
        told: dict[str, list[Claim]] = {origin: [] for origin in self.origins}
        for claim in self._sharing:
            if claim.origin in told:
                told[claim.origin].append(claim)
        return {origin: min(each, key=self._when) for origin, each in told.items()}

    def _when(self, claim: Claim) -> tuple[date, int]:
        return claim.reported or date.max, self.sources.index(claim.source)

    @cached_property
    def reports(self) -> dict[str, float]:
        """Origins whose figures are sound or not together, and the probability that they are.

        One report is one draw: what is wrong with it is wrong with all its figures. Figures that stray from a running
        tally are no report: each of them is a slip of its own.
        """
        tallied = {claim.origin for claim in self.case.claims if claim.id in self.chained}
        share = 1.0 - self.case.reliability.soundness.own
        found: dict[str, float] = {}
        for claim in self._sharing:
            if claim.origin in self.origin_at:
                found[claim.origin] = max(found.get(claim.origin, 0.0), self.soundness(claim) ** share)
        return {origin: p for origin, p in found.items() if origin not in tallied}

    def soundness(self, claim: Claim) -> float:
        """Probability that a figure is of the ordinary kind.

        Parameters
        ----------
        claim : Claim

        Returns
        -------
        float
        """
        return soundness(self.case, claim)

    @cached_property
    def rows(self) -> tuple[tuple[Claim, Reading], ...]:
        """Every reading of every claim, in the order of claims.csv."""
        return tuple((claim, reading) for claim in self.claims for reading in claim.readings)


def may_share(claim: Claim) -> bool:
    """Whether a claim may share an error with others of its origin.

    Parameters
    ----------
    claim : Claim

    Returns
    -------
    bool
        A bound on the truth has no error; what a report overstates altogether is none of its ratios.
    """
    return not (claim.figure.form.of_truth or claim.is_ratio)


def speaks_of_strength(claim: Claim) -> bool:
    """Whether a claim's figure involves the strength of a force.

    Parameters
    ----------
    claim : Claim

    Returns
    -------
    bool
    """
    return claim.of_strength or any(term.is_strength for term in claim.terms)
