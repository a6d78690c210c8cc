"""Which lexicon a case is read with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from truetoll.claims.reading.files import read_text
from truetoll.claims.wording import Lexicon, load_lexicon, read_lexicon
from truetoll.errors import CaseError, Problem
from truetoll.text.messages import message


def lexicon_of(case: Mapping[str, Any], folder: Path, where: str, report: Callable[[Problem], None]) -> Lexicon | None:
    """Find the lexicon of a case: its own file, or the built-in one of its language.

    Parameters
    ----------
    case : mapping
        case.toml, not checked.
    folder : Path
    where : str
        Place of ``case.lexicon``.
    report : callable of Problem

    Returns
    -------
    Lexicon or None
        None if there is a problem, here or in ``case.language``.
    """
    head = case.get("case")
    name = head.get("lexicon") if isinstance(head, Mapping) else None
    language = head.get("language", "en") if isinstance(head, Mapping) else None
    if isinstance(name, str):
        return _own(name, folder, where, report)
    try:
        return read_lexicon(language) if isinstance(language, str) and name is None else None
    except CaseError:
        return None  # the schema reports the unknown language, with its place


def _own(name: str, folder: Path, where: str, report: Callable[[Problem], None]) -> Lexicon | None:
    if not name or Path(name).name != name:
        report(Problem(where, message("wrong_file.not_a_name"), repr(name)))
        return None
    if not (folder / name).is_file():
        report(Problem(where, message("wrong_file.not_beside"), repr(name)))
        return None
    text = read_text(folder / name, report)
    try:
        return load_lexicon(text, name) if text is not None else None
    except CaseError as error:
        for problem in error.problems:
            report(problem)
        return None
