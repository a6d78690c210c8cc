"""A rate in a figure: "1,271 a day", "35 diarios", which over a window of so many days is a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from truetoll.claims.schema import Figure, Form
from truetoll.claims.wording.vocabulary import Lexicon, match
from truetoll.text.messages import message

DAYS = {"per_day": 1.0, "per_week": 7.0, "per_month": 365.25 / 12}
"""Days in what a rate is said of; a month is a twelfth of a year."""


def without_rate(tokens: Sequence[str], lexicon: Lexicon) -> tuple[Sequence[str], float | None]:
    """Take "a day" out of a figure.

    Parameters
    ----------
    tokens : sequence of str
    lexicon : Lexicon

    Returns
    -------
    sequence of str
        The others.
    float or None
        Days that the number is of; None if the figure is no rate.
    """
    for place in range(1, len(tokens)):
        for name, days in DAYS.items():
            if hit := match(lexicon.particles[name], tokens, place):
                return [*tokens[:place], *tokens[hit[1] :]], days
    return tokens, None


def over(figure: Figure, per: float, days: float, lexicon: Lexicon) -> Figure:
    """Turn a rate into the number lost over a window.

    Parameters
    ----------
    figure : Figure
        Lost in `per` days.
    per, days : float
        Days the rate is of, and of the window.
    lexicon : Lexicon

    Returns
    -------
    Figure
        As exact as the rate was: its cell and its interval grow with its value. None a day is none, however long.

    Raises
    ------
    WordingError
        For a share.
    """
    if figure.share:
        raise lexicon.refuse(message("wrong_figure.share_and_rate"))
    if figure.form is Form.BELOW:
        return figure
    times = days / per
    stated = figure.stated and replace(figure.stated, low=figure.stated.low * times, high=figure.stated.high * times)
    return replace(figure, low=figure.low * times, high=figure.high * times, value=figure.value * times, stated=stated)
