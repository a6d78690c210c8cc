"""Which assumption moved the answer, and by how much: plain frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from truetoll.text.messages import Message


@dataclass(frozen=True, slots=True)
class Part:
    """One change of a scenario, and what it alone contributes to the shift.

    Parameters
    ----------
    key : str
    label : Message
    log : mapping of str to float
        Log ratio of medians, by quantity: those of all parts add up to the scenario's.
    """

    key: str
    label: Message
    log: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which changes of a scenario make its shift.

    Parameters
    ----------
    scenario : str
    parts : tuple of Part
    total : mapping of str to float
        Sum of the parts (log), by quantity.
    """

    scenario: str
    parts: tuple[Part, ...]
    total: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Side:
    """One end of an alternative.

    Parameters
    ----------
    text : Message
    method : str
    log : mapping of str to float
        Log ratio of medians to the base case, by quantity.
    """

    text: Message
    method: str
    log: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One assumption, set to either end of what may be argued for, everything else as in the base case.

    Parameters
    ----------
    key, reason : str
    title : Message
    low, high : Side
    """

    key: str
    title: Message
    reason: str
    low: Side
    high: Side
