"""What a draft guesses of sources and forces, marked: relations by kinds of voices, priors that say next to nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from truetoll.claims.reading.unsettled import MARK
from truetoll.claims.schema import OUTCOMES
from truetoll.claims.wording import Lexicon, read_figure
from truetoll.importers.prose.finding import Found
from truetoll.importers.prose.voices import Voice
from truetoll.importers.prose.whose import Force
from truetoll.text.saying import Speaker

WIDE = 30
"""Factor of a prior of losses up and down: three orders of magnitude between its ends."""
_RELATIONS = {"ngo": "observer_ngo", "international": "international_org", "analyst": "analyst", "media": "media"}
_SHARES = {"captured": (0.1, 0.01, 0.5), "missing": (0.1, 0.01, 0.5)}
_FEWEST = 100


def relation(voice: Voice, force: Force, parties: Iterable[str]) -> str:
    """Guess the relation of a voice to a force.

    Parameters
    ----------
    voice : Voice
    force : Force
    parties : iterable of str
        Sides whose losses are told in the article.

    Returns
    -------
    str
        Marked.
    """
    if voice.sort in _RELATIONS:
        return f"{MARK} {_RELATIONS[voice.sort]}"
    if voice.party and voice.party == force.party:
        return f"{MARK} own_side"
    if voice.sort == "side" and not voice.party:
        return f"{MARK} own_side" if force.victims in ("civilian", "mixed") else MARK
    if voice.party and voice.party not in set(parties):
        return f"{MARK} third_party_state"
    return f"{MARK} adversary" if voice.party else f"{MARK} media"


def named(name: str, w: Speaker) -> str:
    """Put a name that the rules made into words; one that the article has stays.

    Parameters
    ----------
    name : str
        ``the enemy, equipment``.
    w : Speaker

    Returns
    -------
    str
    """
    whole = w.of("draft_name", name)
    return whole if whole != name else ", ".join(w.of("draft_name", part) for part in name.split(", "))


def force_table(force: Force, found: Sequence[Found], lexicon: Lexicon, w: Speaker) -> dict[str, Any]:
    """Draft a force.

    Parameters
    ----------
    force : Force
    found : sequence of Found
        About it.
    lexicon : Lexicon
    w : Speaker
        Of the reasons.

    Returns
    -------
    dict
        As in case.toml; its priors are marked by their reason.
    """
    table: dict[str, Any] = {"name": named(force.name, w), "victims": force.victims}
    sizes = [(each.quantity, read_figure(each.figure, lexicon)) for each in found]
    if force.victims == "materiel":
        names = dict.fromkeys(quantity for quantity, _ in sizes)
        table["counts"] = {name: _prior([f.value for q, f in sizes if q == name], w) for name in names}
        return table
    said = {quantity for quantity, _ in sizes}
    both = bool(said & {"casualties", "lost"}) or not said & {"killed", "wounded"}
    table["outcomes"] = [name for name in OUTCOMES if name in said or (both and name in ("killed", "wounded"))]
    counted = [figure.value for _, figure in sizes if not figure.share]
    if any(figure.share for _, figure in sizes):
        why = f"{MARK} {w.say('drafted.strength')}"
        size = 10 * _order(counted)
        table["strength"] = {"median": size, "low": size / 10, "high": size * 10, "reason": why}
        why = f"{MARK} {w.say('drafted.rate')}"
        table["rate"] = {"median": 0.1, "low": 0.005, "high": 0.7, "reason": why}
    else:
        table["total"] = _prior(counted, w)
    for name, (median, low, high) in _SHARES.items():
        if name in said:
            why = f"{MARK} {w.say('drafted.share', outcome=name)}"
            table[f"{name}_share"] = {"median": median, "low": low, "high": high, "reason": why}
    return table


def _order(values: Sequence[float]) -> float:
    return float(10 ** round(math.log10(max([_FEWEST, *values]))))


def _prior(values: Sequence[float], w: Speaker) -> dict[str, Any]:
    """Give a prior that says no more than how many digits a number has."""
    size = _order(values)
    why = f"{MARK} {w.say('drafted.prior', wide=WIDE)}"
    return {"median": size, "low": round(size / WIDE, 1), "high": size * WIDE, "reason": why}
