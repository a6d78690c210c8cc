"""Levers: what draws weigh where a relation is taken to exaggerate more is what the model says, for one or several."""

from dataclasses import replace

import numpy as np
import pytest

from truetoll.claims.scenario import apply_change
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.levers import bias_levers
from truetoll.sampling.reweight import candidates
from truetoll.studies.beliefs.read import levers
from truetoll.studies.fit.ask import fit

SHIFTS = {"military:adversary": 0.3, "military:third_party_state": -0.2}


def shifted(case, found, shifts):
    sources = {}
    for relation, shift in shifts.items():
        for voice in found.voices[relation]:
            source, force = voice.split(":")
            table = sources.setdefault(source, {"bias": {}})
            table["bias"][force] = {"mu": found.bias_mean[voice] + shift}
    return apply_change(case, {"sources": sources}, "shifted")


def test_a_lever_moves_its_own_voices_and_nothing_else(kursk_case):
    tables = build_tables(kursk_case)
    names, found = bias_levers(tables)
    assert names == (
        "military:third_party_state",
        "military:ally_of_adversary",
        "military:analyst",
        "military:adversary",
    )
    moved = tables.data["distortion_map"][1:] @ found.T
    pairs = [names.index(":".join(tables.index.kinship(s, f))) for s, f, _ in tables.index.loss_pairs]
    assert moved[: len(pairs)] == pytest.approx(np.eye(4)[pairs], abs=1e-9)
    assert moved[len(pairs) :] == pytest.approx(0.0, abs=1e-9)  # what sources make of strength


def test_draws_weigh_what_reweighting_says(kursk_case, kursk_fit):
    """As bias held in `truetoll.sampling.reweight`, two relations at once: the same log weights but for a constant."""
    base = build_tables(kursk_case)
    engine, found = Engine(base), levers(kursk_fit)
    posterior, shape = kursk_fit["posterior"], kursk_fit["posterior"]["z_bias"].shape[:2]
    empty = {n: np.zeros((*shape, *(len(base.coords[d]) for d in dims))) for n, dims in engine.dims.items()}
    z = {name: posterior[name].to_numpy() if name in posterior else none for name, none in empty.items()}
    target = build_tables(shifted(kursk_case, found, SHIFTS))
    held = candidates(engine, base, Draws(z, {}), target, seed=1)["bias"]
    mine = found.log_ratio({}, SHIFTS)
    body = np.argsort(mine)[: mine.size // 2]  # the largest are smoothed
    other = held.log_weights.ravel()
    assert (other - mine)[body] == pytest.approx((other - mine)[body][0], abs=1e-6)


def test_trust_is_the_power_of_the_likelihood(kursk_fit):
    found = levers(kursk_fit)
    said = kursk_fit["log_likelihood"]["claims"].sel(claim=["nis-sent", "nis-killed", "nis-wounded"]).sum("claim")
    assert found.log_ratio({"nis": 0.0}, {}) == pytest.approx(-said.to_numpy().ravel())
    assert found.log_ratio({"nis": 2.0}, {}) == pytest.approx(said.to_numpy().ravel())
    assert found.log_ratio({}, {}) == pytest.approx(0.0)


def test_thinned_draws_are_some_of_them(kursk_fit):
    found, few = levers(kursk_fit), levers(kursk_fit, 5)
    shape = (found.chains, -1)
    assert few.amount[0].reshape(shape) == pytest.approx(found.amount[0].reshape(shape)[:, ::5])


def test_a_bias_that_is_known_has_no_lever(kursk_case):
    fixed = apply_change(
        kursk_case,
        {"sources": {"nis": {"bias": {"dprk": {"tau": 0.0, "shared": 0.0, "slant": 0.0}}}}},
        "fixed",
    )
    names, found = bias_levers(build_tables(fixed))
    known = names.index("military:third_party_state")
    assert np.isnan(found[known]).all()
    assert np.isfinite(np.delete(found, known, axis=0)).all()


def test_a_run_keeps_the_levers(kursk_fit):
    constant = kursk_fit["constant_data"]
    assert constant["bias_lever"].dims == ("kinship", "bias_factor")
    assert set(constant["voice_kinship"].to_numpy()) == set(constant["kinship"].to_numpy())


def test_without_voices_there_is_nothing_to_move(small_case):
    from truetoll.claims.reading import read_case

    lines = ("a,ministry,north.killed,2700,2024-07-01", "b,monitor,north.killed,800,2024-07-01")
    case = read_case(small_case(claims="\n".join(("id,source,losses,figure,as_of", *lines))))
    floors = tuple(replace(c, figure=replace(c.figure, form=type(c.figure.form).FLOOR)) for c in case.claims)
    tree = fit(replace(case, claims=floors), draws=200, tune=200, seed=1)
    found = levers(tree)
    assert found.relations == () and found.lever.shape == (0, found.amount.shape[1])
