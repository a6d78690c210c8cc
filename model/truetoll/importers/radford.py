"""The 4,609 claims of Radford and others (2023) on the first year of the war in Ukraine -> a case.

The file is ``data/replication-data-pnas.csv`` of the authors' replication archive (MIT licence). One row is one claim:

==============  =====================================================================================================
days            day of the war the claim speaks of; day 1 is 24 February 2022
loss_count      the figure, a whole number; R writes round ones as ``1e+05``
category        what was lost; with loss_country the series (``loss_type`` repeats both, and must agree)
loss_country    whose losses: ``Russia`` or ``Ukraine``
claim_source    one of seven groups of sources (``source_target`` repeats it)
time_frame      ``Cumulative``: since the beginning; ``Day``: on that day alone
minimum         1: "at least" the figure
maximum         1: "up to" the figure
==============  =====================================================================================================

What rests on what
- Day 1 is 24 February 2022: the authors' plots count days "since Feb. 24. 2022", and dated statements agree: Ukraine's
  tally stands at 5,840 on day 7 (2 March 2022), Russia's own 5,937 dead on day 210 (21 September 2022), the last day
  is 365 (23 February 2023, the date of the paper's totals). The authors' script takes 21 September for day 209, a day
  beside their own data. Whether a day is that of the statement or the last it covers is not said: *not verified*.
- minimum and maximum are the bounds of a statement: the authors' model shifts such figures. The low and the high end
  of a range stand in two rows: every one of the 51 rows with maximum = 1 has a partner of the same source, series and
  day with minimum = 1, in the same order. Such a pair is put together as the range it was; the row of the upper end is
  counted as set aside.
- The file has no captured, no missing, no links and no wording.
- Ukraine's tally of "personnel" losses stands under Military Deaths, as the authors have it; what it counts is
  disputed.

What is taken for dependent
- A source that gives one series on at least `TALLY_DAYS` days, and hardly ever less than before (`often`), keeps a
  running tally (bulletin). One figure a day is its link: the one nearest to the figures of the days around it. All
  else it says of that series since the beginning shares the tally's origin: on a day with a link it repeats it and
  counts no further.
- Without a tally, the same figure of the same source and series is one origin, however often it is said.
- In the groups "OSI" and "Other" many voices stand under one name: they keep no tally.

References
----------
Radford, Dai, Stoehr, Schein, Fernandez and Sajid 2023, Estimating conflict losses and reporting biases, PNAS 120(34),
doi:10.1073/pnas.2307372120.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from truetoll.claims.languages import Language
from truetoll.claims.reading.cells import is_missing
from truetoll.claims.schema import CaseFile, Term
from truetoll.errors import CaseError, Problem, unknown
from truetoll.importers.bins import BinWidth, edges
from truetoll.importers.casefiles import case_file, judgements
from truetoll.importers.drafts import Entry, Imported
from truetoll.importers.priors import scaled
from truetoll.importers.sheet import CellReader, Columns, Ledger, Line, read_sheet
from truetoll.importers.statements import Statement, entries, joined
from truetoll.text.messages import Message, message
from truetoll.text.saying import Speaker

_words = partial(judgements, "radford")

BEFORE = date(2022, 2, 23)
"""The day before day 1."""

REQUIRED = ("days", "loss_count", "claim_source", "time_frame", "loss_country", "minimum", "maximum", "category")
DERIVED = ("loss_type", "source_target")
LAST_DAY = 36_500
ZERO, NO_FIGURE = message("aside_row.zero"), message("aside_row.no_figure")
NOT_MEANT, UPPER_END = message("aside_row.other_losses"), message("aside_row.upper_end")

COLUMNS = Columns(REQUIRED, DERIVED, numbers=("days", "loss_count"))

_FRAMES = {"Cumulative": True, "Day": False}
_FLAGS = {"0": False, "1": True, "false": False, "true": True}


def read_radford(
    path: str | Path,
    bins: BinWidth = "week",
    skip_bad: bool = False,
    only: Sequence[str] = (),
    spoken: Language = "en",
) -> Imported:
    """Read the file and make a case of it.

    Parameters
    ----------
    path : str or Path
        The CSV file.
    bins : {"day", "week", "month"}
    skip_bad : bool
        Whether rows that cannot be read are let pass, counted and listed.
    only : sequence of str
        What the case is about, if not all: forces (``russia``, ``russia_materiel``), series
        (``russia_materiel.tanks``), ``persons``, ``equipment``.
    spoken : {"en", "es"}
        Language of titles, names and notes.

    Returns
    -------
    Imported

    Raises
    ------
    CaseError
        With every problem, each with its line; if nothing is left to make a case of.
    """
    path = Path(path)
    found, ledger = read_sheet(path, COLUMNS, _statement)
    if only:
        found = _only(found, only, ledger)
    ledger.close(skip_bad)
    if not found:
        raise CaseError([*ledger.told(), Problem(path.name, _nothing(ledger))])
    statements, upper = joined(found)
    ledger.aside[UPPER_END] += upper
    many = frozenset(each["key"] for each in _words()["sources"].values() if each["voices"] == "many")
    w = Speaker(spoken)
    claims = entries(statements, many, BEFORE, w)
    counts = _counts(ledger.rows, claims)
    return Imported.of("radford", _case(statements, bins, w), claims, counts, ledger, tuple(_remarks(claims)))


def _counts(rows: int, claims: Sequence[Entry]) -> dict[str, int]:
    links = [claim for claim in claims if claim.bulletin]
    return {
        "rows": rows,
        "claims": len(claims),
        "series": len({claim.losses for claim in claims}),
        "sources": len({claim.source for claim in claims}),
        "bulletins": len({claim.bulletin for claim in links}),
        "tallies": len({(claim.bulletin, claim.losses) for claim in links}),
        "links_of_tallies": len(links),
    }


def _remarks(claims: Iterable[Entry]) -> Iterator[Message]:
    spoken = {(claim.source, claim.losses) for claim in claims}
    if ("ua_source", "russia.killed") in spoken:
        yield message("import_remark.disputed_personnel")
    if any(source == "other" for source, _ in spoken):
        yield message("import_remark.other_group")
    yield message("import_remark.no_links")


def _only(found: Sequence[Statement], only: Sequence[str], ledger: Ledger) -> list[Statement]:
    """Keep the statements that are meant, and set the others aside."""
    things = {count["name"] for count in _words()["counts"].values()}
    kept, known = [], {"persons", "equipment"}
    for said in found:
        term = Term.of(said.losses)
        names = {term.force, said.losses, "equipment" if term.quantity in things else "persons"}
        known |= names
        if names & set(only):
            kept.append(said)
        else:
            ledger.aside[NOT_MEANT] += 1
    none = message("wrong_import.no_claim_on")
    wrong = [unknown(ledger.name, none, name, sorted(known)) for name in only if name not in known]
    if wrong:
        raise CaseError(wrong)
    return kept


def _nothing(ledger: Ledger) -> Message:
    counted = [(reason, n) for reason, n in ledger.aside.items() if n]
    reasons = tuple(message("wrong_import.reason_of_rows", reason=reason, n=n) for reason, n in counted)
    return message("wrong_import.no_claim_by", reasons=reasons) if reasons else message("wrong_import.no_claim")


def _statement(line: Line, cell: CellReader, ledger: Ledger) -> Statement | None:
    """Read one row; None if it was set aside, with every problem of it."""
    problems = list[Problem]()
    day, count = cell.whole(line, "days", problems), cell.whole(line, "loss_count", problems)
    if day is None and not problems:
        problems.append(Problem(line.where, message("wrong_import.no_day")))
    if day is not None and not 1 <= day <= LAST_DAY:
        problems.append(Problem(line.where, message("wrong_import.day_range", most=LAST_DAY), line.cells["days"]))
    source = _known(line, "claim_source", _words()["sources"], problems)
    cumulative = _known(line, "time_frame", _FRAMES, problems)
    losses, bound = _losses(line, problems), _bound(line, problems)
    problems += _disagreements(line)
    if problems or day is None:
        ledger.refuse(line.cells, *problems)
        return None
    if not count:
        ledger.aside[NO_FIGURE if count is None else ZERO] += 1
        return None
    return Statement(line.number, day, source["key"], losses, count, bound, cumulative)


def _known(line: Line, column: str, allowed: Mapping[str, Any], problems: list[Problem]) -> Any:
    """Look a word up; None if it is not known."""
    read = line.cells[column]
    if read not in allowed:
        problems.append(unknown(line.where, message("wrong_import.unknown", column=column), read[:200], allowed))
    return allowed.get(read)


def _bound(line: Line, problems: list[Problem]) -> str:
    low, high = (_flag(line, column, problems) for column in ("minimum", "maximum"))
    if low and high:
        problems.append(Problem(line.where, message("wrong_import.both_bounds")))
    return "at least" if low else "up to" if high else ""


def _flag(line: Line, column: str, problems: list[Problem]) -> bool | None:
    """Read 0 or 1 as programs write it; an empty cell is 0."""
    read = line.cells[column]
    plain = read.casefold().removesuffix(".0").removesuffix(".")
    if is_missing(read):
        return False
    if plain not in _FLAGS:
        problems.append(unknown(line.where, message("wrong_import.unknown", column=column), read[:200], ("0", "1")))
    return _FLAGS.get(plain)


def _losses(line: Line, problems: list[Problem]) -> str:
    """Name what was lost, and by which force of the country."""
    words, countries = _words(), _countries()
    what = _known(line, "category", words["persons"] | words["counts"], problems)
    if not _known(line, "loss_country", countries, problems) or not what:
        return ""
    force = _force(what, line.cells["loss_country"])
    if force is None:
        allowed = tuple(country for country in countries if _force(what, country))
        said = message("wrong_import.no_such_losses")
        problems.append(Problem(line.where, said, line.cells["category"], allowed))
    return f"{force}.{what.get('quantity') or what['name']}"


def _countries() -> dict[str, bool]:
    return dict.fromkeys((each["country"] for each in _words()["forces"].values()), True)


def _force(what: Mapping[str, Any], country: str) -> str | None:
    """Name the force of a country that has such losses; equipment is one of its own."""
    victims = what.get("victims", "materiel")
    forces = _words()["forces"].items()
    return next((name for name, each in forces if (each["country"], each["victims"]) == (country, victims)), None)


def _disagreements(line: Line) -> Iterable[Problem]:
    """Check the columns that repeat others."""
    cells = line.cells
    repeated = {
        "loss_type": f"{cells['category']}-{cells['loss_country']}",
        "source_target": f"{cells['claim_source']}-{cells['loss_country']}",
    }
    for column, expected in repeated.items():
        if cells[column] and cells[column] != expected:
            what = message("wrong_import.disagrees", column=column, expected=expected[:80])
            yield Problem(line.where, what, repr(cells[column]))


def _case(statements: Iterable[Statement], width: BinWidth, w: Speaker) -> CaseFile:
    """Make case.toml, of what the statements speak of."""
    found = list(statements)
    days = max(said.day for said in found)
    losses = {said.losses for said in found}
    words = _words()
    forces = {
        name: _force_table(name, each, losses, days)
        for name, each in words["forces"].items()
        if any(each.startswith(f"{name}.") for each in losses)
    }
    spoken = {(said.source, Term.of(said.losses).force) for said in found}
    sources = {each["key"]: _source_table(each, spoken) for each in words["sources"].values()}
    head = {
        "title": w.say("import_case.radford"),
        "description": w.say("import_case.radford_about"),
        "bins": edges(BEFORE, BEFORE + timedelta(days=days), width),
    }
    used = {key: table for key, table in sources.items() if table["relations"]}
    return case_file(head, forces, used, w)


def _force_table(name: str, words: Mapping[str, Any], losses: set[str], days: int) -> dict[str, Any]:
    counts = {
        count["name"]: scaled(_words()["scales"][count["scale"]], days)
        for count in _words()["counts"].values()
        if f"{name}.{count['name']}" in losses
    }
    stated = {key: words[key] for key in ("name", "victims", "wounded_per_killed") if key in words}
    if words["victims"] == "materiel":
        return stated | {"counts": counts}
    return stated | {"outcomes": ("killed", "wounded"), "total": scaled(words["total"], days)}


def _source_table(words: Mapping[str, Any], spoken: set[tuple[str, str]]) -> dict[str, Any]:
    relations = {name: each for name, each in words["relations"].items() if (words["key"], name) in spoken}
    access = words.get("access", {})
    stated = access if isinstance(access, str) else {name: access[name] for name in access if name in relations}
    return {key: words[key] for key in ("name", "reason")} | {"relations": relations, "access": stated}
