"""Of whom a loss is told: from the words of its own phrase first, then its clause, then what was told before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from truetoll.claims.wording.vocabulary import match
from truetoll.importers.prose.clauses import SIDES, sides_of, subject_of
from truetoll.importers.prose.losses import Loss
from truetoll.importers.prose.parties import Mention, nearest_before
from truetoll.importers.prose.sentences import Sentence
from truetoll.importers.prose.vocabulary import Words, armed
from truetoll.importers.prose.voices import Voice
from truetoll.text.messages import Message, message

_IRREGULAR = frozenset(["militants", "rebels", "separatists", "militia", "dissidents", "opposition"])
_REGULAR = ("army", "government")
_BYSTANDERS = frozenset(
    ["soldiers", "police", "peacekeepers", "mercenaries", "coalition", "opposition", "defenders", "attackers"]
)
_ARMY = Mention(0, 0, "army", "the army", "group")
_ENEMY = Mention(0, 0, "enemy", "the enemy", "group")


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


Party = tuple[Mention | Force | None, Message | None]
"""Whose a loss is, a mention or the force of an earlier figure, and what is not sure of it."""


@dataclass(frozen=True)
class _Told:
    """A loss in its sentence."""

    sentence: Sentence
    loss: Loss
    named: Sequence[Mention]
    voice: Voice
    victims: str
    end: int
    """Where the noun phrase of the figure ends."""

    @property
    def norms(self) -> tuple[str, ...]:
        return self.sentence.norms

    @property
    def start(self) -> int:
        return self.loss.span.start

    @property
    def sides(self) -> list[Mention]:
        return sides_of(self.named)


class Whose:
    """Remembers what an article has told of whom.

    Parameters
    ----------
    words : Words
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        self.last: Force | None = None
        self.sides: dict[str, Mention] = {}
        self.place: Mention | None = None
        self.paragraph = self.here = -1
        self.heading: Mention | None = None
        self.soldiers: Force | None = None
        self.side: Force | None = None
        self.subject: Mention | None = None
        """Of the sentence before."""
        self._subject_here: Mention | None = None
        self.bulletin = False
        """Whether one side speaks throughout, of itself and the enemy."""
        self.told: Counter[str] = Counter()
        self.places: set[str] = set()
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
        self.subject = self._subject_here or self.subject
        heads = sides_of(named)
        first = next(
            (e for e in heads if not self.words.is_small("preps", sentence.norms[e.start - 1] if e.start else "")), None
        )
        self._subject_here = replace(first, start=0, stop=0) if first else None
        self.here = sentence.paragraph
        for each in named:
            if each.kind in ("people", "group") or each.band:
                self.sides.setdefault(each.key, each)
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
        self.heading = _best([each for each in named if each.kind in SIDES])
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
        end = self._phrase_end(sentence, loss)
        party, doubt = self._party(_Told(sentence, loss, named, voice, victims, end))
        force = self._force(party, victims, loss, doubt)
        if doubt and doubt.code == "doubt.place":
            self.places.add(force.party)
        if isinstance(party, Force):  # whoever takes over an earlier guess takes over the doubt
            doubt = doubt or self.doubts.get(party.party)
        if force.party in ("unknown", "enemy", "own_forces"):
            doubt = doubt or message("doubt.unsaid")
        self.doubts[force.party] = doubt
        self.found[loss.span.start] = force
        self.also = self._others(sentence, loss, named, force)
        if loss.head.kind != "thing" and not loss.head.key:
            self.last, self.paragraph = force, sentence.paragraph
            sided = force.party not in (*self.places, *_IRREGULAR, *armed(), "unknown") and force.victims != "civilian"
            self.told[force.party] += sided
            self.side = force if sided and self.told[force.party] == max(self.told.values()) else self.side
            regular = force.victims == "military" and force.party not in _IRREGULAR | armed()
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
        if loss.head.kind == "person" and self.words.is_small("men", sentence.norms[loss.head.stop - 1]):
            act = sentence.norms[loss.act] if loss.act >= 0 else ""
            own = self._says("possessive", sentence.norms, loss.span.stop, loss.head.stop)
            if own or self.words.is_small("losing", act):  # "lost 17 men", "six of its own men"
                return "military"
        if loss.head.kind in ("none", "loss") and not self.found and loss.how in ("subject", "list", "noun"):
            # "a soldier was killed and four others wounded", "civilians were not spared: 31 were executed"
            says = (
                i for i in range(loss.span.start - 1, -1, -1) if match(self.words.voices["says"], sentence.norms, i)
            )
            before = sentence.norms[max(0, loss.span.start - 16, next(says, 0)) : loss.span.start]
            kinds = [
                kind
                for word in self._without_war(before)
                for kind in ("civilian", "military")
                if self.words.is_small(kind, word)
            ]
            if kinds:
                return kinds[-1]
        near = (
            sentence.norms[max(loss.act - 2, 0) : loss.act + 2]
            if loss.how in ("topic", "object") and loss.act >= 0
            else ()
        )
        phrase = (*sentence.norms[loss.span.stop : loss.head.stop + 2], *near)
        said = self._without_war(phrase)
        for kind in ("civilian", "military"):
            if any(self.words.is_small(kind, word) for word in said):
                return kind
        return "mixed" if loss.head.kind == "person" and loss.head.counts == "persons" else ""

    def _without_war(self, norms: Sequence[str]) -> list[str]:
        """Leave out the civil of a civil war."""
        wars = [at for at, norm in enumerate(norms) if self.words.is_small("wars", norm)]
        return [norm for at, norm in enumerate(norms) if at - 1 not in wars and at + 1 not in wars]

    def _party(self, told: _Told) -> Party:
        """Find the side: its own words first, then its clause, then what was told before."""
        ways = (
            self._listed,
            self._named_in_phrase,
            self._bearer,
            self._enemies,
            self._possessed,
            self._named_by_noun,
            self._taken,
            self._carried,
            self._sufferer,
            self._of_before,
            self._soldiers_of,
            self._speakers_own,
            self._things_of,
            self._placed,
            self._before,
        )
        return next(party for way in ways if (party := way(told)) is not None)

    def _listed(self, told: _Told) -> Party | None:
        """Say whom a line under a heading is about."""
        if told.loss.how != "row":
            return None
        return self.heading, None if self.heading else message("doubt.heading")

    def _named_in_phrase(self, told: _Told) -> Party | None:
        """Find who is named in the phrase of the figure: "40 Karvian soldiers", "14 bajas al Ejercito"."""
        head, norms = told.loss.head, told.norms
        if told.loss.how == "told before" and head.kind == "none":  # "the 12,000 Israel claimed"
            return None
        inside = [each for each in told.sides if told.start <= each.start < told.end]
        if head.kind == "thing":  # "ten Harriers" are no side
            inside = [
                each for each in inside if each.kind != "name" or each.stop < head.stop or head.start < each.start
            ]
        if pick := _best(inside):
            return pick, None
        at = told.end
        if head.kind != "loss" or not self.words.is_small("upon", norms[at] if at < len(norms) else ""):
            return None
        at += 1 + (at + 1 < len(norms) and self.words.says_small("articles", norms[at + 1]))
        upon = [each for each in told.sides if each.start == at]
        return (upon[0], None) if upon else None

    def _bearer(self, told: _Told) -> Party | None:  # noqa: PLR0911
        """Find who stands between a verb of losing and the figure: "costo a Espana 8.000", "and Azerbaijan 2,906"."""
        if told.loss.how == "gap":
            carried = [each for start, each in self.found.items() if start < told.start]
            acts = self.words.verbs.match(told.norms, told.loss.act) if told.loss.act >= 0 else None
            blamed = any(self.words.is_small("responsible", each) for each in told.norms[: told.start])
            if carried and (blamed or (acts and acts[0][0].outcome == "killed" and acts[0][0].kind == "transitive")):
                return carried[-1], None  # whoever killed them did not lose them
            behind = [each for each in told.sides if told.start < each.start <= told.loss.span.stop + 2]
            if behind and self.words.is_small("for", told.norms[told.loss.span.stop]):
                return behind[0], None
            near = [each for each in told.sides if told.start - 1 <= each.stop <= told.start]
            return (near[-1], None) if near else None
        for at in range(told.start - 1, max(-1, told.start - 8), -1):
            if told.norms[at] in (",", ";", "."):
                return None
            if (
                at
                and self.words.is_small("costing", told.norms[at])
                and self.words.is_small("dative", told.norms[at - 1])
            ):
                to = [e for e in told.sides if e.stop < at and self.words.is_small("upon", told.norms[e.start - 1])]
                return (to[-1], None) if to else None
            if self.words.is_small("costing", told.norms[at]):
                pick = _best([each for each in told.sides if at < each.start and each.stop <= told.start])
                return (pick, None) if pick else None
        return None

    def _enemies(self, told: _Told) -> Party | None:
        """Read "the enemy" in the phrase, or about the verb or noun that says what befell them."""
        span, act, norms = told.loss.span, told.loss.act, told.norms
        about = range(max(0, min(act, span.start) - 4), max(act, span.start)) if act >= 0 else range(0)
        enemy = self._says("enemy", norms, span.stop, told.end)
        enemy = enemy or bool(about and self._says("enemy", norms, about.start, about.stop))
        return (
            (_ENEMY, message("doubt.enemy"))
            if enemy and self.bulletin
            else self._opponent(told.voice.party)
            if enemy
            else None
        )

    def _possessed(self, told: _Told) -> Party | None:
        """Say whose "its soldiers" are: those of who loses, else of who speaks, else of who is named before."""
        end = told.end
        if self.words.is_small(
            "upon", told.norms[end] if end < len(told.norms) else ""
        ):  # "four dead among its forces"
            end += 2
        if not self._says("possessive", told.norms, told.loss.span.stop, end):
            return None
        act = told.loss.act
        if told.loss.how == "object" and act >= 0 and self.words.is_small("losing", told.norms[act]):
            loser = subject_of(told.sentence, act, told.named, self.words)
            if loser and loser.kind in SIDES:
                return loser, None
        own = nearest_before(told.sides, told.start, SIDES)
        return self._of_voice(told.voice) if (told.voice.sure and told.voice.party) or not own else (own, None)

    def _named_by_noun(self, told: _Told) -> Party | None:
        """Look at the phrase of a noun of loss, or of a count, that stands before the figure."""
        loss, norms = told.loss, told.norms
        if loss.how in ("topic", "object") and loss.act >= 0 and (topic := self._of_noun(told, loss.act)):
            return topic
        noun = self._noun_before(told.sentence, told.start)
        if noun >= 0 and self._says("enemy", norms, max(0, noun - 4), min(noun + 4, told.start)):
            return self._opponent(told.voice.party)
        if noun >= 0 and loss.head.kind in ("loss", "none", "thing") and (topic := self._of_noun(told, noun)):
            return topic
        if loss.how == "topic" and any(e.key == "soldiers" and abs(e.start - loss.act) < 3 for e in told.named):
            return self._soldiers(told.voice)
        at = told.start - 1  # "Argentina's own figure is 649 dead"
        while at >= 0 and (self.words.is_small("links", norms[at]) or self.words.is_small("between", norms[at])):
            at -= 1
        counted = at >= 0 and at < told.start - 1 and self.words.says_small("count_nouns", norms[at])
        near = [each for each in told.sides if at - 4 <= each.start and each.stop <= at] if counted else []
        return (near[-1], message("doubt.taken_own")) if near and loss.head.kind in ("loss", "none") else None

    def _taken(self, told: _Told) -> Party | None:
        """Say whom a speaker has taken prisoner."""
        near = range(told.start - 1, max(-1, told.start - 4), -1)
        verb = next(
            (at for at in near if any(self.words.is_small(n, told.norms[at]) for n in ("taking", "records"))), -1
        )
        if told.loss.outcome != "captured" or verb < 0:
            return None
        actor = self._actor(told, verb)
        return self._opponent(actor) if actor else None

    def _actor(self, told: _Told, verb: int) -> str:
        """Say which side does what a verb says: its subject, or the side that speaks."""
        subject = subject_of(told.sentence, verb, told.named, self.words)
        if subject and subject.kind in SIDES:
            return subject.key
        side = told.voice.sure and told.voice.sort == "side"
        return told.voice.party if side else ""

    def _carried(self, told: _Told) -> Party | None:
        """Take over the force of the figure before in the sentence: items, parts, "and ten wounded"."""
        head = told.loss.head
        earlier = [each for start, each in self.found.items() if start < told.start]
        follows = told.loss.how in ("list", "part", "told before") or (
            head.kind in ("none", "loss") and not self._own_verb(told.sentence, told.loss)
        )
        things = head.kind == "thing" and earlier and earlier[-1].victims == "materiel"
        follows = follows or bool(things and self.words.says_small("joins", told.norms[told.start - 1]))
        apart = (
            head.counts == "military"
            and not head.key
            and earlier
            and (earlier[-1].victims == "civilian" or (earlier[-1].party in _IRREGULAR and self._regular(told)))
        )
        if earlier and follows and not apart:
            return earlier[-1], None
        told_before = told.loss.how == "told before" and self.last and self.last.victims != "materiel"
        return (self.last, message("doubt.before")) if told_before else None

    def _of_before(self, told: _Told) -> Party | None:
        """Read "of the 3,000 North Korean soldiers some 500 have died", "of its 400 men, 155 were killed"."""
        norms = told.norms
        own = (i for i in range(max(0, told.start - 9), told.start - 2) if norms[i] in ("of", "de"))
        of_them = told.loss.how == "subject" and self._says(
            "subgroup", norms, told.loss.span.stop, told.loss.span.stop + 2
        )
        if of_them and not self.found and self.subject:  # "North Korea sent 11,000 men. At least 100 of them died"
            return self.subject, message("doubt.before")
        owned = any(self.words.says_small("owners", norms[i + 1]) for i in own)
        if told.loss.head.kind == "none" and not self.found and owned and self.subject:
            return self.subject, message("doubt.before")
        of_whom = [each for each in told.named if each.stop <= told.start and each.kind == "people"]
        bare = told.loss.head.kind == "none" and told.victims and told.loss.how == "subject" and not self.found
        return (of_whom[-1], None) if bare and of_whom else None

    def _soldiers_of(self, told: _Told) -> Party | None:
        """Say whose soldiers are told of without a name."""
        head = told.loss.head
        bare = head.kind in ("none", "loss") and told.victims == "military" and told.loss.how in ("subject", "noun")
        if not (bare or (head.counts == "military" and not head.key)):
            return None
        if self._by_speaker(told.sentence, told.loss, told.voice):
            return self._opponent(told.voice.party)
        aboard = [each for start, each in self.found.items() if start < told.start and each.victims == "materiel"]
        if aboard:  # "two of our boats were sunk with the loss of 11 sailors"
            return aboard[-1], None
        return self._soldiers(told.voice, regulars=self._regular(told))

    def _regular(self, told: _Told) -> bool:
        """Whether the head is a word for soldiers of a state."""
        head = told.loss.head
        return any(self.words.is_small("regulars", each) for each in told.norms[head.start : head.stop])

    def _speakers_own(self, told: _Told) -> Party | None:
        """Take persons that a side tells of for its own, and things it says were lost."""
        head, voice, act = told.loss.head, told.voice, told.loss.act
        if voice.sure and voice.party and voice.sort == "side" and head.kind == "person" and not head.key:
            return self._of_voice(voice)[0], message("doubt.of_teller")
        bare = head.kind in ("none", "loss") and told.loss.how in ("topic", "noun") and not self.found
        if (
            bare
            and voice.sure
            and voice.party
            and voice.sort == "side"
            and not self._where(told.sentence, told.start, told.named)
        ):
            return self._of_voice(voice)[0], message("doubt.of_teller")
        lost = act >= 0 and self.words.is_small("losing", told.norms[act])
        if head.kind == "thing" and lost and voice.party:
            return self._of_voice(voice)[0], message("doubt.taken_own")
        return None

    def _things_of(self, told: _Told) -> Party | None:
        """Say whose things were destroyed: whoever does it is not who lost them."""
        head, act, loss = told.loss.head, told.loss.act, told.loss
        if head.kind == "thing" and loss.how in ("subject", "list") and self._reported(told):
            reporter = told.voice.party if told.voice.sure else ""
            return self._opponent(reporter) if reporter or self.bulletin else None
        if head.kind != "thing" or loss.how != "object" or self.words.is_small("losing", told.norms[act]):
            return None
        actor = self._actor(told, act)
        if head.key in ("ambulances", "buildings", "vehicles", "pieces") and (
            head.key != "vehicles" or actor not in armed()
        ):
            return None  # civilian ones, of the place
        behind = [each for each in told.named if each.start > told.loss.span.stop and each.kind == "people"]
        if behind and self.words.is_small("agent", told.norms[behind[0].start - 1]):
            return behind[0], None
        if actor:
            return self._opponent(actor)
        return (_ENEMY, message("doubt.whose_were")) if any(each.stop <= act for each in told.named) else None

    def _reported(self, told: _Told) -> bool:
        """Whether a verb of saying stands right before a figure: "reported 9 tanks destroyed"."""
        at = told.start - 1
        while at >= 0 and self.words.is_small("between", told.norms[at]):
            at -= 1
        return at >= 0 and match(self.words.voices["says"], told.norms, at) is not None

    def _placed(self, told: _Told) -> Party | None:
        """Take persons of whom nothing is said for people of the place; so dead that are told anew."""
        head, loss, last = told.loss.head, told.loss, self.last
        here = self._where(told.sentence, told.start, told.named)
        if here and head.kind in ("person", "loss", "none") and not head.key and loss.how != "told before":
            return here, message("doubt.place")
        # Dead of whom nothing is said, told anew or by those who count all, are not the soldiers of before.
        apart = self.paragraph != told.sentence.paragraph or told.voice.sort in ("ngo", "international")
        anew = (
            (head.kind == "loss" or (head.kind == "none" and loss.how in ("object", "topic") and not self.found))
            and not told.victims
            and loss.outcome not in ("casualties", "lost")
            and self.place is not None
        )
        if anew and last and last.victims == "military" and apart:
            return self.place, message("doubt.place")
        if last and (head.kind != "person" or head.key):
            return last, message("doubt.before")
        return None

    def _before(self, told: _Told) -> Party:
        """Take who was told of before, or the place."""
        head, last = told.loss.head, self.last
        persons = head.kind == "person" and head.counts in ("civilian", "persons", "") and not head.key
        here = self.paragraph == told.sentence.paragraph
        if last and (not persons or (last.victims in ("mixed", "civilian") and here)):
            return last, message("doubt.before")
        place = self.place or next((each for each in told.named if each.kind == "people"), None)
        return place, message("doubt.place")

    def _by_speaker(self, sentence: Sentence, loss: Loss, voice: Voice) -> bool:
        """Whether the speaker says to have done it: "claimed to have killed 60 soldiers", "que habia matado a 60"."""
        norms, at = sentence.norms, loss.act - 1
        if (
            loss.how != "object"
            or at < 1
            or not (voice.sure and voice.party)
            or self.words.is_small("losing", norms[loss.act])
        ):
            return False
        if not self.words.is_small("having", norms[at]):
            return False
        says = match(self.words.voices["says"], norms, at - 1) is not None
        return norms[at] == "haber" or self.words.is_small("doers", norms[at - 1]) or says

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
            if self.words.is_small("preps", norms[at]) and not self.words.is_small("within", norms[at]):
                break
            at += 1
        return at

    def _says(self, name: str, norms: tuple[str, ...], start: int, stop: int) -> bool:
        return any(
            (hit := match(self.words.small[name], norms, at)) and hit[1] <= max(stop, at + 1)
            for at in range(start, min(stop, len(norms)))
        )

    def _opponent(self, party: str) -> Party:
        """Say against whom a side fights: the one other people, the state a band fights, the band a state fights."""
        if self.bulletin:
            return _ENEMY, message("doubt.enemy")
        others = [each for key, each in self.sides.items() if key != party and key not in _BYSTANDERS]
        own = self.sides.get(party)
        bands = [each for each in others if self._is_band(each)]
        states = [each for each in others if each.kind == "people" and each not in bands]
        peoples = [each for each in others if each.kind == "people"]
        regular = [each for each in others if each.key in _REGULAR]
        sided = [each for each in peoples if self.told[each.key]] if len(peoples) > 1 else []
        against = (states, regular) if own and self._is_band(own) else (bands,)
        for those in (peoples, sided, *against) if party else (peoples,):
            if len(those) == 1:
                return replace(those[0], start=0, stop=0), message("doubt.other_side")
        if party and not peoples and self.last and self.last.party in self.told and self.last.party != party:
            return self.last, message("doubt.other_side")
        return _ENEMY, message("doubt.enemy")

    def _is_band(self, each: Mention) -> bool:
        """Whether a side is an armed group that fights a state."""
        return each.key in _IRREGULAR or each.key in armed() or each.band

    def _of_voice(self, voice: Voice) -> tuple[Mention | Force | None, Message | None]:
        if voice.party:
            side = self.sides.get(voice.party)
            return Mention(0, 0, voice.party, side.name if side else voice.name, "people"), message("doubt.own")
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
            each for each in named if each.kind == "place" or (each.kind in SIDES and self._is_in(sentence, each))
        ]
        behind = [each for each in places if each.start > at and "," not in sentence.norms[at : each.start]]
        return next(iter(behind or places), None)

    def _soldiers(self, voice: Voice, *, regulars: bool = False) -> tuple[Mention | Force | None, Message | None]:
        """Say whose soldiers are told of without a name."""
        if (
            voice.sure
            and voice.party
            and voice.sort in ("side", "unknown")
            and voice.party not in ("rebels", "opposition", "separatists")
        ):
            return self._of_voice(voice)[0], message("doubt.taken_own")
        if self.last and (self.last.party in _IRREGULAR or (regulars and self.last.party in armed())):
            return (self.soldiers or _ARMY), message("doubt.before")
        if self.last and self.side and self.last.party in self.places:
            return self.side, message("doubt.before")
        if self.last and self.last.victims != "civilian" and (self.last.party != voice.party or not voice.sure):
            return self.last, message("doubt.before")
        return _ARMY, message("doubt.whose")

    def _of_noun(self, told: _Told, at: int) -> Party | None:
        """Look at the phrase of the noun that says loss: "Russia's casualties", "las bajas ucranianas"."""
        norms, loss, named, voice = told.norms, told.loss, told.sides, told.voice
        noun = match(self.words.nouns, norms, at)
        verb = match(self.words.verbs, norms, at)
        if (noun is None and match(self.words.destroying, norms, at) is None) or (
            loss.how == "object" and at == loss.act and (noun is None or verb is not None)
        ):
            return None
        around = [each for each in named if at - 4 <= each.start and each.stop <= min(at + 8, loss.span.start)]
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
        if any(self.words.is_small("friendly", word) for word in norms[max(0, at - 1) : at]) and voice.party:
            return self._of_voice(voice)
        if any(self.words.says_small("owners", word) or word == "our" for word in norms[max(0, at - 2) : at]):
            own = nearest_before(named, at, SIDES)
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
        return any(word in self.words.small[name] for name in ("suffers", "admits", "records"))

    def _sufferer(self, told: _Told) -> Party | None:  # noqa: PLR0911
        """Find the subject of "lost", "suffered", "admitted", of a side that "recorded two dead", before the figure."""
        norms, small, head = told.norms, self.words.is_small, told.loss.head
        for at in range(told.start - 1, max(-1, told.start - 9), -1):
            if norms[at] in (";", "."):
                return None
            records = small("records", norms[at]) and head.kind in ("loss", "none") and told.loss.how != "topic"
            if small("having", norms[at]) and at < told.start - 1:
                continue
            left = small("leaving", norms[at]) and told.loss.outcome == "captured"  # "Karvia left 200 prisoners"
            if not (small("suffers", norms[at]) or small("admits", norms[at]) or records or left):
                continue
            subject = subject_of(told.sentence, at, told.named, self.words)
            if (not subject or subject.key in ("army", "government")) and self._is_speaker(told, at):
                if told.voice.party and told.voice.sure:
                    return self._of_voice(told.voice)[0], None
                if self.subject and not any(each.stop <= at for each in told.sides):
                    return self.subject, message("doubt.before")
            if subject and (subject.kind in SIDES or (small("losing", norms[at]) and head.kind == "person")):
                return subject, None
            if records and not small("admits", norms[at]):
                continue
            sides = [each for each in told.sides if each.stop <= at]
            near = [each for each in sides if at - each.stop <= 5]
            own = any(small("possessive", each) for each in norms[max(0, at - 4) : at])
            if own and not near:
                return self._of_voice(told.voice)
            if pick := _best(near[-1:]) or _best(sides[-1:]):
                return pick, None
            return self._of_voice(told.voice) if told.voice.party and small("admits", norms[at]) else None
        return None

    def _is_speaker(self, told: _Told, at: int) -> bool:
        """Whether who loses is who speaks: "said that it had lost", "reconocio haber perdido"."""
        while at > 0 and self.words.is_small("aux", told.norms[at - 1]):
            at -= 1
        before, earlier = (told.norms[i] if i >= 0 else "" for i in (at - 1, at - 2))
        if self.words.is_small("selves", before) and self.words.is_small("possessive", earlier):  # "his group had lost"
            return True
        having = any(match(self.words.voices["says"], told.norms, i) for i in range(max(0, at - 3), at))
        return having or self.words.says_small("pronouns", before)

    def _force(self, party: Mention | Force | None, victims: str, loss: Loss, doubt: Message | None) -> Force:
        if isinstance(party, Force):
            kind = victims or (party.victims if party.victims != "materiel" else "military")
            base, name = party.party, party.name.partition(",")[0]
        elif party is None:
            kind, base, name = victims or "mixed", "unknown", "not named"
        else:
            placed = doubt is not None and doubt.code == "doubt.place" and loss.outcome not in ("casualties", "lost")
            kind = victims or ("mixed" if placed else self._usual(party, loss))
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
