"""Which quantities stand for the others, where there is room for a few."""

import pytest

from truetoll.render.labels import foremost, killed_and_casualties, shorten

NAMES = [f"{force}.{q}" for force in ("north", "south", "all") for q in ("killed", "wounded", "casualties")]


def test_totals_have_their_killed_before_the_casualties_of_any_force():
    main = killed_and_casualties(NAMES)
    assert len(main) == 6
    assert foremost(main, 4) == ["north.killed", "north.casualties", "south.killed", "all.killed"]
    assert foremost(main, 2) == ["north.killed", "south.killed"]
    assert foremost(main, 9) == main


def test_without_any_killed_the_first_are_shown():
    assert foremost(["a.tanks", "a.ifvs", "b.tanks"], 2) == ["a.tanks", "a.ifvs"]


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("median 264,000 (90 % 86,100 to 811,000)", 26, "median 264,000 (90 %\N{HORIZONTAL ELLIPSIS}"),
        ("mediana 1,89 (0,881 a 3,96)", 16, "mediana 1,89 (\N{HORIZONTAL ELLIPSIS}"),
        ("losses of 2024 and later", 15, "losses of 2024\N{HORIZONTAL ELLIPSIS}"),
        ("a name too long", 9, "a name t\N{HORIZONTAL ELLIPSIS}"),
        ("86,100", 6, "86,100"),
    ],
)
def test_no_number_of_a_label_is_cut(text, limit, shown):
    assert shorten(text, limit) == shown
