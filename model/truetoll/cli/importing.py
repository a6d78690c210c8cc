"""``import``, ``sum-incidents``: a file, or a case, becomes another case folder, whole or not at all."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.cli.console import Console, columns
from truetoll.cli.saving import write_folder
from truetoll.runs.errors import RunError
from truetoll.runs.swap import check_target
from truetoll.text.messages import Message, message

if TYPE_CHECKING:
    from truetoll.claims.schema import Case
    from truetoll.importers.conflicts import Conflict
    from truetoll.importers.drafts import Imported
    from truetoll.render.words import Words

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
    w = console.words
    console.answer(document, columns(_account(imported, document["counts"], w)))
    told = [problem.told(w) for problem in imported.problems]
    told += [w.say("imported.rows_corrected", n=n, what=what) for what, n in _sorted(imported.mended, w)]
    for text in (*told, *map(w.tell, imported.remarks)):
        console.say(text)
    console.say(w.say("written.imported", place=str(written.lies)))
    return written.code(console)


def sum_incidents(arguments: Namespace, console: Console) -> int:
    """Make a case in which incidents are added up by bin; the case itself stays as it is."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415
    from truetoll.importers.incidents import write_sums  # noqa: PLC0415

    out: Path = arguments.out
    check_target(out, owned=False)
    before = read_case(arguments.case)
    made: list[Case] = []

    def write(folder: Path) -> None:
        made.append(write_sums(before, folder, arguments.complete, console.language))

    written = write_folder(out, console, write)
    case, lies = made[0], written.lies
    document = {
        "before": before.path.as_posix(),
        "case": lies.as_posix(),
        "ok": True,
        "claims": {"before": len(before.claims), "after": len(case.claims)},
        "notices": [str(said) for said in case.notices],
    }
    w = console.words
    counts = {"imported.claims_before": before.claims, "imported.claims_after": case.claims}
    console.answer(document, columns([(w.say(name), _number(len(claims), w)) for name, claims in counts.items()]))
    for said in case.notices:
        console.say(w.tell(said))
    console.say(w.say("written.summed", place=str(lies)))
    return written.code(console)


def _read(arguments: Namespace, console: Console) -> Imported:
    from truetoll.errors import CaseError  # noqa: PLC0415
    from truetoll.importers.formats import FORMATS  # noqa: PLC0415

    meant = FORMATS[arguments.format]
    known = dict.fromkeys(name for each in FORMATS.values() for name in each.takes)
    given = {name: getattr(arguments, name) for name in known if getattr(arguments, name) is not None}
    for name in given.keys() - set(meant.takes):
        taken = tuple(each for each in FORMATS if name in FORMATS[each].takes)
        own = tuple(f"--{each.replace('_', '-')}" for each in ("bins", "skip_bad", *meant.takes))
        option = f"--{name.replace('_', '-')}"
        raise RunError(message("imported.option", option=option, formats=taken, format=arguments.format, own=own))
    given |= {"bins": arguments.bins or meant.bins, "skip_bad": arguments.skip_bad, "spoken": console.language}
    try:
        return meant.reader()(arguments.case, **given)
    except CaseError as error:
        _list_conflicts(getattr(error, "conflicts", ()), console)
        raise


def _list_conflicts(conflicts: Sequence[Conflict], console: Console) -> None:
    """List those of which one has to be chosen."""
    w = console.words
    if conflicts:
        rows = [(c.id, w.number(f"{c.rows:,}"), w.number(f"{c.dead:,}"), c.name) for c in conflicts[:_LISTED]]
        console.error(columns([("--conflict", *w.columns("imported", "rows", "dead", "name")), *rows]).rstrip())
    if (more := len(conflicts) - _LISTED) > 0:
        console.error(w.say("imported.more_conflicts", n=more))


def _account(imported: Imported, counts: Mapping[str, int], w: Words) -> Iterator[tuple[str, str]]:
    """Lines of the table: counts, then what was set aside."""
    for name, n in counts.items():
        yield w.of("import_count", name), _number(n, w)
    for reason, n in _sorted(imported.aside, w):
        yield w.say("imported.set_aside", reason=reason), _number(n, w)
    for reason, n in _sorted(imported.dead_aside, w):
        yield w.say("imported.dead_set_aside", reason=reason), _number(n, w)
    for what, n in _sorted(imported.mended, w):
        yield w.say("imported.corrected", what=what), _number(n, w)


def _sorted(counted: Mapping[Message, int], w: Words) -> list[tuple[str, int]]:
    return sorted((w.tell(what), n) for what, n in counted.items())


def _number(n: int, w: Words) -> str:
    return f"{w.number(f'{n:,}'):>9}"
