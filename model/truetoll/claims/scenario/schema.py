"""What a scenario may say: a few changes by name, and why."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from truetoll.claims.schema import Day, Frozen, Name, Positive
from truetoll.text.messages import Message

Said = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
ToReaders = Annotated[Said, BeforeValidator(lambda value: str(value) if isinstance(value, Message) else value)]
"""Of the case, or a message: scenarios that truetoll makes."""

OF_A_FORCE = (
    *("strength", "contingents", "rate", "total", "ratio", "counts"),
    *("wounded_per_killed", "captured_share", "missing_share", "activity", "profile_sd"),
)
OF_A_SOURCE = ("grade", "relations", "access", "bias", "trust", "overcount", "completeness", "reason")
OF_THE_CASE = ("activity", "profile_sd")


class ClaimChange(Frozen):
    """Another way to understand one claim."""

    losses: Said | None = None
    figure: Said | None = None
    reported: Day | None = None
    since: Day | None = None
    as_of: Day | None = None
    origin: Said | None = None
    credibility: Annotated[int, Field(ge=1, le=6, strict=True)] | None = None
    h: Positive | None = Field(None, description="mean distance of its hedge (log)")


class Exclude(Frozen):
    """Whose claims, or which, are shown and not used."""

    sources: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class Include(Frozen):
    """Repeats that are used all the same."""

    claims: tuple[str, ...] = ()


class Change(Frozen):
    """One scenario, as written."""

    title: ToReaders
    why: ToReaders = Field(description="the argument for it, and what it takes for granted")
    builds_on: Name | None = Field(None, description="a scenario whose changes come first")
    believe: tuple[str, ...] = Field(
        (), description="sources taken at their word: no bias, slant or shared error; their own noise stays"
    )
    assumptions: dict[str, Any] = Field({}, description="in the nesting of the reliability table")
    case: dict[str, Any] = Field({}, description="when people were lost")
    forces: dict[str, dict[str, Any]] = Field({})
    sources: dict[str, dict[str, Any]] = Field({})
    claims: dict[str, ClaimChange] = Field({})
    exclude: Exclude = Exclude()
    include: Include = Include()
