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
from truetoll.claims.reliability import Factor
from truetoll.claims.scenario.moves import move_odds, move_prior, one_level, scaled
from truetoll.claims.scenario.overrides import apply_change
from truetoll.claims.scenario.used import Used, Voice
from truetoll.claims.schema import Access, Case, Form, Grade, Prior
from truetoll.errors import CaseError

Table = dict[str, Any]

_MEANS: Mapping[Access, str] = {
    "records": "count by records",
    "site": "count by being there",
    "remote": "count by neither",
    "survey": "ask a sample",
    "model": "estimate by a model",
}
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
    title : str
        The assumption in words.
    low, high : mapping
        Changes for `apply_change`. Empty if there is nothing on that side: no grade is better than A.
    low_text, high_text : str
        What it is moved to.
    reason : str
        Why that far.
    """

    key: str
    title: str
    low: Mapping[str, Any]
    high: Mapping[str, Any]
    low_text: str
    high_text: str
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
    found = chain(_biases(used), _shared(used), _spreads(used), _levels(used), _claims(used), _profiles(used))
    effective = (_effective(case, each) for each in chain(found, _priors(used)))
    return tuple(each for each in effective if each.low or each.high)


def _effective(case: Case, found: Alternative) -> Alternative:
    """Empty the sides that leave the case as it is, or that it cannot take."""
    low, low_text = _side(case, found.low, found.low_text)
    high, high_text = _side(case, found.high, found.high_text)
    return replace(found, low=low, low_text=low_text, high=high, high_text=high_text)


def _side(case: Case, side: Mapping[str, Any], text: str) -> tuple[Mapping[str, Any], str]:
    try:
        changed = apply_change(case, side, "alternative").digest != case.digest
    except CaseError:  # a share so near to 1 that no number lies between
        return {}, "cannot be moved there"
    return (side, text) if changed else ({}, "as it is")


def _nested(path: tuple[str, ...], value: Any) -> Table:
    table = value
    for name in reversed(path):
        table = {name: table}
    return dict(table)


def _pair(path: tuple[str, ...], title: str, sides: Sequence[Any], texts: Sequence[str], reason: str) -> Alternative:
    """Make the alternative of one value of the case or of the table."""
    low, high = (_nested(path, side) for side in sides)
    return Alternative(".".join(path), title, low, high, texts[0], texts[1], reason)


def _number(path: tuple[str, ...], title: str, sides: tuple[float, float], reason: str) -> Alternative:
    return _pair(path, title, sides, [_said(side) for side in sides], reason)


def _said(value: float) -> str:
    """Write a number with three digits; persons with commas."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:g}"


def _biases(used: Used) -> Iterator[Alternative]:
    """Mean of the bias, doubt about it, and spread: of a relation where its row is used, else of the voice itself.

    A mean that is moved is taken as known there: what is asked is what follows if it were so.
    """
    places: dict[tuple[str, ...], tuple[Voice, float, str, str]] = {}
    for voice in used.voices:
        row = used.table.bias[voice.victims][voice.relation]
        for name in ("mu", "mu_sd", "tau"):
            own = getattr(voice.own, name)
            if name == "mu_sd" and (own == 0.0 if own is not None else voice.own.shared == 0.0 or row.mu_sd == 0.0):
                continue  # nothing is in doubt
            of_row = ("assumptions", "bias", voice.victims, voice.relation, name)
            of_voice = ("sources", voice.source, "bias", voice.force, name)
            path: tuple[str, ...] = of_row if own is None else of_voice
            whom = f"{voice.relation.replace('_', ' ')} on {voice.victims} victims"
            whom = whom if own is None else f"{voice.source} on {voice.force}"
            places[path] = voice, getattr(row, name) if own is None else own, name, whom
    move = used.table.plausible
    for path, (voice, value, name, whom) in places.items():
        if name == "mu":
            step = move.mu.of(voice.victims, voice.relation)
            sides = value - step, value + step
            texts = [f"{_said(side)} (factor {_said(math.exp(side))})" for side in sides]
            yield _pair(path, f"mean bias, {whom} (mu)", sides, texts, move.mu.reason)
        else:
            what = "doubt about the mean bias" if name == "mu_sd" else "spread of bias"
            yield _number(path, f"{what}, {whom} ({name})", scaled(value, move.tau), move.tau.reason)


def _shared(used: Used) -> Iterator[Alternative]:
    move, words = used.table.plausible.shared, {"kappa0": "all voices", "kappa": "one relation"}
    for victims in dict.fromkeys(v.victims for v in used.voices if v.own.shared != 0):
        for name, whose in words.items():
            path = ("assumptions", "shared", victims, name)
            value = getattr(used.table.shared[victims], name)
            yield _number(path, f"bias common to {whose}, {victims} ({name})", scaled(value, move), move.reason)


def _spreads(used: Used) -> Iterator[Alternative]:
    """Single numbers of the table that are divided and multiplied."""
    table, move = used.table, used.table.plausible
    slanted = any(voice.own.slant is None for voice in used.voices)
    said: list[tuple[bool, tuple[str, ...], str, Factor]] = [
        (slanted, ("slant", "sd"), "slant: how far bias differs between outcomes", move.slant),
        (used.strength, ("strength", "sd"), "bias on strength", move.strength),
        (bool(used.claims), ("noise", "log_sd"), "how far sources differ in noise", move.noise),
        *((True, ("noise", "access", a), f"noise of sources that {_MEANS[a]}", move.access) for a in used.access),
        (bool(used.claims), ("disagreement", "log_sd"), "how far cases differ in their errors", move.disagreement),
        (bool(used.claims), ("soundness", "unsound_sd"), "error of a claim that is not sound", move.unsound),
        *((True, ("hedge", hedge), f"distance of '{hedge.replace('_', ' ')}'", move.hedge) for hedge in used.hedges),
        (used.bounds, ("bound", "sd"), "softness of bounds on the truth", move.bound),
    ]
    for applies, path, title, factor in said:
        if applies:
            value: Any = table
            for key in path:
                value = value[key] if isinstance(value, Mapping) else getattr(value, key)
            yield _number(("assumptions", *path), title, scaled(value, factor), factor.reason)
    if used.shared_origin:
        rho = move_odds(table.origin.rho, move.origin.factor)
        yield _number(
            ("assumptions", "origin", "rho"), "error in common within an origin (rho)", rho, move.origin.reason
        )


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
        yield _pair(
            path, f"grade of {name}, {grade}", [side or grade for side in sides], list(map(str, sides)), move.reason
        )


def _claims(used: Used) -> Iterator[Alternative]:
    """Credibility of all claims together, one better and one worse."""
    move, sound = used.table.plausible.credibility, used.table.soundness.credibility
    scale = {each: 1 - p for each, p in ((n, sound[str(n)]) for n in CREDIBILITIES)}  # type: ignore[index]
    doubt = {c.id: 1 - soundness(used.case, c) for c in used.claims}
    low, high = (
        {c.id: one_level(c.credibility, scale, doubt[c.id], sign * move.steps) for c in used.claims} for sign in (-1, 1)
    )
    steps = "one number" if move.steps == 1 else f"{move.steps} numbers"
    texts = (f"{steps} better", f"{steps} worse")
    title = "credibility of all claims"
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
        title = f"how far losses per bin may stray{f', {path[1]}' if path[0] == 'forces' else ''}"
        if not isinstance(value, tuple):
            yield _number(path, title, scaled(value, move), move.reason)
            continue
        sides = list(zip(*(scaled(each, move) for each in value), strict=True))
        yield _pair(path, title, list(map(list, sides)), [", ".join(map(_said, side)) for side in sides], move.reason)


def _priors(used: Used) -> Iterator[Alternative]:
    """Every prior on losses, its median moved within its own width."""
    for name, force in used.case.forces.items():
        path = ("forces", name)
        for key in ("strength", "rate", "total", "ratio", "captured_share", "missing_share"):
            prior = getattr(force, key)
            if prior:
                title = f"{key.replace('_', ' ')} of {name}, prior"
                yield _moved(used, (*path, key), title, prior, key in ("rate", "captured_share", "missing_share"))
        for count, prior in force.counts.items():
            yield _moved(used, (*path, "counts", count), f"{count} of {name}, prior", prior, False)
        yield from _contingents(used, name)
        if force.wounded_per_killed and name in used.split:
            title = f"wounded per killed of {name}, prior"
            yield _moved(used, (*path, "wounded_per_killed"), title, force.wounded_per_killed, False)
    yield from _lists(used)
    if any(force.wounded_per_killed is None for force in used.split.values()):
        ratio = used.table.wounded_per_killed
        yield _moved(used, ("assumptions", "wounded_per_killed"), "wounded per killed, default prior", ratio, False)


def _lists(used: Used) -> Iterator[Alternative]:
    """How wrong and how complete lists of names are, wherever a case states it."""
    told = {c.source for c in used.case.claims if c.weight > 0 and c.figure.form in (Form.FLOOR, Form.LISTED)}
    for name, source in used.case.sources.items():
        stated = {"overcount": source.overcount and source.overcount.prior, "completeness": source.completeness}
        for key, prior in stated.items():
            if prior and name in told:
                yield _moved(used, ("sources", name, key), f"{key} of the lists of {name}, prior", prior, True)


def _moved(used: Used, path: tuple[str, ...], title: str, prior: Prior, share: bool) -> Alternative:
    move = used.table.plausible.prior
    sides = [move_prior(prior, z, share) for z in (-move.z, move.z)]
    return _pair(path, title, sides, list(map(_median, sides)), move.reason)


def _median(prior: Mapping[str, float]) -> str:
    return f"median {_said(prior['median'])} (90 % {_said(prior['low'])} to {_said(prior['high'])})"


def _contingents(used: Used, name: str) -> Iterator[Alternative]:
    """Each contingent by itself; a change states all of them."""
    move, parts = used.table.plausible.prior, used.case.forces[name].contingents
    for number, part in enumerate(parts):
        sides = [move_prior(part.strength, z, False) for z in (-move.z, move.z)]
        low, high = ({"forces": {name: {"contingents": _with(parts, number, side)}}} for side in sides)
        key = f"forces.{name}.contingents.{number}.strength"
        title = f"strength of contingent {number + 1} of {name}, prior"
        yield Alternative(key, title, low, high, _median(sides[0]), _median(sides[1]), move.reason)


def _with(parts: tuple[Any, ...], number: int, prior: Mapping[str, float]) -> list[Table]:
    written = [part.model_dump(exclude_unset=True) for part in parts]
    written[number]["strength"] = {**written[number]["strength"], **prior}
    return written
