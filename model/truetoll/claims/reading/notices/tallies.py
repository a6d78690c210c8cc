"""Running tallies: what was found, and what does not look like a count that goes on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from truetoll.claims.chains import Link, chains, falls, looks, often, tallies
from truetoll.claims.reliability import Reliability
from truetoll.claims.schema import Claim
from truetoll.claims.tallychecks import breaks, misprints

_NAMED = 5
"""Odd figures of a tally that are named one by one."""


def bulletins(claims: Sequence[Claim], table: Reliability) -> Iterator[str]:
    """Say what running tallies were found, how many independent figures they are worth, and what is odd in them.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.
    table : Reliability

    Yields
    ------
    str
    """
    linked = chains(claims)
    members: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.id in linked:
            members[claim.bulletin].append(claim)
    for name, n in Counter(claim.bulletin for claim in claims if claim.bulletin).items():
        mine = members[name]
        tallies = Counter(claim.origin for claim in mine)
        told = f"{len(mine)} of its {n} figures make {len(tallies)} running tall{'y' if len(tallies) == 1 else 'ies'}"
        if tallies:
            longest, most = tallies.most_common(1)[0]
            of_it = [linked[claim.id] for claim in mine if claim.origin == longest]
            worth = looks(of_it, table.bulletin.decay_days, table.origin.rho)[1]
            told += f"; the longest, of {most}, is worth {worth:.1f} independent figures"
        plain = "" if n == len(mine) else "; the others are plain claims, or repeats"
        yield f"claims.csv: bulletin {name!r}: {told}{plain}"
        by = dict.fromkeys(claim.source for claim in claims if claim.bulletin == name)
        if len(by) > 1:
            yield f"claims.csv: bulletin {name!r}: its {len(by)} sources ({', '.join(by)}) are taken to share an error"
        yield from _falling(name, mine, linked)
    yield from _odd(claims)


def _falling(name: str, members: Sequence[Claim], linked: Mapping[str, Link]) -> Iterator[str]:
    """Find what goes up and down, and so may be no running tally."""
    value = {claim.id: claim.figure.value for claim in members}
    steps: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for claim in members:
        if before := linked[claim.id].previous:
            steps[f"{claim.source} on {claim.readings[0]}"].append((value[before], value[claim.id]))
    for tally, its in steps.items():
        fallen, n = falls(its)
        if often(fallen, n):
            yield (
                f"claims.csv: bulletin {name!r}: {fallen} of the {n} steps of {tally} fall by more than a tenth; "
                "leave the bulletin out if this is no count that goes on: a tally's error is taken to be small"
            )


def _odd(claims: Sequence[Claim]) -> Iterator[str]:
    """Name figures that do not fit a tally, and days from which it counts something else."""
    for tally in tallies(claims):
        days, values = [claim.as_of.toordinal() for claim in tally], [claim.figure.value for claim in tally]
        wrong, others = misprints(days, values), breaks(days, values)
        for each in wrong[:_NAMED]:
            claim, before, after = tally[each.at], tally[each.at - 1], tally[each.at + 1]
            meant = f"; two digits exchanged? {each.meant:,} would fit" if each.meant is not None else ""
            yield (
                f"claims.csv:{claim.line}: {claim.id} ({claim.text!r}) does not fit its tally: {before.id} before it "
                f"has {before.figure.value:,.0f}, {after.id} after it {after.figure.value:,.0f}{meant}"
            )
        for at in others[:_NAMED]:
            claim, before = tally[at], tally[at - 1]
            yield (
                f"claims.csv:{claim.line}: from {claim.id} ({claim.text!r}) on the tally of bulletin "
                f"{claim.bulletin!r} may count something else: {before.id} before it has {before.figure.value:,.0f}; "
                "if so, make two bulletins of it, and let losses say what each counts"
            )
        if more := max(0, len(wrong) - _NAMED) + max(0, len(others) - _NAMED):
            yield f"claims.csv: bulletin {tally[0].bulletin!r}: {more} more figures do not fit"
