"""What rests on whom, and who is at odds with the rest: plain frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from truetoll.text.messages import Message


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What follows if a source, or a claim, is not used.

    Parameters
    ----------
    name, kind : str
        ``nis``, ``source`` or ``claim``.
    log, sd : mapping of str to float
        Log ratio of medians to the base case, and the same in posterior standard deviations of the base case.
    """

    name: str
    kind: str
    log: Mapping[str, float]
    sd: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A claim, or all claims of a source, against what the others say.

    Parameters
    ----------
    name, kind : str
    tail, tail_holm : float or None
        Two-sided tail probability, and the same held to the number of comparisons (Holm).
    verdict : Message
    """

    name: str
    kind: str
    tail: float | None
    tail_holm: float | None
    verdict: Message


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a quantity rests on.

    Parameters
    ----------
    quantity : str
    contraction : float or None
        As in a summary.
    psense : mapping of str to float or None
        Power-scaling sensitivity to the priors of a role: losses, bias, noise.
    verdict : Message
    """

    quantity: str
    contraction: float | None
    psense: Mapping[str, float | None]
    verdict: Message


@dataclass(frozen=True, slots=True)
class Influence:
    """What single sources, claims and priors do to the base case.

    Parameters
    ----------
    left_out : tuple of LeftOut
    conflicts : tuple of Conflict
    sensitivity : tuple of Sensitivity
    """

    left_out: tuple[LeftOut, ...]
    conflicts: tuple[Conflict, ...]
    sensitivity: tuple[Sensitivity, ...]
