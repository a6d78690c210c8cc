"""The part of a page's address behind the #: what is moved and looked at, as the page itself writes it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from truetoll.studies.beliefs.moved import STEP, Moved, on_sliders
from truetoll.studies.beliefs.read import Levers

BEGINS = "#question&"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks of a run.

    Parameters
    ----------
    moved : Moved
    quantity : str
        Empty: the main one.
    above : float or None
        Of what the probability of more is said; None: of the usual number.
    """

    moved: Moved = field(default_factory=Moved)
    quantity: str = ""
    above: float | None = None


def written(asked: Asked, found: Levers, run: str) -> str:
    """Write what is asked.

    Parameters
    ----------
    asked : Asked
    found : Levers
    run : str
        Digest of the run, as long as the page has it.

    Returns
    -------
    str
        Empty if nothing is moved.
    """
    moved = asked.moved
    said = [(f"trust.{name}", _number(moved.trust[name])) for name in found.sources if name in moved.trust]
    steps = {name: round(math.log(times) / STEP) for name, times in moved.bias.items()}
    said += [(f"bias.{name}", str(steps[name])) for name in found.relations if name in steps]
    above = "" if asked.above is None else _number(asked.above)
    others = (("scenario", moved.scenario), ("show", asked.quantity), ("above", above))
    said += [(name, value) for name, value in others if value]
    return BEGINS + urlencode([*said, ("run", run)]) if said else ""


def _number(x: float) -> str:
    return f"{x:.12g}"


def read(address: str, found: Levers, quantities: tuple[str, ...], scenarios: tuple[str, ...]) -> Asked:
    """Read what is asked off an address; what the run has not is passed over, as the page does.

    Parameters
    ----------
    address : str
        Whole, or from the # on.
    found : Levers
    quantities, scenarios : tuple of str
        That can be shown.

    Returns
    -------
    Asked
    """
    _, _, said = address.partition(BEGINS)
    trust, bias, scenario, quantity, above = dict[str, float](), dict[str, float](), "", "", None
    for name, value in parse_qsl(said):
        kind, _, of = name.partition(".")
        number = _finite(value)
        if kind == "trust" and number is not None:
            trust[of] = number
        elif kind == "bias" and number is not None:
            bias[of] = math.exp(STEP * max(-1e3, min(1e3, number)))
        elif name == "scenario" and value in scenarios:
            scenario = value
        elif name == "show" and value in quantities:
            quantity = value
        elif name == "above" and number is not None and number >= 0:
            above = number
    moved = Moved(scenario=scenario) if scenario else on_sliders(Moved(trust, bias), found)
    return Asked(moved, quantity, above)


def _finite(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
