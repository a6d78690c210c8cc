"""Of whom a loss is told: from the words of its own phrase first, then its clause, then what was told before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from truetoll.claims.wording.vocabulary import match
from truetoll.importers.prose.losses import Loss
from truetoll.importers.prose.parties import Mention, nearest_before
from truetoll.importers.prose.sentences import Sentence
from truetoll.importers.prose.vocabulary import Words
from truetoll.importers.prose.voices import Voice
from truetoll.text.messages import Message, message

_OF = frozenset(
    ["of", "de", "del", "the", "la", "el", "los", "las", "north", "south", "east", "west", "su", "sus", "un", "una"]
)
_LOSING = frozenset(
    ["lost", "lose", "loses", "losing", "abandoned", "loss", "perdio", "perdieron", "perdido", "perdida"]
)
_TAKING = frozenset(["taken", "took", "captured", "capturing", "take", "capturo", "capturaron", "tomaron", "tomo"])
_HAVING = frozenset(["have", "has", "had", "haber", "habia", "habian", "ha", "han"])
_DOERS = frozenset((
    "to", "it", "they", "we", "forces", "troops", "fighters", "units", "que", "fuerzas", "tropas", "combatientes",
    "hombres", "unidades",
))  # fmt: skip
_IRREGULAR = frozenset(["militants", "rebels", "separatists", "militia"])
_ARMY = Mention(0, 0, "army", "the army", "group")
_SIDES = ("people", "name", "group")
_CIVILIAN = frozenset(["civilian", "civilians", "civil", "civiles", "villagers"])
_MILITARY = frozenset((
    "military", "militar", "militares", "soldiers", "soldier", "troops", "army", "soldados", "tropas",
    "ejercito", "combat",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Force:
    """Who was lost.

    Parameters
    ----------
    key : str
        As in case.toml.
    name : str
    victims : str
        ``military``, ``civilian``, ``mixed`` or ``materiel``.
    party : str
        Key of its side, people or place.
    """

    key: str
    name: str
    victims: str
    party: str


class Whose:
    """Remembers what an article has told of whom.

    Parameters
    ----------
    words : Words
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        self.last: Force | None = None
        self.sides: dict[str, str] = {}
        self.place: Mention | None = None
        self.paragraph = self.here = -1
        self.heading: Mention | None = None
        self.soldiers: Force | None = None
        self.doubts: dict[str, Message | None] = {}
        self.also: tuple[Force, ...] = ()
        self.found: dict[int, Force] = {}

    def note_place(self, sentence: Sentence, named: Sequence[Mention]) -> None:
        """Remember where the article is, and whom a sentence is about; forget what was told in the sentence before.

        Parameters
        ----------
        sentence : Sentence
        named : sequence of Mention
        """
        self.found = {}
        self.here = sentence.paragraph
        for each in named:
            if each.kind == "people":
                self.sides.setdefault(each.key, each.name)
        place = next((each for each in named if each.kind == "place" or self._is_in(sentence, each)), None)
        line = next((each for each in named if each.kind == "name" and each.start == 0), None)
        is_line = (
            line
            and sentence.first
            and any(word in ("(", "-", "\u2013", "\u2014") for word in sentence.norms[line.stop : 14])
        )
        if self.place is None:
            self.place = line if is_line else place

    def note_heading(self, sentence: Sentence, named: Sequence[Mention]) -> None:
        """Remember whom the lines under a heading are about.

        Parameters
        ----------
        sentence : Sentence
        named : sequence of Mention
        """
        self.heading = _best([each for each in named if each.kind in _SIDES])
        if self._says("enemy", sentence.norms, 0, len(sentence.norms)):
            self.heading = Mention(0, 0, "enemy", "the enemy", "group")

    def force_of(
        self, sentence: Sentence, loss: Loss, named: Sequence[Mention], voice: Voice
    ) -> tuple[Force, Message | None]:
        """Say who was lost.

        Parameters
        ----------
        sentence : Sentence
        loss : Loss
        named : sequence of Mention
        voice : Voice

        Returns
        -------
        Force
        Message or None
            What is not sure of it.
        """
        victims = self._victims(sentence, loss)
        party, doubt = self._party(sentence, loss, victims, named, voice)
        force = self._force(party, victims, loss, doubt)
        if isinstance(party, Force):  # whoever takes over an earlier guess takes over the doubt
            doubt = doubt or self.doubts.get(party.party)
        if force.party in ("unknown", "enemy", "own_forces"):
            doubt = doubt or message("doubt.unsaid")
        self.doubts[force.party] = doubt
        self.found[loss.span.start] = force
        self.also = self._others(sentence, loss, named, force)
        if loss.head.kind != "thing" and not loss.head.key:
            self.last, self.paragraph = force, sentence.paragraph
            regular = force.victims == "military" and force.party not in _IRREGULAR
            self.soldiers = force if regular else self.soldiers
        return force, doubt

    def _others(self, sentence: Sentence, loss: Loss, named: Sequence[Mention], force: Force) -> tuple[Force, ...]:
        """Find further peoples in the phrase of a figure: "militares rusos y norcoreanos"."""
        stop = self._phrase_end(sentence, loss)
        while sentence.norms[stop : stop + 1] in (("y",), ("and",)) and any(each.start == stop + 1 for each in named):
            stop += 2
        inside = [each for each in named if loss.span.stop <= each.start < stop and each.kind == "people"]
        others = {
            each.key: each for each in inside if each.key != force.party and force.party in [i.key for i in inside]
        }
        return tuple(self._force(each, force.victims, loss, None) for each in others.values())

    def _victims(self, sentence: Sentence, loss: Loss) -> str:
        if loss.head.kind == "thing":
            return "materiel"
        if loss.head.counts in ("military", "civilian"):
            return loss.head.counts
        if loss.head.kind in ("none", "loss") and not self.found and loss.how in ("subject", "list", "noun"):
            # "a soldier was killed and four others wounded", "civilians were not spared: 31 were executed"
            before = sentence.norms[max(0, loss.span.start - 16) : loss.span.start]
            told = [word for word in before if word in _CIVILIAN | _MILITARY]
            if told:
                return "civilian" if told[-1] in _CIVILIAN else "military"
        near = (
            sentence.norms[max(loss.act - 2, 0) : loss.act + 2]
            if loss.how in ("topic", "object") and loss.act >= 0
            else ()
        )
        phrase = (*sentence.norms[loss.span.stop : loss.head.stop + 2], *near)
        if _CIVILIAN & set(phrase):
            return "civilian"
        if _MILITARY & set(phrase):
            return "military"
        return "mixed" if loss.head.kind == "person" and loss.head.counts == "persons" else ""

    def _party(  # noqa: PLR0911, PLR0912
        self, sentence: Sentence, loss: Loss, victims: str, named: Sequence[Mention], voice: Voice
    ) -> tuple[Mention | Force | None, Message | None]:
        """Find the side: (a mention, or the force of an earlier figure; what is not sure)."""
        norms, span, head = sentence.norms, loss.span, loss.head
        if loss.how == "row":
            return self.heading, None if self.heading else message("doubt.heading")
        end = self._phrase_end(sentence, loss)
        inside = [each for each in named if span.start <= each.start < end and each.kind in _SIDES]
        if pick := _best([each for each in inside if each.key != "soldiers"]):
            return pick, None
        if self._says("enemy", norms, span.stop, end) or (
            loss.act >= 0
            and self._says("enemy", norms, max(0, min(loss.act, span.start) - 4), max(loss.act, span.start))
        ):
            return self._other_side(voice, named)
        if self._says("possessive", norms, span.stop, end):
            own = nearest_before([each for each in named if each.key != "soldiers"], span.start, _SIDES)
            return self._of_voice(voice) if (voice.sure and voice.party) or not own else (own, None)
        if (
            loss.how in ("topic", "object")
            and loss.act >= 0
            and (topic := self._of_noun(sentence, loss.act, loss, named, voice))
        ):
            return topic
        earlier_noun = self._noun_before(sentence, span.start)
        if earlier_noun >= 0 and self._says(
            "enemy", norms, max(0, earlier_noun - 4), min(earlier_noun + 4, span.start)
        ):
            return self._other_side(voice, named)
        if (
            earlier_noun >= 0
            and head.kind in ("loss", "none", "thing")
            and (topic := self._of_noun(sentence, earlier_noun, loss, named, voice))
        ):
            return topic
        if loss.how == "topic" and any(each.key == "soldiers" and abs(each.start - loss.act) < 3 for each in named):
            return self._soldiers(voice)
        taken = loss.outcome == "captured" and _TAKING & set(sentence.norms[max(0, span.start - 3) : span.start])
        if taken and voice.sure and voice.sort == "side" and voice.party:
            return self._other_side(voice, named)
        if loss.how in ("list", "part") or (
            head.kind in ("none", "loss") and self.found and not self._own_verb(sentence, loss)
        ):
            earlier = [each for start, each in self.found.items() if start < span.start]
            apart = head.counts == "military" and not head.key and earlier and earlier[-1].victims == "civilian"
            if earlier and not apart:
                return earlier[-1], None
        if subject := self._sufferer(sentence, loss, named, voice):
            return subject
        of_whom = [each for each in named if each.stop <= span.start and each.kind == "people"]
        if head.kind == "none" and victims and of_whom and loss.how == "subject" and not self.found:
            return of_whom[-1], None  # "of the 3,000 North Korean soldiers some 500 have died"
        if (head.counts == "military" and not head.key) or (
            head.kind in ("none", "loss") and victims == "military" and loss.how in ("subject", "noun")
        ):
            return self._other_side(voice, named) if self._by_speaker(sentence, loss, voice) else self._soldiers(voice)
        if voice.sure and voice.party and voice.sort == "side" and head.kind == "person" and not head.key:
            return self._of_voice(voice)[0], message("doubt.of_teller")
        if (
            head.kind == "thing"
            and sentence.norms[loss.act : loss.act + 1] in (("lost",), ("perdidos",), ("perdido",))
            and voice.party
        ):
            return self._of_voice(voice)[0], message("doubt.taken_own")
        military = head.kind == "thing" and head.key not in ("ambulances", "buildings", "vehicles", "pieces")
        if military and loss.how == "object" and sentence.norms[loss.act] not in _LOSING:
            # "Ukraine shot down 36 drones that Russia launched": whoever does it is not who lost them.
            behind = [each for each in named if each.start > span.stop and each.kind == "people"]
            if behind and sentence.norms[behind[0].start - 1] in ("by", "por"):
                return behind[0], None
            if voice.sure and voice.sort == "side" and voice.party:
                return self._other_side(voice, named)
            if any(each.stop <= loss.act for each in named):
                return Mention(0, 0, "enemy", "the enemy", "group"), message("doubt.whose_were")
        here = self._where(sentence, span.start, named)
        if here and head.kind in ("person", "loss", "none") and not head.key and loss.how != "told before":
            return here, message("doubt.place")
        persons = head.kind == "person" and head.counts in ("civilian", "persons", "") and not head.key
        # Dead of whom nothing is said, told anew or by those who count all, are not the soldiers of before.
        apart = self.paragraph != sentence.paragraph or voice.sort in ("ngo", "international")
        anew = (
            (head.kind == "loss" or (head.kind == "none" and loss.how in ("object", "topic") and not self.found))
            and not victims
            and loss.outcome not in ("casualties", "lost")
            and self.place is not None
        )
        if anew and self.last and self.last.victims == "military" and apart:
            return self.place, message("doubt.place")
        if self.last and (head.kind != "person" or head.key):
            return self.last, message("doubt.before")
        if (
            persons
            and self.last
            and self.last.victims in ("mixed", "civilian")
            and self.paragraph == sentence.paragraph
        ):
            return self.last, message("doubt.before")
        if persons or not self.last:
            place = self.place or next((each for each in named if each.kind == "people"), None)
            return place, message("doubt.place")
        return self.last, message("doubt.before")

    def _by_speaker(self, sentence: Sentence, loss: Loss, voice: Voice) -> bool:
        """Whether the speaker says to have done it: "claimed to have killed 60 soldiers", "que habia matado a 60"."""
        norms, at = sentence.norms, loss.act - 1
        if loss.how != "object" or at < 1 or not (voice.sure and voice.party) or norms[loss.act] in _LOSING:
            return False
        if norms[at] not in _HAVING:
            return False
        says = match(self.words.voices["says"], norms, at - 1) is not None
        return norms[at] == "haber" or norms[at - 1] in _DOERS or says

    def _phrase_end(self, sentence: Sentence, loss: Loss) -> int:
        """Find where the noun phrase of a figure ends: "soldados norcoreanos", "fighters of the Northern Alliance"."""
        at, norms = max(loss.head.stop, loss.span.stop), sentence.norms
        for _ in range(6):
            if at >= len(norms) or norms[at] in (
                ",",
                ".",
                ";",
                ":",
                "and",
                "y",
                "(",
                ")",
                "by",
                "por",
                "who",
                "que",
                "in",
                "en",
                "from",
                "on",
                "at",
            ):
                break
            if (
                match(self.words.verbs, norms, at)
                or self.words.is_small("copula", norms[at])
                or ((norms[at],) in self.words.small["aux"] and norms[at] not in ("the", "los", "las", "de", "to"))
            ):
                break
            if match(self.words.voices["says"], norms, at):
                break
            if self.words.is_small("preps", norms[at]) and norms[at] not in _OF:
                break
            at += 1
        return at

    def _says(self, name: str, norms: tuple[str, ...], start: int, stop: int) -> bool:
        return any(
            (hit := match(self.words.small[name], norms, at)) and hit[1] <= max(stop, at + 1)
            for at in range(start, min(stop, len(norms)))
        )

    def _other_side(self, voice: Voice, named: Sequence[Mention]) -> tuple[Mention | Force | None, Message | None]:
        others = [key for key in self.sides if key != voice.party]
        if len(others) == 1:
            return Mention(0, 0, others[0], self.sides[others[0]], "people"), message("doubt.other_side")
        return Mention(0, 0, "enemy", "the enemy", "group"), message("doubt.enemy")

    def _of_voice(self, voice: Voice) -> tuple[Mention | Force | None, Message | None]:
        if voice.party:
            return Mention(0, 0, voice.party, self.sides.get(voice.party, voice.name), "people"), message("doubt.own")
        own = Mention(0, 0, "own_forces", "the speaker's own", "group")
        return own, message("doubt.own_unnamed")

    def _is_in(self, sentence: Sentence, each: Mention) -> bool:
        """Whether a mention is told as a place: "in Gaza", "across the Gaza Strip"."""
        before = sentence.norms[max(0, each.start - 2) : each.start]
        before = before[:-1] if before[-1:] in (("the",), ("la",), ("el",)) else before[-1:]
        return before[-1:] in (("in",), ("across",), ("near",), ("outside",), ("en",), ("at",), ("inside",))

    def _where(self, sentence: Sentence, at: int, named: Sequence[Mention]) -> Mention | None:
        """Find the place of a figure: behind it first, then before it."""
        places = [
            each for each in named if each.kind == "place" or (each.kind in _SIDES and self._is_in(sentence, each))
        ]
        behind = [each for each in places if each.start > at and "," not in sentence.norms[at : each.start]]
        return next(iter(behind or places), None)

    def _soldiers(self, voice: Voice) -> tuple[Mention | Force | None, Message | None]:
        """Say whose soldiers are told of without a name."""
        if (
            voice.sure
            and voice.party
            and voice.sort in ("side", "unknown")
            and voice.party not in ("rebels", "opposition", "separatists")
        ):
            return self._of_voice(voice)[0], message("doubt.taken_own")
        if self.last and self.last.party in _IRREGULAR:
            return (self.soldiers or _ARMY), message("doubt.before")
        if self.last and self.last.victims != "civilian" and (self.last.party != voice.party or not voice.sure):
            return self.last, message("doubt.before")
        return _ARMY, message("doubt.whose")

    def _of_noun(
        self, sentence: Sentence, at: int, loss: Loss, named: Sequence[Mention], voice: Voice
    ) -> tuple[Mention | Force | None, Message | None] | None:
        """Look at the phrase of the noun that says loss: "Russia's casualties", "las bajas ucranianas"."""
        norms = sentence.norms
        noun = match(self.words.nouns, norms, at)
        verb = match(self.words.verbs, norms, at)
        if (noun is None and match(self.words.destroying, norms, at) is None) or (
            loss.how == "object" and at == loss.act and (noun is None or verb is not None)
        ):
            return None
        named = [each for each in named if each.key != "soldiers"]
        around = [
            each
            for each in named
            if at - 4 <= each.start and each.stop <= min(at + 8, loss.span.start) and each.kind in _SIDES
        ]
        before = [
            each
            for each in around
            if each.stop <= at
            and not any(
                w in (",", ";") or match(self.words.voices["says"], norms, i)
                for i, w in enumerate(norms[each.stop : at], each.stop)
            )
        ]
        after = [
            each
            for each in around
            if each.start > at
            and norms[each.start - 1] not in ("from", "by", "in", "por", "en", "against")
            and not any(
                w in (",", ";", "(") or match(self.words.voices["says"], norms, i)
                for i, w in enumerate(norms[at : each.start], at)
            )
        ]
        if pick := _best(before[::-1]) or _best(after):
            return pick, None
        if any(word in ("its", "their", "his", "our", "su", "sus") for word in norms[max(0, at - 2) : at]):
            own = nearest_before(named, at, _SIDES)
            return (own, None) if own else self._of_voice(voice)
        return None

    def _noun_before(self, sentence: Sentence, stop: int) -> int:
        """Find the last noun of loss in front of a figure, in its clause: its phrase may say whose."""
        norms = sentence.norms
        for at in range(stop - 1, max(-1, stop - 14), -1):
            if norms[at] in (";", ".") or (
                match(self.words.voices["says"], norms, at) and norms[at] not in ("put", "puts")
            ):
                return -1
            noun = match(self.words.nouns, norms, at)
            if noun and match(self.words.verbs, norms, at) is None:
                return at
        return -1

    def _own_verb(self, sentence: Sentence, loss: Loss) -> bool:
        """Whether a figure has a subject of its own: "and the army lost 12"."""
        at = loss.span.start - 1
        while at >= 0 and self.words.is_small("between", sentence.norms[at]):
            at -= 1
        word = (sentence.norms[at],) if at >= 0 else ("",)
        return word in self.words.small["suffers"] or word in self.words.small["admits"]

    def _sufferer(
        self, sentence: Sentence, loss: Loss, named: Sequence[Mention], voice: Voice
    ) -> tuple[Mention | Force | None, Message | None] | None:
        """Find the subject of "lost", "suffered", "admitted" before the figure."""
        norms = sentence.norms
        for at in range(loss.span.start - 1, max(-1, loss.span.start - 9), -1):
            word = (norms[at],)
            if norms[at] in ("has", "had", "have", "took", "taken") and at < loss.span.start - 1:
                continue
            if word in self.words.small["suffers"] or word in self.words.small["admits"]:
                subject = [each for each in named if each.stop <= at and each.kind in _SIDES and each.key != "soldiers"]
                near = [each for each in subject if at - each.stop <= 5]
                own = any(
                    each in ("its", "their", "his", "her", "our", "we", "sus", "su")
                    for each in norms[max(0, at - 4) : at]
                )
                if own and not near:
                    return self._of_voice(voice)
                if pick := _best(near[-1:]) or (_best(subject[-1:]) if subject else None):
                    return pick, None
                if voice.party and word in self.words.small["admits"]:
                    return self._of_voice(voice)
                return None
            if norms[at] in (";", "."):
                return None
        return None

    def _force(self, party: Mention | Force | None, victims: str, loss: Loss, doubt: Message | None) -> Force:
        if isinstance(party, Force):
            kind = victims or (party.victims if party.victims != "materiel" else "military")
            base, name = party.party, party.name.partition(",")[0]
        elif party is None:
            kind, base, name = victims or "mixed", "unknown", "not named"
        else:
            kind = victims or self._usual(party, loss)
            known = party.kind == "people"
            base, name = party.key, party.key.replace("_", " ").title() if known else party.name
        part = loss.head.key if loss.head.kind == "person" and loss.head.key else ""
        if kind == "materiel":
            return Force(f"{base}_materiel", f"{name}, equipment", kind, base)
        tail = part or {"civilian": "civilians", "mixed": "people"}.get(kind, "")
        spoken = {"civilians": "civilians", "people": "people"}.get(tail, tail.replace("_", " "))
        return Force(
            f"{base}_{tail}" if tail and not base.endswith(tail) else base,
            f"{name}, {spoken}" if spoken else name,
            kind,
            base,
        )

    def _usual(self, party: Mention, loss: Loss) -> str:
        """Say who is meant where a figure does not: a group's own; those a people's last figure was about."""
        if party.kind == "group" and party.key not in ("police",):
            return "military"
        if self.last and self.last.party == party.key and self.last.victims != "materiel":
            return self.last.victims
        return "military" if loss.outcome in ("casualties", "lost", "captured") or loss.how in ("topic",) else "mixed"


def _best(found: Sequence[Mention]) -> Mention | None:
    """Prefer a people to a name to a group: "Houthi rebels" are Houthis."""
    for kind in ("people", "name", "group"):
        pick = [each for each in found if each.kind == kind]
        if pick:
            return pick[0]
    return None
