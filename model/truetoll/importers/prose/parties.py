"""Sides, peoples and places that a sentence names, each under a key that is the same throughout an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from truetoll.claims.wording.vocabulary import match
from truetoll.importers.prose.sentences import Sentence
from truetoll.importers.prose.vocabulary import Words, peoples

_LONGEST_KEY = 40
_COMMON_STEM = 5


@dataclass(frozen=True, slots=True)
class Mention:
    """A side or place that is named.

    Parameters
    ----------
    start, stop : int
        Positions among the words of its sentence.
    key : str
        Lower case, as forces and sources of a case are named.
    name : str
        As written.
    kind : str
        ``people`` (known), ``name`` (a word with a capital), ``group`` (rebels, army), ``place``, ``person``, ``org``
        (an organisation that counts and does not fight).
    fights : bool
        Whether its name is that of a force under arms.
    band : bool
        Whether it is a group that fights a state.
    """

    start: int
    stop: int
    key: str
    name: str
    kind: str
    fights: bool = False
    band: bool = False


@dataclass
class Names:
    """Keys of the names of an article: words of one stem ("Karvenia", "Karvenian") have one key."""

    known: dict[str, str] = field(default_factory=dict)
    inner: frozenset[str] = frozenset()
    """Words that have a capital within a sentence too, so that it is no mere beginning."""
    capitals: frozenset[str] = frozenset()
    """Words that have a capital anywhere."""
    persons: set[str] = field(default_factory=set)
    """Last names of those who have a title, a role or an age somewhere in the article."""

    def key(self, words: str) -> str:
        """Give a name its key.

        Parameters
        ----------
        words : str

        Returns
        -------
        str
        """
        made = slug(words)
        if made in self.known:
            return self.known[made]
        for other, key in self.known.items():
            short, long = sorted((made, other), key=len)
            if (
                len(short) >= _COMMON_STEM
                and long.startswith(short[: max(_COMMON_STEM, len(short) - 2)])
                and len(long) - len(short) <= 4
            ):
                self.known[made] = key
                return key
        self.known[made] = made
        return made


def slug(text: str) -> str:
    """Make a key of words.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Lower-case letters, digits and ``_``, beginning with a letter.
    """
    from truetoll.claims.wording.tokens import normalise  # noqa: PLC0415

    made = re.sub(r"[^a-z0-9]+", "_", normalise(text)).strip("_")[:_LONGEST_KEY].strip("_")
    return made if made[:1].isalpha() else f"x_{made}".rstrip("_")


def mentions(sentence: Sentence, words: Words, names: Names, skip: Iterable[int] = ()) -> list[Mention]:
    """Find the sides and places of a sentence.

    Parameters
    ----------
    sentence : Sentence
    words : Words
    names : Names
        Receives new names.
    skip : iterable of int
        Positions that are no names, as those of dates.

    Returns
    -------
    list of Mention
        In their order.
    """
    found, at, passed = list[Mention](), 0, frozenset(skip)
    while at < len(sentence.words):
        hit = (
            None
            if at in passed
            else _people(sentence, at) or _group(sentence, at, words) or _name(sentence, at, words, names)
        )
        hit = hit or _adjective(sentence, at, words, names)
        if hit:
            found.append(hit)
            _note_short(sentence, hit, names)
        at = hit.stop if hit else at + 1
    return _absorbed(found)


def note_persons(sentence: Sentence, words: Words, names: Names) -> None:
    """Remember who is a person, no side: "Capt. Lin", "the mayor, Oleks Dren", "Oleks Dren, a historian", "Dren, 47".

    Parameters
    ----------
    sentence : Sentence
    words : Words
    names : Names
        Receives them.
    """
    norms, at = sentence.norms, 0
    while at < len(norms):
        stop = at
        while stop < len(norms) and (
            (sentence.words[stop].is_name and _may_name(sentence, stop, words))
            or (stop > at and _binds(sentence, stop))
        ):
            stop += 1
        # "Gen. Dren", "ministro de Defensa, Pedro Dren"
        before = at - (norms[at - 1 : at] in ((".",), (",",)))
        titled = any(
            (hit := match(words.voices["titles"], norms, i)) and (hit[1] == before or norms[before] == ",")
            for i in range(max(0, before - 4), before)
        )
        behind = norms[stop : stop + 1] == (",",) and stop - at > 1
        described = behind and any(match(words.voices["titles"], norms, i) for i in range(stop + 1, stop + 5))
        aged = behind and any(norms[i : i + 1] and norms[i].isdecimal() for i in (stop + 1, stop + 2))
        if stop > at and (titled or described or aged):
            names.persons.add(norms[stop - 1])
            names.persons.update(norms[i] for i in range(at, stop - 1) if _binds(sentence, i + 1))
        at = max(stop, at + 1)


def _binds(sentence: Sentence, at: int) -> bool:
    """Whether a sign or small word binds two names of a person: "Abdel-Fattah", "Maher al-Rashid"."""
    after = next((word for word in sentence.words[at + 1 : at + 3] if word.text != "-"), None)
    return sentence.norms[at] in ("-", "al", "el", "bin", "von", "van", "da") and after is not None and after.is_name


def _may_name(sentence: Sentence, at: int, words: Words) -> bool:
    """Whether a word with a capital may be one of a person's names."""
    norm = sentence.norms[at]
    small = (
        words.says_small("no_names", norm) or norm in words.common or match(words.voices["titles"], sentence.norms, at)
    )
    return not small and norm.isalpha() and len(norm) > 1 and _people(sentence, at) is None


def _note_short(sentence: Sentence, hit: Mention, names: Names) -> None:
    """Remember the letters in brackets behind a name: "Northern Defence Front (NDF)"."""
    words, at = sentence.words, hit.stop
    if at + 2 < len(words) and words[at].norm == "(" and words[at + 2].norm == ")" and hit.kind != "group":
        short, last = words[at + 1], words[at - 1].norm
        if short.text.isupper() and 2 <= len(short.text) <= 8 and short.norm[-1:] == last[:1]:
            names.known.setdefault(slug(short.text), hit.key)


def _absorbed(found: list[Mention]) -> list[Mention]:
    """Take "Ruvian army" and "Ejército israelí" for one: of a people or name beside a group the group adds nothing."""
    kept: list[Mention] = []
    for each in found:
        last = kept[-1] if kept else None
        if last and each.start == last.stop and each.kind == "org" and last.kind == "people":
            kept[-1] = replace(
                each, start=last.start, name=f"{last.name} {each.name}", key=slug(f"{last.key} {each.name}")
            )
        elif last and each.start - last.stop == 0 and each.kind == "group" and last.kind in ("people", "name", "place"):
            kept[-1] = replace(last, stop=each.stop, kind="name" if last.kind == "place" else last.kind)
        elif (
            last
            and each.start - last.stop == 0
            and last.kind == "group"
            and (each.kind == "people" or (each.kind == "name" and not each.name[0].isupper()))
        ):
            kept[-1] = replace(each, start=last.start)
        else:
            kept.append(each)
    return kept


def _people(sentence: Sentence, at: int) -> Mention | None:
    norms = sentence.norms
    for each in peoples().get(norms[at][:2], ()):
        stop = at + len(each.stem)
        if norms[at : stop - 1] != each.stem[:-1] or stop > len(norms):
            continue
        last, word = each.stem[-1], norms[stop - 1]
        if each.capitals and not sentence.words[at].text.isupper():
            continue
        if word == last or (not each.whole and word.startswith(last) and len(word) - len(last) <= 7):
            return Mention(at, stop, each.key, _said(sentence, at, stop), "people")
    return None


def _group(sentence: Sentence, at: int, words: Words) -> Mention | None:
    hit = match(words.groups, sentence.norms, at)
    return Mention(at, hit[1], hit[0], _said(sentence, at, hit[1]), "group") if hit else None


def _adjective(sentence: Sentence, at: int, words: Words, names: Names) -> Mention | None:
    """Read an adjective in lower case whose country has a capital elsewhere: "soldados nordavos", of Nordavia."""
    norm = sentence.norms[at]
    if (
        at == 0
        or len(norm) < 6
        or sentence.words[at].is_name
        or not norm.endswith(("o", "a", "os", "as", "es", "i", "ies"))
    ):
        return None
    beside = words.groups.match(sentence.norms, at - 1) or words.voices["roles"].match(sentence.norms, at - 1)
    stem = _COMMON_STEM if beside else _COMMON_STEM + 1
    alike = (each for each in sorted(names.capitals) if len(each) >= stem and norm[:stem] == each[:stem])
    name = next((each for each in alike if beside or (each.endswith("a") and norm not in (each, f"{each}s"))), None)
    return Mention(at, at + 1, names.key(name), _said(sentence, at, at + 1), "name") if name else None


def _name(sentence: Sentence, at: int, words: Words, names: Names) -> Mention | None:
    """Read words with capitals that are no known word: a name of a side, or of a place."""
    stop = at
    while stop < len(sentence.words) and _is_name(sentence, stop, words, names):
        stop += 1
    if stop == at:
        return None
    before = sentence.norms[at - 1] if at else ""
    earlier = sentence.norms[at - 2] if at > 1 else ""
    if before in ("the", "el", "la"):
        before, earlier = earlier, sentence.norms[at - 3] if at > 2 else ""
    of = before in ("of", "de")
    beside = (before,) in words.small["place_nouns"] or (
        (earlier,) in words.small["place_nouns"] and before in ("el", "la")
    )
    is_place = beside or ((before,) in words.small["places"] and (not of or (earlier,) in words.small["place_nouns"]))
    kind = "place" if is_place else _kind_of_name(sentence, at, stop, words, names)
    said = _said(sentence, at, stop)
    fights = any(match(words.voices["fighting"], sentence.norms, i) for i in range(at, stop + 1))
    band = any(match(words.voices["bands"], sentence.norms, i) for i in range(at, stop + 1))
    return Mention(at, stop, names.key(said), said, kind, fights or band, band)


def _kind_of_name(sentence: Sentence, at: int, stop: int, words: Words, names: Names) -> str:
    """Tell persons and organisations, that are no sides, from other names."""
    norms = sentence.norms
    if norms[stop - 1] in names.persons:
        return "person"
    kinds = (words.voices[kind] for kind in ("organisations", "ngo", "international", "analyst", "media"))
    return "org" if any(table.match(norms, i) for table in kinds for i in range(at, stop)) else "name"


def _is_name(sentence: Sentence, at: int, words: Words, names: Names) -> bool:
    word = sentence.words[at]
    letters = len(word.text) > 1 and word.text.isupper() and not sentence.text.isupper()  # "UN" is not "un"
    if (
        not word.is_name
        or not word.text[0].isalpha()
        or (words.says_small("no_names", word.norm) and not letters)
        or len(word.text) < 2
    ):
        return False
    if (word.norm in words.common and not letters) or match(words.groups, sentence.norms, at):
        return False
    # "Lutsan officials said": an adjective with a capital from the beginning of its sentence.
    speaks = match(words.voices["roles"], sentence.norms, at + 1) is not None and not words.says_small(
        "no_peoples", word.norm
    )
    owns = sentence.norms[at + 1 : at + 3] == ("'", "s")
    return word.norm in names.inner or owns or not begins(sentence, at) or (speaks and not sentence.text.isupper())


def begins(sentence: Sentence, at: int) -> bool:
    """Whether a word has its capital from where it stands: at the beginning, behind a colon, or where all have one.

    Parameters
    ----------
    sentence : Sentence
    at : int

    Returns
    -------
    bool
    """
    before = sentence.norms[at - 1] if at else ""
    return (
        at == 0
        or before in (":", '"', "\u201c", "\u00ab", "-", "\u2013", "\u2014", "(", "\u2022")
        or sentence.text.isupper()
    )


def _said(sentence: Sentence, start: int, stop: int) -> str:
    return sentence.text[sentence.words[start].start : sentence.words[stop - 1].end]


def nearest_before(found: Sequence[Mention], at: int, kinds: tuple[str, ...]) -> Mention | None:
    """Find the last mention before a position.

    Parameters
    ----------
    found : sequence of Mention
    at : int
    kinds : tuple of str

    Returns
    -------
    Mention or None
    """
    before = [each for each in found if each.stop <= at and each.kind in kinds]
    return before[-1] if before else None
