"""What of a case and of the reliability table the answer really uses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from truetoll.claims.access import access_of_claim
from truetoll.claims.reliability import Reliability
from truetoll.claims.schema import Access, Case, Claim, Force, Form, Relation, VictimClass, VoiceBias


@dataclass(frozen=True)
class Voice:
    """A source speaking of losses of a force.

    Parameters
    ----------
    source, force : str
    victims, relation : str
    own : VoiceBias
        What the case assumes of it; empty if nothing.
    """

    source: str
    force: str
    victims: VictimClass
    relation: Relation
    own: VoiceBias


@dataclass(frozen=True)
class Used:
    """Names of what claims with a weight rest on, in the order of the case.

    Parameters
    ----------
    case : Case
    """

    case: Case

    @property
    def table(self) -> Reliability:
        """The reliability table of the case."""
        table: Reliability = self.case.reliability
        return table

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Claims with a weight whose source could err."""
        used = (claim for claim in self.case.claims if claim.weight > 0)
        return tuple(claim for claim in used if not claim.figure.form.of_truth)

    @cached_property
    def bounds(self) -> bool:
        """Whether some claim bounds the truth itself, as softly as the table says."""
        bounds = (c for c in self.case.claims if c.weight > 0 and c.figure.form.of_truth and c.figure.form.side)
        return any(c.figure.form is not Form.FLOOR or self.case.sources[c.source].overcount is None for c in bounds)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Sources of these claims."""
        said = {claim.source for claim in self.claims}
        return tuple(name for name in self.case.sources if name in said)

    @cached_property
    def access(self) -> tuple[Access, ...]:
        """What these count by, where no grade says how far they err."""
        graded = {name for name, source in self.case.sources.items() if source.grade is not None}
        return tuple(dict.fromkeys(access_of_claim(self.case, c) for c in self.claims if c.source not in graded))

    @cached_property
    def voices(self) -> tuple[Voice, ...]:
        """Who speaks of whose losses."""
        pairs = {
            (claim.source, term.force)
            for claim in self.claims
            for reading in claim.readings
            for term in (*reading.terms, *reading.over)
            if self.case.forces[term.force].outcomes_of(term.quantity)
        }
        names = [(source, force) for source in self.sources for force in self.case.forces]
        return tuple(self._voice(source, force) for source, force in names if (source, force) in pairs)

    def _voice(self, source: str, force: str) -> Voice:
        said = self.case.sources[source]
        own = said.bias.get(force) or VoiceBias.model_validate({})
        return Voice(source, force, self.case.forces[force].victims, said.relations[force], own)

    @cached_property
    def strength(self) -> bool:
        """Whether some claim involves the strength of a force."""
        return any(c.of_strength or any(term.is_strength for term in c.terms) for c in self.claims)

    @cached_property
    def shared_origin(self) -> bool:
        """Whether two or more claims go back to one origin."""
        return any(n > 1 for n in Counter(claim.origin for claim in self.claims).values())

    @cached_property
    def hedges(self) -> tuple[str, ...]:
        """Rows of the table ``hedge`` that claims without a distance of their own take it from."""
        hedged = (c for c in self.claims if c.figure.form.family == "hedged" and c.h is None)
        return tuple(dict.fromkeys(claim.figure.hedge or "at_least" for claim in hedged))

    @cached_property
    def split(self) -> dict[str, Force]:
        """Forces with both killed and wounded."""
        both = {"killed", "wounded"}
        return {name: force for name, force in self.case.forces.items() if both <= set(force.outcomes)}
