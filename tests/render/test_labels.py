"""Which quantities stand for the others, where there is room for a few."""

from truetoll.render.labels import foremost, killed_and_casualties

NAMES = [f"{force}.{q}" for force in ("north", "south", "all") for q in ("killed", "wounded", "casualties")]


def test_totals_have_their_killed_before_the_casualties_of_any_force():
    main = killed_and_casualties(NAMES)
    assert len(main) == 6
    assert foremost(main, 4) == ["north.killed", "north.casualties", "south.killed", "all.killed"]
    assert foremost(main, 2) == ["north.killed", "south.killed"]
    assert foremost(main, 9) == main


def test_without_any_killed_the_first_are_shown():
    assert foremost(["a.tanks", "a.ifvs", "b.tanks"], 2) == ["a.tanks", "a.ifvs"]
