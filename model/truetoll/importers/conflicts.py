"""Files of many wars: those of which one has to be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from truetoll.errors import CaseError, Problem


@dataclass(frozen=True, slots=True)
class Conflict:
    """One that a file has rows of.

    Parameters
    ----------
    id, name : str
        The id is empty if the file has none.
    rows : int
        Rows that are meant.
    dead : int
        Of them: the best estimate, or the least that is stated.
    """

    id: str
    name: str
    rows: int
    dead: int


class ConflictsError(CaseError):
    """A choice that is missing or too wide, and the conflicts that there are.

    Parameters
    ----------
    problem : Problem
    conflicts : sequence of Conflict
        Those with the most dead first.
    """

    def __init__(self, problem: Problem, conflicts: Sequence[Conflict]) -> None:
        super().__init__([problem])
        self.conflicts = tuple(conflicts)
