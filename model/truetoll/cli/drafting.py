"""``draft``: loss figures of an article become the draft of a case, in a new folder."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.cli.console import Console, columns
from truetoll.cli.saving import write_folder
from truetoll.errors import CaseError
from truetoll.runs.swap import check_target

if TYPE_CHECKING:
    from truetoll.importers.prose.writing import Draft


def draft(arguments: Namespace, console: Console) -> int:
    """Draft a case of an article, and tell what was found and what is left to settle."""
    from truetoll.importers.prose.writing import draft as make  # noqa: PLC0415
    from truetoll.importers.prose.writing import told, write_draft  # noqa: PLC0415

    out: Path = arguments.out or Path(
        "cases", re.sub(r"[^\w-]+", "-", arguments.case.stem).strip("-").lower() or "draft"
    )
    check_target(out, owned=False)
    made = make(arguments.case, arguments.lang, arguments.date, arguments.since, arguments.url or "")
    written = write_folder(out, console, lambda folder: write_draft(made, folder))
    lies = written.lies
    open_ = _open(lies)
    document = _document(arguments, made, lies, open_)
    head = ("figure", "losses", "source", "confidence")
    console.answer(document, columns([head, *told(made)]))
    n = len(made.found)
    console.say(
        f"{n} loss figure{'s' if n > 1 else ''} found in {arguments.case.name} ({made.article.language}): "
        "check that none is missing."
    )
    console.say(
        f"Written to {lies}: case.toml, claims.csv. {open_} guesses are marked '?'; it is fitted\n"
        "when they are settled. To be asked for each:"
    )
    console.say(
        f"  truetoll settle {lies} --out {lies}-settled\nOr edit the files; what is left: truetoll validate {lies}"
    )
    return written.code(console)


def _open(folder: Path) -> int:
    """Count what is left to settle, as ``validate`` tells it."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415
    from truetoll.claims.reading.unsettled import NOT_SETTLED  # noqa: PLC0415

    try:
        read_case(folder)
    except CaseError as error:
        return sum(NOT_SETTLED in str(problem.what) for problem in error.problems)
    return 0


def _document(arguments: Namespace, made: Draft, lies: Path, left: int) -> dict[str, Any]:
    return {
        "file": arguments.case.as_posix(),
        "case": lies.as_posix(),
        "ok": True,
        "language": made.article.language,
        "since": made.bins[0].isoformat(),
        "as_of": made.bins[1].isoformat(),
        "unsettled": left,
        "claims": [{**row, "confidence": each.confidence} for row, each in zip(made.rows, made.found, strict=True)],
    }
