"""A case whose claims are incidents -> a case whose claims are their sums by bin."""

from __future__ import annotations

import shutil
from pathlib import Path

from truetoll.claims.incidents import summed
from truetoll.claims.languages import Language
from truetoll.claims.reading import read_case
from truetoll.claims.schema import Case
from truetoll.errors import CaseError, Problem
from truetoll.importers.drafts import write_claims
from truetoll.text.messages import message


def write_sums(case: Case, folder: Path, complete: bool = False, spoken: Language = "en") -> Case:
    """Write a case with its incidents added up, and read it again as an analyst's would be.

    Parameters
    ----------
    case : Case
        As read, without a scenario.
    folder : Path
        Empty.
    complete : bool
        Whether the source lists every incident.
    spoken : {"en", "es"}
        Language of notes.

    Returns
    -------
    Case
        Its scenarios must not name a claim that is now part of a sum.

    Raises
    ------
    CaseError
        If no claims look like incidents, or what was written is not a sound case.
    """
    rows = summed(case, complete, spoken)
    if len(rows) == len(case.claims):
        raise CaseError([Problem("claims.csv", message("wrong_import.no_incidents"))])
    for name in ("case.toml", "scenarios.toml", case.file.case.lexicon):
        if name and (case.path / name).exists():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(case.path / name, target)
    write_claims(rows, folder)
    return read_case(folder)
