"""The words of a historical benchmark: what was said at the time, and what became known later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import date
from pathlib import Path
from typing import get_args

from truetoll.claims.schema import Access, Figure, Relation, VictimClass
from truetoll.text.messages import Message

USABLE = ("score", "lower_bound", "upper_bound")
"""Uses of a claim that is evidence on its target."""
USES = (*USABLE, "window_or_definition_mismatch", "skip", "retold_later")
QUANTITIES = {
    "killed": "killed",
    "civilians_killed": "killed",
    "wounded": "wounded",
    "civilians_wounded": "wounded",
    "casualties": "casualties",
    "captured": "prisoners",
    "missing": "missing_persons",
    "missing_captured": "missing_captured",
    "aircraft": "aircraft",
    "tanks": "tanks",
    "ships": "ships",
    "guns": "guns",
    "vehicles": "vehicles",
}
"""Quantities of a benchmark, and what each is called in a case."""
FRAMES = ("list", "famous")
"""How a target came to be here: its dispute is famous, or somebody else's list was gone through in order."""
CLASSES, RELATIONS = get_args(VictimClass), get_args(Relation)
"""Of victims; of a source to them: in the order of every table."""
QUALITIES = ("A", "B", "C")
"""How well a truth is known: by names, by records, by estimates."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What became known later of one target.

    Parameters
    ----------
    low, best, high : float
        ``0 < low <= best <= high``; persons.
    quality : {"A", "B", "C"}
    known : date or None
        From when it was known, if that is stated.
    """

    low: float
    best: float
    high: float
    quality: str
    known: date | None = None


@dataclass(frozen=True, slots=True)
class OldClaim:
    """One figure that was given at the time.

    Parameters
    ----------
    id : str
        Unique in the benchmark.
    line : int
        Line of claims.csv.
    source : str
        Who said it.
    relation : str
        To those whose losses they are.
    figure : Figure
        What it says.
    text : str
        As it was written.
    origin : str
        What it goes back to; its own id if nothing is known.
    reported, since, as_of : date or None
    use : str
        One of `USES`.
    access : {"records", "site", "remote"} or None
        What its source had to count; None if nobody coded it.
    """

    id: str
    line: int
    source: str
    relation: Relation
    figure: Figure
    text: str
    origin: str
    reported: date | None
    since: date | None
    as_of: date | None
    use: str
    access: Access | None = None

    @property
    def usable(self) -> bool:
        """Whether it is evidence on its target."""
        return self.use in USABLE


@dataclass(frozen=True, slots=True)
class Target:
    """A loss that was disputed once and is known now.

    Parameters
    ----------
    case, victims, quantity : str
        As in the files; together they name it.
    victim_class : {"military", "civilian", "mixed", "materiel"}
    war : str
        Several cases can belong to one; its cases are held out together. It is the fold of ``wars.csv``, where wars of
        the same parties within five years are one.
    truth : Truth
    claims : tuple of OldClaim
        Those that are evidence.
    set_aside : tuple of OldClaim
        Those that are not.
    frame : {"list", "famous"}
    """

    case: str
    victims: str
    quantity: str
    victim_class: VictimClass
    war: str
    truth: Truth
    claims: tuple[OldClaim, ...]
    set_aside: tuple[OldClaim, ...] = ()
    frame: str = FRAMES[0]

    @property
    def name(self) -> str:
        """Names it in tables: ``winterwar: Red Army, killed``."""
        return f"{self.case}: {self.victims}, {self.quantity}"

    @property
    def origins(self) -> int:
        """How many independent claims there are."""
        return len({claim.origin for claim in self.claims})


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Historical cases in which the figure was settled later.

    Parameters
    ----------
    path : Path
        The folder.
    targets : tuple of Target
        In the order of truth.csv; also those without a claim that is evidence.
    notices : tuple of Message
        What should be known of them.
    """

    path: Path
    targets: tuple[Target, ...]
    notices: tuple[Message, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what determines the scores: of the targets that are here."""
        told = [
            (t.case, t.victims, t.quantity, t.victim_class, t.war, astuple(t.truth)[:3], sorted(map(_said, t.claims)))
            for t in self.targets
        ]
        return hashlib.sha256(repr(sorted(told)).encode()).hexdigest()

    def only(self, targets: Iterable[Target]) -> Benchmark:
        """Keep some targets.

        Parameters
        ----------
        targets : iterable of Target

        Returns
        -------
        Benchmark
            With a digest of its own.
        """
        return replace(self, targets=tuple(targets))

    @property
    def wars(self) -> tuple[str, ...]:
        """Names of the wars."""
        return tuple(dict.fromkeys(target.war for target in self.targets))

    @property
    def scored(self) -> tuple[Target, ...]:
        """Targets with a claim that is evidence."""
        return tuple(target for target in self.targets if target.claims)


def _said(claim: OldClaim) -> tuple[str, ...]:
    """Leave out what explains a claim and does not decide."""
    numbers = astuple(claim.figure)
    figure = tuple(map(str, numbers if claim.figure.stated else numbers[:-1]))  # few figures state their own error
    return claim.id, claim.source, claim.relation, claim.origin, str(claim.reported), *figure
