"""What moves in place of the model's variables: the same density, at the same points, and few steps for tallies."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from cases import EVERYTHING, EVERYTHING_CLAIMS, make_case

from truetoll.model.tables import build_tables
from truetoll.sampling.coordinates import PLAIN, framed
from truetoll.sampling.engine import Engine, Settings
from truetoll.sampling.framing import framing
from truetoll.sampling.results import result_tree
from truetoll.sampling.session import Session

START = date(2023, 1, 1)
NORTH = """
[case]
title = "Two tallies of one ministry"
bins = [{bins}]

[forces.north]
victims = "civilian"
outcomes = ["killed", "wounded"]
{size}

[sources.ministry]
grade = "C"
relations = {{ north = "own_side" }}

[sources.monitor]
grade = "B"
relations = {{ north = "observer_ngo" }}
"""


TOTAL = "total = { median = 20_000, low = 2_000, high = 200_000 }"
BOUNDED = """strength = { median = 60_000, low = 40_000, high = 90_000 }
rate = { median = 0.1, low = 0.01, high = 0.5 }"""
SOUTH = """
[forces.south]
victims = "civilian"
outcomes = ["killed"]
"""
LINKED = f"""ratio = {{ to = "south", median = 0.3, low = 0.1, high = 0.9 }}
{SOUTH}{TOTAL}"""
LINK = f"""{TOTAL}
{SOUTH}ratio = {{ to = "north", median = 0.3, low = 0.1, high = 0.9 }}"""


def tallied(folder, days=60, bins=4, every=1, outcomes=("killed", "wounded"), size=TOTAL):
    """Two tallies that grow unevenly, each with an error of its own, and one figure of somebody else."""
    rng = np.random.default_rng(5)
    edges = [START + timedelta(days=round(days * i / bins)) for i in range(bins + 1)]
    claims = [f"m1; monitor; north.killed; {11 * days:,}; {START}; {edges[-1]}; ; 2"]
    for outcome, mean in zip(outcomes, (12, 30), strict=False):
        daily = rng.poisson(mean * np.exp(0.4 * np.sin(np.arange(days) / 9) + 0.3 * rng.normal(size=days)))
        for i, n in list(enumerate(np.cumsum(daily)))[::every]:
            claims.append(
                f"{outcome}{i}; ministry; north.{outcome}; {n}; {START}; {START + timedelta(days=i + 1)}; ; 2; daily"
            )
    return make_case(folder, NORTH.format(bins=", ".join(map(str, edges)), size=size), claims)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Engine(build_tables(tallied(tmp_path_factory.mktemp("case"))))


def moved(engine, frame, point):
    return frame.from_model(point[None], engine)[0]


def cases(folder):
    for name, case in {
        "few bins": tallied,
        "curves": lambda place: tallied(place, days=150, bins=20, every=3),
        "one tally": lambda place: tallied(place, outcomes=("wounded",)),
        "curves, one tally": lambda place: tallied(place, days=150, bins=20, every=2, outcomes=("wounded",)),
        "bounded": lambda place: tallied(place, size=BOUNDED),
        "known": lambda place: tallied(place, size="total = { median = 3_000, low = 2_900, high = 3_100 }"),
        "relative": lambda place: tallied(place, outcomes=("killed",), size=LINKED),
        "relative to it": lambda place: tallied(place, outcomes=("killed",), size=LINK),
        "everything": lambda place: make_case(place, EVERYTHING, EVERYTHING_CLAIMS),
    }.items():
        place = folder / name
        place.mkdir()
        yield name, case(place)


def test_a_frame_changes_no_density(engine, tmp_path):
    """At a point it is the model's, times the volume that finite differences of the way there have."""
    rng, levels, breaks = np.random.default_rng(2), 0, 0
    for name, case in cases(tmp_path):
        engine.set(build_tables(case))
        frame = framing(engine.tables)
        levels, breaks = levels + int((frame.row >= 0).sum()), breaks + len(frame.second)
        point = 0.5 * rng.normal(size=engine.dimension)
        x = moved(engine, frame, point)
        back = frame.to_model(x[None], engine)[0]
        np.testing.assert_allclose(back, point, atol=1e-10, err_msg=name)

        near = x + 1e-5 * np.concatenate([np.eye(len(x)), -np.eye(len(x))])
        there = frame.to_model(near, engine)
        volume = np.linalg.slogdet((there[: len(x)] - there[len(x) :]) / 2e-5)[1]
        density = engine.density(replace(PLAIN, frame=frame))
        value, gradient = density(x)
        assert value == pytest.approx(engine.logp(point)[0] + volume, abs=1e-5), name

        values = np.array([density(y)[0] for y in near])
        slope = (values[: len(x)] - values[len(x) :]) / 2e-5
        np.testing.assert_allclose(gradient, slope, rtol=2e-4, atol=2e-4 * np.abs(gradient).max(), err_msg=name)
    assert levels >= 10
    assert breaks == 2


def test_what_tallies_say_is_what_moves(engine, tmp_path):
    """Moving how far sources are believed, or the split, leaves what is seen of the losses where it is."""
    case = tallied(tmp_path)
    engine.set(build_tables(case))
    frame, rng = framing(engine.tables), np.random.default_rng(3)
    x = np.repeat(framed(engine).center[None], 2, axis=0)
    z = engine.unflatten(x)
    z["z_bias"][1] += rng.normal(size=z["z_bias"].shape[1:])
    z["z_noise"][1, -1] += 1.0
    _, _, level = engine.seen(frame.to_model(x, engine))
    error = engine.unflatten(frame.to_model(x, engine))["origin_error"]
    said = level[:, frame.row[frame.row >= 0]] + error[:, np.flatnonzero(frame.row >= 0)]
    np.testing.assert_allclose(said, np.broadcast_to(frame.said[frame.row >= 0], said.shape), atol=1e-9)


def test_curves_follow_what_is_seen(engine, tmp_path):
    """The course of a tally stays when the split drifts."""
    engine.set(build_tables(tallied(tmp_path, days=150, bins=20)))
    frame = framing(engine.tables)
    x = np.repeat(framed(engine).center[None], 2, axis=0)
    engine.unflatten(x)["z_split"][1] += 3.0 * np.random.default_rng(4).normal(size=engine.sizes["z_split"])
    loss, _, _ = engine.seen(frame.to_model(x, engine))
    seen = loss[:, frame.seen_series[0]]
    course = np.log(seen / seen.sum(axis=-1, keepdims=True))
    share = np.log(loss[:, 0] / loss[:, 1])
    assert np.abs(share[1] - share[0]).max() > 0.3
    assert np.abs(course[1] - course[0]).max() < 0.02 * np.abs(share[1] - share[0]).max()


def test_where_no_tally_runs_nothing_moves_otherwise(engine, tmp_path):
    engine.set(
        build_tables(
            make_case(
                tmp_path,
                NORTH.format(bins="2023-01-01, 2023-06-01", size=TOTAL),
                [f"{who}; {who}; north.killed; 900; 2023-01-01; 2023-06-01; ; 2" for who in ("monitor", "ministry")],
            )
        )
    )
    assert framing(engine.tables).plain
    assert framed(engine).frame.plain


def test_a_level_stands_in_for_what_its_prior_leaves_open(engine, tmp_path):
    """A total that is known, and strength times rate, stay: there the error of the report gives way."""
    known = "total = { median = 20_000, low = 19_500, high = 20_500 }"
    for place, size, totals in (("open", TOTAL, 1), ("known", known, 0), ("bounded", BOUNDED, 0)):
        engine.set(build_tables(tallied(tmp_path / place, size=size)))
        frame = framing(engine.tables)
        assert ((frame.total >= 0).sum(), (frame.held >= 0).sum()) == (totals, 2 - totals), place


def test_tallies_take_few_steps(engine, tmp_path):
    """In the model's own variables 300 daily figures took 72 to 82 steps a draw, and had 130 to 195 effective draws."""
    case = tallied(tmp_path, days=300, bins=10)
    tables = build_tables(case)
    engine.set(tables)
    settings = Settings(draws=500, tune=300)
    draws = engine.sample(settings)
    told = result_tree(case, tables, engine, draws, settings).attrs
    assert draws.stats["n_steps"].mean() < 25
    assert told["rhat_max"] < 1.01
    assert told["ess_min"] > 400


def test_a_refit_begins_from_what_its_base_moved(engine, tmp_path):
    """Levels travel by name; a scenario without one of the tallies has that variable back."""
    base = tallied(tmp_path)
    session = Session(base, engine=engine)
    trusted = replace(base, claims=tuple(c for c in base.claims if not c.id.startswith("wounded")))
    for case in (base, trusted):
        near = session._coordinates(build_tables(case))
        assert near is not None
        np.testing.assert_array_equal(near.frame.held, framing(build_tables(case)).held)
    refit = session.refit(trusted)
    assert refit.checks["converged"]
    assert refit.draws.stats["n_steps"].mean() < 25
