"""``import``: somebody else's file becomes a case folder, whole or not at all."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.cli.codes import OK
from truetoll.cli.console import Console, columns
from truetoll.runs.errors import RunError
from truetoll.runs.swap import replacing

if TYPE_CHECKING:
    from truetoll.importers.drafts import Imported

_SELECTING = ("country", "conflict", "since", "as_of")


def import_(arguments: Namespace, console: Console) -> int:
    """Make a case folder of a file, and tell what became of every row."""
    from truetoll.importers.drafts import write_case  # noqa: PLC0415

    out: Path = arguments.out
    _check_free(out)
    imported = _read(arguments)
    with replacing(out) as folder:
        case = write_case(imported, folder)
        _check_free(out)  # reading took its time
    repeats = sum(claim.weight == 0 for claim in case.claims)
    document = {"file": arguments.case.as_posix(), "case": out.as_posix(), "ok": True} | imported.to_dict()
    document["counts"] |= {"repeats_without_weight": repeats}
    console.answer(document, columns(_account(document)))
    for text in (*map(str, imported.problems), *imported.remarks):
        console.say(text)
    console.say(f"Written to {out}: case.toml, claims.csv; see: truetoll validate {out}")
    return OK


def _check_free(out: Path) -> None:
    """Refuse to write where something is: a case is worked on by hand."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise RunError(f"{out} is no folder; --out needs a new one")
    if out.is_dir() and any(out.iterdir()):
        raise RunError(f"{out} is not empty, and nothing in it will be replaced; choose another --out")


def _read(arguments: Namespace) -> Imported:
    given = {name: getattr(arguments, name) for name in _SELECTING if getattr(arguments, name) is not None}
    if arguments.format == "ucdp-ged":
        from truetoll.importers.ucdp_ged import Selection, read_ucdp_ged  # noqa: PLC0415

        return read_ucdp_ged(arguments.case, Selection(**given), arguments.bins or "month", arguments.skip_bad)
    from truetoll.importers.radford import read_radford  # noqa: PLC0415

    if given:
        option = f"--{next(iter(given)).replace('_', '-')}"
        raise RunError(f"{option} chooses events of ucdp-ged; a file of radford is imported whole")
    return read_radford(arguments.case, arguments.bins or "week", arguments.skip_bad)


def _account(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Lines of the table: counts, then what was set aside."""
    for name, n in document["counts"].items():
        yield name.replace("_", " "), f"{n:>9,}"
    for reason, n in document["set_aside"].items():
        yield f"set aside: {reason}", f"{n:>9,}"
