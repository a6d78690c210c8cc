"""A row of claims.csv -> a claim: each cell read and checked, then the cells against each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from truetoll.claims.ratios import sides, within
from truetoll.claims.reading.checks import span
from truetoll.claims.reading.expressions import read_losses
from truetoll.claims.reading.table import Row
from truetoll.claims.schema import Claim, Figure, Force, Form, Reading, Source, Total, Window
from truetoll.claims.wording import RATE, Lexicon, WordingError, nouns_said, read_figure
from truetoll.errors import Problem, Problems, unknown
from truetoll.text.messages import Message, message

CREDIBILITIES = ("1", "2", "3", "4", "5", "6")
UNJUDGED = 6
"""Credibility of a claim that states none: cannot be judged."""

Wording = tuple[str, bool, bool]
"""A figure as written; whether its losses state a ratio, and with another window."""

_ID = re.compile(r"[\w.-]{1,80}")
_LONGEST_NAME = 120
LONGEST_FIGURE = 300
"""Characters of a figure; what is longer is a sentence about one."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PART_OF_DAY = re.compile(r"\d{4}(-\d{2})?")


@dataclass(frozen=True)
class Known:
    """What claims may refer to; None stands for what is declared but not understood.

    Parameters
    ----------
    forces : mapping of str to (Force or None), or None
    sources : mapping of str to (Source or None), or None
    bins : tuple of date or None
    lexicon : Lexicon or None
    """

    forces: Mapping[str, Force | None] | None
    sources: Mapping[str, Source | None] | None
    bins: tuple[date, ...] | None
    lexicon: Lexicon | None
    figures: dict[Wording, Figure] = field(default_factory=dict)
    """Figures read so far, by wording: the same stands in many rows."""
    readings: dict[str, tuple[Reading, ...]] = field(default_factory=dict)
    """The same for the column ``losses``."""
    refused: dict[Wording, WordingError] = field(default_factory=dict)
    """Why figures could not be read, likewise."""
    totals: Mapping[str, Total | None] = field(default_factory=dict)
    """Totals over forces; None for one that is declared but not understood."""
    refused_losses: dict[str, int] = field(default_factory=dict)
    """How many problems each wording of ``losses`` has that could not be read."""


class RowReader:
    """Reads one row; every problem of it is reported, not only the first.

    Parameters
    ----------
    row : Row
    known : Known
    place : callable of (Row, str)
        Row and column -> the ``where`` of a problem.
    problems : Problems
        Receives what is wrong.
    """

    def __init__(self, row: Row, known: Known, place: Callable[[Row, str], str], problems: Problems) -> None:
        self.row, self.known, self._place, self._problems = row, known, place, problems
        self.sound = True

    def claim(self) -> Claim | None:
        """Read the row.

        Returns
        -------
        Claim or None
            None if a problem was reported. Weights and origins that need other rows are settled later.
        """
        cells = self.row.cells
        self._id()
        source = self._source()
        readings = self._losses()
        figure = self._listed(self._figure(readings))
        reported, since, as_of = self._days(readings)
        self._compared(readings, reported)
        credibility = self._credibility()
        self._names()
        if figure is not None:
            self._share(figure, readings)
            self._part(figure, readings, since, as_of)
            self._hedge(figure)
        if not (self.sound and readings) or figure is None or since is None or as_of is None:
            return None
        if self.row.undecided:
            return None
        return Claim(
            id=self.row.id,
            line=self.row.line,
            source=source,
            readings=readings,
            figure=figure,
            text=cells["figure"],
            since=since,
            as_of=as_of,
            reported=reported,
            origin=cells["origin"] or cells["bulletin"] or cells["revises"] or self.row.id,
            bulletin=cells["bulletin"],
            revises=cells["revises"],
            credibility=credibility,
            h=self.row.h,
            quote=cells["quote"],
            url=cells["url"],
            note=cells["note"],
            nouns=nouns_said(cells["figure"], self.known.lexicon) if self.known.lexicon else (),
            cells=tuple(cells.items()),
        )

    def _wrong(self, column: str, problem: Callable[[str], Problem]) -> None:
        self.sound = False
        where = self._place(self.row, column)
        if self._problems.full(where):  # of those that are only counted nothing need be gathered
            self._problems.more += 1
        else:
            self._problems.append(problem(where))

    def _say(
        self, column: str, what: Message, read: str | None = None, allowed: tuple[str | Message, ...] = ()
    ) -> None:
        self._wrong(column, lambda where: Problem(where, what, None if read is None else repr(read), allowed))

    def _id(self) -> None:
        if not self.row.id:
            self._say("id", message("wrong_claim.empty", column="id"))
        elif not _ID.fullmatch(self.row.id):
            self._say("id", message("wrong_claim.id"), self.row.id)

    def _source(self) -> str:
        name, known = self.row.cells["source"], self.known.sources
        if not name:
            self._say("source", message("wrong_claim.empty", column="source"), None, tuple(known or ()))
        elif known is not None and name not in known:
            what = message("wrong_claim.no_such_source")
            self._wrong("source", lambda where: unknown(where, what, name, known))
        return name

    def _losses(self) -> tuple[Reading, ...]:
        text = self.row.cells["losses"]
        if not text:
            self._say("losses", message("wrong_claim.empty", column="losses"))
            return ()
        if self.known.forces is None or text in self.known.readings:
            return self.known.readings.get(text, ())
        where, refused = self._place(self.row, "losses"), self.known.refused_losses
        brief = self._problems.full(where)
        if brief and text in refused:
            self.sound = False
            self._problems.more += refused[text]
            return ()
        readings, problems = read_losses(text, self.known.forces, where, brief, self.known.totals)
        if problems:
            self.sound, refused[text] = False, len(problems)
        else:
            self.known.readings[text] = readings
        self._problems += problems
        return readings

    def _figure(self, readings: tuple[Reading, ...]) -> Figure | None:
        text, seen = self.row.cells["figure"], self.known.figures
        ratio, compared = (any(getattr(r, name) for r in readings) for name in ("over", "over_window"))
        key = (text, ratio, compared)
        if not text:
            self._say("figure", message("wrong_claim.empty", column="figure"))
        elif self.row.figure is not None:
            return self.row.figure
        elif len(text) > LONGEST_FIGURE:
            self._say("figure", message("wrong_claim.too_long", column="figure", most=LONGEST_FIGURE), text[:100])
        elif self.known.lexicon is not None and key not in seen:
            try:
                if (why := self.known.refused.get(key)) and (why.reason != RATE or not self._stated_days()):
                    raise why
                seen[key] = read_figure(text, self.known.lexicon, ratio=ratio, compared=compared)
            except WordingError as error:
                if error.reason == RATE and (days := self._stated_days()):
                    return read_figure(text, self.known.lexicon, days)
                self.known.refused[key] = error
                self._say("figure", message("wrong_figure.figure", why=error.reason), text, error.accepted)
        return seen.get(key)

    def _listed(self, figure: Figure | None) -> Figure | None:
        """Take a list of names for an estimate, where the case says how complete the lists of its source are."""
        source = (self.known.sources or {}).get(self.row.cells["source"])
        if figure is None or figure.form is not Form.FLOOR or source is None or source.completeness is None:
            return figure
        return replace(figure, form=Form.LISTED)

    def _stated_days(self) -> int | None:
        """Count the days of the window, if the row itself states both of its ends."""
        cells = self.row.cells
        since, as_of = cells["since"], cells["as_of"] or cells["reported"]
        if not (_DAY.fullmatch(since) and _DAY.fullmatch(as_of)):
            return None
        try:
            days = (date.fromisoformat(as_of) - date.fromisoformat(since)).days
        except ValueError:
            return None
        return days if days > 0 else None

    def _day(self, column: str) -> date | None:
        text = self.row.cells[column]
        if not text:
            return None
        what = message("wrong_claim.not_a_day", column=column)
        if _DAY.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                what = message("wrong_claim.no_such_day", column=column)
        elif _PART_OF_DAY.fullmatch(text):
            what = message("wrong_claim.part_of_a_day", column=column)
        self._say(column, what, text)
        return None

    def _days(self, readings: tuple[Reading, ...]) -> tuple[date | None, date | None, date | None]:
        """Read (reported, since, as_of) and fill in the defaults of empty cells."""
        reported, since, as_of = (self._day(column) for column in ("reported", "since", "as_of"))
        cells, bins = self.row.cells, self.known.bins
        if self.row.undecided:
            return reported, since, as_of
        if not cells["as_of"] and not cells["reported"]:
            self._say("as_of", message("wrong_claim.no_as_of"))
        elif not cells["as_of"] and reported and bins and not bins[0] < reported <= bins[-1]:
            self._say("as_of", message("wrong_claim.reported_outside"), reported.isoformat(), span(bins))
        elif bins:
            as_of = as_of or (reported if not cells["as_of"] else None)
            since = since or (bins[0] if not cells["since"] else None)
            self._window(bins, since, as_of, _is_strength(readings))
        if reported and as_of and reported < as_of:
            self._say("as_of", message("wrong_claim.ahead", as_of=as_of), reported.isoformat())
        return reported, since, as_of

    def _window(self, bins: tuple[date, ...], since: date | None, as_of: date | None, strength: bool) -> None:
        stated = (("since", since), ("as_of", as_of))
        outside = [(name, day) for name, day in stated if day and not bins[0] <= day <= bins[-1]]
        for name, day in outside:
            self._say(name, message("wrong_claim.outside", column=name), day.isoformat(), span(bins))
        # Strength is asked for on one day; the window of such a claim has no meaning.
        if not outside and since and as_of and since >= as_of and not strength:
            self._say("as_of", message("wrong_claim.no_window", since=since), as_of.isoformat())

    def _compared(self, readings: tuple[Reading, ...], reported: date | None) -> None:
        """Check the windows that losses are compared with, as the claim's own is."""
        bins = self.known.bins
        for window in dict.fromkeys(each.over_window for each in readings if each.over_window):
            if bins and not (bins[0] <= window.since and window.as_of <= bins[-1]):
                self._say("losses", message("wrong_losses.outside"), str(window), span(bins))
            elif reported and reported < window.as_of:
                self._say("losses", message("wrong_losses.ahead", day=reported), str(window))

    def _credibility(self) -> int:
        text = self.row.cells["credibility"]
        if text and text not in CREDIBILITIES:
            self._say("credibility", message("wrong_claim.credibility"), text, CREDIBILITIES)
            return UNJUDGED
        return int(text) if text else UNJUDGED

    def _names(self) -> None:
        for column in ("origin", "bulletin"):
            text = self.row.cells[column]
            if len(text) > _LONGEST_NAME or not text.isprintable():
                self._say(column, message("wrong_claim.one_line", column=column, most=_LONGEST_NAME), text)

    def _share(self, figure: Figure, readings: tuple[Reading, ...]) -> None:
        """Check that a share divides the losses of one force by its strength."""
        if not figure.share or self.known.forces is None or any(reading.over for reading in readings):
            return
        terms = [term for reading in readings for term in reading.terms]
        forces = {term.force: self.known.forces[term.force] for term in terms}
        if len(forces) > 1:
            self._say("figure", message("wrong_claim.share_of_forces"), self.row.cells["losses"])
            return
        for name, force in forces.items():
            unlike = [t for t in terms if t.is_strength or (force and force.unit_of(t.quantity) != "persons")]
            if force and not force.bounded:
                self._say("figure", message("wrong_claim.no_strength", force=name), self.row.cells["figure"])
            elif unlike:
                what = message("wrong_claim.no_share_of", losses=str(unlike[0]))
                self._say("figure", what, self.row.cells["figure"])

    def _part(self, figure: Figure, readings: tuple[Reading, ...], since: date | None, as_of: date | None) -> None:
        """Check that a figure of a part and its whole lies between none of it and all."""
        forces = {name: force for name, force in (self.known.forces or {}).items() if force is not None}
        if any(term.force not in forces for reading in readings for term in (*reading.terms, *reading.over)):
            return
        if since is None or as_of is None:
            return
        ratios = [sides(forces, Window(since, as_of), reading) for reading in readings if reading.over]
        parts, wholes = [within(*each) for each in ratios], [within(whole, part) for part, whole in ratios]
        if any(map(all, zip(parts, wholes, strict=True))):
            self._say("losses", message("wrong_losses.same_sides"), self.row.cells["losses"])
        elif any(wholes):
            self._say("losses", message("wrong_claim.whole_first"), self.row.cells["losses"])
        elif any(parts) and not all(parts):
            self._say("losses", message("wrong_claim.part_or_ratio"), self.row.cells["losses"])
        elif any(parts) and max(figure.high, figure.value) >= 1:
            self._say("figure", message("wrong_claim.part_over_all"), self.row.cells["figure"])

    def _hedge(self, figure: Figure) -> None:
        if self.row.h is not None and figure.form.family != "hedged":
            self._say("h", message("wrong_claim.no_hedge"), self.row.cells["figure"])


def _is_strength(readings: tuple[Reading, ...]) -> bool:
    return bool(readings) and all(t.is_strength for r in readings for t in r.terms)
