"""An article -> the loss figures in it: who said them, of whom, what, when, in which words, and what is not sure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from truetoll.claims.schema import Figure
from truetoll.claims.wording import Lexicon, WordingError, read_figure, read_lexicon
from truetoll.claims.wording.periods import is_difference
from truetoll.claims.wording.vocabulary import match
from truetoll.importers.prose.losses import Loss, Losses
from truetoll.importers.prose.page import Article
from truetoll.importers.prose.parties import Mention, Names, begins, mentions, note_persons
from truetoll.importers.prose.sentences import Sentence, figures, sentences
from truetoll.importers.prose.speakers import Speakers
from truetoll.importers.prose.vocabulary import words_of
from truetoll.importers.prose.voices import UNKNOWN, Voice, voice_in, voice_of
from truetoll.importers.prose.when import dates_in, time_of
from truetoll.importers.prose.whose import Force, Whose
from truetoll.text.messages import Message, message

__all__ = ["Found", "Reader", "find"]


_REMEMBERED = 3
"""Sentences without a loss after which "the toll" no longer means the last one."""


@dataclass(frozen=True)
class Found:
    """A loss figure of an article.

    Parameters
    ----------
    figure : str
        As written.
    sentence : str
        In which it stands.
    force : Force
        Who was lost.
    quantity : str
        ``killed``, ``wounded``, ``captured``, ``missing``, ``casualties``, ``lost`` (killed, or more than these), or
        the name of things.
    voice : Voice
        Who said it.
    since, as_of : date or None
        The window (since, as_of].
    doubts : mapping of str to str or Message
        Column of claims.csv -> what is not sure of it, or missing.
    also : tuple of Force
        Others that the same figure counts: "hundreds of Russians and North Koreans".
    """

    figure: str
    sentence: str
    force: Force
    quantity: str
    voice: Voice = UNKNOWN
    since: date | None = None
    as_of: date | None = None
    doubts: Mapping[str, str | Message] = field(default_factory=dict)
    also: tuple[Force, ...] = ()

    @property
    def confidence(self) -> str:
        """``high``, ``medium`` or ``low``, by how many things are not sure."""
        return ("high", "medium", "low")[min(len(self.doubts), 2)]


Reader = Callable[[Article, tuple[Found, ...]], Iterable[Found]]
"""A reader of one's own, such as a language model: gets the article and what the rules found, gives what shall stand.

What it gives is checked: a figure that the grammar cannot read, or whose words do not stand in its sentence, or whose
sentence does not stand in the article, is left out.
"""


def find(article: Article, reader: Reader | None = None, day: date | None = None) -> tuple[Found, ...]:
    """Find the loss figures of an article.

    Parameters
    ----------
    article : Article
    reader : Reader, optional
        Has the last word.
    day : date, optional
        On which the article appeared, if it does not say so itself.

    Returns
    -------
    tuple of Found
        In the order of the text.
    """
    lexicon = read_lexicon(article.language)
    found = tuple(_Finder(article, lexicon, day or article.day).read())
    if reader is None:
        return found
    text = " ".join(" ".join(article.paragraphs).split())
    return tuple(each for each in reader(article, found) if _stands(each, text, lexicon))


def _stands(found: Found, text: str, lexicon: Lexicon) -> bool:
    """Whether a figure is one that was written: nothing is invented, whoever reads."""
    sentence = " ".join(found.sentence.split())
    return (
        bool(found.figure)
        and found.figure in found.sentence
        and sentence in text
        and _figure(found.figure, lexicon) is not None
    )


def _figure(text: str, lexicon: Lexicon) -> Figure | None:
    try:
        return read_figure(text, lexicon)
    except WordingError:
        return None


def _of_enemies(found: list[Found]) -> list[Found]:
    """Say who "the enemy" is where an article has two sides, one of them the speaker's."""
    sides = dict.fromkeys(
        party
        for each in found
        for party in (each.force.party if each.force.victims == "military" else "", each.voice.party)
    )
    names = {each.force.party: each.force.name.partition(",")[0] for each in found}
    settled = []
    for each in found:
        others = [side for side in sides if side not in ("", "enemy", each.voice.party)]
        if each.force.party == "enemy" and each.voice.party and len(others) == 1:
            key, name = each.force.key.replace("enemy", others[0], 1), names.get(others[0], others[0])
            each = replace(each, force=replace(each.force, key=key, name=name, party=others[0]))  # noqa: PLW2901
        settled.append(each)
    return settled


class _Finder:
    def __init__(self, article: Article, lexicon: Lexicon, day: date | None) -> None:
        self.article, self.lexicon, self.words = article, lexicon, words_of(article.language)
        self.names, self.day = Names(), day
        self.whose = Whose(self.words)
        self.last: Loss | None = None
        self.far: Loss | None = None
        self.told: list[Loss] = []
        self.silent = 0
        self.speakers = Speakers(self.words)
        self.heading = ""
        self.source = UNKNOWN

    def read(self) -> Iterable[Found]:
        """Go through the article, sentence by sentence."""
        if self.day is None:
            self.day = self._stated_day()
        told = list(sentences(self.article.paragraphs))
        self.names.inner = frozenset(
            word.norm for each in told for at, word in enumerate(each.words) if word.is_name and not begins(each, at)
        )
        self.names.capitals = frozenset(word.norm for each in told for word in each.words if word.is_name)
        for sentence in told:
            note_persons(sentence, self.words, self.names)
        self.source = self._stated_source(told)
        return _of_enemies([found for sentence in told for found in self._of_sentence(sentence)])

    def _stated_day(self) -> date | None:
        """Find a dateline: a full date in the first three sentences, before any other."""
        for number, sentence in enumerate(sentences(self.article.paragraphs)):
            if number > 3:
                break
            dates, _ = dates_in(sentence, self.words, None)
            day = next((each for each in dates if each.is_day and each.start < 12), None)
            if day:
                return day.first
        return None

    def _of_sentence(self, sentence: Sentence) -> Iterable[Found]:
        dates, masked = dates_in(sentence, self.words, self.day)
        masked |= self._numbered(sentence)
        spans = figures(sentence, self.lexicon, masked)
        named = mentions(sentence, self.words, self.names, masked)
        self.whose.note_place(sentence, named)
        losses = Losses(
            sentence,
            spans,
            self.words,
            self.lexicon,
            self.last,
            named,
            masked,
            self._heading_of(sentence),
            self.far,
            self.told,
        ).read()
        for loss in losses:
            voice = self._voice_at(sentence, loss.span.start, named) or self.source
            force, doubt = self.whose.force_of(sentence, loss, named, voice)
            time = time_of(sentence, loss.span.start, dates, self.words, self.day)
            as_of = time.as_of or (self.day if time.open or time.since is None else None)
            yield self._found(sentence, loss, voice, force, doubt, time.since, as_of or self.day)
        self.told = losses or self.told
        self.silent = 0 if losses else self.silent + 1
        self.far = losses[-1] if losses else self.far if self.silent <= _REMEMBERED else None
        self.last = losses[-1] if losses else None if sentence.first else self.last
        self._voice_at(sentence, len(sentence.words), named)  # for the next sentence

    def _stated_source(self, told: list[Sentence]) -> Voice:
        """Find a line that names the source of all: "Source: General Staff"."""
        for sentence in told:
            if sentence.norms[:2] in (("source", ":"), ("sources", ":"), ("fuente", ":"), ("fuentes", ":")):
                named = mentions(sentence, self.words, self.names)
                voice = voice_in(sentence, 2, len(sentence.words), named, self.words)
                return replace(voice, sure=False)
        # "STATEMENT BY THE MINISTRY OF DEFENCE", "Report of the Panel of Experts"
        opening = [each for each in told[:4] if len(each.words) <= 16]
        documents = any(self.words.says_small("documents", norm) for each in opening for norm in each.norms)
        for sentence in opening if documents else ():
            author = self._author(sentence)
            if author is not None:
                self.whose.bulletin = bool(author.party)
                return replace(author, sure=False)
        return UNKNOWN

    def _author(self, sentence: Sentence) -> Voice | None:
        """Find who issues a document, in a line of its head."""
        norms, kinds = sentence.norms, ("roles", "international", "ngo", "analyst")
        by = (at for at in range(len(norms)) if any(match(self.words.voices[kind], norms, at) for kind in kinds))
        start = next(by, -1)
        if start < 0 or not any(word.is_name for word in sentence.words[start : start + 1]):
            return None
        stop = next(
            (at for at in range(start, len(norms)) if norms[at] in (":", ",", ".") or norms[at] in ("on", "sobre")),
            len(norms),
        )
        return voice_in(sentence, start, stop, mentions(sentence, self.words, self.names), self.words)

    def _heading_of(self, sentence: Sentence) -> str:
        """Remember a heading that says what the lines below it count, as long as they are lines."""
        nouns = [
            hit[0].outcome for at in range(len(sentence.words)) if (hit := match(self.words.nouns, sentence.norms, at))
        ]
        if nouns and sentence.norms[-1] == ":":
            self.heading = nouns[-1]
            self.whose.note_heading(sentence, mentions(sentence, self.words, self.names))
            return ""
        if len(sentence.words) > 16:
            self.heading = ""
        return self.heading

    def _numbered(self, sentence: Sentence) -> frozenset[int]:
        """Find numbers that are names: "Frente 33", "Highway 9"."""
        named = (i for i in range(len(sentence.words)) if self.words.is_small("numbered", sentence.norms[i]))
        return frozenset(i + 1 for i in named if sentence.words[i].is_name and sentence.norms[i + 1 : i + 2])

    def _voice_at(self, sentence: Sentence, at: int, named: list[Mention]) -> Voice | None:
        """Say who speaks at a position: who is named in the sentence, or who spoke before in the paragraph."""
        last = self.speakers.last
        said = voice_of(sentence, at, named, self.words, last)
        if said is not None:
            return self.speakers.hear(said, sentence.paragraph)
        return replace(last, sure=False) if last and self.speakers.paragraph == sentence.paragraph else None

    def _found(
        self,
        sentence: Sentence,
        loss: Loss,
        voice: Voice,
        force: Force,
        doubt: Message | None,
        since: date | None,
        as_of: date | None,
    ) -> Found:
        doubts: dict[str, str | Message] = {}
        unsure = [doubt] if doubt else []
        if (loss.outcome in ("lost", "casualties") and loss.how != "noun") or loss.outcome == "lost":
            unsure.append(message("doubt.or_wounded"))
        if is_difference(sentence.norms, loss.span.stop, self.lexicon):
            unsure.append(message("doubt.difference"))
        if loss.how in ("part", "told before"):
            unsure.append(message("doubt.part" if loss.how == "part" else "doubt.against"))
        if unsure:
            doubts["losses"] = unsure[0] if len(unsure) == 1 else message("doubt.several", doubts=tuple(unsure))
        if not voice.sure:
            doubts["source"] = message("doubt.nobody")
        if since is None:
            doubts["since"] = message("doubt.since")
        if as_of is None:
            doubts["as_of"] = message("doubt.as_of")
        quantity = loss.head.key if loss.head.kind == "thing" else loss.outcome
        return Found(loss.span.text, sentence.text, force, quantity, voice, since, as_of, doubts, self.whose.also)
