"""Dates in a sentence: the window a figure is about, and which words belong to dates rather than to figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from truetoll.claims.wording.tokens import is_number
from truetoll.importers.prose.sentences import Sentence
from truetoll.importers.prose.vocabulary import Words

_YEARS = range(1700, 2200)
_BEFORE_YEAR = frozenset((
    "in", "since", "of", "during", "from", "until", "by", "between", "to", "and", "early", "late", "mid",
    "before", "after", "around", "en", "de", "desde", "del", "hasta", "entre", "tras",
))  # fmt: skip
_LENGTHS = {
    "hour": 0, "hours": 0, "hora": 0, "horas": 0, "day": 1, "days": 1, "dia": 1, "dias": 1, "week": 7, "weeks": 7,
    "semana": 7, "semanas": 7, "month": 30, "months": 30, "mes": 30, "meses": 30,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a sentence.

    Parameters
    ----------
    start, stop : int
        Positions among the words.
    first, last : date
        Of the day, month or year that is named.
    """

    start: int
    stop: int
    first: date
    last: date

    @property
    def is_day(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class Time:
    """What a sentence says of when.

    Parameters
    ----------
    since : date or None
        Last day before the window.
    as_of : date or None
    open : bool
        Whether the window goes on to the day of the article.
    """

    since: date | None = None
    as_of: date | None = None
    open: bool = False


def dates_in(sentence: Sentence, words: Words, today: date | None) -> tuple[list[Dated], frozenset[int]]:
    """Find dates, and every word that belongs to one, to a year by itself or to an age.

    Parameters
    ----------
    sentence : Sentence
    words : Words
    today : date or None
        Gives its year to a date without one.

    Returns
    -------
    list of Dated
    frozenset of int
        Positions that are no figures.
    """
    norms, found, masked = sentence.norms, list[Dated](), set[int]()
    at = 0
    while at < len(norms):
        hit = _iso(sentence, at) or _of_month(norms, at, words.months, today, sentence)
        if hit is None:
            at += 1
            continue
        found += [hit] if hit.first <= hit.last else []
        masked |= set(range(hit.start, hit.stop))
        at = hit.stop
    for place, norm in enumerate(norms):
        if place not in masked and _is_year(norms, place):
            year = int(norm)
            found.append(Dated(place, place + 1, date(year, 1, 1), date(year, 12, 31)))
            masked.add(place)
    return sorted(found, key=lambda each: each.start), frozenset(masked | _ages(norms))


def _iso(sentence: Sentence, at: int) -> Dated | None:
    word = sentence.words[at]
    found = re.match(r"(\d{4})-(\d{2})-(\d{2})(?!\d)", sentence.text[word.start :])
    numbers = [int(part) for part in found.groups()] if found else []
    if not found and (
        found := re.match(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?![\d.,])", sentence.text[word.start :])
    ):
        day_, month, year = (int(part) for part in found.groups())
        day_, month = (month, day_) if month > 12 >= day_ else (day_, month)
        numbers = [year if year > 99 else 2000 + year, month, day_]
    if not found:
        return None
    try:
        day = date(*numbers)
    except ValueError:
        return None
    end = word.start + found.end()
    stop = next((i for i, w in enumerate(sentence.words) if w.start >= end), len(sentence.words))
    return Dated(at, stop, day, day)


def _day_at(norms: tuple[str, ...], at: int) -> int | None:
    text = norms[at] if 0 <= at < len(norms) else ""
    return int(text) if text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= 31 else None


def _year_at(norms: tuple[str, ...], at: int) -> int | None:
    text = norms[at] if 0 <= at < len(norms) else ""
    return int(text) if text.isdecimal() and len(text) == 4 and int(text) in _YEARS else None


def _of_month(
    norms: tuple[str, ...], at: int, months: Mapping[str, int], today: date | None, sentence: Sentence
) -> Dated | None:
    """Read "14 March 2031", "March 14, 2031", "7 de octubre de 2023", "6 and 7 May", "May 2024" at its month."""
    month = months.get(norms[at])
    # "may" is a verb too, and "mar" the sea.
    verb = norms[at] in ("may", "mar", "march") and not sentence.words[at].is_name
    if month is None or (verb and _day_at(norms, at - 1) is None and _day_at(norms, at - 2) is None):
        return None
    start, stop, day = at, at + 1, _day_at(norms, at - 1)
    if day is not None:
        start = at - 1
    elif (norms[at - 1 : at] in (("de",), ("of",)) and (day := _day_at(norms, at - 2)) is not None) or (
        norms[at - 1 : at] in (("th",), ("st",), ("nd",), ("rd",)) and (day := _day_at(norms, at - 2)) is not None
    ):
        start = at - 2
    elif (day := _day_at(norms, stop)) is not None and _year_at(norms, stop) is None:
        stop += 1
        stop += norms[stop : stop + 1] in (("th",), ("st",), ("nd",), ("rd",))
    first_day = day
    while day is not None and start >= 2 and norms[start - 1] in ("-", "to", "and", "al", "a", "y", "\u2013"):
        other = _day_at(norms, start - 2)
        if other is None or other >= (first_day or 0):
            break
        first_day, start = other, start - 2
    if day is not None and norms[stop : stop + 1] == ("-",) and (later := _day_at(norms, stop + 1)):
        day, stop = later, stop + 2
    while (
        day is not None
        and norms[stop : stop + 1] in (("and",), ("y",), (",",))
        and (later := _day_at(norms, stop + 1))
        and later > day
    ):
        following = norms[stop + 2] if stop + 2 < len(norms) else ""
        if following not in (",", "de", ".", ""):
            break
        day, stop = later, stop + 2
    year = None
    for skip in range(3):
        if (year := _year_at(norms, stop + skip)) is not None:
            stop += skip + 1
            break
        if norms[stop + skip : stop + skip + 1] not in ((",",), ("de",), ("del",), ("of",)):
            break
    return _dated(start, stop, year, month, first_day, day, today)


def _dated(
    start: int, stop: int, year: int | None, month: int, first: int | None, last: int | None, today: date | None
) -> Dated:
    known = year or (today.year if today else None)
    if known is None:
        return Dated(start, stop, date.max, date.min)
    if year is None and today and (month, first or 1) > (today.month, today.day):
        known -= 1
    try:
        if first is None or last is None:
            after = date(known + month // 12, month % 12 + 1, 1)
            return Dated(start, stop, date(known, month, 1), after - timedelta(days=1))
        return Dated(start, stop, date(known, month, first), date(known, month, last))
    except ValueError:
        return Dated(start, stop, date.max, date.min)


def _is_year(norms: tuple[str, ...], at: int) -> bool:
    if _year_at(norms, at) is None:
        return False
    before = norms[at - 1] if at else ""
    after = norms[at + 1] if at + 1 < len(norms) else ""
    return (
        before in (*_BEFORE_YEAR, "(", "-", "year", "ano")
        or after in (")", "-")
        or (
            int(norms[at]) in range(1900, 2100)
            and (after in (",", ".", ";", "book", "report", "survey", "study", "war", "census", "ceasefire", ""))
        )
    )


def _ages(norms: tuple[str, ...]) -> set[int]:
    """Find ages: "aged 34", "34-year-old", "Dren, 47,", "de 52 años", "aged between 6 and 11"."""
    found = set[int]()
    for at, norm in enumerate(norms):
        if norm in ("aged", "ages", "age", "edades", "edad"):
            numbers = [i for i in range(at + 1, min(at + 5, len(norms))) if is_number(norms[i])]
            found |= set(range(at + 1, max(numbers, default=at) + 1))
        if not is_number(norm) or not norm.isdecimal() or int(norm) > 110:
            continue
        rest = norms[at + 1 : at + 4]
        if rest[:1] in (("year",), ("years",)) or rest[:2] in (("-", "year"),) or rest[:1] in (("anos",), ("ano",)):
            found.add(at)
        if (
            at > 1
            and norms[at - 1] == ","
            and rest[:1] in ((",",), (".",))
            and norms[at - 2].isalpha()
            and int(norm) > 15
        ):
            found.add(at)
    return found


def time_of(sentence: Sentence, at: int, dates: list[Dated], words: Words, today: date | None) -> Time:
    """Say when what a figure counts happened.

    Parameters
    ----------
    sentence : Sentence
    at : int
        Position of the figure.
    dates : list of Dated
        Of the sentence.
    words : Words
    today : date or None
        Day of the article.

    Returns
    -------
    Time
        Empty where the sentence says nothing.
    """
    norms = sentence.norms
    if sentence.first and dates and (line := _dateline(norms)):  # the day of the report is not that of what it tells
        dates = [each for each in dates if each.stop > line]
    if past := _past(norms, words, today):
        return past
    begins = [each for each in dates if any(_ends_with(norms, each.start, phrase) for phrase in words.time["since"])]
    rest = [each for each in dates if each not in begins]
    if begins:
        first = begins[0]
        ends = [each for each in rest if each.first > first.last and each.start - first.stop <= 2]
        if ends:
            return Time(first.first - timedelta(days=1), ends[0].last)
        return Time(first.first - timedelta(days=1), None, open=True)
    if rest:
        for first, last in pairwise(rest):
            joined = norms[first.stop : last.start] in (("and",), ("y",)) and last.first > first.last
            if joined and norms[first.start - 1 : first.start] in (("between",), ("entre",)):
                return Time(first.first - timedelta(days=1), last.last)
        near = min(rest, key=lambda each: abs(each.start - at))
        if near.is_day or (near.last - near.first).days < 400:
            return Time(near.first - timedelta(days=1), near.last)
    return _weekday(norms, at, words, today) or Time()


def _dateline(norms: tuple[str, ...]) -> int:
    """Find where a line of place and date ends that opens a report: "HARL, 12 July 2031 - "; 0 if there is none."""
    dashes = (i for i in range(2, min(14, len(norms))) if norms[i] in ("-", "\u2013", "\u2014"))
    return next((i for i in dashes if "," in norms[:i] and norms[i + 1 : i + 2] and not norms[i - 1].isalpha()), 0)


def _ends_with(norms: tuple[str, ...], stop: int, phrase: tuple[str, ...]) -> bool:
    for at in range(stop - 1, max(-1, stop - 13), -1):
        # "since the start of the invasion of X in February 2022"
        if norms[at] in (",", ";", ".", ":"):
            break
        if norms[at : at + len(phrase)] == phrase and phrase[0] in ("since", "desde", "starting", "beginning"):
            return True
    for skip in range(3):
        end = stop - skip
        if end < len(phrase):
            return False
        if norms[end - len(phrase) : end] == phrase:
            return True
        if norms[end - 1] not in ("the", "el", "mid", "early", "late", "mediados", "de", "start", "of"):
            return False
    return False


def _past(norms: tuple[str, ...], words: Words, today: date | None) -> Time | None:
    """Read "in the past 24 hours", "in the past week", "en los últimos tres meses"."""
    if today is None:
        return None
    numbers = {"two": 2, "three": 3, "six": 6, "ten": 10, "dos": 2, "tres": 3, "seis": 6, "diez": 10}
    for at, norm in enumerate(norms[:-1]):
        if (norm,) not in words.time["past"]:
            continue
        amount = (
            int(norms[at + 1]) if norms[at + 1].isdecimal() and len(norms[at + 1]) < 4 else numbers.get(norms[at + 1])
        )
        unit = norms[at + 2] if amount and at + 2 < len(norms) else norms[at + 1]
        if unit in _LENGTHS and (amount or norm not in ("last",)):
            days = max(1, round((amount or 1) / 24)) if _LENGTHS[unit] == 0 else _LENGTHS[unit] * (amount or 1)
            return Time(today - timedelta(days=days), today)
    return None


def _weekday(norms: tuple[str, ...], at: int, words: Words, today: date | None) -> Time | None:
    """Read the weekday nearest to a figure; one behind a verb of saying is when it was said, if there is another."""
    days = [place for place, norm in enumerate(norms) if norm in words.days]
    if today is None or not days:
        return None
    happened = [place for place in days if not _is_of_saying(norms, place, words)] or days
    day = words.days[norms[min(happened, key=lambda place: abs(place - at))]]
    found = today - timedelta(days=(today.weekday() - day) % 7)
    return Time(found - timedelta(days=1), found)


def _is_of_saying(norms: tuple[str, ...], at: int, words: Words) -> bool:
    """Whether a verb of saying stands right before a weekday: "said on Wednesday", "informo este viernes"."""
    before = at - 1
    while before > 0 and norms[before] in ("on", "el", "este", "late", "early", "last", "pasado"):
        before -= 1
    return (norms[before],) in words.voices["says"]
