"""Loss figures of an article -> a draft of a case: claims, sources, forces; what is not sure is marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

from truetoll.claims.languages import Language
from truetoll.claims.reading.table import COLUMNS
from truetoll.claims.reading.unsettled import MARK
from truetoll.claims.schema import Relation
from truetoll.claims.wording import read_lexicon
from truetoll.errors import CaseError, Problem
from truetoll.importers.drafts import choosing, commented, to_toml, write_claims
from truetoll.importers.prose.finding import Found, Reader, find
from truetoll.importers.prose.guesses import force_table, named, relation
from truetoll.importers.prose.page import Article, read_article
from truetoll.text.messages import message
from truetoll.text.saying import Speaker
from truetoll.visible import cut_short

_LONGEST_QUOTE = 400
_REST = timedelta(days=365)


@dataclass(frozen=True)
class Draft:
    """A draft of a case.

    Parameters
    ----------
    article : Article
        The text, as it was read.
    found : tuple of Found
        Its loss figures, in their order.
    bins : tuple of date
        The first day, and the last on which losses are counted.
    url : str
        Where the article stands.
    since_sure : bool
        Whether the first day was given or stands in the article.
    spoken : {"en", "es"}
        Language of what is not the article's: comments, notes, reasons.
    """

    article: Article
    found: tuple[Found, ...]
    bins: tuple[date, date]
    url: str = ""
    since_sure: bool = True
    spoken: Language = "en"

    @property
    def words(self) -> Speaker:
        """What puts comments, notes and reasons into words."""
        return Speaker(self.spoken)

    @property
    def rows(self) -> list[dict[str, str]]:
        """Lines of claims.csv."""
        seen: Counter[str] = Counter()
        return [self._row(each, seen) for each in self.found]

    def _row(self, found: Found, seen: Counter[str]) -> dict[str, str]:
        name = f"{found.voice.key[:30]}-{found.quantity}".replace("_", "-")
        seen[name] += 1
        day = self.bins[1]
        since, as_of = found.since, found.as_of or day
        asked = set(found.doubts)
        w = self.words
        told = "; ".join(f"{column}: {w.text(why)}" for column, why in found.doubts.items())
        note = w.say("drafted.note", confidence=found.confidence)
        doubts = {column: f"{MARK} " if column in asked else "" for column in ("source", "losses", "since", "as_of")}
        return dict.fromkeys(COLUMNS, "") | {
            "id": f"{name}-{seen[name]}",
            "source": doubts["source"] + found.voice.key,
            "reported": day.isoformat(),
            "losses": doubts["losses"] + losses_of(found),
            "figure": found.figure,
            "since": doubts["since"] + (since or self.bins[0]).isoformat(),
            "as_of": doubts["as_of"] + min(as_of, day).isoformat(),
            "origin": f"{found.voice.key}, {day.isoformat()}",
            "quote": found.sentence
            if len(found.sentence) <= _LONGEST_QUOTE
            else f"{cut_short(found.sentence, _LONGEST_QUOTE)}...",
            "url": self.url,
            "note": note + (f". {told}" if told else ""),
        }

    def table(self) -> dict[str, Any]:
        """Give case.toml.

        Returns
        -------
        dict
        """
        lexicon = read_lexicon(self.article.language)
        by_force: dict[str, list[Found]] = {}
        for each in self.found:
            for force in (each.force, *each.also):
                by_force.setdefault(force.key, []).append(replace(each, force=force))
        forces = {key: force_table(group[0].force, group, lexicon, self.words) for key, group in by_force.items()}
        title = self.article.title or self.words.say("drafted.title", file=self.article.name)
        head: dict[str, Any] = {"title": cut_short(title, 200)}
        if self.article.language != "en":
            head["language"] = self.article.language
        first: Any = self.bins[0] if self.since_sure else f"{MARK} {self.bins[0]}"
        return {"case": head | {"bins": [first, self.bins[1]]}, "forces": forces, "sources": self._sources()}

    def _sources(self) -> dict[str, Any]:
        parties = {each.force.party for each in self.found}
        sources: dict[str, Any] = {}
        for each in self.found:
            made = sources.setdefault(each.voice.key, {"name": named(each.voice.name, self.words), "relations": {}})
            for force in (each.force, *each.also):
                made["relations"].setdefault(force.key, relation(each.voice, force, parties))
        return sources


def losses_of(found: Found) -> str:
    """Write the column ``losses``.

    Parameters
    ----------
    found : Found

    Returns
    -------
    str
        Of words that may mean killed, or wounded and others too, both readings with even odds.
    """
    keys = [force.key for force in (found.force, *found.also)]

    def sums(quantity: str) -> str:
        return " + ".join(f"{key}.{quantity}" for key in keys)

    if found.quantity == "lost":
        return f"{sums('killed')}:0.5 | {sums('casualties')}:0.5"
    return sums(found.quantity)


def draft(
    path: str | Path,
    language: str | None = None,
    day: date | None = None,
    since: date | None = None,
    url: str = "",
    reader: Reader | None = None,
    spoken: Language = "en",
) -> Draft:
    """Read an article and draft a case of the loss figures in it.

    Parameters
    ----------
    path : str or Path
        Plain text or a saved HTML page, in English or Spanish.
    language : str, optional
        ``en`` or ``es``; found out if not given.
    day : date, optional
        On which the article appeared; as the page says if not given.
    since : date, optional
        Last day before losses are counted; if not given the first that the article names.
    url : str
        Where the article stands.
    reader : callable, optional
        A model of one's own: gets the article and what the rules found, and returns what shall stand. None is needed.
    spoken : {"en", "es"}
        Language of comments, notes and reasons.

    Returns
    -------
    Draft
        The figures found, in the order of the text, with what is guessed of each; ``rows`` are the lines of a
        claims.csv in which every guess begins with a question mark.

    Raises
    ------
    CaseError
        If the file cannot be read, no day is known, or no loss figure is found.

    Examples
    --------
    >>> from pathlib import Path
    >>> import truetoll as tt
    >>> text = "On 2 May 2024 the ministry of Atland said that 300 enemy soldiers had been killed in the north."
    >>> _ = Path("article.txt").write_text(text, encoding="utf-8")
    >>> [row["figure"] for row in tt.draft("article.txt").rows]
    ['300']
    """
    article = read_article(Path(path), language)
    found = find(article, reader, day)
    if not found:
        raise CaseError([Problem(article.name, message("wrong_import.no_loss"))])
    known = day or article.day or max((each.as_of for each in found if each.as_of), default=None)
    if known is None:
        raise CaseError([Problem(article.name, message("wrong_import.no_article_day"))])
    starts = [each.since for each in found if each.since and each.since < known]
    first = since or min(starts, default=None)
    edge = first or known - _REST
    if edge >= known:
        raise CaseError([Problem(article.name, message("wrong_import.article_before", edge=edge, day=known))])
    within = tuple(_within(each, edge, known) for each in found)
    return Draft(article, within, (edge, known), url, first is not None, spoken)


def _within(found: Found, first: date, last: date) -> Found:
    """Keep the window of a figure within that of the case."""
    since = min(max(found.since, first), last - timedelta(days=1)) if found.since else None
    if found.since and found.since < first:
        day = found.since + timedelta(days=1)
        found = replace(found, doubts={**found.doubts, "since": message("doubt.too_early", day=day)})
    as_of = min(max(found.as_of, first + timedelta(days=1)), last) if found.as_of else None
    if since and as_of and since >= as_of:
        return replace(found, since=since, as_of=last, doubts={**found.doubts, "as_of": message("doubt.window")})
    return replace(found, since=since, as_of=as_of)


def write_draft(made: Draft, folder: Path) -> None:
    """Write case.toml and claims.csv.

    Parameters
    ----------
    made : Draft
    folder : Path
        Empty.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    name = re.sub(r"\s+", " ", made.article.name)
    head = made.words.say("drafted.head", file=name, relations=get_args(Relation))
    text = "\n".join((commented(head), to_toml(made.table()), choosing(made.words)))
    (folder / "case.toml").write_text(text, encoding="utf-8", newline="\n")
    write_claims(made.rows, folder)


def told(made: Draft) -> Sequence[tuple[str, ...]]:
    """Lay out what was found, for a table.

    Parameters
    ----------
    made : Draft

    Returns
    -------
    sequence of tuple of str
        Figure, losses, source and confidence of each.
    """
    return [
        (row["figure"], row["losses"], row["source"], found.confidence)
        for row, found in zip(made.rows, made.found, strict=True)
    ]
