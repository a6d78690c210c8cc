"""What a number in a sentence is a number of, and whether it says that these were lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from truetoll.claims.schema import OUTCOMES, Form
from truetoll.claims.wording import Lexicon
from truetoll.claims.wording.vocabulary import match
from truetoll.importers.prose.parties import Mention
from truetoll.importers.prose.sentences import ENDS, QUOTES, Sentence, Span
from truetoll.importers.prose.vocabulary import Act, Words

_ADJECTIVES, _FAR, _NEAR = 4, 16, 5
_MONEY = frozenset(["$", "€", "£", "¥", "usd", "eur", "gbp", "us$"])
_SIGNS = frozenset([",", ";", "("])
_AVERAGES = tuple({one, other} for one in ("average", "promedio", "media") for other in ("daily", "weekly", "monthly",
    "diaria", "diario", "semanal", "mensual"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """What stands behind a number.

    Parameters
    ----------
    kind : str
        ``person``, ``thing``, ``loss`` (a noun that says what befell them), ``none`` or ``other``.
    start, stop : int
        Positions of the noun; of nothing, the position after the number.
    counts : str
        ``military``, ``civilian``, ``persons`` of persons.
    key : str
        The group told as a part (``children``), or what kind of thing.
    outcome : str
        Of a noun of loss, or of an adjective ("captured soldiers").
    """

    kind: str
    start: int
    stop: int
    counts: str = ""
    key: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """A figure that counts losses.

    Parameters
    ----------
    span : Span
    head : Head
    outcome : str
        As of `Act`, or ``casualties`` for more than one.
    how : str
        The rule: ``noun``, ``object``, ``subject``, ``topic``, ``list``, ``part``, ``told before``.
    act : int
        Position of the word that says so, or -1.
    """

    span: Span
    head: Head
    outcome: str
    how: str
    act: int = -1


class Losses:
    """Reads one sentence.

    Parameters
    ----------
    sentence : Sentence
    spans : sequence of Span
        Its figures.
    words : Words
    lexicon : Lexicon
    before : Loss or None
        The last loss of the sentence before.
    named : sequence of Mention
        Sides and places of the sentence.
    masked : frozenset of int
        Positions of dates and ages.
    heading : str
        What a heading above says befell what this line lists.
    far : Loss or None
        The last loss of the sentences before, also of the paragraph before.
    told : sequence of Loss
        Those of the last sentence that told any.
    """

    def __init__(
        self,
        sentence: Sentence,
        spans: Sequence[Span],
        words: Words,
        lexicon: Lexicon,
        before: Loss | None,
        named: Sequence[Mention] = (),
        masked: frozenset[int] = frozenset(),
        heading: str = "",
        far: Loss | None = None,
        told: Sequence[Loss] = (),
    ) -> None:
        self.sentence, self.spans, self.words, self.lexicon = sentence, list(spans), words, lexicon
        self._masked, self._heading, self._far = masked, heading, far
        self._told_before = told
        self.norms, self.before = sentence.norms, before
        self.found: dict[int, Loss] = {}
        self._starts = {span.start: span for span in spans}
        self._ends = {span.stop - 1: span for span in spans}
        self._named = {each.start: each.stop for each in named}
        self._peoples = {each.start: each.stop for each in named if each.kind == "people" and each.name.endswith("s")}
        self._names_end = {each.stop: each.start for each in named}

    def read(self) -> list[Loss]:
        """Find the losses, in their order.

        Returns
        -------
        list of Loss
        """
        for span in self.spans:
            if loss := self._loss(span):
                self.found[span.start] = loss
        self._backwards()
        return [self.found[start] for start in sorted(self.found)]

    def _loss(self, span: Span) -> Loss | None:  # noqa: PLR0911
        if span.figure.share:
            return self._share(span)
        head = self._head(span)
        if {(self._word(span.stop),), (self._word(span.stop - 1),)} & self.words.small["names"].keys():
            return self._named_list(span, head)
        if told := self._claimed(span) or self._names_of(span, head):
            return told
        if head.kind == "other" and head.stop > span.stop:
            return self._unknown_thing(span, head) or self._of_unknown(span, head)
        if self._is_no_count(span, head) or self._is_rate(span):
            return None
        if any(self._small("peace", at) for at in range(len(self.norms))):
            return None
        if any(self._small("undone", at) for at in range(max(0, span.start - 4), min(head.stop + 4, len(self.norms)))):
            return None
        ways = (
            self._noun,
            self._part,
            self._object,
            self._subject,
            self._gapped,
            self._list,
            self._topic,
            self._told,
            self._row,
            self._adjectival,
        )
        if head.kind == "loss" and head.outcome == "captured" and (killed := self._befallen_captives(span, head)):
            return killed
        loss = next((loss for way in ways if (loss := way(span, head))), None)
        if loss and self._is_whole(span, loss):
            return None
        captured = loss is not None and loss.outcome == "captured"
        exchanged = captured and any(self.words.is_small("exchanges", word) for word in self.norms)
        return None if exchanged or (captured and self._is_nothing(span)) else loss

    def _unknown_thing(self, span: Span, head: Head) -> Loss | None:
        """Read things no list has by what befell them: "one French Mirage was shot down", "two trawlers were sunk"."""
        at = head.stop
        while at < len(self.norms) and (self._is_aux(at) or self._is_adverb(at)) and at < head.stop + 4:
            at += 1
        key = next((name for name in ("aircraft", "ships") if self._small(name, at)), "")
        if not key or at == head.stop or not self._act_at(at, Head("thing", at, at)):
            return None
        if self._is_active(at, self._small(key, at), head):
            return None
        return Loss(span, Head("thing", head.start, head.stop, key=key), "destroyed", "subject", at)

    def _befallen_captives(self, span: Span, head: Head) -> Loss | None:
        """Read "the bodies of 40 prisoners", "118 prisoners were executed": they are persons to whom more befell."""
        person = replace(head, kind="person", counts="persons", outcome="")
        loss = self._object(span, person) or self._subject(span, person)
        return loss if loss and loss.outcome in ("killed", "wounded", "missing") else None

    def _whole(self, span: Span) -> Head | None:
        """Read "Of its 26 tanks, 20 were destroyed": the noun before the comma."""
        for at in range(span.start - 2, max(-1, span.start - 6), -1):
            noun = self._noun_at(at)
            before = [each for each in self.spans if each.stop <= at and each.start >= at - 8]
            if (
                noun
                and noun.kind == "thing"
                and before
                and any(self._word(i) in ("of", "de") for i in range(before[-1].start))
            ):
                return noun
        return None

    def _is_whole(self, span: Span, loss: Loss) -> bool:
        """Whether a number is the second of "three of 40 were killed": what befell three of them did not befall all."""
        at = span.start - 1 - (self._word(span.start - 1) in ("the", "los", "las", "its", "their", "sus"))
        opens = self._word(at) in ("of", "de") and (at == 0 or self._word(at - 1) in (",", ";", "and", "y"))
        if opens and loss.how == "subject" and any(each.start > loss.act for each in self.spans):
            return True  # "De los 35.000 voluntarios murieron 9.900"
        first = self._ends.get(at - 1) if self._word(at) in ("of", "de") else None
        return first is not None and first.start in self.found and self.found[first.start].act == loss.act

    def _named_list(self, span: Span, head: Head) -> Loss | None:
        """Read "a memorial lists 287 names": the dead by name, where somebody lists them."""
        last = self._last(span)
        lists = any(self._small("listing", at) for at in range(max(0, span.start - 4), span.start))
        if last is None or last.head.kind == "thing" or not lists or self._word(span.start - 1) in ("of", "de"):
            return None
        return Loss(span, head, "killed" if last.outcome != "missing" else "missing", "told before", -1)

    def _names_of(self, span: Span, head: Head) -> Loss | None:
        """Read "confirmed the names of 84,761 soldiers", where losses were told of before."""
        at = span.start - 1
        while at > 0 and self.words.is_small("between", self._word(at)):
            at -= 1
        named = self._small("names", at) and self._word(at + 1) in ("of", "de")
        if not named or head.kind not in ("person", "none") or not (self._last(span) or self._far):
            return None
        return Loss(span, head, "killed", "object", at)

    def _claimed(self, span: Span) -> Loss | None:
        """Read a number with whoever told it behind it: "the 12,000 Israel claimed", "los 500 que admite Calder"."""
        last, at = self._last(span), span.stop
        if last is None or self._word(span.start - 1) not in ("the", "los", "las"):
            return None
        at += self._word(at) in ("that", "que", "which")
        verb = match(self.words.voices["says"], self.norms, self._named.get(at, at))
        after = verb and (at in self._named or self._named.get(verb[1]) or self._word(verb[1]) == "by")
        return Loss(span, Head("none", span.stop, span.stop), last.outcome, "told before", -1) if after else None

    def _gapped(self, span: Span, head: Head) -> Loss | None:
        """Read a number whose verb was said before: "Armenia lost 3,825 soldiers and Azerbaijan 2,906"."""
        here = [loss for start, loss in self.found.items() if start < span.start]
        at = span.start - (self._word(span.start - 1) == ",")
        both = len(here) > 1 and {each.outcome for each in here[-2:]} == {"killed", "wounded"}
        if here and both:
            here = [*here[:-1], replace(here[-1], outcome="casualties")]
        if here and self._against(span, head):
            return self._like(span, head, here[-1], "gap")
        start = self._names_end.get(at - (self._word(at - 1) in ("de", "of")), -1)
        while start in self._names_end:  # "the Bosnian Serb VRS"
            start = self._names_end[start]
        if start < 0 and here and here[-1].head.kind != "thing":
            start = self._bare_subject(span)
        start -= self._word(start - 1) in ("the", "los", "las", "el", "la")
        joined = start > 0 and self._word(start - 1) in ("and", "y", "while", "mientras", ",", ";", "but", "pero")
        if not here or not joined or head.kind not in ("none", here[-1].head.kind):
            return None
        if self._is_aux(head.stop) or self.words.is_small("copula", self._word(head.stop)):
            return None
        return self._like(span, head, here[-1], "gap")

    def _bare_subject(self, span: Span) -> int:
        """Find where a noun phrase begins that is all a clause has beside its number: "y la guardia de 20.458"."""
        if self._word(span.stop) not in ("", ",", ".", ";", ")") or self._word(span.start - 1) not in ("de", "of"):
            return -1
        for at in range(span.start - 2, max(-1, span.start - 8), -1):
            if self._word(at) in ("and", "y", "while", "mientras") and at < span.start - 2:
                return at + 1
            if self._verb(at) or self._word(at) in (",", *ENDS) or match(self.words.voices["says"], self.norms, at):
                return -1
        return -1

    def _like(self, span: Span, head: Head, last: Loss, how: str) -> Loss:
        """Say of a number what was said of the last one."""
        return Loss(
            span, head if head.kind != "none" else replace(last.head, stop=span.stop), last.outcome, how, last.act
        )

    def _against(self, span: Span, head: Head) -> bool:
        """Whether a number is set against the one before, with whose it is behind: "against 20,000 for the Iraqis"."""
        versus = any(self._small("versus", at) == span.start for at in range(max(0, span.start - 3), span.start))
        at = span.stop + 1 + self.words.says_small("articles", self._word(span.stop + 1))
        whose = self.words.is_small("for", self._word(span.stop)) and at in self._named
        return bool(self.found) and versus and whose and head.kind in ("none", "person")

    def _small(self, name: str, at: int) -> int:
        """Find where a phrase of small words ends that begins here; 0 if none does."""
        hit = match(self.words.small[name], self.norms, at)
        return hit[1] if hit else 0

    def _word(self, at: int) -> str:
        return self.norms[at] if 0 <= at < len(self.norms) else ""

    def _is_nothing(self, span: Span) -> bool:
        return span.figure.form is Form.BELOW and span.figure.high <= 1

    def _is_no_count(self, span: Span, head: Head) -> bool:  # noqa: PLR0911
        """Tell money, times, and the one of "one of" and "un ataque"."""
        if self._word(span.start - 1) in _MONEY or self._word(span.stop) in _MONEY or "%" in self._word(span.stop):
            return True
        if (self._word(span.stop),) in self.words.time["units"]:
            return True
        if self._is_nothing(span):  # "no casualty figures", "disclosed no losses", "nobody knows the dead"
            untold = self._small("of_counts", span.stop) or self.words.is_small("silences", self._word(span.start - 1))
            planned = any(self.words.is_small("planned", self._word(at)) for at in (head.stop, head.stop + 1))
            far = head.start > span.stop + (7 if self._word(span.stop) in ("of", "de") else 2)
            return bool(untold) or planned or far
        if any(self._small("no_losses", at) for at in range(span.stop, max(head.stop, span.stop + 1))):
            return True
        before = self.sentence.words[span.start - 1] if span.start > 1 else None
        if before and before.is_name and before.norm.isalpha() and head.kind == "none":  # "Falcon 9"
            return self._gapped(span, head) is None
        if self._word(span.stop) == "-" and (self._word(span.stop + 1),) in self.words.time["units"]:
            return True
        one = span.text.casefold() in ("one", "un", "una", "uno", "two", "dos") and span.figure.value < 2
        return head.kind == "other" or (
            one and not (head.kind in ("person", "thing", "loss") and head.start <= span.stop + 1)
        )

    def _head(self, span: Span) -> Head:  # noqa: PLR0912
        inside = [
            noun for at in range(span.start + 1, span.stop) if (noun := self._noun_at(at)) and noun.stop <= span.stop
        ]
        if inside:  # "2,817 victims by name"
            return inside[0]
        at, unknown = span.stop, 0
        while at < len(self.norms) and at - span.stop <= _ADJECTIVES + 3:
            inner = (
                self._word(at - 1) in ("of", "de", "its", "their", "sus", "his", "los", "las", "the")
                and at <= span.stop + 2
            )
            if at in self._starts and inner and self._word(span.stop) in ("of", "de"):
                at = self._starts[at].stop  # "61 of 78 drones"
                continue
            if at in self._starts:
                break
            word = self._word(at)
            if befallen := self._befallen(at):
                return befallen
            if noun := self._noun_at(at):
                return self._with_next(noun)
            quoted = self._noun_at(at + 1) or self._word(span.start - 1) in QUOTES
            if word in QUOTES and at == span.stop and self._word(at - 1) not in QUOTES and quoted:
                at += 1
                continue
            if word in ENDS or word in '"\u201c\u201d\u00bb,:()\u2013\u2014' or word in ("%",):
                break
            if (word,) in self.words.time["units"] and not unknown and at > span.stop:
                break
            if word in ("-", "'", "s") or (not unknown and self._small("after", at)):
                at += 1
            elif self._adjective(at):
                described = match(self.lexicon.particles["after_count"], self.norms, at)  # "en combate"
                at = described[1] if described else at + 1
            elif self._is_function(at) or self._small("between", at):
                break
            else:
                unknown += 1
                at += 1
                if self._word(at) in ("of", "de", "del"):
                    return Head("other", span.stop, at)
                if unknown > _ADJECTIVES:
                    return Head("other", span.stop, span.stop)
        passed = at if at - 1 in self._ends and at > span.stop else span.stop  # "three of 40 were killed"
        return Head("other", span.stop, at) if unknown else Head("none", passed, passed)

    def _befallen(self, at: int) -> Head | None:
        """Read "destroyed Norvian tanks", "executed prisoners": a participle before its noun."""
        thing = match(self.words.destroying, self.norms, at)
        if thing is None or thing[0].kind != "transitive":
            return None
        for place in range(thing[1], thing[1] + 4):
            noun = self._noun_at(place)
            if noun and noun.kind == "thing":
                return replace(self._with_next(noun), outcome="destroyed")
            if self._is_function(place) or not self._word(place).isalpha() or place in self._starts:
                return None
        return None

    def _of_unknown(self, span: Span, head: Head) -> Loss | None:  # noqa: PLR0911
        """Read nouns no list has beside plain words of death: "seven miners were killed", "muerte de 20 disidentes"."""
        if span.figure.form is Form.BELOW and span.figure.high <= 1:  # "nobody knows how many died"
            return None
        word, first = self._word(head.stop - 1), self._word(span.stop)
        numbered = self.norms[span.start - 1] if span.start else ""
        if (
            not word.endswith(("s", "men", "people"))
            or self.words.is_small("not_persons", word)
            or self.words.is_small("not_persons", first)
            or (first,) in self.words.time["units"]
        ):
            return None
        if self._is_no_count(span, replace(head, kind="person")) or self._is_rate(span) or numbered in _MONEY:
            return None
        person = Head("person", head.stop - 1, head.stop, "persons", "")
        last = self._last(span)
        if last and last.head.kind == "thing":
            return self._part(span, replace(head, kind="thing", key=last.head.key))
        listed = last is not None and last.how == "part" and self._word(span.start - 1) in ("and", "y", "e", ",")
        if last and listed and span.start - last.span.stop <= 4:  # "de los cuales 10 eran civiles y 2 indigenas"
            return Loss(span, replace(person, key=""), last.outcome, "part", last.act)
        beside = any(self._small("beside", at) == span.start for at in range(max(0, span.start - 3), span.start))
        if last and beside and self.found:  # "along with two Malawians"
            return Loss(span, replace(person, key=""), last.outcome, "list", last.act)
        introduced = any(self._small("subgroup", at) == span.start for at in range(max(0, span.start - 4), span.start))
        if last and introduced and self.found:
            return Loss(span, replace(person, key=""), last.outcome, "part", last.act)  # "among them two commanders"
        for loss in (
            self._part(span, replace(person, key="others")),
            self._object(span, person),
            self._subject(span, person),
        ):
            if loss and (loss.how == "part" or match(self.words.small["strict"], self.norms, loss.act)):
                return loss if loss.how != "part" or loss.act >= 0 else None
        return None

    def _is_rate(self, span: Span) -> bool:
        """Whether a number is told by the day or the like: "35 people die each day"."""
        stop = next(
            (at for at in range(span.stop, len(self.norms)) if self._word(at) in (",", ";", ".", "and", "y")),
            len(self.norms),
        )
        within = ("within", "in", "over", "after", "for", "than", "en", "durante")
        after = range(span.stop, min(stop, span.stop + 10))
        for at in range(span.start - 2, max(-1, span.start - 12), -1):  # "average daily casualties rose to 1,300"
            if self._word(at) in (",", *ENDS) or at in self._starts:
                break
            if {self._word(at), self._word(at + 1)} in _AVERAGES:
                return True
        rates = ((at, stop) for at in after if (stop := self._small("rates", at)))
        later = ("later", "earlier", "after", "before", "ago", "despues", "antes")  # "a day later"
        return any(self._word(at - 1) not in within and self._word(stop) not in later for at, stop in rates) or any(
            self._small("rates", at) and {"average", "promedio", "media"} & set(self.norms[at : at + 3])
            for at in range(max(0, span.start - 4), span.start)
        )

    def _adjectival(self, span: Span, head: Head) -> Loss | None:
        """Read a head that says by itself what befell it: "212 wounded soldiers", "17 destroyed tanks"."""
        return Loss(span, head, head.outcome, "noun", head.start) if head.outcome and head.kind != "loss" else None

    def _row(self, span: Span, head: Head) -> Loss | None:
        """Read a line of a list under a heading: "tanks - 9,740"."""
        if not self._heading or self._word(span.start - 1) not in ("-", "\u2013", "\u2014", ":") or self.found:
            return None
        noun = next(
            (
                each
                for at in range(min(5, span.start))
                if (each := self._noun_at(at)) and each.kind in ("thing", "person")
            ),
            None,
        )
        if noun is None or head.kind == "other" or span.start > 9:
            return None
        return Loss(
            span, replace(noun, stop=span.stop), "destroyed" if noun.kind == "thing" else self._heading, "row", -1
        )

    def _adjective(self, at: int) -> bool:
        """Whether a noun of the lexicon stands here that is one of a people, or an adjective of it."""
        return match(self.lexicon.particles["after_count"], self.norms, at) is not None and not self._noun_at(at)

    def _is_function(self, at: int) -> bool:
        word = (self._word(at),)
        is_verb = match(self.words.verbs, self.norms, at) is not None or match(
            self.words.voices["says"], self.norms, at
        )
        lists = ("aux", "preps", "copula", "links", "suffers")
        return bool(is_verb) or any(word in self.words.small[name] for name in lists)

    def _noun_at(self, at: int) -> Head | None:
        """Read a noun: the longest of all lists."""
        norms, words = self.norms, self.words
        found: list[Head] = []
        if hit := match(words.parts, norms, at):
            counts = "military" if hit[0] == "officers" else "civilian"
            found.append(Head("person", at, hit[1], counts, hit[0]))
        if thing := match(words.things, norms, at):
            found.append(Head("thing", at, thing[1], key=thing[0]))
        if act := match(words.nouns, norms, at):
            found.append(Head("loss", at, act[1], outcome=act[0].outcome))
        if group := match(words.groups, norms, at):
            # "government", "army" and the like name a side; persons are what follows, or the plural itself.
            plural = norms[group[1] - 1].endswith("s") or norms[group[1] - 1].endswith("men")
            if plural and norms[at] not in ("forces",):
                found.append(Head("person", at, group[1], "military"))
        if noun := match(self.lexicon.nouns, norms, at):
            counts, key = noun[0]
            if counts in (*OUTCOMES, "casualties"):
                found.append(Head("loss", at, noun[1], outcome=counts))
            elif counts == "things":
                found.append(Head("thing", at, noun[1], key=key))
            elif key in ("people", "soldiers", "civilians"):
                found.append(Head("person", at, noun[1], counts))
            elif counts == "persons" and (norms[noun[1] - 1].endswith("s") or self._is_one(at, noun[1])):
                found.append(Head("person", at, noun[1], "persons", "people"))
        if (
            not found
            and self._small("enemy", at)
            and self._word(at - 1) in ("the", "los")
            and self._word(at - 2) == "of"
        ):
            found.append(Head("person", at, at + 1, "military"))
        if not found and (stop := self._peoples.get(at)):
            found.append(Head("person", at, stop, "persons", "people"))
        return max(found, key=lambda head: (head.stop, head.kind == "person" and bool(head.key)), default=None)

    def _is_one(self, at: int, stop: int) -> bool:
        """Whether one of a people is told of: "and one Uruguayan"."""
        return self._word(at - 1) in ("one", "un", "una") and not self._word(stop).isalpha()

    def _with_next(self, head: Head) -> Head:  # noqa: PLR0911
        """Look at what follows a noun: "civilian deaths" are deaths, "captured fighters" are persons."""
        following = self._noun_at(head.stop) if head.stop not in self._starts else None
        if following is None and head.kind == "person" and self._word(head.stop) in ("health", "service"):
            return Head("other", head.start, head.stop)
        if following is None:
            word = self._word(head.stop)
            group = head.kind == "person" and head.counts == "military" and not self._word(head.stop - 1).endswith("s")
            plural = word.isalpha() and word.endswith("s") and not self._is_function(head.stop)
            if group and plural and self.lexicon.language == "en":  # "army guards"
                head = replace(head, stop=head.stop + 1)
            return replace(head, key="" if head.key == "people" else head.key)
        if head.kind == "loss" and following.kind == "person" and head.outcome in OUTCOMES:
            return replace(following, start=head.start, outcome=head.outcome)
        if head.kind == "person" and following.kind == "loss" and not self._is_participle(head.stop):
            return replace(
                following, start=head.start, counts=head.counts, key=head.key if head.key != "people" else ""
            )
        if head.kind == "person" and following.kind in ("person", "thing"):
            return replace(self._with_next(following), start=head.start)
        if head.kind == "loss" and following.kind == "loss":
            return replace(head, stop=head.stop)
        return replace(head, key="" if head.key == "people" else head.key)

    def _is_participle(self, at: int) -> bool:
        return match(self.words.verbs, self.norms, at) is not None

    def _noun(self, span: Span, head: Head) -> Loss | None:
        """Read "300 killed", "12 civilian deaths", "killed, wounded or missing"."""
        if head.kind != "loss":
            return None
        outcome, at = head.outcome, head.stop
        while self._word(at) in ("and", "or", ",", "y", "o", "e", "/", "u"):
            after = at + 1 + (self._word(at + 1) in ("and", "or", "y", "o"))
            other = self._noun_at(after) if after not in self._starts else None
            if other is None or other.kind != "loss":
                break
            outcome = outcome if other.outcome == outcome else "casualties"
            head, at = replace(head, stop=other.stop), other.stop
        if outcome in ("lost", "destroyed"):
            outcome = "casualties"
        copula = self._small("copula", head.stop)
        if outcome == "casualties" and self._small("fatal", copula or head.stop):
            outcome = "killed"
        told = self._noun_at(copula) if copula and self._word(span.stop) in ("of", "de") else None
        if told and told.kind == "person":
            head = replace(head, counts=told.counts, key=told.key if told.key != "people" else "")
        elif self._word(span.stop) in ("of", "de") and self._word(span.stop + 1) in ("the", "los", "las"):
            return None  # "ten of the wounded were taken to Harl": some of those told of
        return Loss(span, head, outcome, "noun", head.start)

    def _part(self, span: Span, head: Head) -> Loss | None:  # noqa: PLR0911
        """Read a part of what was told: "including 12 children", "of whom 9 were women", "half of them, 9, at sea"."""
        introduced = max(
            (stop for at in range(max(0, span.start - 6), span.start) if (stop := self._small("subgroup", at))),
            default=0,
        )
        of_them = self._small("subgroup", span.stop)  # "54 of them civilians"
        closed = span.stop + (self._word(span.stop) == ",")  # "half of them, 558, were children"
        copula = self._small("copula", of_them or closed) or of_them if head.kind == "none" else 0
        copula += bool(of_them) and self._word(copula) in ("de", "of")
        told, last = self._noun_at(copula) if copula else None, self._last(span)
        is_part = told is not None and told.kind == "person"
        if head.kind == "person":
            is_part = bool(of_them)
        elif told and is_part:
            is_part = bool(introduced or of_them) or told.key not in ("", "people") or told.counts == "civilian"
            head = replace(told, key="" if told.key == "people" else told.key) if is_part else head
        behind = self._small("subgroup", head.stop) if head.kind == "person" and last else 0
        is_part = is_part or bool(
            behind and self._word(behind) in ("", ",", ".", ")", ";")
        )  # "with 9 women among them"
        if not (is_part or (introduced and head.kind in ("person", "none", "thing"))):
            return None
        if introduced and self._subject(span, head):
            return None
        if last and last.head.kind == "thing" and introduced:
            return None if head.kind == "person" else Loss(span, _or(head, last.head), last.outcome, "part", -1)
        if head.kind == "none":
            apposed = introduced == span.start - 1 and self._word(introduced) == ","
            here = introduced == span.start and bool(self.found)  # "de ellos 200.000 en combate"
            if last and here and self.words.is_small("preps", self._word(span.stop)):
                return Loss(span, head, last.outcome, "part", -1)
            closed = self._word(span.stop) in (",", ".", ")", "")
            return Loss(span, head, last.outcome, "part", -1) if last and apposed and closed else None
        phrase = next(
            (each for at in range(span.start - 1, -1, -1) if (each := self._noun_at(at)) and each.kind == "loss"), None
        )
        among = phrase and (
            (introduced and introduced <= phrase.stop)
            or any(self._small("subgroup", at) for at in range(phrase.start))
            or (is_part and not self.found)
        )
        if phrase and among and head.kind == "person" and not of_them:
            return Loss(span, head, phrase.outcome, "part", phrase.start)
        near = is_part or (last and last.how == "part") or (introduced and span.start - introduced <= 4)
        return Loss(span, head, last.outcome, "part", -1) if last and near and head.kind == "person" else None

    def _last(self, span: Span) -> Loss | None:
        """Find the loss that was told last: of this sentence, or of the one before."""
        here = [loss for start, loss in self.found.items() if start < span.start]
        return here[-1] if here else self.before

    def _object(self, span: Span, head: Head) -> Loss | None:
        """Read what a verb or noun before the number says of it: "killed 12", "the death of four", "mató a 12"."""
        at = span.start - 1
        for _ in range(_NEAR):
            for start in range(max(0, at - 4), at + 1):
                act = self._act_ending(start, at + 1, head)
                level = any(self.words.is_small("levels", each) for each in self.norms[at + 1 : span.start])
                if act and not (level and head.kind == "none" and act.kind != "noun"):
                    return Loss(span, head, self._behind(head) or act.outcome, "object", start)
            if self._word(at) in ("y", "and") and self._word(at + 1) in ("of", "de") and (earlier := self._of_both(at)):
                return Loss(span, head, earlier.outcome, "object", at)
            beside = next((i for i in (at - 1, at) if i > 0 and self._small("beside", i) == at + 1), 0)
            if beside and head.kind == "person":  # "killed along with two women"
                at = beside - 1
                continue
            if self._word(at) == ":" and head.kind == "thing" and match(self.words.destroying, self.norms, at - 1):
                at -= 1
                continue
            if (before := self._before_adverbial(at)) >= 0:
                at = before
                continue
            if not (self.words.is_small("between", self._word(at)) or self._word(at) in ('"', "\u201c", "'", "-")):
                return None
            at -= 1
        return None

    def _behind(self, head: Head) -> str:
        """Read what befell those that were lost: "lost 17 men killed", "perdio 40 hombres muertos"."""
        verb = match(self.words.verbs, self.norms, head.stop) if head.kind == "person" else None
        ends = verb and (
            self._word(verb[1]) in ("", ",", ";", ".", "and", "y", "in", "en", "at") or verb[1] in self._starts
        )
        return verb[0][-1].outcome if verb and ends and verb[0][-1].outcome in OUTCOMES else ""

    def _before_adverbial(self, at: int) -> int:
        """Pass back over a day or place behind a verb: "abatio el viernes a 3", "han muerto en el pais"."""
        if self.lexicon.language != "es":
            return -1
        day = self._word(at) in self.words.days and self._word(at - 1) in ("el", "este")
        start = at - 2 if day else next((i - 1 for i in range(at, max(0, at - 4), -1) if self._word(i) == "en"), -1)
        inside = range(start + 1, at + 1)
        if start < 0 or any(self._word(i) in (",", *ENDS) or i in self._starts for i in inside):
            return -1
        verb = any(stop == start + 1 for i in range(max(0, start - 4), start + 1) if (stop := self._verb_end(i)))
        return start if verb else -1

    def _verb_end(self, at: int) -> int:
        hit = match(self.words.verbs, self.norms, at)
        return hit[1] if hit and match(self.words.nouns, self.norms, at) is None else 0

    def _of_both(self, at: int) -> Act | None:
        """Find the noun of "la muerte de un coronel y de cinco de sus hombres" before the conjunction."""
        nouns = (
            self.words.nouns.get((self._word(place),))
            for place in range(at - 1, max(-1, at - 7), -1)
            if self._word(place + 1) in ("of", "de")
        )
        return next((act for act in nouns if act), None)

    def _act_ending(self, start: int, stop: int, head: Head) -> Act | None:
        """Find an act whose words are these, and that fits the kind of the head."""
        phrase = self.norms[start:stop]
        if head.kind == "thing":
            act = self.words.destroying.get(phrase)
            of = (
                act is not None
                and act.kind == "noun"
                and self._word(stop) not in ("of", "de")
                and phrase[-1] not in ("of", "de")
            )
            return None if of else act
        if phrase in self.words.nouns and self._word(stop) in ("of", "de", "a"):
            act = self.words.nouns[phrase]
            return None if self._word(stop) == "a" and act.kind == "noun" and phrase[-1] != "muerte" else act
        if phrase in self.words.nouns and phrase[-1] in ("of", "de"):
            return self.words.nouns[phrase]
        acts = self.words.verbs.get(phrase, ())
        passive = start > 0 and self._word(start - 1) in ("were", "was", "been", "be", "being")
        if passive or (head.kind == "none" and phrase in ((("dead"),), ("missing",))):
            return None
        return acts[0] if acts else None

    def _subject(self, span: Span, head: Head) -> Loss | None:  # noqa: PLR0911, PLR0912
        """Read what follows: "12 people were killed", "others 25 resultaron heridos", "11 vehicles destroyed"."""
        if head.kind not in ("person", "none", "thing"):
            return None
        if head.kind == "none" and self._word(head.stop) in ("others", "more", "otros", "otras", "mas"):
            head = replace(head, stop=head.stop + 1)
        if head.kind == "none" and (of_them := self._small("subgroup", span.stop)):
            head = replace(head, start=of_them, stop=of_them)
        if head.kind == "none" and self._word(span.start - 1) == "," and (whole := self._whole(span)):
            head = replace(whole, start=span.stop, stop=span.stop)
        at, inside = head.stop, False
        if head.kind in ("none", "thing") and at == span.stop and not (self._is_aux(at) or self._act_at(at, head)):
            return None
        for _ in range(_FAR):
            hit = self._act_at(at, head)
            if hit:
                act, stop = hit
                if act.kind == "transitive" and self._is_active(at, stop, head):
                    return None
                outcome = act.outcome
                other = self._act_at(stop + 1, head) if self._word(stop) in ("and", "or", "y", "o") else None
                if other and stop + 1 not in self._starts:
                    outcome = outcome if other[0].outcome == outcome else "casualties"
                return Loss(span, head, outcome, "subject", at)
            word = self._word(at)
            if word == "," and self._small("subgroup", at + 1):
                # "17 people, including four children, were killed"
                at = (
                    next(
                        (i for i in range(at + 1, min(at + 14, len(self.norms))) if self._word(i) == ","),
                        len(self.norms),
                    )
                    + 1
                )
                continue
            if word == "," and head.kind == "person" and at <= head.stop + 6 and (closed := self._aside(at)):
                at = closed
                continue
            if not word or word in ENDS or (at in self._starts and not inside and at != span.start):
                return None
            if word in (",", "\u2013", "\u2014", ":") and not inside and head.kind != "person":
                return None
            if (
                self._word(at) in ("said", "say", "says", "dijo", "dijeron", "who")
                and at == head.stop
                and word != "who"
            ):
                return None
            if word in QUOTES and at == head.stop and self._word(head.start - 1) in QUOTES:
                pass
            elif at in self._masked or self._is_aux(at) or self._is_adverb(at):
                inside = inside and self.words.says_small("articles", word)
            elif self.words.is_small("preps", word):
                if (
                    word in ("and", "y", "or", "o", "e", "u")
                    and match(self.lexicon.nouns, self.norms, at + 1)
                    and at <= head.stop + 2
                ):
                    at += 2
                    continue
                if self.words.is_small("conjunctions", word):
                    return None
                inside = True
            elif (
                at == head.stop
                and head.kind == "person"
                and self.lexicon.language == "es"
                and self._word(at).endswith(("os", "as", "es"))
            ):
                inside = False
            elif at == head.stop and head.kind == "person" and self._modifies(at):
                inside = True
            elif (
                not inside
                and not self.sentence.words[at].is_name
                and word.isalpha()
                and not self._post_modifier(at, head)
            ):
                return None
            at += 1
        return None

    def _aside(self, at: int) -> int:
        """Find where an aside ends: "40 people, mostly villagers of Dorn, were killed"; 0 if none."""
        close = next((i for i in range(at + 1, min(at + 16, len(self.norms))) if self._word(i) in {",", *ENDS}), 0)
        while close and self._word(close) == "," and close - at < _FAR:
            after = self._word(close + 1)
            speaks = any(match(self.words.voices["says"], self.norms, i) for i in range(at + 1, close))
            if not speaks and (self.words.is_small("finite", after) or match(self.words.verbs, self.norms, close + 1)):
                return close + 1
            following = range(close + 1, min(close + 16, len(self.norms)))
            close = next((i for i in following if self._word(i) in {",", *ENDS}), 0)
        return 0

    def _modifies(self, at: int) -> bool:
        """Whether persons are told of in what follows: "soldiers serving with the mission died"."""
        word, after = self._word(at), self._word(at + 1)
        participle = (
            self.lexicon.language == "en" and word.endswith(("ing", "ed")) and self.words.is_small("preps", after)
        )
        return participle or self.words.is_small("modifies", word)

    def _post_modifier(self, at: int, head: Head) -> bool:
        """Whether an adjective may stand behind its noun: "soldados norcoreanos"."""
        return at <= head.stop + 1 and match(self.lexicon.nouns, self.norms, at) is not None

    def _is_aux(self, at: int) -> bool:
        return self.words.is_small("aux", self._word(at))

    def _is_adverb(self, at: int) -> bool:
        return self._word(at).endswith(("ly", "mente"))

    def _act_at(self, at: int, head: Head) -> tuple[Act, int] | None:
        if head.kind == "thing":
            hit = match(self.words.destroying, self.norms, at)
            return hit if hit and hit[0].kind == "transitive" else None
        verb = match(self.words.verbs, self.norms, at)
        noun = match(self.words.nouns, self.norms, at)
        if (
            noun
            and (not verb or noun[1] > verb[1])
            and self._word(at - 1) in ("the", "as", "los", "las", "of", "taken")
        ):
            return noun
        if noun and not verb and self._word(at) in ("prisoner", "captive", "hostage", "prisioneros", "prisoners"):
            return noun
        if verb is None or (
            verb[0][0].outcome == "lost" and head.kind == "person" and self._is_active(at, verb[1], head)
        ):
            return None
        return verb[0][-1], verb[1]

    def _is_active(self, at: int, stop: int, head: Head) -> bool:
        """Whether a verb has an object of its own, so that who stands before it is not lost but does it."""
        if any(
            self._word(i)
            in ("was", "were", "been", "being", "be", "are", "is", "fueron", "sido", "fue", "ser", "resultaron")
            for i in range(max(head.stop, at - 4), at)
        ):
            return False
        after = self._word(stop)
        if stop in self._starts or after in (
            "a",
            "al",
            "the",
            "an",
            "los",
            "las",
            "its",
            "their",
            "his",
            "her",
            "him",
            "them",
            "another",
        ):
            return True
        noun = self._noun_at(stop)
        name = stop < len(self.norms) and self.sentence.words[stop].is_name
        return bool(noun and noun.kind in ("person", "thing")) or name

    def _list(self, span: Span, head: Head) -> Loss | None:  # noqa: PLR0911
        """Read an item of a list: "211 children and 187 women" after a loss."""
        here = [loss for start, loss in self.found.items() if start < span.start]
        more = head.kind == "none" and self._word(span.stop) in (
            "whose",
            "unidentified",
            "more",
            "others",
            "otros",
            "mas",
            "otras",
        )
        if here and more and self._word(span.start - 1) in ("and", "y", ",") and here[-1].head.kind != "thing":
            return (
                None
                if self._goes_elsewhere(replace(head, stop=span.stop + 1))
                else Loss(span, head, here[-1].outcome, "list", here[-1].act)
            )
        joined = self._word(span.start - 1) in ("and", "y", ",") and here
        if joined and head.kind == "none" and self._again(span) and here[-1].head.kind != "thing":
            return self._like(span, head, here[-1], "list")
        if not here or head.kind not in ("person", "thing"):
            return None
        if (head.kind == "thing") != (here[-1].head.kind == "thing") and here[-1].outcome not in (
            "lost",
            "casualties",
            "destroyed",
        ):
            return None
        if self._goes_elsewhere(head):
            return None
        between = self.norms[max(here[-1].head.stop, here[-1].span.stop) : span.start]
        told = [
            word
            for word in between
            if word not in _SIGNS
            and not self.words.is_small("lists", word)
            and (word,) not in self.words.nouns
            and (word,) not in self.words.verbs
        ]
        if len(between) > 9 or not between or told:
            return None
        how = "part" if here[-1].how == "part" or "including" in between or "incluidos" in between else "list"
        return Loss(span, head, here[-1].outcome, how, here[-1].act)

    def _again(self, span: Span) -> bool:
        """Whether a bare number is that of another time or place: "767 victims in 1991 and 819 in a later count"."""
        last = max(at for at in self.found if at < span.start)
        between = range(self.found[last].span.stop, span.start)
        told_when = any(self.words.is_small("places_in_time", self._word(at)) for at in between)
        verbs = any(self._verb(at) and at >= self.found[last].head.stop for at in between)
        return told_when and not verbs and self.words.is_small("places_in_time", self._word(span.stop))

    def _goes_elsewhere(self, head: Head) -> bool:
        """Whether a verb follows that says something else of them: "and 600 people were displaced"."""
        at = head.stop
        while self._is_aux(at):
            at += 1
        word = self._word(at)
        return (
            at > head.stop and word.isalpha() and not self._act_at(at, head) and not self.words.is_small("preps", word)
        )

    def _topic(self, span: Span, head: Head) -> Loss | None:
        """Read a noun of loss that the number is linked to: "the toll rose to 45", "las bajas ascienden a 40"."""
        if head.kind not in ("none", "person", "thing"):
            return None
        at = span.start - 1
        while at >= 0 and self._word(at) in ('"', "\u201c", "\u00ab"):
            at -= 1
        while at >= 0 and (
            self.words.is_small("between", self._word(at)) and not self.words.is_small("links", self._word(at))
        ):
            at -= 1
        # A hedge may be the link: "las bajas superan las 430.000".
        hedged = self.words.is_small("links", self._word(span.start))
        if at < 0 or not (hedged or self.words.is_small("links", self._word(at))):
            return None
        return self._topic_before(span, head, at)

    def _topic_before(self, span: Span, head: Head, at: int) -> Loss | None:
        for place in range(at, max(-1, at - _FAR), -1):
            word = self._word(place)
            if head.kind != "thing" and (self.words.is_small("not_persons", word) or self._small("no_losses", place)):
                return None  # "the number of homes destroyed", "perdidas economicas"
            if word in ENDS or self.words.is_small("sizes", word):
                return None
            listed = self.found.get(place)
            if (
                listed
                and (listed.how in ("topic", "noun") or self._by_noun(listed))
                and (listed.head.kind == "thing") == (head.kind == "thing")
            ):
                continue
            if place in self._starts and not self._is_length(self._starts[place]):
                return None
            act = match(self.words.destroying if head.kind == "thing" else self.words.nouns, self.norms, place)
            if act and act[0].kind == "noun" and self._is_topic(place, act[1]):
                return Loss(span, head, act[0].outcome if act[0].outcome != "lost" else "casualties", "topic", place)
            noun = self._noun_at(place) if head.kind != "thing" else None
            if noun and noun.kind == "loss" and self._is_topic(place, noun.stop):
                return Loss(span, head, noun.outcome, "topic", place)
        return None

    def _by_noun(self, loss: Loss) -> bool:
        """Whether a noun says it: "the toll of 20 was revised to 68"."""
        return loss.how == "object" and bool(match(self.words.nouns, self.norms, loss.act)) and not self._verb(loss.act)

    def _verb(self, at: int) -> bool:
        return match(self.words.verbs, self.norms, at) is not None

    def _is_length(self, span: Span) -> bool:
        """Whether a number is one of days or months: "the nine-month war"."""
        return (self._word(span.stop + (self._word(span.stop) == "-")),) in self.words.time["units"]

    def _is_topic(self, at: int, stop: int) -> bool:
        """Whether a noun stands here rather than a verb: "the wounded", "number of dead", not "were killed"."""
        if match(self.words.verbs, self.norms, at) is None:
            return True
        before = self._word(at - 1)
        return (
            self.words.is_small("before_topic", before)
            or at in self._names_end
            or not before
            or self._word(stop) == ":"
        )

    def _told(self, span: Span, head: Head) -> Loss | None:  # noqa: PLR0911
        """Read a number put against one told before: "I think it was closer to 5,000", "another counted 60"."""
        near = self._last(span)
        last = near or self._far
        if (
            last is None
            or head.kind not in ("none", "person")
            or any(self.words.is_small("sizes", word) for word in self.norms)
        ):
            return None
        last = last if last.head.kind == "thing" else self._main(span, last)
        told = Loss(span, head if last.head.kind != "thing" else last.head, last.outcome, "told before", -1)
        compared = any(self._small("compared", at) == span.start for at in range(max(0, span.start - 3), span.start))
        here = bool(self.found)
        if here and head.kind != "none":
            return None
        if compared and here:
            return told
        to = here and self._ends.get(span.start - 2)
        if to and self._word(span.start - 1) in ("to", "a") and to.start in self.found and head.kind == "none":
            return told  # "from 834 to 634"
        copula = self._small("copula", span.stop) if head.kind == "none" else 0
        if copula and self._small("likely", copula):
            return told
        at = span.start - 1
        while at >= 0 and self._word(at) in ('"', "\u201c", "'"):
            at -= 1
        begin = self._clause_start(at)
        carries = any(self._carries(i, span) for i in range(begin, span.start))
        linked = self.words.is_small("links", self._word(at))
        if carries and linked and (last.head.kind != "thing" or here) and (near or head.kind == "none"):
            return told
        following = self._is_aux(span.stop) or self.words.says_small("articles", self._word(span.stop))
        bare = head.kind == "none" and not following and span.stop not in self._named and near is not None
        spoken = head.kind == "person" and not self._act_at(head.stop, head) and self._counted(at, "speaks_of")
        return told if (bare and self._counted(at)) or (spoken and near and not self._is_aux(head.stop)) else None

    def _carries(self, at: int, span: Span) -> bool:
        """Whether "the figure" or "the number of dead" stands here, and not "the number of visitors"."""
        stop = self._small("carries", at)
        if not stop or self._small("carries_no", stop):
            return False
        if self._word(stop) not in ("of", "de", "del") or stop + 1 >= span.start:
            return True
        return any(
            self.words.nouns.match(self.norms, i) or self._noun_at(i)
            for i in range(stop + 1, min(stop + 4, span.start))
        )

    def _main(self, span: Span, last: Loss) -> Loss:
        """Find the dead among what was told last: "773 bodies and 2,880 wounded. Others gave a figure of 900"."""
        here = [loss for start, loss in self.found.items() if start < span.start]
        dead = [loss for loss in here or self._told_before if loss.outcome == "killed" and loss.head.kind != "thing"]
        return dead[-1] if dead and last.outcome in ("wounded", "captured", "missing") else last

    def _clause_start(self, at: int) -> int:
        """Find where a clause begins, at a sign or at a loss that was told in it."""
        ends = {loss.span.stop for loss in self.found.values()} | {loss.head.stop for loss in self.found.values()}
        while at > 0 and self._word(at - 1) not in ENDS and at not in ends:
            at -= 1
        return at

    def _counted(self, at: int, verbs: str = "counts") -> bool:
        """Whether a verb of counting without another object ends here: "another counted", "hablo en las Cortes de"."""
        for start in range(at, max(-1, at - 5), -1):
            hit = match(self.words.voices[verbs], self.norms, start)
            if hit and hit[1] <= at + 1:
                between = self.norms[hit[1] : at + 1]
                noun = between[-2:-1] and between[-1] == "," and self.words.is_small("extremes", between[-2])
                return not between or bool(noun) or between[-1] in ("of", "de", "en", "at", "only", "just", "solo", "a")
            if (self._word(start) in (",", *ENDS) and start < at) or start in self._starts:
                return False
        return False

    def _share(self, span: Span) -> Loss | None:
        """Read a share of a force that was lost; shares of the dead, of a population or of nothing are none."""
        at = span.stop
        restated = self._word(span.start - 1) in (",", "(") and any(
            each.head.kind == "thing" and each.head.stop >= span.start - 1 for each in self.found.values()
        )
        if self._word(at) not in ("of", "de", "del") or restated:  # "45 aircraft, a tenth of its strength"
            return None
        whole = next(
            (
                w
                for place in range(at, min(at + 5, len(self.norms)))
                if (w := match(self.lexicon.particles["wholes"], self.norms, place))
                and not (
                    self.words.is_small("sizes", self._word(place))
                    and not self.words.is_small("forces", self._word(place))
                )
            ),
            None,
        )
        if whole is None:
            return None
        none = Head("none", span.stop, whole[1], "military")
        acts = [i for i in range(whole[1], len(self.norms)) if self._befalls(i)]
        before = [i for i in range(max(0, span.start - 4), span.start) if self._befalls(i)]
        if not acts and not before:
            return None
        near = range(max(0, span.start - 12), len(self.norms))
        outcomes = {self._outcome_at(i) for i in near if self._befalls(i)} - {"lost"}
        outcome = outcomes.pop() if len(outcomes) == 1 else "casualties"
        return Loss(span, none, outcome, "object" if before else "subject", (before or acts)[-1 if before else 0])

    def _befalls(self, at: int) -> bool:
        """Whether a verb or noun of loss stands here."""
        return bool(self.words.nouns.match(self.norms, at) or self.words.verbs.match(self.norms, at))

    def _outcome_at(self, at: int) -> str:
        verb, noun = match(self.words.verbs, self.norms, at), match(self.words.nouns, self.norms, at)
        return verb[0][0].outcome if verb else noun[0].outcome if noun else "casualties"

    def _shared_noun(self, first: Span, second: Span) -> Loss | None:
        """Give a number the noun of the next: "11,480 Tessian and 6,205 Calderian military deaths"."""
        loss = self.found.get(second.start)
        between = range(first.stop, second.start)
        joined = len(between) in (2, 3) and self._word(second.start - 1) in ("and", "y", "e")
        adjectives = all(self.sentence.words[at].is_name or self._adjective(at) for at in between[:-1])
        if loss is None or loss.how != "noun" or not joined or not adjectives:
            return None
        return Loss(
            first, replace(loss.head, start=first.stop, stop=second.start - 1), loss.outcome, "noun", first.stop
        )

    def _backwards(self) -> None:
        """Give items of a list before a verb what is said of the last: "12 tanks and 8 guns were destroyed"."""
        for first, second in reversed(list(zip(self.spans, self.spans[1:], strict=False))):
            loss = self.found.get(second.start)
            if first.start not in self.found and (shared := self._shared_noun(first, second)):
                self.found[first.start] = shared
                continue
            if first.start in self.found or loss is None or loss.how != "subject":
                continue
            head = self._head(first)
            between = self.norms[max(head.stop, first.stop) : second.start]
            alike = head.kind == loss.head.kind or {head.kind, loss.head.kind} == {"person", "none"}
            listed = (
                alike
                and head.kind != "other"
                and between
                and all(word in _SIGNS or self.words.is_small("lists", word) for word in between)
            )
            listed = listed and head.kind in ("person", "thing") and self._word(second.start - 1) in ("and", "y", "e")
            if listed and not self._is_no_count(first, head) and not first.figure.share:
                self.found[first.start] = Loss(first, head, loss.outcome, "list", loss.act)


def _or(head: Head, other: Head) -> Head:
    """Take another head where a number has none of its own, or one that no list has: "among them ten Harriers"."""
    return replace(other, start=head.start, stop=head.stop) if head.kind in ("none", "other") else head
