"""Who says what a sentence says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from truetoll.claims.wording.vocabulary import match
from truetoll.importers.prose.parties import Mention, slug
from truetoll.importers.prose.sentences import QUOTES, SIGNS, Sentence
from truetoll.importers.prose.vocabulary import Words

_LONGEST = 14
_KINDS = ("roles", "ngo", "international", "analyst", "media")
_STOPS = SIGNS | {"-"}


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

_Said = tuple[int, int, int]
"""Who speaks, (start, stop), and the place of the verb or phrase that says so."""


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
    counting = _counting(sentence, found, words)
    nouns = {each[2] for each in counting}
    said = [
        *_according(sentence, words),
        *(each for each in _saying(sentence, words) if each[2] not in nouns),
        *counting,
    ]
    spoken = [each for each in said if not each[0] <= at < each[1]]

    # Whoever stands in the clause of the figure: the nearest, where a semicolon is far.
    def distance(each: _Said) -> int:
        near = min(abs(each[2] - at), abs(each[0] - at))
        between = sentence.norms[min(each[2], at) : max(each[2], at)]
        return (
            near
            + 30 * sum(word in (";", ".") for word in between)
            + 10 * (each[0] > at and words.says_small("joins", sentence.norms[each[0] - 1]))
            + 8 * (each[2] > at and "," not in between and '"' not in between)
        )

    voices = (_said_by(sentence, each, spoken, found, words, last) for each in sorted(spoken, key=distance))
    return next((voice for voice in voices if voice is not None), None)


def _said_by(
    sentence: Sentence, said: _Said, spoken: Sequence[_Said], found: Sequence[Mention], words: Words, last: Voice | None
) -> Voice | None:
    """Make a voice of who speaks; None of words in lower case that are no kind of voice: "in a statement"."""
    start, stop, _ = said
    first = sentence.norms[start]
    if stop - start == 1 and words.says_small("pronouns", first):
        # "X said ...; it acknowledged": the voice that this sentence named before, or else the last one.
        before = [each for each in spoken if each[1] <= start and each[1] - each[0] > 1]
        return voice_in(sentence, before[-1][0], before[-1][1], found, words, last) if before else last
    inner = [norm for norm in sentence.norms[start:stop] if not words.says_small("fillers", norm)]
    if len(inner) == 1 and words.says_small("documents", inner[0]):  # "the report found"
        return last
    voice = voice_in(sentence, start, stop, found, words, last)
    named = any(word.is_name for word in sentence.words[start:stop][start == 0 :]) or (
        start == 0 and stop == 1 and _is_lone_name(sentence, words)
    )
    persons = any(match(table, sentence.norms, stop - 1) for table in (words.parts, words.groups))
    persons = persons or (stop > 1 and match(words.parts, sentence.norms, stop - 2) is not None)
    return voice if named or persons or voice.sort != "unknown" or voice is UNKNOWN else None


def _according(sentence: Sentence, words: Words) -> list[_Said]:
    """Find "according to X": X as (start, stop, place of the phrase)."""
    norms, hits = sentence.norms, []
    for at in range(len(norms)):
        hit = match(words.voices["according"], norms, at) or _inverted(norms, at, words)
        if hit is None:
            continue
        stop = start = _subject_from(norms, hit[1], words)
        while stop < len(norms) and stop - start < _LONGEST and norms[stop] not in _STOPS and norms[stop] != ",":
            ends = (norms[stop],) in words.voices["says"] or words.says_small("phrase_ends", norms[stop])
            if (ends and stop > start) or words.says_small("participles", norms[stop]):
                break
            stop += 1
        verb = (norms[at],) in words.voices["says"]
        named = start < len(norms) and (sentence.words[start].is_name or words.says_small("articles", norms[start]))
        object_ = verb and any(
            match(words.nouns, norms, place) or _is_number(norms[place])
            for place in range(start, min(start + 5, len(norms)))
        )
        if (verb and not named) or object_ or stop <= start or _is_time(norms, start, words):
            continue
        if not (verb and (words.says_small("objects", norms[start]) or _is_number(norms[start]))):
            hits.append((start, stop, at))
    return hits


def _is_lone_name(sentence: Sentence, words: Words) -> bool:
    """Whether a sentence begins with a name and no adverb: "Zelensky said", not "Later said" or "Ayer informo"."""
    norm = sentence.norms[0]
    small = any((norm,) in words.small[name] for name in ("aux", "preps", "after", "between", "links"))
    small = small or any(words.says_small(name, norm) for name in ("openers", "adverbs", "nobody"))
    adverb = norm.endswith(("mente", "ly"))
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
    quoted = at > 1 and (norms[at - 1] in QUOTES or (norms[at - 1] == "," and norms[at - 2] in QUOTES))
    behind = at > 0 and norms[at - 1] == "," and words.subject_behind
    return match(words.voices["says"], norms, at) if quoted or behind else None


def _saying(sentence: Sentence, words: Words) -> list[_Said]:
    """Find "X said": X as (start, stop, place of the verb)."""
    norms, hits = sentence.norms, list[_Said]()
    inverted = {place for _, _, place in _according(sentence, words) if place and _inverted(norms, place, words)}
    for at in range(1, len(norms)):
        if match(words.voices["says"], norms, at) is None or at in inverted:
            continue
        before = norms[at - 1]
        # "its report", "was found", "a report published on Friday"
        going = norms[at].endswith("ing") and words.is_small("copula", before)  # "was claiming"
        if (words.says_small("before_noun", before) and not going) or (
            words.says_small("documents", before)
            and words.says_small("indefinite", norms[at - 2] if at > 1 else "")
            and words.says_small("published", norms[at])
        ):
            continue
        stop = at
        while stop > 0 and words.says_small("before_verb", norms[stop - 1]):
            stop -= 1
        for aside in words.voices["asides"]:
            if norms[stop - len(aside) : stop] == aside:
                stop -= len(aside)
        while stop > 1 and norms[stop - 1] == ",":
            stop -= 1
        stop = _without_asides(sentence, stop, words)
        start = _start_of(sentence, stop, words)
        if start == stop and words.says_small("joins", norms[stop - 1]):  # "the agency did not ... but reported that"
            begin = next((i for i in range(stop - 2, -1, -1) if norms[i] in _STOPS), -1)
            kind = next((i for i in range(begin + 1, stop) if _is_kind(norms, i, words)), -1)
            earlier = hits[-1] if hits and hits[-1][0] > begin else None
            if earlier:
                start, stop = earlier[:2]
            elif kind >= 0:
                start, stop = _start_of(sentence, kind + 1, words), kind + 1
        if start < stop:
            hits.append((start, stop, at))
    return hits


def _counting(sentence: Sentence, found: Sequence[Mention], words: Words) -> list[_Said]:
    """Find whose count it is: "Argentina's own figure is", "by British claims", "in its count, which reached"."""
    norms, hits = sentence.norms, list[_Said]()
    for at, norm in enumerate(norms):
        if not words.says_small("count_nouns", norm):
            continue
        if at and words.says_small("owners", norms[at - 1]):
            kinds = (i for i in range(at - 2, -1, -1) if _is_kind(norms, i, words))
            if (kind := next(kinds, None)) is not None:
                hits.append((_start_of(sentence, kind + 1, words), kind + 1, at))
            continue
        verbs = (i for i in range(at + 1, min(at + 9, len(norms))) if words.says_small("count_verbs", norms[i]))
        verb = next(verbs, 0)
        by = next((i for i in range(at - 1, max(-1, at - 5), -1) if words.says_small("by", norms[i])), -1)
        first = by + 1 if by >= 0 else max(0, at - 5)
        beside = [each for each in found if first <= each.start and each.stop <= max(verb, at) and each.kind != "place"]
        apart = any(norms[i] in _STOPS or norms[i] == "," for each in beside for i in range(each.stop, at))
        if beside and not apart and (verb or by >= 0):
            last = beside[-1]
            hits.append((last.start, max(last.stop, verb) if last.start > at else last.stop, at))
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
        relative = words.says_small("relatives", following.norm)
        small = words.says_small("articles", following.norm) or following.is_name or _is_number(following.norm)
        if aside and speaker and (relative or not (small or role)):
            stop = comma
    if norms[stop - 1] == ")":
        stop = next((i for i in range(stop - 2, max(0, stop - 8), -1) if norms[i] == "("), stop)
    who = next((i for i in range(stop - 1, max(0, stop - _LONGEST), -1) if norms[i] in {"who", ",", *_STOPS}), 0)
    if who and norms[who] == "who" and who + 1 < stop and norms[who - 1] != ",":
        stop = who
    return stop


def _is_kind(norms: Sequence[str], at: int, words: Words) -> bool:
    """Whether a word stands here that names a kind of voice."""
    return any(match(words.voices[kind], norms, at) for kind in _KINDS)


def _start_of(sentence: Sentence, stop: int, words: Words) -> int:
    """Go back to where the noun phrase before a verb begins; an apposition between commas belongs to it."""
    norms, start, commas = sentence.norms, stop, 0
    pronoun = words.says_small("pronouns", norms[stop - 1]) and not words.says_small("relatives", norms[stop - 1])
    if pronoun:
        return stop - 1
    while start > 0 and stop - start < _LONGEST:
        word = norms[start - 1]
        if word == "-" and _is_hyphen(sentence, start - 1):
            pass
        elif word == "," and not commas and start > 1 and _apposition(sentence, start - 1, stop, words):
            commas += 1
        elif words.says_small("joins", word) and (
            _joins_name(sentence, start - 1, words) or words.says_small("owners", norms[start])  # "X and his team"
        ):
            pass
        elif (word in _STOPS or word == "," or _is_number(word) or words.says_small("clauses", word)) or (
            match(words.verbs, norms, start - 1)
            or ((word,) in words.small["aux"] and not words.says_small("fillers", word) and word != "para")
        ):
            break
        start -= 1
    while start < stop and (
        norms[start] == ","
        or (words.says_small("openers", norms[start]) and not words.says_small("articles", norms[start]))
    ):
        start += 1
    return start


def _is_hyphen(sentence: Sentence, at: int) -> bool:
    """Whether a dash joins two words: "Hamas-run"."""
    around = sentence.text[sentence.words[at].start - 1 : sentence.words[at].end + 1]
    return len(around) == 3 and not around[0].isspace() and not around[2].isspace()


def _joins_name(sentence: Sentence, at: int, words: Words) -> bool:
    """Whether a conjunction stands within a name: "Institute for Strategy and Policy"."""
    told = sentence.words
    after = at + 1 + (at + 1 < len(told) and words.says_small("articles", told[at + 1].norm))
    inside = at > 0 and after < len(told) and told[at - 1].is_name and told[after].is_name
    return inside and any(
        word.is_name and words.says_small("organisations", word.norm) and "," not in sentence.norms[place:at]
        for place, word in enumerate(told[max(0, at - 6) : at], max(0, at - 6))
    )


def _apposition(sentence: Sentence, comma: int, stop: int, words: Words) -> bool:
    """Whether what stands between two commas before the verb is an apposition that a name or role stands before."""
    if sentence.norms[stop : stop + 1] != (",",):
        return False
    before = sentence.words[comma - 1]
    following = sentence.words[comma + 1] if comma + 1 < len(sentence.words) else before
    small = words.says_small("articles", following.norm) or following.norm == "alias"
    small = small or _is_number(following.norm) or following.is_name
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
    while start < stop - 1 and words.says_small("fillers", norms[start]):
        if words.says_small("owners", norms[start]) and last:
            break
        start += 1
    own = words.says_small("owners", norms[start])
    if stop - start <= 2 and words.says_small("nobody", norms[start]):
        return UNKNOWN
    name = sentence.text[sentence.words[start].start : sentence.words[stop - 1].end].strip(" ,")
    sort = _sort(norms[start:stop], words)
    inside = [each for each in found if start <= each.start and each.stop <= stop]
    person = any(each.kind == "person" for each in inside)
    if person and norms[stop : stop + 1] == (",",):  # "General Maher, who commanded the Iraqi corps, admitted"
        close = next((i for i in range(stop + 1, len(norms)) if norms[i] in {",", *_STOPS}), stop)
        inside += [each for each in found if stop <= each.start and each.stop <= close and each.kind == "people"]
    known = next((each for each in inside if each.kind == "people"), None) or next(
        (each for each in inside if each.kind in ("group", "name") and each.key != "soldiers"), None
    )
    earlier = [each for each in found if each.stop <= start and each.kind in ("people", "name")]
    owner = earlier[-1].key if earlier else (last.party if last else "")
    party = known.key if known and sort in ("side", "unknown") else (owner if own else "")
    if sort == "side" and not party and any(match(words.voices["titles"], norms, at) for at in range(start, stop)):
        # "Moscow rarely does so; the last time, the defence minister spoke of 40": whoever the sentence is about
        about = [e for e in found if e.stop <= start and e.kind == "people"]
        about = [e for e in about if not e.start or not words.is_small("preps", norms[e.start - 1])]
        party = about[0].key if about else ""
    name = name.partition(",")[0].strip() if len(name) > 60 or name.count(",") > 1 else name
    fights = known is not None and (known.kind == "people" or known.fights)
    return Voice(slug(name), name, "side" if sort == "unknown" and fights else sort, party)


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
