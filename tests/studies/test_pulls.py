"""What pulls an answer where, against closed forms of a normal posterior."""

from dataclasses import replace

import numpy as np
import pytest
from gaussian import CENTRE, CHAINS, DRAWS, KILLED, NOISE, World
from scipy.optimize import brentq
from scipy.stats import norm

from truetoll.studies.fit.pulls import SHARE, SURE, pulls

ADVERSARY = 0.6
TOLD = [
    ("own", "mod", CENTRE - 1.0, NOISE),
    ("late", "mod", CENTRE + 0.9, NOISE),
    ("dead", "enemy", CENTRE + 1.8, NOISE),
    ("seen", "ngo", CENTRE + 0.2, 4.0),
]
WORLD = World(TOLD, {"adversary": ADVERSARY})


def less(world, kind, key):
    """The same with half the weight of one thing."""
    if kind == "prior":
        return replace(world, prior=0.5)
    if kind == "bias":
        return replace(world, mean={r: m / 2 if key.endswith(f":{r}") else m for r, m in world.mean.items()})
    halved = {name: 0.5 for name, source, _, _ in world.told if key in (name, source)}
    return replace(world, power=world.power | halved)


def shift(world, kind, key):
    return less(world, kind, key).log_median() - world.log_median()


def found(world, seed=1, **options):
    return pulls(world.tree(seed), world.case(), [KILLED], **options)[KILLED]


EVERYTHING = [("source", s) for s in ("mod", "enemy", "ngo")] + [("claim", "own"), ("claim", "late")]
EVERYTHING += [("prior", "total[north]"), ("bias", "military:adversary")]


def test_what_is_told_is_what_the_closed_form_says():
    told = found(WORLD).found
    for pull in told:
        exact = shift(WORLD, pull.kind, pull.key)
        assert pull.left == 0.5
        assert pull.shift_log == pytest.approx(exact, abs=4 * pull.mcse_log)
        assert pull.mcse_log < 0.02  # so that the line above could fail
    large = {thing for thing in EVERYTHING if abs(np.expm1(shift(WORLD, *thing))) >= SHARE}
    whole = {source for kind, source in large if kind == "source"}
    of = {name: source for name, source, _, _ in TOLD}
    alike = {c for c in ("own", "late") if of[c] in whole}
    alike = {c for c in alike if shift(WORLD, "claim", c) * shift(WORLD, "source", of[c]) > 0}
    assert {(p.kind, p.key) for p in told} == {t for t in large if t[1] not in alike}
    assert {"source", "claim", "bias"} <= {p.kind for p in told}
    assert list(told) == sorted(told, key=lambda p: -abs(p.shift_log))


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_refits_without_it_say_the_same_of_its_direction(seed):
    for pull in found(WORLD, seed).found:
        if pull.kind in ("source", "claim"):
            rest = [each for each in TOLD if pull.key not in each[:2]]
            without = replace(WORLD, told=rest).log_median() - WORLD.log_median()
            assert np.sign(without) == np.sign(pull.shift_log)
            assert abs(np.expm1(without)) > SHARE


def test_of_a_source_the_figures_that_pull_as_it_does_are_named():
    world = replace(WORLD, told=[*TOLD, ("again", "enemy", CENTRE + 0.2, 2 * NOISE)])
    enemy = next(p for p in found(world).found if p.key == "enemy")
    assert enemy.shift_log < 0
    assert enemy.claims == ("dead",)


def test_a_source_that_agrees_with_the_rest_is_not_named():
    same = World([(f"c{i}", s, CENTRE, NOISE) for i, s in enumerate(("mod", "enemy", "ngo"))])
    assert found(same).found == ()


def test_what_the_draws_do_not_reach_is_left_open():
    world = World([("sharp", "mod", CENTRE - 1.5, 0.003), ("dull", "ngo", CENTRE + 2.0, 0.003)])
    world.told[1] = ("dull", "ngo", CENTRE + 2.0, NOISE)
    tree = world.tree()
    tree["log_likelihood"]["claims"][..., 0] = 60 * tree["log_likelihood"]["claims"][..., 0]
    got = pulls(tree, world.case(), [KILLED])[KILLED]
    assert "mod" not in {p.key for p in got.found}
    assert got.unknown == ("mod",)


def test_without_the_only_source_the_answer_is_the_prior():
    world = World([("own", "mod", CENTRE - 1.0, NOISE)])
    pull = next(p for p in found(world).found if p.kind == "source")
    assert (pull.left, pull.khat) == (0.0, None)
    assert pull.shift_log == pytest.approx(CENTRE - world.log_median(), abs=4 * pull.mcse_log)


def test_refits_that_are_known_are_not_weighed():
    exact = {("source", "ngo"): {KILLED: (-0.3, 0.01)}, ("claim", "own"): {KILLED: (0.09, 0.01)}}
    world = replace(WORLD, told=[*TOLD[:3], ("seen", "ngo", CENTRE + 0.2, 1.5)])
    got = {(p.kind, p.key): p for p in found(world, exact=exact).found}
    assert (got["source", "ngo"].shift_log, got["source", "ngo"].left, got["source", "ngo"].khat) == (-0.3, 0.0, None)
    assert ("claim", "own") not in got  # without it altogether twice the share is asked for


def test_an_effect_within_its_error_is_not_told():
    tree = WORLD.tree().isel(draw=slice(0, 60))
    few = pulls(tree, WORLD.case(), [KILLED])[KILLED].found
    assert all(abs(p.shift_log) > SURE * p.mcse_log for p in few)
    assert len(few) < len(found(WORLD).found)


def test_a_figure_that_is_probably_an_error_moves_as_if_it_were_none():
    sane = World([("own", "mod", CENTRE - 1.0, NOISE), ("wild", "ngo", CENTRE + 2.5, 3.0)])
    sound = World([*sane.told[:1], ("wild", "ngo", CENTRE + 2.5, NOISE)])
    share = 0.2
    (m0, c0), (m1, c1) = sane.posterior(), sound.posterior()
    rng = np.random.default_rng(5)
    z = np.where(
        rng.uniform(size=(CHAINS, DRAWS, 1)) < share,
        rng.multivariate_normal(m1, c1, size=(CHAINS, DRAWS)),
        rng.multivariate_normal(m0, c0, size=(CHAINS, DRAWS)),
    )[..., 0]
    densities = [norm.pdf(z, m[0], np.sqrt(c[0, 0])) for m, c in ((m0, c0), (m1, c1))]
    odds = share * densities[1] / ((1 - share) * densities[0] + share * densities[1])
    tree = sane.tree()
    p = np.stack([np.full(z.shape, 0.95), odds], axis=-1)
    amount = np.repeat(np.exp(CENTRE + 0.8 * z)[..., None], 2, axis=-1)
    tree["posterior"] = tree["posterior"].dataset.assign(
        amount=(("chain", "draw", "quantity"), amount), sound=(("chain", "draw", "claim"), p)
    )
    pull = next(p for p in pulls(tree, sane.case(), [KILLED])[KILLED].found if p.kind == "unsound")
    sds = [np.sqrt(c[0, 0]) for c in (c0, c1)]
    median = brentq(
        lambda q: (1 - share) * norm.cdf(q, m0[0], sds[0]) + share * norm.cdf(q, m1[0], sds[1]) - 0.5, -9, 9
    )
    assert pull.key == "wild"
    assert pull.shift_log == pytest.approx(0.8 * (m1[0] - median), abs=4 * pull.mcse_log)
