"""Shapley values against closed forms: additive, glove, unanimity and voting games."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest

from truetoll.studies.attribution.shapley import coalitions, orders, shapley, shapley_sampled

FIVE, EIGHT = tuple("abcde"), tuple("abcdefgh")


def game(players, worth):
    return {each: worth(each) for each in coalitions(players, exact_up_to=len(players))}


def random_game(players, seed=0, shape=()):
    random = np.random.default_rng(seed)
    return game(players, lambda _: random.normal(size=shape))


def test_an_additive_game_gives_each_its_own():
    worth = dict(zip(FIVE, (1.0, -2.0, 0.5, 0.0, 10.0), strict=True))
    found = shapley(game(FIVE, lambda s: 3.0 + sum(worth[p] for p in s)), FIVE)
    assert found == {p: pytest.approx(worth[p], abs=1e-12) for p in FIVE}


def test_the_glove_game():
    """Two left gloves, one right: a pair is worth 1."""
    found = shapley(game("abr", lambda s: float("r" in s and len(s) > 1)), "abr")
    assert [float(found[p]) for p in "abr"] == pytest.approx([1 / 6, 1 / 6, 4 / 6])


def test_a_unanimity_game_is_shared_by_its_members():
    found = shapley(game(FIVE, lambda s: float({"b", "d"} <= s)), FIVE)
    assert [float(found[p]) for p in FIVE] == pytest.approx([0, 0.5, 0, 0.5, 0])


def test_weighted_voting():
    """Votes 4, 3, 2, 1 and a quota of 6: the pivots of all 24 orders, counted by hand."""
    votes = dict(zip("abcd", (4, 3, 2, 1), strict=True))
    found = shapley(game("abcd", lambda s: float(sum(votes[p] for p in s) >= 6)), "abcd")
    assert [float(found[p]) * 12 for p in "abcd"] == pytest.approx([5, 3, 3, 1])


def test_it_is_the_mean_over_all_orders():
    values = random_game(FIVE)
    every = [tuple(order) for order in permutations(FIVE)]
    assert len(every) == factorial(5)
    exact, along = shapley(values, FIVE), shapley_sampled(values, every)
    assert exact == {p: pytest.approx(along[p]) for p in FIVE}


@pytest.mark.parametrize("seed", range(5))
def test_shares_add_up_to_the_whole(seed):
    values = random_game(EIGHT, seed)
    whole = values[frozenset(EIGHT)] - values[frozenset()]
    assert sum(shapley(values, EIGHT).values()) == pytest.approx(whole, abs=1e-12)
    sampled = shapley_sampled(values, orders(EIGHT, 4, seed))
    assert sum(sampled.values()) == pytest.approx(whole, abs=1e-12)


def test_who_changes_nothing_gets_exactly_nothing():
    without = random_game("abcdefg", 3)
    values = game(EIGHT, lambda s: without[s - {"h"}])
    assert shapley(values, EIGHT)["h"] == 0.0
    assert shapley_sampled(values, orders(EIGHT))["h"] == 0.0


def test_who_does_the_same_gets_the_same():
    random = random_game("abc", 4)
    values = game("abcd", lambda s: random[frozenset("abc"[: len(s & {"c", "d"})]) | (s & {"a"})] + ("b" in s))
    found = shapley(values, "abcd")
    assert found["c"] == pytest.approx(found["d"])


def test_arrays_are_divided_element_by_element():
    values = random_game("abc", 5, (2, 3))
    found = shapley(values, "abc")
    assert found["a"].shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        alone = shapley({s: v[i, j] for s, v in values.items()}, "abc")
        assert [found[p][i, j] for p in "abc"] == pytest.approx([float(alone[p]) for p in "abc"])
    along = shapley_sampled(values, orders("abc"))
    np.testing.assert_allclose(sum(along.values()), values[frozenset("abc")] - values[frozenset()], atol=1e-12)


def test_values_are_not_changed():
    values = random_game("abc", 6, (2,))
    before = {s: v.copy() for s, v in values.items()}
    shapley(values, "abc")
    shapley_sampled(values, orders("abc"))
    assert all((values[s] == before[s]).all() for s in values)


# Which subsets are needed


def test_up_to_six_players_all_subsets():
    for n in range(7):
        found = coalitions(EIGHT[:n])
        assert len(found) == len(set(found)) == 2**n
        assert (found[0], found[-1]) == (frozenset(), frozenset(EIGHT[:n]))
        assert [len(each) for each in found] == sorted(len(each) for each in found)


def test_beyond_only_those_along_the_orders():
    found = coalitions(EIGHT, permutations=6, seed=1)
    assert len(found) == len(set(found)) <= 2 + 6 * 7 < 2**8
    assert (found[0], found[-1]) == (frozenset(), frozenset(EIGHT))
    drawn = orders(EIGHT, 6, 1)
    assert set(found) == {frozenset(order[:n]) for order in drawn for n in range(9)}
    values = {each: float(len(each)) for each in found}
    assert shapley_sampled(values, drawn) == dict.fromkeys(drawn[0], pytest.approx(1.0))


def test_orders_come_with_their_reverse():
    drawn = orders(EIGHT, 6, 2)
    assert all(one == other[::-1] for one, other in zip(drawn[::2], drawn[1::2], strict=True))
    assert all(set(order) == set(EIGHT) for order in drawn)
    assert drawn == orders(EIGHT, 6, 2) != orders(EIGHT, 6, 3)


def test_a_pair_of_orders_is_exact_where_only_pairs_of_players_interact():
    random = np.random.default_rng(7)
    pair = random.normal(size=(8, 8))
    values = game(EIGHT, lambda s: sum(pair[EIGHT.index(p), EIGHT.index(q)] for p in s for q in s))
    exact, one_pair = shapley(values, EIGHT), shapley_sampled(values, orders(EIGHT, 2, 0))
    assert exact == {p: pytest.approx(one_pair[p]) for p in EIGHT}


def test_more_orders_come_nearer():
    values = random_game(EIGHT, 8)
    exact = shapley(values, EIGHT)

    def error(n):
        runs = (shapley_sampled(values, orders(EIGHT, n, seed)) for seed in range(20))
        return np.mean([(run[p] - exact[p]) ** 2 for run in runs for p in EIGHT])

    assert error(200) < error(20) / 5


def test_nobody_divides_nothing():
    assert coalitions(()) == (frozenset(),)
    assert shapley({frozenset(): 3.0}, ()) == {}


WRONG = [
    (lambda: shapley({frozenset(): 0.0, frozenset("a"): 1.0}, "ab"), "2 subsets have no value; the first is that of b"),
    (lambda: shapley({}, "a"), "the first is that of nobody"),
    (lambda: shapley_sampled({frozenset(): 0.0}, [("a",)]), "1 subsets have no value; the first is that of a"),
    (lambda: shapley_sampled({}, []), "no order"),
    (lambda: shapley_sampled({}, [("a", "b"), ("a", "c")]), "not of the same players"),
    (lambda: coalitions(("a", "a")), "named twice"),
    (lambda: orders(EIGHT, 3), "pairs"),
    (lambda: orders(EIGHT, 0), "pairs"),
]


@pytest.mark.parametrize(("call", "what"), WRONG)
def test_what_is_refused(call, what):
    with pytest.raises(ValueError, match=what):
        call()
