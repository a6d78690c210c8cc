"""A folder with claims.csv and truth.csv -> a benchmark, or every problem in it at once."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from truetoll.benchmark.schema import (
    CLASSES,
    FRAMES,
    QUALITIES,
    QUANTITIES,
    RELATIONS,
    USES,
    Benchmark,
    OldClaim,
    Target,
    Truth,
)
from truetoll.claims.reading.files import read_text
from truetoll.claims.reading.rows import LONGEST_FIGURE
from truetoll.claims.reading.shipped import located
from truetoll.claims.reading.table import Layout, Row, read_rows
from truetoll.claims.schema import COUNTING, Figure, Form, VictimClass
from truetoll.claims.wording import Lexicon, WordingError, read_figure, read_lexicon
from truetoll.errors import CaseError, Problem, Problems, closest, unknown
from truetoll.text.messages import Message, message

CLAIMS = Layout(
    "claims.csv",
    (
        *("case", "id", "source", "relation", "reported", "victims", "quantity", "figure", "since", "as_of"),
        *("origin", "access", "speaker", "use", "verified", "reference", "note"),
    ),
    ("case", "id", "source", "relation", "reported", "victims", "quantity", "figure"),
)
TRUTH = Layout(
    "truth.csv",
    (
        *("case", "victims", "quantity", "low", "best", "high", "victim_class", "frame", "quality", "basis"),
        *("verified", "reference", "note", "war", "known"),
    ),
    ("case", "victims", "quantity", "low", "best", "high", "victim_class"),
)
WARS = Layout("wars.csv", ("war", "fold", "first", "last", "parties", "reason"), ("war", "fold"))
LANGUAGE = "en"
Key = tuple[str, str, str]


def read_benchmark(path: str | Path) -> Benchmark:
    """Read and check a benchmark.

    Parameters
    ----------
    path : str or Path
        A folder with ``claims.csv`` and ``truth.csv``, and perhaps ``wars.csv``; the README of ``data/hindcast``
        says what is in them. Where there is no such folder, ``hindcast`` is the shipped one.

    Returns
    -------
    Benchmark
        Every loss that was settled later, with what was said of it at the time.

    Raises
    ------
    CaseError
        With every problem of both files.

    Examples
    --------
    >>> import truetoll as tt
    >>> benchmark = tt.read_benchmark("data/hindcast")
    >>> len(benchmark.wars), len(benchmark.scored)
    (79, 272)
    """
    folder = located(path)
    try:
        known = folder.is_dir()
    except (OSError, ValueError):  # a loop of links, a NUL in the name
        known = False
    if not known:
        raise CaseError([Problem(str(path), message("wrong_benchmark.no_folder"))])
    reader = _Reader()
    folds = reader.folds(reader.rows(folder, WARS)) if (folder / WARS.name).exists() else {}
    truths = reader.truths(reader.rows(folder, TRUTH))
    claims = reader.claims(reader.rows(folder, CLAIMS), truths)
    if not reader.problems:
        reader.without_claims(truths, claims)
    if reader.problems:
        raise CaseError(reader.problems)
    targets = tuple(_target(key, row, truth, claims[key], folds) for key, (row, truth) in truths.items())
    return Benchmark(folder, targets, tuple(_notices(targets)))


@dataclass
class _Reader:
    """One reading of a folder."""

    problems: Problems = field(default_factory=Problems)

    def rows(self, folder: Path, layout: Layout) -> tuple[Row, ...]:
        text = read_text(folder / layout.name, self.problems.append)
        if text is None:
            return ()
        before = len(self.problems)
        rows = read_rows(text, self.problems.append, layout)
        if not rows and len(self.problems) == before:
            self.problems.append(Problem(layout.name, message("wrong_case.no_row")))
        return rows

    def folds(self, rows: Sequence[Row]) -> dict[str, str]:
        """Read wars.csv: the fold of each war."""
        found: dict[str, str] = {}
        for row in rows:
            cells = _Cells(row, WARS, self.problems)
            for column in ("war", "fold"):
                if not row.cells[column]:
                    cells.wrong(message("wrong_claim.empty", column=column))
            if row.cells["war"] in found:
                cells.wrong(message("wrong_benchmark.has_fold"), repr(row.cells["war"]))
            found.setdefault(row.cells["war"], row.cells["fold"])
        return found

    def truths(self, rows: Sequence[Row]) -> dict[Key, tuple[Row, Truth]]:
        """Read truth.csv; a truth that cannot be understood still says what claims may be about."""
        found: dict[Key, tuple[Row, Truth]] = {}
        for row in rows:
            cells = _Cells(row, TRUTH, self.problems)
            key = cells.key()
            if key in found:
                cells.wrong(message("wrong_benchmark.has_truth", line=found[key][0].line))
            cells.one_of("victim_class", CLASSES)
            cells.one_of("frame", FRAMES, default=FRAMES[0])
            found.setdefault(key, (row, cells.truth()))
        return found

    def claims(self, rows: Sequence[Row], truths: Mapping[Key, tuple[Row, Truth]]) -> dict[Key, list[OldClaim]]:
        found: dict[Key, list[OldClaim]] = defaultdict(list)
        lines: dict[str, int] = {}
        lexicon = read_lexicon(LANGUAGE)
        for row in rows:
            cells = _Cells(row, CLAIMS, self.problems)
            key = cells.key()
            if row.id in lines and row.id:
                cells.wrong(message("wrong_claim.id_taken", line=lines[row.id]), repr(row.id))
            lines.setdefault(row.id, row.line)
            if truths and key not in truths and key[2] in QUANTITIES:
                cells.without_truth(key, truths)
            claim = cells.claim(lexicon)
            if claim and key in truths:
                cells.in_time(claim, truths[key][1])
                found[key].append(claim)
        return found

    def without_claims(self, truths: Mapping[Key, tuple[Row, Truth]], claims: Mapping[Key, object]) -> None:
        for key, (row, _) in truths.items():
            if key not in claims:
                told = message("wrong_benchmark.no_row", name=CLAIMS.name)
                self.problems.append(Problem(f"{TRUTH.name}:{row.line}", told, ", ".join(key)))


@dataclass
class _Cells:
    """Reads the cells of one row; every problem of it is reported."""

    row: Row
    layout: Layout
    problems: Problems

    @property
    def where(self) -> str:
        return f"{self.layout.name}:{self.row.line}"

    def wrong(self, what: Message, read: str | Message | None = None, allowed: tuple[str, ...] = ()) -> None:
        self.problems.append(Problem(self.where, what, read, allowed))

    def one_of(self, column: str, known: Sequence[str], default: str = "") -> str:
        text = self.row.cells[column] or default
        if text not in known:
            self.problems.append(unknown(self.where, message("wrong_benchmark.unknown", column=column), text, known))
        return text

    def key(self) -> Key:
        for column in ("case", "victims"):
            if not self.row.cells[column]:
                self.wrong(message("wrong_claim.empty", column=column))
        quantity = self.one_of("quantity", tuple(QUANTITIES))
        return self.row.cells["case"], self.row.cells["victims"], quantity

    def day(self, column: str) -> date | None:
        text = self.row.cells[column]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong(message("wrong_claim.not_a_day", column=column), repr(text))
            return None

    def number(self, column: str) -> float:
        text = self.row.cells[column].replace(",", "")
        try:
            value = float(text)
        except ValueError:
            self.wrong(message("wrong_benchmark.number", column=column), repr(self.row.cells[column]))
            return math.nan
        if not 0 < value < math.inf:
            self.wrong(message("wrong_benchmark.above_zero", column=column), repr(self.row.cells[column]))
            return math.nan
        return value

    def truth(self) -> Truth:
        low, best, high = (self.number(column) for column in ("low", "best", "high"))
        if low > high:
            self.wrong(message("wrong_benchmark.low_above_high"), message("wrong_benchmark.both", low=low, high=high))
        elif best < low or best > high:
            self.wrong(message("wrong_benchmark.best_outside"), message("wrong_benchmark.one", x=best))
        quality = self.one_of("quality", QUALITIES, default="C")
        return Truth(low, best, high, quality, self.day("known"))

    def claim(self, lexicon: Lexicon) -> OldClaim | None:
        before = len(self.problems)
        cells = self.row.cells
        for column in ("id", "source", "reported"):
            if not cells[column]:
                self.wrong(message("wrong_claim.empty", column=column))
        relation = self.one_of("relation", RELATIONS)
        use = self.one_of("use", USES, default="score")
        access = self.one_of("access", COUNTING) if cells["access"] else None
        reported, since, as_of = (self.day(column) for column in ("reported", "since", "as_of"))
        if since and as_of and since > as_of:
            self.wrong(message("wrong_benchmark.before_since", since=since), as_of.isoformat())
        figure = self.figure(lexicon)
        if len(self.problems) > before or figure is None:
            return None
        return OldClaim(
            id=self.row.id,
            line=self.row.line,
            source=cells["source"],
            relation=relation,  # type: ignore[arg-type]
            figure=figure,
            text=cells["figure"],
            origin=cells["origin"] or f"{self.row.id}",
            reported=reported,
            since=since,
            as_of=as_of,
            use=use,
            access=access,  # type: ignore[arg-type]
        )

    def figure(self, lexicon: Lexicon) -> Figure | None:
        text = self.row.cells["figure"]
        if not text:
            self.wrong(message("wrong_claim.empty", column="figure"))
            return None
        if len(text) > LONGEST_FIGURE:
            self.wrong(message("wrong_claim.too_long", column="figure", most=LONGEST_FIGURE), repr(text[:100]))
            return None
        try:
            figure = read_figure(text, lexicon)
        except WordingError as error:
            self.wrong(message("wrong_figure.figure", why=error.reason), repr(text), error.accepted)
            return None
        if figure.form is Form.BELOW:
            self.wrong(message("wrong_benchmark.zero"), repr(text))
            return None
        if figure.form is Form.FEWER_THAN:
            # Two figures of history; the table was estimated with the wider gap of a bound, and stays so until it is
            # estimated anew.
            figure = replace(figure, form=Form.AT_MOST, hedge=None)
        if figure.share:
            self.wrong(message("wrong_benchmark.share"), repr(text))
            return None
        return figure

    def without_truth(self, key: Key, truths: Mapping[Key, object]) -> None:
        told, name = message("wrong_benchmark.no_target", name=TRUTH.name), ", ".join(key)
        near = None if self.problems.full(self.where) else closest(name, (", ".join(known) for known in truths))
        self.problems.append(Problem(self.where, told, name, (), near))

    def in_time(self, claim: OldClaim, truth: Truth) -> None:
        """Refuse evidence from after the truth was known, or from a day that has not come."""
        if not claim.usable or claim.reported is None:
            return
        if truth.known and claim.reported > truth.known:
            self.wrong(message("wrong_benchmark.after_truth", day=truth.known), claim.reported.isoformat())
        elif claim.reported > date.today():
            self.wrong(message("wrong_benchmark.in_future"), claim.reported.isoformat())


def _target(key: Key, row: Row, truth: Truth, claims: Sequence[OldClaim], folds: Mapping[str, str]) -> Target:
    used, aside = (tuple(c for c in claims if c.usable is usable) for usable in (True, False))
    victims: VictimClass = row.cells["victim_class"]  # type: ignore[assignment]
    war, frame = row.cells["war"] or key[0], row.cells["frame"] or FRAMES[0]
    return Target(*key, victims, folds.get(war, war), truth, used, aside, frame)


def _notices(targets: Sequence[Target]) -> Iterator[Message]:
    for target in targets:
        if not target.claims:
            yield message("notice.no_evidence", name=target.name)
        for claim in target.claims:
            if claim.reported and claim.as_of and claim.reported < claim.as_of:
                yield message("notice.early", id=claim.id).at(CLAIMS.name, claim.line)
    uses = Counter(claim.use for target in targets for claim in target.set_aside)
    if uses:
        told = tuple(message("notice.aside_use", use=use, n=n) for use, n in sorted(uses.items()))
        yield message("notice.aside", n=uses.total(), uses=told).at(CLAIMS.name)
