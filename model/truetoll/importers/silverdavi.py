"""silverdavi's totals of wars with bounds -> a case of one war.

The file is the table of totals (CC-BY 4.0). A row is one total of one side of one war:

==================  =================================================================================================
war_id, war_name    the war: what `conflict` chooses
side                of whom, or by whom
bucket              ``military_killed``: the side's own soldiers; ``civilians_killed_directly``: civilians whom the
                    side killed; ``deaths_from_actions:...``: dead of hunger, disease and flight that followed
low, high           bounds; either may be empty
notes               where they come from
==================  =================================================================================================

What rests on what
- That civilians are counted under the side that killed them, and not under their own, is how the notes use the column.
- Two bounds are a range, the lower one alone is "at least", the upper one "up to", equal ones are a figure.
- Deaths from actions are set aside: kinds of them overlap with each other and with civilians killed, as notes say of
  many, and a war has them for some sides only.
- A figure of zero is set aside: it stands for sides that had no soldiers, too.
- The file has no dates: first and last day have to be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from truetoll.claims.languages import Language
from truetoll.claims.schema import CaseFile
from truetoll.claims.wording import range_text, read_lexicon
from truetoll.errors import CaseError, Problem, unknown
from truetoll.importers.bins import BinWidth, edges
from truetoll.importers.casefiles import case_file, judgements
from truetoll.importers.conflicts import Conflict, ConflictsError
from truetoll.importers.drafts import Entry, Imported
from truetoll.importers.parties import keys, told
from truetoll.importers.sheet import CellReader, Columns, Ledger, Line, read_lines
from truetoll.text.messages import Message, message
from truetoll.text.saying import Speaker
from truetoll.visible import cut_short

_words = partial(judgements, "silverdavi")

SOURCE = "silverdavi"
SOLDIERS, CIVILIANS, FOLLOWED = "military_killed", "civilians_killed_directly", "deaths_from_actions"
ANOTHER, NOT_DIRECT = message("aside_row.other_war"), message("aside_row.not_direct")
NO_FIGURE, ZERO = message("aside_row.no_figure"), message("aside_row.zero_or_bound")
COLUMNS = Columns(
    ("war_id", "side", "bucket", "low", "high"), ("war_name", "notes"), numbers=("low", "high"), unread=()
)
_LONGEST_NOTE = 400


@dataclass(frozen=True, slots=True)
class Total:
    """A row that was understood.

    Parameters
    ----------
    line : Line
    losers : str or Message
        Name of those who were killed.
    civilian : bool
    figure : str
    """

    line: Line
    losers: str | Message
    civilian: bool
    figure: str


def read_silverdavi(
    path: str | Path,
    bins: BinWidth | None = None,
    skip_bad: bool = False,
    conflict: Sequence[str] = (),
    since: date | None = None,
    as_of: date | None = None,
    spoken: Language = "en",
) -> Imported:
    """Read the table and make a case of one war.

    Parameters
    ----------
    path : str or Path
    bins : {"day", "week", "month"} or None
        None: one bin, as every figure is of the whole war.
    skip_bad : bool
        Whether rows that cannot be read are let pass, counted and listed. Rows of other wars are not checked.
    conflict : sequence of str
        Id or name of the war: one.
    since, as_of : date
        The day before the first of the war, and its last.
    spoken : {"en", "es"}
        Language of titles, names and notes.

    Returns
    -------
    Imported

    Raises
    ------
    CaseError
        With every problem, each with its line; if the dates are not told, or the war has no figure.
    ConflictsError
        If no war is chosen, or none that the file has.
    """
    path = Path(path)
    ledger = Ledger(path.name)
    cell = CellReader(path, COLUMNS, ledger)
    meant = [each.casefold() for each in conflict]
    wars: dict[str, Conflict] = {}
    found, w = list[Total](), Speaker(spoken)
    for line in read_lines(path, COLUMNS, ledger):
        name, title = line.cells["war_id"], line.cells["war_name"] or line.cells["war_id"]
        before = wars.get(name, Conflict(name, told(title), 0, 0))
        low = line.cells["low"] if line.cells["bucket"] in (SOLDIERS, CIVILIANS) else ""
        wars[name] = Conflict(name, before.name, before.rows + 1, before.dead + int(low if low.isdecimal() else 0))
        if len(meant) != 1 or meant[0] not in (name.casefold(), title.casefold()):
            ledger.set_aside(ANOTHER, line.cells)
        elif total := _total(line, cell, ledger):
            found.append(total)
    chosen = _chosen(path.name, wars, meant)
    ledger.close(skip_bad)
    problems = list[Problem]()
    if since is None or as_of is None or since >= as_of:
        problems.append(Problem(path.name, message("wrong_import.no_dates")))
    if not found:
        problems.append(Problem(path.name, message("wrong_import.no_dead_of", war=chosen.name)))
    if problems or since is None or as_of is None:
        raise CaseError([*ledger.told(), *problems])
    forces = keys(str(total.losers) for total in found)  # the same whatever language is spoken
    claims = tuple(_entries(found, forces, (since, as_of), w))
    counts = {"rows": ledger.rows, "rows_used": len(found), "claims": len(claims), "sides": len(forces)}
    cut = (since, as_of) if bins is None else edges(since, as_of, bins)
    case = _case(found, forces, cut, chosen.name, w)
    return Imported.of("silverdavi", case, claims, counts, ledger, tuple(_remarks(ledger)))


def _chosen(name: str, wars: Mapping[str, Conflict], meant: Sequence[str]) -> Conflict:
    """Find the war that is meant, or list those that can be."""
    by_name = {told_name.casefold(): war for war in wars.values() for told_name in (war.name, war.id)}
    if len(meant) == 1 and meant[0] in by_name:
        return by_name[meant[0]]
    listed = sorted(wars.values(), key=lambda war: -war.dead)
    if len(meant) == 1:
        raise ConflictsError(unknown(name, message("wrong_import.no_such_war"), meant[0], wars), listed)
    raise ConflictsError(Problem(name, message("wrong_import.wars", n=len(wars))), listed)


def _total(line: Line, cell: CellReader, ledger: Ledger) -> Total | None:
    """Read one row of the war that is meant; None if it was set aside or refused."""
    problems = list[Problem]()
    bucket, _, kind = line.cells["bucket"].partition(":")
    side = told(line.cells["side"])
    if bucket not in (SOLDIERS, CIVILIANS, FOLLOWED) or (kind and bucket != FOLLOWED):
        allowed = (SOLDIERS, CIVILIANS, f"{FOLLOWED}:...")
        what = message("wrong_import.unknown", column="bucket")
        problems.append(unknown(line.where, what, line.cells["bucket"][:200], allowed))
    if not side:
        problems.append(Problem(line.where, message("wrong_claim.empty", column="side")))
    low, high = cell.whole(line, "low", problems), cell.whole(line, "high", problems)
    if low is not None and high is not None and low > high:
        problems.append(Problem(line.where, message("wrong_import.low_above_high", low=low, high=high)))
    if problems:
        ledger.refuse(line.cells, *problems)
        return None
    figure = _figure(low, high)
    if bucket == FOLLOWED or not figure:
        reason = NOT_DIRECT if bucket == FOLLOWED else NO_FIGURE if low is None and high is None else ZERO
        ledger.set_aside(reason, line.cells)
        return None
    civilian = bucket == CIVILIANS
    killed = message("import_case.civilians_killed", side=side)
    return Total(line, killed if civilian else side, civilian, figure)


def _figure(low: int | None, high: int | None) -> str:
    """Write bounds in words; empty if they say nothing."""
    if not low:
        return f"up to {high:,}" if high else ""
    if high is None:
        return f"at least {low:,}"
    return f"{low:,}" if low == high else range_text(low, high, read_lexicon("en"))


def _entries(
    found: Sequence[Total], forces: Mapping[str, str], window: tuple[date, date], w: Speaker
) -> Iterator[Entry]:
    ids = Counter[str]()
    for total in found:
        key = forces[str(total.losers)]
        ids[key] += 1
        name = key.replace("_", "-") + ("" if ids[key] == 1 else f"-{ids[key]}")
        text = " ".join(total.line.cells["notes"].split())
        note = cut_short(w.say("import_note.line_of", n=str(total.line.number), text=text), _LONGEST_NOTE).rstrip(": ")
        yield Entry(name, SOURCE, None, f"{key}.killed", total.figure, *window, note=note)


def _remarks(ledger: Ledger) -> Iterator[Message]:
    yield message("import_remark.bounds_alone")
    yield message("import_remark.under_killers")
    if n := ledger.aside[NOT_DIRECT]:
        yield message("import_remark.not_direct", n=n)


def _case(found: Sequence[Total], forces: Mapping[str, str], cut: tuple[date, ...], war: str, w: Speaker) -> CaseFile:
    words = _words()
    source, sides = words["source"], {forces[str(total.losers)]: total for total in found}
    head = {
        "title": w.say("import_case.silverdavi", war=war),
        "description": w.say("import_case.silverdavi_about"),
        "bins": cut,
    }
    tables = {
        key: {"name": told(w.text(total.losers)), "victims": "civilian" if total.civilian else "military"}
        | {"outcomes": ("killed",), "total": words["total"]}
        for key, total in sides.items()
    }
    stated = {name: source[name] for name in ("name", "access", "reason")}
    stated |= {"relations": dict.fromkeys(forces.values(), source["relation"])}
    return case_file(head, tables, {SOURCE: stated}, w)
