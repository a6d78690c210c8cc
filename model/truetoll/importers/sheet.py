"""Somebody's table, row by row: what cannot be used is told with its line, and every row is accounted for.

CSV as people have it (commas, semicolons, tabs or bars; UTF-8, UTF-16 or, told, Windows-1252; a line ``sep=;``, titles
above the names of columns, other capitals and spaces in these names, empty columns at the end), and JSON
(`truetoll.importers.jsonrows`). Passed over and counted are rows that hold no data: hashtags of HXL, the names of
columns again, totals.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from itertools import chain, islice
from pathlib import Path
from typing import IO, NoReturn

from truetoll.claims.reading.cells import Habits, UndecidedError, UnreadableError, day, habits_of, is_plain, whole
from truetoll.claims.reading.files import NotRegularError, open_regular
from truetoll.claims.reading.table import rows_of
from truetoll.errors import TOLD, CaseError, Problem
from truetoll.importers.jsonrows import JsonError, JsonRows, begins_json
from truetoll.text import system
from truetoll.text.messages import Message, listed, message

LONGEST_LINE = 16_000_000
"""Characters of a line; a longer one is no row of a table."""
UNREADABLE = message("aside_row.unreadable")
"""Reason under which rows with a problem are counted."""
HASHTAGS, NAMES_AGAIN = message("aside_row.hashtags"), message("aside_row.names_again")
TOTALS, EMPTY = message("aside_row.totals"), message("aside_row.empty")
WINDOWS = message("mended_row.windows")
MOST_PROBLEMS = TOLD - 1
"""Problems that are told one by one; of further ones the number is."""

_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""A NUL, and what stands for bytes that were not understood."""
_TITLES = 20
"""Rows in which the names of the columns are looked for."""
_NAMED = 12
"""Names of columns that are told."""
_MARKS = ",;\t|"
_TOTAL = re.compile(
    r"\W*((grand|overall|sub)[ -]?)?(total|totals|sum|sums|suma|sumas|somme|summe|gesamt)\b[\w .]{0,30}\W*", re.I
)
_SEP = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table.

    Parameters
    ----------
    where : str
        File and line on which it starts, or file and number of the row.
    number : int
        That line.
    cells : mapping of str to str
        The columns that were asked for, stripped.
    """

    where: str
    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Columns:
    """What a table must and may hold.

    Parameters
    ----------
    required, optional : tuple of str
        Columns; an optional one that is missing is empty in every row.
    others : mapping of str to tuple of str
        Further names under which files have a column, the better ones first.
    order : tuple of str
        All columns of a file that lacks their names.
    fits : callable
        Whether the first row of such a file, read in this order, is one of the format.
    numbers, dates : tuple of str
        Columns of whole numbers and of dates: what a file that is unclear is surveyed for.
    unread : tuple of str or None
        Patterns of the format's columns that are not read. Where given, columns that are none of these are told.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    fits: Callable[[Mapping[str, str]], bool] = lambda _: False
    numbers: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    unread: tuple[str, ...] | None = None

    @property
    def all(self) -> tuple[str, ...]:
        """Every column that is read."""
        return (*self.required, *self.optional)


@dataclass
class Ledger:
    """What became of every row.

    Parameters
    ----------
    name : str
        Of the file.
    measure : str
        Column whose sum is accounted for, too; empty: none.
    rows : int
        Rows read, without the names of columns and blank lines.
    aside : Counter of Message
        Rows that became no claim of their own, by reason.
    measured : Counter of Message
        Sum of the column `measure` over these rows, by reason.
    unmeasured : int
        Rows set aside whose `measure` cannot be read.
    mended : Counter of Message
        Rows that were used after a correction, by what was done.
    problems : list of Problem
        What is wrong with the rows counted under `UNREADABLE`: the first `MOST_PROBLEMS`, and how many more.
    remarks : list of Message
        What was understood of the file as a whole.
    """

    name: str = ""
    measure: str = ""
    rows: int = 0
    aside: Counter[Message] = field(default_factory=Counter)
    measured: Counter[Message] = field(default_factory=Counter)
    unmeasured: int = 0
    mended: Counter[Message] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Message] = field(default_factory=list)
    more_problems: int = 0

    def set_aside(self, reason: Message, cells: Mapping[str, str], habits: Habits | None = None) -> None:
        """Count a row that becomes no claim of its own.

        Parameters
        ----------
        reason : Message
        cells : mapping of str to str
            Its columns, as far as they are known.
        habits : Habits, optional
        """
        self.aside[reason] += 1
        if not self.measure:
            return
        try:
            amount = whole(cells.get(self.measure, ""), habits or Habits())
        except (UnreadableError, UndecidedError):
            amount = None
        self.measured[reason] += amount or 0
        self.unmeasured += amount is None

    def refuse(self, cells: Mapping[str, str], *problems: Problem, habits: Habits | None = None) -> None:
        """Count a row as unreadable.

        Parameters
        ----------
        cells : mapping of str to str
        *problems : Problem
            Everything that is wrong with it.
        habits : Habits, optional
        """
        self.set_aside(UNREADABLE, cells, habits)
        kept = problems[: max(0, MOST_PROBLEMS - len(self.problems))]
        self.problems += kept
        self.more_problems += len(problems) - len(kept)

    def told(self) -> list[Problem]:
        """List the problems of the rows, and how many are not listed.

        Returns
        -------
        list of Problem
        """
        more = Problem(self.name, message("wrong_import.more", n=self.more_problems, listed=MOST_PROBLEMS))
        return [*self.problems, more] if self.more_problems else list(self.problems)

    def close(self, skip_bad: bool) -> None:
        """End the reading.

        Parameters
        ----------
        skip_bad : bool
            Whether unreadable rows are let pass.

        Raises
        ------
        CaseError
            With the problems, if they are not.
        """
        if self.problems and not skip_bad:
            raise CaseError(self.told())


def read_lines(path: Path, columns: Columns, ledger: Ledger) -> Iterator[Line]:
    """Read a table of any size; other columns than those asked for are passed over.

    Parameters
    ----------
    path : Path
        CSV or JSON.
    columns : Columns
    ledger : Ledger
        Counts the rows, and takes the problems of those that cannot be used.

    Yields
    ------
    Line

    Raises
    ------
    CaseError
        If the file cannot be read to its end: with the problem, and those found before it.
    """
    try:
        with open_regular(path) as raw:
            start = raw.read(4096)
        _check_start(path, start)
        encoding = _UTF16.get(start[:2], "utf-8-sig")
        with path.open(
            encoding=encoding, errors="surrogateescape" if encoding != "utf-16" else "strict", newline=""
        ) as file:
            is_json = begins_json(start.decode(encoding, "replace"))
            yield from _json_lines(path, file, columns, ledger) if is_json else _csv_lines(path, file, columns, ledger)
    except UnicodeError:
        _stop(path.name, message("wrong_import.no_utf16"))
    except NotRegularError as error:
        _stop(path.name, message("wrong_import.no_table_file", what=error.said))
    except FileNotFoundError:
        _stop(path.name, message("wrong_file.missing"))
    except OSError as error:
        _stop(path.name, message("wrong_file.unreadable", why=system.told(error)))
    except CaseError as error:
        raise CaseError([*ledger.told(), *error.problems]) from None


def survey(path: Path, columns: Columns, before: Habits) -> Habits:
    """Go through a whole file once, to learn how it writes numbers and dates that can be read in two ways.

    Parameters
    ----------
    path : Path
    columns : Columns
    before : Habits

    Returns
    -------
    Habits
    """
    found = before
    for line in read_lines(path, columns, Ledger()):
        numbers, dates = ([line.cells[name] for name in names] for names in (columns.numbers, columns.dates))
        found = habits_of(numbers, dates, found)
    return found


@dataclass
class CellReader:
    """Reads the numbers and dates of one file; the file is surveyed if one of them can be read in two ways.

    Parameters
    ----------
    path : Path
    columns : Columns
    ledger : Ledger
        Holds what was found so far, which is told too if the reading has to stop.
    habits : Habits
        What is known of the file.
    """

    path: Path
    columns: Columns
    ledger: Ledger
    habits: Habits = field(default_factory=Habits)
    surveyed: bool = False

    def whole(self, line: Line, name: str, problems: list[Problem]) -> int | None:
        """Read a whole number; None if there is none, or with a problem.

        Parameters
        ----------
        line : Line
        name : str
            Of the column.
        problems : list of Problem
            Takes what is wrong.

        Returns
        -------
        int or None
        """
        return self._read(whole, line, name, problems)

    def day(self, line: Line, name: str, problems: list[Problem]) -> date | None:
        """Read a date; None if there is none, or with a problem.

        Parameters
        ----------
        line : Line
        name : str
            Of the column.
        problems : list of Problem
            Takes what is wrong.

        Returns
        -------
        date or None
        """
        return self._read(day, line, name, problems)

    def settled(self, text: str) -> Habits:
        """Make sure that the file has been surveyed, if a cell can be read in two ways.

        Parameters
        ----------
        text : str

        Returns
        -------
        Habits
        """
        if not self.surveyed and not is_plain(text):
            try:
                self.habits, self.surveyed = survey(self.path, self.columns, self.habits), True
            except CaseError as error:
                raise CaseError(dict.fromkeys([*self.ledger.told(), *error.problems])) from None
        return self.habits

    def _read[T](
        self, read: Callable[[str, Habits], T | None], line: Line, name: str, problems: list[Problem]
    ) -> T | None:
        text = line.cells[name]
        try:
            return read(text, self.settled(text))
        except UnreadableError as error:
            problems.append(Problem(line.where, message("wrong_import.cell", column=name, what=error.said), repr(text)))
        except UndecidedError as error:
            said = message("wrong_import.open_cell", column=name, what=error.said)
            raise CaseError([*self.ledger.told(), Problem(line.where, said)]) from None
        return None


def read_sheet[T](
    path: Path, columns: Columns, read: Callable[[Line, CellReader, Ledger], T | None]
) -> tuple[list[T], Ledger]:
    """Read a file row by row, leaving out those of which `read` makes nothing, and account for every one."""
    ledger = Ledger(path.name)
    cell = CellReader(path, columns, ledger)
    return [
        made for line in read_lines(path, columns, ledger) if (made := read(line, cell, ledger)) is not None
    ], ledger


def _stop(where: str, what: Message) -> NoReturn:
    raise CaseError([Problem(where, what)])


def _check_start(path: Path, start: bytes) -> None:
    if not start.strip():
        _stop(path.name, message("wrong_file.empty"))
    if start[:2] == b"PK":
        _stop(path.name, message("wrong_import.archive"))
    if b"\0" in start.partition(b"\n")[0] and start[:2] not in _UTF16:
        _stop(path.name, message("wrong_import.no_utf8"))


# JSON ---------------------------------------------------------------------------------------------------------------


def _json_lines(path: Path, file: IO[str], columns: Columns, ledger: Ledger) -> Iterator[Line]:
    reader = JsonRows(file)
    # Rows need not have the same names: the first must have those that are needed, and says which others are meant.
    found = dict[str, str]()
    met = dict[str, str]()
    try:
        for number, row in enumerate(reader.rows(), start=1):
            ledger.rows += 1
            where = f"{path.name}: row {number}"
            if number == 1:
                names = list(row)
                found = {name: names[place] for name, place in _header(where, names, columns, ledger).items()}
            if not row.keys() <= met.keys():
                known = _known(columns)
                met |= {name: known.get(_named(name, known), "") for name in row}
                found = {column: name for name, column in met.items() if column} | found
            cells = {name: row.get(found[name], "") if name in found else "" for name in columns.all}
            if line := _usable(where, number, cells, list(row.values()), columns, ledger):
                yield line
    except JsonError as error:
        _stop(path.name, message("wrong_import.stops_json", what=error.said, n=ledger.rows))
    _tell_of_pages(reader.page, ledger)
    _tell_of_strange(met, columns, ledger)


def _tell_of_pages(page: Mapping[str, object], ledger: Ledger) -> None:
    """Say that a file is one page of several."""
    said = {name.casefold(): value for name, value in page.items()}
    total = str(said.get("totalcount") or "")
    if total.isdigit() and int(total) > ledger.rows:
        ledger.remarks.append(message("import_remark.pages", n=ledger.rows, all=int(total)))
    elif said.get("nextpageurl") and not total:
        ledger.remarks.append(message("import_remark.page"))


# CSV ----------------------------------------------------------------------------------------------------------------


def _csv_lines(path: Path, file: IO[str], columns: Columns, ledger: Ledger) -> Iterator[Line]:
    skipped, mark = _separator(file, columns)
    file.seek(0)
    lines = _physical(path, file)
    for _ in range(skipped):
        next(lines)
    rows = _rows(path, csv.reader(lines, delimiter=mark, strict=True), skipped)
    header, width, rows = _find_header(path, rows, columns, ledger)
    names = {name: place for name, place in header.items() if name}
    for number, cells in rows:
        ledger.rows += 1
        where = f"{path.name}:{number}"
        fitted = cells if len(cells) == width else _fitted(cells, width)
        asked = {name: cells[names[name]] if name in names and names[name] < len(cells) else "" for name in columns.all}
        if fitted is None and not _passed_over(asked, cells, columns, ledger):
            widths = {"cells": len(cells), "columns": width}
            more = len(cells) > width
            what = message("wrong_import.long_row", **widths) if more else message("wrong_file.short_row", **widths)
            ledger.refuse({}, Problem(where, what))
        elif fitted is not None and (line := _usable(where, number, asked, cells, columns, ledger)):
            yield line


def _physical(path: Path, file: IO[str]) -> Iterator[str]:
    """Yield the lines of a file, none of them longer than memory bears."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE and not line.endswith("\n"):
            _stop(f"{path.name}:{number}", message("wrong_import.long_line", most=LONGEST_LINE))
        yield line


def _separator(file: IO[str], columns: Columns) -> tuple[int, str]:
    """Lines to pass over (``sep=;``), and what stands between cells: as in the row that has the most known names."""
    head = [file.readline(LONGEST_LINE) for _ in range(_TITLES)]
    if told := _SEP.fullmatch(head[0]):
        return 1, told[1]
    known = _known(columns)
    counted = [
        (sum(_plain(cell.strip().strip('"')) in known for cell in line.split(mark)), line.count(mark), -place, mark)
        for place, line in enumerate(head)
        for mark in _MARKS
    ]
    best = max(counted)
    if best[0] > 1:
        return 0, best[3]
    return 0, max(_MARKS, key=head[0].count)


def _rows(path: Path, reader: Iterator[list[str]], skipped: int) -> Iterator[tuple[int, list[str]]]:
    def stop(line: int, what: Message) -> NoReturn:
        _stop(f"{path.name}:{line + skipped}", message("wrong_import.stops", what=what))

    found = rows_of(reader, stop)
    return ((line + skipped, cells) for line, cells in found)


def _find_header(
    path: Path, rows: Iterator[tuple[int, list[str]]], columns: Columns, ledger: Ledger
) -> tuple[dict[str, int], int, Iterator[tuple[int, list[str]]]]:
    """Find the names of the columns: where each stands, how many there are, and the rows below them."""
    known, head, scores = _known(columns), list[tuple[int, list[str]]](), list[int]()
    for line, cells in islice(rows, _TITLES):
        head.append((line, cells))
        scores.append(len({known[_plain(cell)] for cell in cells if _plain(cell) in known}))
        if scores[-1] > len(columns.required) // 4:
            break
    if not head:
        _stop(path.name, message("wrong_file.empty"))
    best = max(range(len(head)), key=lambda place: (scores[place], -place))
    if scores[best]:
        line, names = head[best]
        if best:
            ledger.remarks.append(message("import_remark.above", n=best))
        width = max((place + 1 for place, name in enumerate(names) if name), default=0)
        found = _header(f"{path.name}:{line}", names, columns, ledger)
        _tell_of_strange(names, columns, ledger)
        return found, width, chain(head[best + 1 :], rows)
    for place, (_, cells) in enumerate(head[:3]):
        if columns.order and len(cells) == len(columns.order):
            order = {name: at for at, name in enumerate(columns.order) if name in columns.all}
            if columns.fits({name: cells[at] for name, at in order.items()}):
                ledger.remarks.append(message("import_remark.no_names", n=len(cells)))
                return order, len(cells), chain(head[place:], rows)
    _stop(f"{path.name}:{head[0][0]}", message("wrong_import.no_names", names=columns.required))


def _plain(name: str) -> str:
    """Write the name of a column in one way: ``Date Start``, ``dateStart`` and ``date.start`` are date_start."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip().strip("\ufeff")) if not name.isupper() else name
    return re.sub(r"[\W_]+", "_", apart.casefold()).strip("_")


def _named(name: str, known: Collection[str]) -> str:
    """Write the name of a column as it is known: with its signs (``personnel*``) if a column is known so."""
    exact = name.strip().casefold()
    return exact if exact in known else _plain(name)


def _tell_of_strange(names: Iterable[str], columns: Columns, ledger: Ledger) -> None:
    """Say which columns the format is not known to have."""
    if columns.unread is None:
        return
    known = {_named(name, _known(columns)): name for name in names if name.strip()}
    known = {plain: name for plain, name in known.items() if plain not in _known(columns)}
    strange = [name for plain, name in known.items() if not any(fnmatchcase(plain, each) for each in columns.unread)]
    if strange:
        told = listed([name[:60] for name in strange], _NAMED, quoted=True)
        ledger.remarks.append(message("import_remark.strange", names=told, n=len(strange)))


def _known(columns: Columns) -> dict[str, str]:
    """Every name under which a column is found -> the column."""
    others = {each: name for name, names in columns.others.items() for each in names}
    return others | {name: name for name in columns.all}


def _header(where: str, names: Sequence[str], columns: Columns, ledger: Ledger) -> dict[str, int]:
    """Find the columns: name -> place; extra ones may stand anywhere."""
    plain = [_named(name, _known(columns)) for name in names]
    found: dict[str, int] = {}
    missing, twice = [], []
    for name in columns.all:
        held = next((each for each in (name, *columns.others.get(name, ())) if each in plain), None)
        if held is None:
            if name in columns.required:
                missing.append(_missing(where, name, names, columns))
            continue
        if plain.count(held) > 1:
            twice.append(Problem(where, message("wrong_import.column_twice", name=held)))
        found[name] = plain.index(held)
        if held != name:
            ledger.remarks.append(message("import_remark.read_as", held=held, name=name))
    if missing or twice:
        raise CaseError([*missing, *twice])
    return found


def _missing(where: str, name: str, names: Sequence[str], columns: Columns) -> Problem:
    strange = [each for each in names if each.strip() and _named(each, _known(columns)) not in _known(columns)]
    meant = difflib.get_close_matches(name, strange, n=1)
    if meant:
        return Problem(where, message("wrong_import.column_meant", name=name, meant=meant[0]))
    if strange:
        others = tuple(each[:60] for each in strange[:_NAMED])
        return Problem(where, message("wrong_import.column_others", name=name, others=others))
    return Problem(where, message("wrong_file.column_missing", name=name))


def _fitted(cells: list[str], width: int) -> list[str] | None:
    """Accept a row with empty cells too many, as spreadsheets leave them; None if it is not as wide as the others."""
    return cells if len(cells) > width and not any(cells[width:]) else None


# rows ---------------------------------------------------------------------------------------------------------------


def _usable(
    where: str, number: int, asked: dict[str, str], cells: Sequence[str], columns: Columns, ledger: Ledger
) -> Line | None:
    """Make a line of a row; None if it holds no data, or no text."""
    if _passed_over(asked, cells, columns, ledger):
        return None
    if not _NO_TEXT.search("\n".join(asked.values())):
        return Line(where, number, asked)
    for name, cell in asked.items():
        if not _NO_TEXT.search(cell):
            continue
        read = _windows(cell)
        if read is None:
            said = message("wrong_import.cell", column=name, what=message("wrong_import.no_utf8"))
            ledger.refuse(asked, Problem(where, said))
            return None
        asked[name] = read
        ledger.mended[WINDOWS] += 1
    return Line(where, number, asked)


def _windows(cell: str) -> str | None:
    """Read bytes that are not UTF-8 as the encoding of spreadsheets of Western languages."""
    try:
        return cell.encode("utf-8", "surrogateescape").decode("cp1252") if "\0" not in cell else None
    except UnicodeError:
        return None


def _names(cell: str, column: str, columns: Columns) -> bool:
    """Whether a cell holds the name of its column."""
    return _plain(cell) in (column, *columns.others.get(column, ()))


def _passed_over(asked: Mapping[str, str], cells: Sequence[str], columns: Columns, ledger: Ledger) -> bool:
    """Whether a row holds no data of its own; it is then set aside."""
    filled = [cell for cell in cells if cell]
    if not filled:
        reason = EMPTY
    elif all(cell.startswith("#") for cell in filled):
        reason = HASHTAGS
    elif (
        not any(map(str.isdecimal, filled))
        and any(asked.values())
        and all(_names(cell, name, columns) for name, cell in asked.items() if cell)
    ):
        reason = NAMES_AGAIN
    elif _TOTAL.fullmatch(filled[0]):
        reason = TOTALS
    else:
        return False
    ledger.set_aside(reason, asked if reason == TOTALS else dict.fromkeys([ledger.measure], "0"))
    return True
