"""Every assumption of a case, one at a time, at a plausible low and a plausible high.

How far "plausible" goes is data: table ``plausible`` of the reliability table, each number with its reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from truetoll.claims.access import soundness
from truetoll.claims.reliability import Factor, Kind
from truetoll.claims.scenario.moves import move_odds, move_prior, one_level, scaled
from truetoll.claims.scenario.overrides import apply_change
from truetoll.claims.scenario.used import Used, Voice
from truetoll.claims.schema import Case, Form, Grade, Prior
from truetoll.errors import CaseError
from truetoll.text.messages import Message, message

Table = dict[str, Any]

_OF_ROW = {"mu": "assumption.mu", "mu_sd": "assumption.mu_sd", "tau": "assumption.tau"}
_OF_VOICE = {"mu": "assumption.voice_mu", "mu_sd": "assumption.voice_mu_sd", "tau": "assumption.voice_tau"}
LETTERS: tuple[Grade, ...] = ("A", "B", "C", "D", "E")
CREDIBILITIES = (1, 2, 3, 4, 5)
"""Levels of the two Admiralty scales, best first, without the one that says nothing (F, 6)."""


@dataclass(frozen=True)
class Alternative:
    """One assumption and how far it can plausibly be moved.

    Parameters
    ----------
    key : str
        Dotted name, as the assumption stands in case.toml or the reliability table; ``claims.credibility`` stands
        for that of all claims.
    title : Message
        The assumption.
    low, high : mapping
        Changes for `apply_change`. Empty if there is nothing on that side: no grade is better than A.
    low_text, high_text : Message
        What it is moved to.
    reason : str
        Why that far.
    """

    key: str
    title: Message
    low: Mapping[str, Any]
    high: Mapping[str, Any]
    low_text: Message
    high_text: Message
    reason: str


def alternatives(case: Case) -> tuple[Alternative, ...]:
    """List the assumptions a case really uses, each at a plausible low and high.

    Better grades and credibilities, which let a source err less, count as low.

    Parameters
    ----------
    case : Case
        Without a scenario.

    Returns
    -------
    tuple of Alternative
        Only those that change the case, by its digest, on at least one side.

    Raises
    ------
    CaseError
        For a case that already carries a scenario.
    """
    apply_change(case, {}, "alternatives")  # refuses a case with a scenario
    used = Used(case)
    spreads = chain(_biases(used), _shared(used), _spreads(used), _frame(used))
    found = chain(spreads, _levels(used), _claims(used), _profiles(used), _priors(used))
    effective = (_effective(case, each) for each in found)
    return tuple(each for each in effective if each.low or each.high)


def _effective(case: Case, found: Alternative) -> Alternative:
    """Empty the sides that leave the case as it is, or that it cannot take."""
    low, low_text = _side(case, found.low, found.low_text)
    high, high_text = _side(case, found.high, found.high_text)
    return replace(found, low=low, low_text=low_text, high=high, high_text=high_text)


def _side(case: Case, side: Mapping[str, Any], text: Message) -> tuple[Mapping[str, Any], Message]:
    try:
        changed = apply_change(case, side, "alternative").digest != case.digest
    except CaseError:  # a share so near to 1 that no number lies between
        return {}, message("extent.cannot")
    return (side, text) if changed else ({}, message("extent.same"))


def _nested(path: tuple[str, ...], value: Any) -> Table:
    table = value
    for name in reversed(path):
        table = {name: table}
    return dict(table)


def _pair(
    path: tuple[str, ...], title: Message, sides: Sequence[Any], texts: Sequence[Message], reason: str
) -> Alternative:
    """Make the alternative of one value of the case or of the table."""
    low, high = (_nested(path, side) for side in sides)
    return Alternative(".".join(path), title, low, high, texts[0], texts[1], reason)


def _number(path: tuple[str, ...], title: Message, sides: tuple[float, float], reason: str) -> Alternative:
    return _pair(path, title, sides, [_said(side) for side in sides], reason)


def _said(value: float) -> Message:
    """Say a number with three digits; persons by thousands."""
    rounded = float(f"{value:.3g}")
    return message("extent.thousands" if abs(rounded) >= 1000 else "extent.number", x=rounded)


def _biases(used: Used) -> Iterator[Alternative]:
    """Mean of the bias, doubt about it, and spread: of a relation where its row is used, else of the voice itself.

    A mean that is moved is taken as known there: what is asked is what follows if it were so.
    """
    places: dict[tuple[str, ...], tuple[Voice, float, str, Message]] = {}
    for voice in used.voices:
        row = used.table.bias[voice.victims][voice.relation]
        for name in ("mu", "mu_sd", "tau"):
            own = getattr(voice.own, name)
            if name == "mu_sd" and (own == 0.0 if own is not None else voice.own.shared == 0.0 or row.mu_sd == 0.0):
                continue  # nothing is in doubt
            of_row = ("assumptions", "bias", voice.victims, voice.relation, name)
            of_voice = ("sources", voice.source, "bias", voice.force, name)
            path: tuple[str, ...] = of_row if own is None else of_voice
            if own is None:
                title = message(_OF_ROW[name], relation=voice.relation, victims=voice.victims)
            else:
                title = message(_OF_VOICE[name], source=voice.source, force=voice.force)
            places[path] = voice, getattr(row, name) if own is None else own, name, title
    move = used.table.plausible
    for path, (voice, value, name, title) in places.items():
        if name == "mu":
            step = move.mu.of(voice.victims, voice.relation)
            sides = value - step, value + step
            texts = [message("extent.factor", x=_said(side), factor=_said(math.exp(side))) for side in sides]
            yield _pair(path, title, sides, texts, move.mu.reason)
        else:
            yield _number(path, title, scaled(value, move.tau), move.tau.reason)


def _shared(used: Used) -> Iterator[Alternative]:
    move, codes = used.table.plausible.shared, {"kappa0": "assumption.kappa0", "kappa": "assumption.kappa"}
    for victims in dict.fromkeys(v.victims for v in used.voices if v.own.shared != 0):
        for name, code in codes.items():
            path = ("assumptions", "shared", victims, name)
            value = getattr(used.table.shared[victims], name)
            yield _number(path, message(code, victims=victims), scaled(value, move), move.reason)


def _spreads(used: Used) -> Iterator[Alternative]:
    """Single numbers of the table that are divided and multiplied."""
    table, move = used.table, used.table.plausible
    slanted = any(voice.own.slant is None for voice in used.voices)
    heard, access, hedged = bool(used.claims), "assumption.noise_access", "assumption.hedge"
    said: list[tuple[bool, tuple[str, ...], Message, Factor]] = [
        (slanted, ("slant", "sd"), message("assumption.slant"), move.slant),
        (used.strength, ("strength", "sd"), message("assumption.strength_bias"), move.strength),
        (heard, ("noise", "log_sd"), message("assumption.noise"), move.noise),
        *((True, ("noise", "access", each), message(access, access=each), move.access) for each in used.access),
        (heard, ("disagreement", "log_sd"), message("assumption.disagreement"), move.disagreement),
        (heard, ("soundness", "unsound_sd"), message("assumption.unsound"), move.unsound),
        *((True, ("hedge", hedge), message(hedged, hedge=hedge), move.hedge) for hedge in used.hedges),
        (used.bounds, ("bound", "sd"), message("assumption.bound"), move.bound),
    ]
    for applies, path, title, factor in said:
        if applies:
            value: Any = table
            for key in path:
                value = value[key] if isinstance(value, Mapping) else getattr(value, key)
            yield _number(("assumptions", *path), title, scaled(value, factor), factor.reason)
    if used.shared_origin:
        rho = move_odds(table.origin.rho, move.origin.factor)
        yield _number(("assumptions", "origin", "rho"), message("assumption.rho"), rho, move.origin.reason)


def _frame(used: Used) -> Iterator[Alternative]:
    """Take an ordinary case for a famous dispute, or the other way round."""
    kinds: tuple[Kind, ...] = ("list", "famous")
    texts = [message("extent.frame", kind=kind) for kind in kinds]
    path, title = ("assumptions", "frame", "kind"), message("assumption.frame")
    if used.claims:
        yield _pair(path, title, kinds, texts, used.table.frame.reference)


def _levels(used: Used) -> Iterator[Alternative]:
    """Grade of every source in use, one better and one worse."""
    move, noise = used.table.plausible.grade, used.table.noise.grade
    sd = {grade: noise[grade] for grade in LETTERS}
    for name in used.sources:
        grade = used.case.sources[name].grade
        if grade is None:
            continue
        sides = [one_level(grade, sd, noise[grade], sign * move.steps) for sign in (-1, 1)]
        path = ("sources", name, "grade")
        kept = [side or grade for side in sides]
        texts = [message("extent.grade", grade=side) for side in kept]
        yield _pair(path, message("assumption.grade", source=name, grade=grade), kept, texts, move.reason)


def _claims(used: Used) -> Iterator[Alternative]:
    """Credibility of all claims together, one better and one worse."""
    move, sound = used.table.plausible.credibility, used.table.soundness.credibility
    scale = {each: 1 - p for each, p in ((n, sound[str(n)]) for n in CREDIBILITIES)}  # type: ignore[index]
    doubt = {c.id: 1 - soundness(used.case, c) for c in used.claims}
    low, high = (
        {c.id: one_level(c.credibility, scale, doubt[c.id], sign * move.steps) for c in used.claims} for sign in (-1, 1)
    )
    texts = (message("extent.better", n=move.steps), message("extent.worse", n=move.steps))
    title = message("assumption.credibility")
    yield Alternative("claims.credibility", title, _believed(low), _believed(high), *texts, move.reason)


def _believed(levels: Mapping[str, int | None]) -> Table:
    """Write new credibilities as a change; a claim at the end of the scale stays."""
    changes = {name: {"credibility": level} for name, level in levels.items() if level}
    return {"claims": changes} if changes else {}


def _profiles(used: Used) -> Iterator[Alternative]:
    """How far the course of losses may stray, wherever it is stated."""
    case, move = used.case, used.table.plausible.profile
    if len(case.bins) <= 2:
        return
    table, stated = used.table.profile, dict[tuple[str, ...], Any]()
    for name, force in case.forces.items():
        if force.profile_sd is not None:
            stated["forces", name, "profile_sd"] = force.profile_sd
        elif case.file.case.profile_sd is not None:
            stated["case", "profile_sd"] = case.file.case.profile_sd
        else:
            stated["assumptions", "profile", "sd"] = table.sd
    for path, value in stated.items():
        of_one = path[0] == "forces"
        title = message("assumption.profile_of", force=path[1]) if of_one else message("assumption.profile")
        if not isinstance(value, tuple):
            yield _number(path, title, scaled(value, move), move.reason)
            continue
        sides = list(zip(*(scaled(each, move) for each in value), strict=True))
        texts = [message("extent.several", numbers=tuple(map(_said, side))) for side in sides]
        yield _pair(path, title, list(map(list, sides)), texts, move.reason)


def _priors(used: Used) -> Iterator[Alternative]:
    """Every prior on losses, its median moved within its own width."""
    for name, force in used.case.forces.items():
        path = ("forces", name)
        for key in ("strength", "rate", "total", "ratio", "captured_share", "missing_share"):
            prior = getattr(force, key)
            if prior:
                title = message("assumption.prior", what=key, force=name)
                yield _moved(used, (*path, key), title, prior, key in ("rate", "captured_share", "missing_share"))
        for count, prior in force.counts.items():
            title = message("assumption.count", count=count, force=name)
            yield _moved(used, (*path, "counts", count), title, prior, False)
        yield from _contingents(used, name)
        if force.wounded_per_killed and name in used.split:
            title = message("assumption.prior", what="wounded_per_killed", force=name)
            yield _moved(used, (*path, "wounded_per_killed"), title, force.wounded_per_killed, False)
    yield from _lists(used)
    if any(force.wounded_per_killed is None for force in used.split.values()):
        ratio = used.table.wounded_per_killed
        title = message("assumption.ratio")
        yield _moved(used, ("assumptions", "wounded_per_killed"), title, ratio, False)


def _lists(used: Used) -> Iterator[Alternative]:
    """How wrong and how complete lists of names are, wherever a case states it."""
    told = {c.source for c in used.case.claims if c.weight > 0 and c.figure.form in (Form.FLOOR, Form.LISTED)}
    for name, source in used.case.sources.items():
        stated = {"overcount": source.overcount and source.overcount.prior, "completeness": source.completeness}
        for key, prior in stated.items():
            if prior and name in told:
                title = message("assumption.lists", what=key, source=name)
                yield _moved(used, ("sources", name, key), title, prior, True)


def _moved(used: Used, path: tuple[str, ...], title: Message, prior: Prior, share: bool) -> Alternative:
    move = used.table.plausible.prior
    sides = [move_prior(prior, z, share) for z in (-move.z, move.z)]
    return _pair(path, title, sides, list(map(_median, sides)), move.reason)


def _median(prior: Mapping[str, float]) -> Message:
    median, low, high = (_said(prior[name]) for name in ("median", "low", "high"))
    return message("extent.median", median=median, low=low, high=high)


def _contingents(used: Used, name: str) -> Iterator[Alternative]:
    """Each contingent by itself; a change states all of them."""
    move, parts = used.table.plausible.prior, used.case.forces[name].contingents
    for number, part in enumerate(parts):
        sides = [move_prior(part.strength, z, False) for z in (-move.z, move.z)]
        low, high = ({"forces": {name: {"contingents": _with(parts, number, side)}}} for side in sides)
        key = f"forces.{name}.contingents.{number}.strength"
        title = message("assumption.contingent", n=number + 1, force=name)
        yield Alternative(key, title, low, high, _median(sides[0]), _median(sides[1]), move.reason)


def _with(parts: tuple[Any, ...], number: int, prior: Mapping[str, float]) -> list[Table]:
    written = [part.model_dump(exclude_unset=True) for part in parts]
    written[number]["strength"] = {**written[number]["strength"], **prior}
    return written
