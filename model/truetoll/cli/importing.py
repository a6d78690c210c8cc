"""``import``, ``sum-incidents``: a file, or a case, becomes another case folder, whole or not at all."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.cli.console import Console, columns
from truetoll.cli.saving import write_folder
from truetoll.runs.errors import RunError
from truetoll.runs.swap import check_target

if TYPE_CHECKING:
    from truetoll.claims.schema import Case
    from truetoll.importers.drafts import Imported

_SELECTING = ("country", "conflict", "since", "as_of", "dates", "join_rest")
_LISTED = 30
"""Conflicts to choose from that are listed."""


def import_(arguments: Namespace, console: Console) -> int:
    """Make a case folder of a file, and tell what became of every row."""
    from truetoll.importers.drafts import write_case  # noqa: PLC0415

    out: Path = arguments.out
    check_target(out, owned=False)
    imported = _read(arguments, console)
    made: list[Case] = []
    written = write_folder(out, console, lambda folder: made.append(write_case(imported, folder)))
    repeats = sum(claim.weight == 0 for claim in made[0].claims)
    document = {"file": arguments.case.as_posix(), "case": written.lies.as_posix(), "ok": True} | imported.to_dict()
    document["counts"] |= {"repeats_without_weight": repeats}
    console.answer(document, columns(_account(document)))
    for text in (*map(str, imported.problems), *_told(document), *imported.remarks):
        console.say(text)
    console.say(f"Written to {written.lies}: case.toml, claims.csv; see: truetoll validate {written.lies}")
    return written.code(console)


def sum_incidents(arguments: Namespace, console: Console) -> int:
    """Make a case in which incidents are added up by bin; the case itself stays as it is."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415
    from truetoll.importers.incidents import write_sums  # noqa: PLC0415

    out: Path = arguments.out
    check_target(out, owned=False)
    before = read_case(arguments.case)
    made: list[Case] = []
    written = write_folder(out, console, lambda folder: made.append(write_sums(before, folder, arguments.complete)))
    case, lies = made[0], written.lies
    document = {
        "before": before.path.as_posix(),
        "case": lies.as_posix(),
        "ok": True,
        "claims": {"before": len(before.claims), "after": len(case.claims)},
        "notices": list(case.notices),
    }
    rows = [("claims before", f"{len(before.claims):>9,}"), ("claims after", f"{len(case.claims):>9,}")]
    console.answer(document, columns(rows))
    for text in case.notices:
        console.say(text)
    console.say(f"Written to {lies}; the ids of what was added up stand in its notes; see: truetoll validate {lies}")
    return written.code(console)


def _read(arguments: Namespace, console: Console) -> Imported:
    given = {name: getattr(arguments, name) for name in _SELECTING if getattr(arguments, name) is not None}
    bins, skip_bad = arguments.bins, arguments.skip_bad
    if arguments.format == "ucdp-ged":
        if arguments.only:
            raise RunError("--only chooses losses of radford; choose events of ucdp-ged with --country and --conflict")
        return _read_events(arguments, given, console)
    from truetoll.importers.radford import read_radford  # noqa: PLC0415

    if given:
        option = f"--{next(iter(given)).replace('_', '-')}"
        raise RunError(f"{option} chooses events of ucdp-ged; choose losses of radford with --only")
    return read_radford(arguments.case, bins or "week", skip_bad, arguments.only or ())


def _read_events(arguments: Namespace, given: dict[str, Any], console: Console) -> Imported:
    from truetoll.importers.ucdp_ged import Selection, TooManyPartiesError, read_ucdp_ged  # noqa: PLC0415

    chosen = {name: given[name] for name in ("country", "since", "as_of") if name in given}
    selection = Selection(conflict=tuple(given.get("conflict", ())), **chosen)
    how = {name: given[name] for name in ("dates", "join_rest") if name in given}
    try:
        return read_ucdp_ged(arguments.case, selection, arguments.bins or "month", arguments.skip_bad, **how)
    except TooManyPartiesError as error:
        rows = [(each.id, f"{each.rows:,}", f"{each.dead:,}", each.name) for each in error.conflicts[:_LISTED]]
        console.error(columns([("--conflict", "rows", "dead", "name"), *rows]).rstrip())
        if (more := len(error.conflicts) - _LISTED) > 0:
            console.error(f"and {more:,} more conflicts with fewer dead")
        raise


def _told(document: dict[str, Any]) -> Iterator[str]:
    """Say what was done to rows that are not as they should be."""
    for what, n in document["corrected"].items():
        yield f"{n:,} row{'s' if n > 1 else ''}: {what}"


def _account(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Lines of the table: counts, then what was set aside."""
    for name, n in document["counts"].items():
        yield name.replace("_", " "), f"{n:>9,}"
    for reason, n in document["set_aside"].items():
        yield f"set aside: {reason}", f"{n:>9,}"
    for reason, n in document["dead_set_aside"].items():
        yield f"dead of these: {reason}", f"{n:>9,}"
    for what, n in document["corrected"].items():
        yield f"corrected: {what}", f"{n:>9,}"
