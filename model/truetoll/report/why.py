"""Why the answer is what it is, in a sentence for each force. Nothing but words: what is true is found with the fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from truetoll.answers.records import QuantityAnswer, little_learned
from truetoll.claims.schema import Term
from truetoll.render.words import Words
from truetoll.studies.fit.pulls import SHARE
from truetoll.studies.fit.records import ClaimAnswer, Pull, Summary, Told, Why
from truetoll.studies.fit.reliance import rests_on

MOST = 3
"""Things that are named on either side: what pulls less stands in summary.json."""
_QUOTED = 2
"""Figures of a source that are quoted; more are counted."""


def whys(summary: Summary, w: Words) -> list[str]:
    """Say why the answer about each force is what it is.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    list of str
        A sentence for each of ``summary.why``, and a note on what the words mean; empty if the run did not converge.
    """
    said = [_Sayer(summary, w).sentence(each) for each in summary.why]
    moved = any(each.pulls for each in summary.why)
    return [*said, *([w.say("why.note", half=w.percent(SHARE), whole=w.percent(2.0 * SHARE))] if moved else [])]


@dataclass(frozen=True)
class _Sayer:
    """A summary, and the language it is told in."""

    summary: Summary
    w: Words

    def sentence(self, why: Why) -> str:
        answer, w = self._answer(why.quantity), self.w
        said = {"force": answer.force, "quantity": w.quantity(why.quantity), "median": w.whole(why.median)}
        if little_learned(answer):
            return w.say("why.little", **said, prior=w.whole(answer.prior.median))
        ends = _ends(why)
        place = w.say(f"why.place_{_where(why)}", **{end: self._told(told, why) for end, told in ends.items()})
        named = frozenset(told.claim for told in ends.values())
        return w.say("why.sentence", **said, place=place, moved="; ".join(self._moved(why, named)))

    def _answer(self, name: str) -> QuantityAnswer:
        return next(q for q in self.summary.quantities if q.name == name)

    def _told(self, told: Told, why: Why) -> str:
        """Say a figure; how far the losses had come by its day, where that lies elsewhere than the answer."""
        w = self.w
        said = {"source": self._source(told.source), "text": w.say("why.quoted", text=told.text)}
        if told.as_of == self.summary.as_of:
            return w.say("why.told", **said)
        said["day"] = w.day(told.as_of)
        if _side(told.estimate, told) == _side(why.median, told):
            return w.say("why.told_until", **said)
        return w.say("why.told_then", **said, estimate=w.whole(told.estimate))

    def _moved(self, why: Why, named: frozenset[str]) -> Iterator[str]:
        for key, up in (("up", True), ("down", False)):
            pulling = [pull for pull in why.pulls if (pull.shift_log < 0) is up]
            if items := [*self._items(pulling, Term.of(why.quantity).force, named)]:
                yield self.w.say(f"why.{key}", items=self._list(items[:MOST]))
        told = {self._claim(name).source for pull in why.pulls for name in pull.claims}
        if unknown := [self._source(key) for key in why.unknown if key not in told]:
            yield self.w.say("why.unknown", names=self._list(unknown))
        elif not why.pulls:
            yield self.w.say("why.nothing", share=self.w.percent(SHARE))

    def _items(self, pulling: Sequence[Pull], force: str, named: frozenset[str]) -> Iterator[str]:
        """Name what pulls to one side, single figures of one source together."""
        single: dict[str, list[str]] = {}
        for pull in pulling:
            if pull.kind == "claim":
                single.setdefault(self._claim(pull.key).source, []).append(pull.key)
        for pull in pulling:
            if pull.kind == "bias":
                yield self._bias(pull)
            elif pull.kind == "prior":
                yield self._prior(pull, force)
            elif pull.kind == "claim":
                source = self._claim(pull.key).source
                if (claims := single.pop(source, [])) and claims:
                    yield self._figures(source, claims, named)
            elif pull.kind == "source":
                yield self._figures(pull.key, pull.claims, named)
            else:
                yield self.w.say("why.unsound", figures=self._figures(self._claim(pull.key).source, pull.claims, named))

    def _figures(self, source: str, claims: Sequence[str], named: frozenset[str]) -> str:
        """Name figures of a source: those that stand in the sentence already by their text alone."""
        texts = [self.w.say("why.quoted", text=self._claim(name).text) for name in claims]
        if texts and named.issuperset(claims):
            return self._list(texts)
        if not texts:
            return self._source(source)
        told = self._list(texts) if len(texts) <= _QUOTED else self.w.say("count.claims", n=len(texts))
        return self.w.say("why.told", source=self._source(source), text=told)

    def _list(self, items: Sequence[str]) -> str:
        *others, last = items
        return self.w.say("why.pair", first=", ".join(others), second=last) if others else last

    def _source(self, key: str) -> str:
        return next((each.name for each in self.summary.sources if each.source == key), key)

    def _claim(self, name: str) -> ClaimAnswer:
        return next(claim for claim in self.summary.claims if claim.id == name)

    def _bias(self, pull: Pull) -> str:
        w = self.w
        victims, _, relation = pull.key.partition(":")
        said = {"figures": w.of("figures_of", relation), "factor": w.two_digits(pull.value)}
        said["past"] = rests_on(pull.rests_on, w)
        classes = {p.key.partition(":")[0] for why in self.summary.why for p in why.pulls if p.kind == "bias"}
        if len(classes) == 1:
            return w.say("why.bias", **said)
        return w.say("why.bias_of", **said, victims=w.of("victims", victims))

    def _prior(self, pull: Pull, force: str) -> str:
        what, _, of = pull.key.rstrip("]").partition("[")
        share = what in ("rate", "captured", "missing")
        if pull.value is None:
            said = self.w.say(f"why.prior_{what}_parts")
        else:
            value = self._share(pull.value) if share else self.w.figure(pull.value)
            said = self.w.say(f"why.prior_{what}", value=value)
        other = Term.of(of).force
        if other == force:
            return said
        named = next((q.force for q in self.summary.quantities if Term.of(q.name).force == other), other)
        return self.w.say("why.prior_elsewhere", item=said, force=named)

    def _share(self, value: float) -> str:
        return f"{self.w.two_digits(100.0 * value)}\N{NO-BREAK SPACE}%"


def _ends(why: Why) -> dict[str, Told]:
    """Find the lowest and the highest of the figures told, of which there may be none."""
    if not why.told:
        return {}
    return {"low": why.told[0], "high": max(why.told, key=lambda told: (told.high, told.low))}


def _side(x: float, told: Told) -> int:
    """Whether a number lies above a figure (1), below it (-1), or among those that it may mean (0)."""
    return (x > told.high) - (x < told.low)


def _where(why: Why) -> str:
    """Name the place of the median among the figures told."""
    sides = {_side(why.median, told) for told in why.told}
    if not sides:
        return "none"
    if len(sides) > 1:
        return "between"
    name = {0: "like", 1: "above", -1: "below"}[sides.pop()]
    return f"{name}_all" if name != "like" and len(why.told) > 1 else name
