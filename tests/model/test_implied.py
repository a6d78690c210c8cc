"""What priors imply, drawn with NumPy alone: the same losses as the model, stated numbers as stated, claims outside."""

import dataclasses
import math

import numpy as np
import pytest
from cases import EVERYTHING, EVERYTHING_CLAIMS, make_case
from scipy import integrate, stats

from truetoll.model import implied as module
from truetoll.model.implied import implied, losses, stratified
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.results import quantities

TOML = """
[case]
title = "A battle"
bins = [2024-01-01, 2024-02-01, 2024-03-01]
[forces.north]
victims = "military"
outcomes = ["killed", "wounded"]
total = { median = 3_000, low = 500, high = 9_000 }
wounded_per_killed = { median = 3, low = 1.5, high = 9 }
counts = { tanks = { median = 40, low = 10, high = 90 } }
[forces.guard]
victims = "military"
outcomes = ["killed"]
strength = { median = 1_000, low = 800, high = 1_500 }
rate = { median = 0.1, low = 0.02, high = 0.4 }
[sources.staff]
relations = { north = "adversary", guard = "adversary" }
"""
ALL = "2024-01-01; 2024-03-01"


def case_of(tmp_path, *claims, toml=TOML):
    return make_case(tmp_path / "case", toml, claims or (f"a; staff; north.killed; 700; {ALL}; ; 2",))


def by_name(case):
    return {row.name: row for row in implied(case)[0]}


def test_the_same_normals_give_the_losses_of_the_model(tmp_path):
    tables = build_tables(make_case(tmp_path / "all", EVERYTHING, EVERYTHING_CLAIMS))
    engine = Engine(tables)
    z = engine.prior(40, 7).z
    outputs = engine.outputs(Draws({name: each.copy() for name, each in z.items()}, {}))
    mine = losses(tables.data, {name: each[0] for name, each in z.items()})
    for name, found in zip(("loss", "strength"), mine, strict=True):
        np.testing.assert_allclose(found, outputs[name][0], rtol=1e-10)
    told = quantities(tables, outputs)[0]
    drawn = np.stack(list(module._reported(tables.index, *mine)), axis=-1)
    np.testing.assert_allclose(drawn, told, rtol=1e-10)


def test_what_is_stated_comes_out_as_stated(tmp_path):
    found = by_name(case_of(tmp_path))
    for name, ends in (
        ("north.casualties", (3_000, 500, 9_000)),
        ("north.tanks", (40, 10, 90)),
        ("guard.strength", (1_000, 800, 1_500)),
        ("guard.killed", None),
    ):
        row = found[name]
        if ends:
            assert (row.median, *row.interval) == pytest.approx(ends, rel=0.01)
        assert row.outer[0] < row.interval[0] < row.median < row.interval[1] < row.outer[1]
        assert (row.mass, row.outer_mass) == (0.9, 0.99)


def test_killed_are_what_total_and_ratio_leave(tmp_path):
    """P(killed < x) by quadrature over both priors, each lopsided on the log scale."""
    row = by_name(case_of(tmp_path))["north.killed"]

    def normal(z, median, low, high):
        return math.log(median) + z * math.log(median / low if z < 0 else high / median) / stats.norm.ppf(0.95)

    def below(x):
        """Over the ratio: what the total must be below."""

        def part(z):
            limit = math.log(x) + math.log1p(math.exp(normal(z, 3, 1.5, 9)))
            scale = math.log(3_000 / 500 if limit < math.log(3_000) else 3) / stats.norm.ppf(0.95)
            return stats.norm.pdf(z) * stats.norm.cdf((limit - math.log(3_000)) / scale)

        return integrate.quad(part, -8, 8, points=[0], limit=200)[0]

    n = module.DRAWS
    for x, p in (
        (row.median, 0.5),
        *zip(row.interval, (0.05, 0.95), strict=True),
        *zip(row.outer, (0.005, 0.995), strict=True),
    ):
        assert below(x) == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / n))


@pytest.mark.parametrize(
    ("figure", "losses", "outside"),
    [
        ("700", "north.killed", False),
        ("90,000", "north.killed", True),
        ("3", "north.killed", True),
        ("up to 90,000", "north.killed", False),
        ("up to 3", "north.killed", True),
        ("fewer than 3", "north.killed", True),
        ("at least 3", "north.killed", False),
        ("at least 90,000", "north.killed", True),
        ("none", "north.killed", True),
        ("90,000", "north.killed:0.5 | north.casualties:0.5", True),
        ("12,000", "north.killed:0.5 | north.casualties:0.5", False),
        ("12,000", "north.killed", True),
        ("90%", "guard.killed", True),
        ("10%", "guard.killed", False),
        ("900", "guard.strength", False),
        ("9,000", "guard.strength", True),
        ("4,000", "north.tanks", True),
    ],
)
def test_a_claim_outside_of_its_prior_is_told(tmp_path, figure, losses, outside):
    _, told = implied(case_of(tmp_path, f"a; staff; {losses}; {figure}; {ALL}; ; 2"))
    assert len(told) == outside
    if outside:
        assert str(told[0]).startswith(f"claims.csv:2: a ({figure!r}) lies outside what the priors hold possible of ")


def test_the_window_counts_and_what_is_set_aside_is_not_told(tmp_path):
    day = "a; staff; north.killed; 4,000; 2024-01-01; 2024-01-03; ; 2"
    assert implied(case_of(tmp_path / "day", day))[1]
    assert not implied(case_of(tmp_path / "all", day.replace("2024-01-03", "2024-03-01")))[1]
    case = case_of(tmp_path, day)
    aside = dataclasses.replace(case, claims=tuple(dataclasses.replace(c, weight=0.0) for c in case.claims))
    assert not implied(aside)[1]


def test_many_are_counted(tmp_path):
    claims = [f"c{n}; staff; north.killed; {90_000 + n}; {ALL}; o{n}; 2" for n in range(9)]
    _, told = implied(case_of(tmp_path, *claims))
    assert len(told) == module.NAMED + 1
    assert str(told[-1]) == "claims.csv: 4 more claims lie outside what the priors hold possible of their losses"


def test_draws_are_even_and_the_same_each_time(tmp_path):
    case = case_of(tmp_path)
    assert implied(case) == implied(case)
    z = stratified(build_tables(case).data, 1_000, np.random.default_rng(3))
    assert np.abs(z["z_losses"].mean(axis=0)).max() < 1e-12
    assert np.abs(np.corrcoef(z["z_losses"].T) - np.eye(z["z_losses"].shape[1])).max() < 5 / math.sqrt(1_000)
