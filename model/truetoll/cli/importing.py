"""``import``, ``sum-incidents``: a file, or a case, becomes another case folder, whole or not at all."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.cli.console import Console, columns
from truetoll.cli.saving import write_folder
from truetoll.runs.errors import RunError
from truetoll.runs.swap import check_target

if TYPE_CHECKING:
    from truetoll.claims.schema import Case
    from truetoll.importers.conflicts import Conflict
    from truetoll.importers.drafts import Imported

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
        console.say(str(text))
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
        "notices": [str(said) for said in case.notices],
    }
    rows = [("claims before", f"{len(before.claims):>9,}"), ("claims after", f"{len(case.claims):>9,}")]
    console.answer(document, columns(rows))
    for text in case.notices:
        console.say(str(text))
    console.say(f"Written to {lies}; the ids of what was added up stand in its notes; see: truetoll validate {lies}")
    return written.code(console)


def _read(arguments: Namespace, console: Console) -> Imported:
    from truetoll.errors import CaseError  # noqa: PLC0415
    from truetoll.importers.formats import FORMATS  # noqa: PLC0415

    meant = FORMATS[arguments.format]
    known = dict.fromkeys(name for each in FORMATS.values() for name in each.takes)
    given = {name: getattr(arguments, name) for name in known if getattr(arguments, name) is not None}
    for name in given.keys() - set(meant.takes):
        taken = " and ".join(each for each in FORMATS if name in FORMATS[each].takes)
        own = ", ".join(f"--{each.replace('_', '-')}" for each in ("bins", "skip_bad", *meant.takes))
        raise RunError(f"--{name.replace('_', '-')} is an option of {taken}; {arguments.format} takes {own}")
    try:
        return meant.reader()(arguments.case, bins=arguments.bins or meant.bins, skip_bad=arguments.skip_bad, **given)
    except CaseError as error:
        _list_conflicts(getattr(error, "conflicts", ()), console)
        raise


def _list_conflicts(conflicts: Sequence[Conflict], console: Console) -> None:
    """List those of which one has to be chosen."""
    if conflicts:
        rows = [(each.id, f"{each.rows:,}", f"{each.dead:,}", each.name) for each in conflicts[:_LISTED]]
        console.error(columns([("--conflict", "rows", "dead", "name"), *rows]).rstrip())
    if (more := len(conflicts) - _LISTED) > 0:
        console.error(f"and {more:,} more conflicts with fewer dead")


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
