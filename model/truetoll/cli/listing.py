"""``cases``: the cases of a folder, or those here and those that are shipped."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from truetoll.claims.reading.shipped import FOLDER, located, shipped, shipped_cases
from truetoll.cli.codes import OK
from truetoll.cli.console import Console, columns
from truetoll.errors import CaseError
from truetoll.render.words import Words
from truetoll.runs.errors import RunError
from truetoll.text.messages import message

HERE = (FOLDER, "cases")
"""Folders that are looked through where none is named: that of a checkout, and the one `draft` writes to."""
Document = dict[str, Any]


def cases(arguments: Namespace, console: Console) -> int:
    """List cases; a broken one does not stop the rest."""
    stated: Path | None = arguments.folder
    if stated is not None and not stated.is_dir():
        raise RunError(message("cases.no_folder", place=str(stated)))
    places = _case_folders(stated) if stated is not None else _all_cases()
    found = [_listed(path, name) for path, name in places]
    w = console.words
    head = w.columns("cases", "case", "claims", "sources", "since", "as_of", "state", "title")
    numbers = ("claims", "sources", "since", "as_of")
    rows = [(c["path"], *(str(c[k] or "") for k in numbers), *_state(c, w)) for c in found]
    document = {"folder": None if stated is None else stated.as_posix(), "shipped": shipped().as_posix()}
    console.answer(document | {"cases": found}, columns([head, *rows]) if found else "")
    if not found:
        console.say(w.say("cases.none", place=str(stated) if stated else w.say("cases.here")))
    if any(each["shipped"] for each in found):
        console.say(w.say("cases.shipped", place=str(shipped())))
    return OK


def _all_cases() -> Iterator[tuple[Path, str]]:
    """Go through the cases of the working folder, then the shipped ones that are not among them."""
    seen = set()
    for path, name in (each for folder in HERE for each in _case_folders(Path(folder))):
        seen.add(path.resolve())
        yield path, name
    for path in shipped_cases():
        if path.resolve() not in seen:
            # A folder here that has the name of a shipped case is what its name means.
            yield path, path.name if located(path.name) == path else path.as_posix()


def _case_folders(folder: Path) -> Iterator[tuple[Path, str]]:
    """Find the folders with a case.toml, whatever that is; links are not followed, closed folders passed over."""
    found = sorted(Path(home) for home, inner, files in os.walk(folder) if "case.toml" in (*inner, *files))
    yield from ((path, path.as_posix()) for path in found)


def _listed(folder: Path, name: str) -> Document:
    from truetoll.claims.reading import read_case  # noqa: PLC0415

    comes_with_us = folder.resolve().parent == shipped()
    known: Document = {"case": folder.name, "path": name, "shipped": comes_with_us, "ok": True, "problems": 0}
    try:
        case = read_case(folder)
    except Exception as error:
        # One that cannot even be read as broken must not hide the others.
        problems = len(error.problems) + error.more if isinstance(error, CaseError) else 1
        nothing = dict.fromkeys(("title", "claims", "sources", "since", "as_of"))
        return known | {"ok": False, "problems": problems} | nothing
    dates = {"since": case.bins[0].isoformat(), "as_of": case.bins[-1].isoformat()}
    return known | {"title": case.title, "claims": len(case.claims), "sources": len(case.sources)} | dates


def _state(listed: Document, w: Words) -> tuple[str, str]:
    if listed["ok"]:
        return w.say("cases.sound"), listed["title"]
    return w.say("cases.problems", n=listed["problems"]), w.say("cases.see", place=listed["path"])
