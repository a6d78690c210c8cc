"""Who says what a sentence says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from truetoll.claims.wording.vocabulary import match
from truetoll.importers.prose.parties import Mention, slug
from truetoll.importers.prose.sentences import Sentence
from truetoll.importers.prose.vocabulary import Words

_LONGEST = 14
_PRONOUNS = frozenset(
    ["he", "she", "they", "it", "who", "i", "we", "el", "ella", "ellos", "ellas", "quien", "that", "which"]
)
_OPENERS = frozenset((
    "the", "a", "an", "that", "as", "but", "and", "while", "although", "in", "on", "el", "la", "los", "las",
    "un", "una", "que", "en", "por", "pero", "y", "mientras", "lo", "se", "al",
))  # fmt: skip
_NOBODY = frozenset((
    "reports", "report", "estimates", "estimate", "figures", "informes", "informe", "estimaciones", "cifras",
    "some", "many", "many", "media", "algunos", "varios", "it", "this",
))  # fmt: skip
_ASIDES = (("por", "su", "parte"), ("for", "its", "part"), ("for", "their", "part"), ("in", "turn"), ("a", "su", "vez"))
_CONJUNCTIONS = frozenset((
    "said", "says", "that", "que", "while", "but", "and", "pero", "mientras", "y", "as", "when", "although", "though",
    "where", "because", "whereas", "after", "once", "aunque", "donde", "porque", "cuando", "si", "if",
))  # fmt: skip
_QUOTES = frozenset(['"', "\u201c", "\u201d", "\u00ab", "\u00bb"])
_ARTICLES = frozenset(["a", "an", "the", "un", "una", "el", "la", "los", "las", "de"])
_ORGANISATIONS = frozenset(["association", "institute", "ministry", "center", "centre", "committee", "office",
    "asociacion", "instituto", "ministerio", "centro", "comite", "oficina",
    "group", "grupo"])  # fmt: skip
_KINDS = ("roles", "ngo", "international", "analyst", "media")
_PARTICIPLES = frozenset(["consultadas", "consultados", "citadas", "citados", "consulted", "quoted", "cited"])
_ADVERBS = frozenset(["later", "earlier", "then", "luego", "despues", "antes", "entonces", "asi", "ademas", "asimismo"])
_WHEN = frozenset(["ayer", "hoy", "anoche", "yesterday", "today", "tambien", "also", "este", "esta", "on"])
_STOPS = frozenset([".", ";", ":", "?", "!", "(", ")", '"', "“", "”", "«", "»", "-", "–", "—"])


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says something.

    Parameters
    ----------
    key, name : str
        The name as written.
    sort : str
        ``side`` (a state, army or armed group), ``ngo``, ``international``, ``analyst``, ``media`` or ``unknown``.
    party : str
        Key of the side it belongs to; empty if that is not known.
    sure : bool
        Whether this sentence names it.
    """

    key: str
    name: str
    sort: str
    party: str = ""
    sure: bool = True


UNKNOWN = Voice("article", "the article itself, which names nobody", "media", sure=False)


def voice_of(sentence: Sentence, at: int, found: Sequence[Mention], words: Words, last: Voice | None) -> Voice | None:
    """Find who says what stands at a position.

    Parameters
    ----------
    sentence : Sentence
    at : int
        Of a figure.
    found : sequence of Mention
        Of the sentence.
    words : Words
    last : Voice or None
        Who spoke last; a pronoun means that voice.

    Returns
    -------
    Voice or None
        None if nobody is named; the caller knows who spoke last.
    """
    spoken = [each for each in (*_according(sentence, words), *_saying(sentence, words)) if not each[0] <= at < each[1]]
    if not spoken:
        return None

    # Whoever stands in the clause of the figure: the nearest, where a semicolon is far.
    def distance(each: tuple[int, int, int]) -> int:
        near = min(abs(each[2] - at), abs(each[0] - at))
        between = sentence.norms[min(each[2], at) : max(each[2], at)]
        return (
            near
            + 30 * sum(word in (";", ".") for word in between)
            + 8 * (each[2] > at and "," not in between and '"' not in between)
        )

    start, stop, _ = min(spoken, key=distance)
    first = sentence.norms[start]
    if first in _PRONOUNS and stop - start == 1:
        # "X said ...; it acknowledged": the voice that this sentence named before, or else the last one.
        before = [each for each in spoken if each[1] <= start and each[1] - each[0] > 1]
        return voice_in(sentence, before[-1][0], before[-1][1], found, words, last) if before else last
    voice = voice_in(sentence, start, stop, found, words, last)
    # Words in lower case that are no kind of voice ("in a statement", "interviews") are none.
    named = any(word.is_name for word in sentence.words[start:stop][start == 0 :]) or (
        start == 0 and stop == 1 and _is_lone_name(sentence, words)
    )
    return voice if named or voice.sort != "unknown" or voice is UNKNOWN else None


def _according(sentence: Sentence, words: Words) -> list[tuple[int, int, int]]:
    """Find "according to X": X as (start, stop, place of the phrase)."""
    norms, hits = sentence.norms, []
    for at in range(len(norms)):
        hit = match(words.voices["according"], norms, at) or _inverted(norms, at, words)
        if hit is None:
            continue
        stop = start = _subject_from(norms, hit[1], words)
        while stop < len(norms) and stop - start < _LONGEST and norms[stop] not in _STOPS and norms[stop] != ",":
            if (
                ((norms[stop],) in words.voices["says"] and stop > start)
                or (norms[stop] in _PARTICIPLES)
                or (norms[stop] in ("que", "which", "who", "and", "y", "with", "con") and stop > start)
            ):
                break
            stop += 1
        verb = (norms[at],) in words.voices["says"]
        named = start < len(norms) and (
            sentence.words[start].is_name or norms[start] in ("el", "la", "los", "las", "un", "una", "the", "a")
        )
        if verb and not named:
            continue
        if verb and any(
            match(words.nouns, norms, place) or _is_number(norms[place])
            for place in range(start, min(start + 5, len(norms)))
        ):
            continue
        if stop > start and _is_time(norms, start, words):
            continue
        if stop > start and not (
            verb and (norms[start] in ("que", "de", "a", "su", "haber", "al", "sobre") or _is_number(norms[start]))
        ):
            hits.append((start, stop, at))
    return hits


def _is_lone_name(sentence: Sentence, words: Words) -> bool:
    """Whether a sentence begins with a name and no adverb: "Zelensky said", not "Later said" or "Ayer informo"."""
    norm = sentence.norms[0]
    small = any((norm,) in words.small[name] for name in ("aux", "preps", "after", "between", "links"))
    adverb = norm in (*_OPENERS, *_WHEN, *_NOBODY, *_ADVERBS) or norm.endswith(("mente", "ly"))
    return sentence.words[0].is_name and not (small or adverb or norm in words.days or norm in words.common)


def _is_time(norms: Sequence[str], at: int, words: Words) -> bool:
    """Whether "on Monday", "el domingo", "este viernes" or "ayer" stands here."""
    day = norms[at + 1] if at + 1 < len(norms) else ""
    return norms[at] in words.days or (norms[at] in ("el", "este", "on") and day in words.days)


def _subject_from(norms: Sequence[str], at: int, words: Words) -> int:
    """Pass over a verb and a time before who speaks: "segun informo este viernes el Estado Mayor"."""
    verbs = 0
    while at < len(norms):
        if not verbs and match(words.voices["says"], norms, at):
            verbs, at = 1, at + 1
        elif norms[at] in words.days or norms[at] in ("ayer", "hoy", "anoche"):
            at += 1
        elif _is_time(norms, at, words):
            at += 2
        else:
            break
    return at


def _inverted(norms: Sequence[str], at: int, words: Words) -> tuple[bool, int] | None:
    """Read a verb that its subject follows, behind a quotation or, in Spanish, a comma: ", preciso la alcaldesa"."""
    quoted = at > 1 and (norms[at - 1] in _QUOTES or (norms[at - 1] == "," and norms[at - 2] in _QUOTES))
    spanish = at > 0 and norms[at - 1] == "," and "que" in words.common
    return match(words.voices["says"], norms, at) if quoted or spanish else None


def _saying(sentence: Sentence, words: Words) -> list[tuple[int, int, int]]:
    """Find "X said": X as (start, stop, place of the verb)."""
    norms, hits = sentence.norms, []
    inverted = {place for _, _, place in _according(sentence, words) if place and _inverted(norms, place, words)}
    for at in range(1, len(norms)):
        if match(words.voices["says"], norms, at) is None or at in inverted:
            continue
        if norms[at - 1] in (
            "the",
            "its",
            "a",
            "an",
            "that",
            "of",
            "la",
            "las",
            "los",
            "una",
            "were",
            "was",
            "is",
            "are",
            "been",
            "be",
            "by",
            "de",
            "se",
            "were",
            "fueron",
            "to",
        ):
            continue
        stop = at
        while stop > 0 and norms[stop - 1] in (
            "has",
            "have",
            "had",
            "also",
            "later",
            "only",
            "rarely",
            "ha",
            "han",
            "habia",
            "now",
            "then",
            "repeatedly",
            "itself",
            "still",
            "publicly",
            "previously",
            "in",
            "may",
            "tambien",
            ",",
            "would",
        ):
            stop -= 1
        if norms[at - 1] == "in":
            continue
        for aside in _ASIDES:
            if norms[stop - len(aside) : stop] == aside:
                stop -= len(aside)
        while stop > 1 and norms[stop - 1] == ",":
            stop -= 1
        stop = _without_asides(sentence, stop, words)
        start = _start_of(sentence, stop, words)
        if start < stop:
            hits.append((start, stop, at))
    return hits


def _without_asides(sentence: Sentence, stop: int, words: Words) -> int:
    """Pass back over what stands between a speaker and the verb: "X (XYZ)", "X, citing Y,", "a man who saw it"."""
    norms = sentence.norms
    if stop < len(norms) and norms[stop] == ",":
        comma = next((i for i in range(stop - 1, max(0, stop - _LONGEST), -1) if norms[i] in {",", *_STOPS}), 0)
        aside = comma > 0 and norms[comma] == "," and comma + 1 < stop
        following = sentence.words[comma + 1]
        speaker = norms[comma - 1] == ")" or sentence.words[comma - 1].is_name or _is_kind(norms, comma - 1, words)
        role = any(_is_kind(norms, i, words) for i in range(comma + 1, stop))
        plain = following.norm not in _ARTICLES and not following.is_name and not _is_number(following.norm)
        if aside and speaker and plain and not role:
            stop = comma
    if norms[stop - 1] == ")":
        stop = next((i for i in range(stop - 2, max(0, stop - 8), -1) if norms[i] == "("), stop)
    relative = next((i for i in range(stop - 1, max(0, stop - _LONGEST), -1) if norms[i] in {"who", ",", *_STOPS}), 0)
    if relative and norms[relative] == "who" and relative + 1 < stop and norms[relative - 1] != ",":
        stop = relative
    return stop


def _is_kind(norms: Sequence[str], at: int, words: Words) -> bool:
    """Whether a word stands here that names a kind of voice."""
    return any(match(words.voices[kind], norms, at) for kind in _KINDS)


def _start_of(sentence: Sentence, stop: int, words: Words) -> int:
    """Go back to where the noun phrase before a verb begins; an apposition between commas belongs to it."""
    norms, start, commas = sentence.norms, stop, 0
    if norms[stop - 1] in _PRONOUNS - {"that", "which", "who", "quien"}:
        return stop - 1
    while start > 0 and stop - start < _LONGEST:
        word = norms[start - 1]
        if word == "," and not commas and start > 1 and _apposition(sentence, start - 1, stop, words):
            commas += 1
        elif word in ("and", "y") and _joins_name(sentence, start - 1):
            pass
        elif (word in _STOPS or word == "," or _is_number(word) or word in _CONJUNCTIONS) or (
            match(words.verbs, norms, start - 1)
            or ((word,) in words.small["aux"] and word not in ("the", "de", "para", "por", "entre", "los", "las"))
        ):
            break
        start -= 1
    while start < stop and norms[start] in (*_OPENERS - {"el", "la", "los", "las", "the"}, ","):
        start += 1
    return start


def _joins_name(sentence: Sentence, at: int) -> bool:
    """Whether a conjunction stands within a name: "Institute for Strategy and Policy"."""
    words = sentence.words
    after = at + 1 + (at + 1 < len(words) and words[at + 1].norm in ("el", "la", "los", "las", "the"))
    inside = at > 0 and after < len(words) and words[at - 1].is_name and words[after].is_name
    return inside and any(
        word.is_name and word.norm in _ORGANISATIONS and "," not in sentence.norms[place:at]
        for place, word in enumerate(words[max(0, at - 6) : at], max(0, at - 6))
    )


def _apposition(sentence: Sentence, comma: int, stop: int, words: Words) -> bool:
    """Whether what stands between two commas before the verb is an apposition that a name or role stands before."""
    if sentence.norms[stop : stop + 1] != (",",):
        return False
    before = sentence.words[comma - 1]
    following = sentence.words[comma + 1] if comma + 1 < len(sentence.words) else before
    small = following.norm in (*_ARTICLES, "alias") or _is_number(following.norm) or following.is_name
    return small and (before.is_name or _is_number(before.norm) or _is_kind(sentence.norms, comma - 1, words))


def _is_number(word: str) -> bool:
    return word[:1].isdigit()


def voice_in(
    sentence: Sentence, start: int, stop: int, found: Sequence[Mention], words: Words, last: Voice | None = None
) -> Voice:
    """Make a voice of words that name one.

    Parameters
    ----------
    sentence : Sentence
    start, stop : int
        Positions of the words.
    found : sequence of Mention
    words : Words
    last : Voice, optional
        Who spoke before, whom "its ministry" refers to.

    Returns
    -------
    Voice
    """
    norms = sentence.norms
    while start < stop - 1 and norms[start] in (
        "the",
        "a",
        "an",
        "el",
        "la",
        "los",
        "las",
        "un",
        "una",
        "its",
        "su",
        "sus",
        "their",
        "datos",
        "cifras",
        "fuentes",
        "de",
        "del",
        "figures",
        "by",
        "from",
    ):
        if norms[start] in ("its", "su", "sus", "their") and last:
            break
        start += 1
    own = norms[start] in ("its", "su", "sus", "their")
    if stop - start <= 2 and norms[start] in _NOBODY:
        return UNKNOWN
    name = sentence.text[sentence.words[start].start : sentence.words[stop - 1].end].strip(" ,")
    sort = _sort(norms[start:stop], words)
    inside = [each for each in found if start <= each.start and each.stop <= stop]
    known = next((each for each in inside if each.kind == "people"), None) or next(
        (each for each in inside if each.kind in ("group", "name")), None
    )
    earlier = [each for each in found if each.stop <= start and each.kind in ("people", "name")]
    owner = earlier[-1].key if earlier else (last.party if last else "")
    party = known.key if known and sort in ("side", "unknown") else (owner if own else "")
    name = name.partition(",")[0].strip() if len(name) > 60 or name.count(",") > 1 else name
    return Voice(slug(name), name, "side" if sort == "unknown" and known and known.kind == "people" else sort, party)


def _sort(phrase: Sequence[str], words: Words) -> str:
    """Tell what sort of voice words name."""
    for sort, name in (
        ("international", "international"),
        ("ngo", "ngo"),
        ("analyst", "analyst"),
        ("side", "roles"),
        ("media", "media"),
    ):
        if any(match(words.voices[name], phrase, at) for at in range(len(phrase))):
            return sort
    return "side" if any(match(words.groups, phrase, at) for at in range(len(phrase))) else "unknown"
