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
    given = {"day": arguments.date, "since": arguments.since, "url": arguments.url or ""}
    made = make(arguments.case, arguments.language, **given, spoken=console.language)
    written = write_folder(out, console, lambda folder: write_draft(made, folder))
    lies = written.lies
    open_ = _open(lies)
    document = _document(arguments, made, lies, open_)
    w = console.words
    head = w.columns("drafted", "figure", "losses", "source", "confidence")
    rows = [(*cells, w.of("drafted", confidence)) for *cells, confidence in told(made)]
    console.answer(document, columns([head, *rows]))
    language = made.article.language
    console.say(w.say("drafted.found", n=len(made.found), file=arguments.case.name, language=language))
    console.say(w.say("written.draft", place=str(lies), n=open_))
    return written.code(console)


def _open(folder: Path) -> int:
    """Count what is left to settle, as ``validate`` tells it."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415
    from truetoll.claims.reading.unsettled import is_unsettled  # noqa: PLC0415

    try:
        read_case(folder)
    except CaseError as error:
        return sum(map(is_unsettled, error.problems))
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
