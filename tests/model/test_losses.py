"""The latent table: late arrivals, bins and shares, checked draw by draw against simple arithmetic. No sampling."""

from datetime import date
from itertools import pairwise

import numpy as np
import pymc as pm
import pytensor
import pytest
from cases import EVERYTHING, EVERYTHING_CLAIMS, make_case
from pytensor.compile.mode import Mode
from timelines import TIMELINE, TIMELINE_CLAIMS

from truetoll.model.losses import build_losses
from truetoll.model.tables import build_tables

N_BINS = 3


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return build_tables(make_case(tmp_path_factory.mktemp("everything"), EVERYTHING, EVERYTHING_CLAIMS))


@pytest.fixture(scope="module")
def table(tables):
    """(z_losses, z_profile) -> loss by series, strength; run by NumPy."""
    with pm.Model(coords={dim: list(names) for dim, names in tables.coords.items()}) as model:
        for name, values in tables.data.items():
            pm.Data(name, values)
        losses = build_losses(tables)
    values = [model.rvs_to_values[model[name]] for name in ("z_losses", "z_profile", "z_stray", "z_split")]
    outputs = model.replace_rvs_by_values([losses.loss, losses.strength])
    function = pytensor.function(values, outputs, mode=Mode(linker="py").excluding("fusion"))
    groups = len(values_dims(model, "z_profile", tables)[0])

    def run(z_losses=None, z_profile=None):
        stated = np.zeros(len(tables.coords["parameter"])) if z_losses is None else z_losses
        profile = np.zeros((groups, N_BINS - 1)) if z_profile is None else z_profile
        loss, strength = function(stated, profile, np.zeros(groups), np.zeros((0, 0)))
        return dict(zip(tables.coords["series"], loss, strict=True)), strength

    return run


def values_dims(model, name, tables):
    return [tables.coords[dim] for dim in model.named_vars_to_dims[name]]


def of(loss, force):
    return sum(values for name, values in loss.items() if name in {f"{force}.{q}" for q in PERSONS})


PERSONS = ("killed", "wounded", "captured", "missing")


def test_at_the_medians_every_number_is_the_stated_one(tables, table):
    """No draw of the profile moves a total, and a rate is what a force present throughout loses."""
    loss, strength = table()
    assert of(loss, "south").sum() == pytest.approx(9_000)
    assert loss["south.tanks"].sum() == pytest.approx(150)
    assert of(loss, "guard").sum() == pytest.approx(600 * 0.5)
    assert loss["south.wounded"] / loss["south.killed"] == pytest.approx([2.0] * N_BINS)
    assert (loss["south.missing"] / of(loss, "south")) == pytest.approx([0.1] * N_BINS)
    captured = loss["north.captured"] / of(loss, "north")
    assert captured == pytest.approx([0.02] * N_BINS)
    missing = loss["north.missing"] / (of(loss, "north") - loss["north.captured"])
    assert missing == pytest.approx([0.05] * N_BINS)
    assert strength[0] == pytest.approx([8_000, 11_000, 12_000])
    assert strength[1] == pytest.approx([600] * N_BINS)


def test_late_arrivals_lose_only_what_follows_their_arrival(table):
    """Rate 0.25 for the first 8,000; 3,000 more from the second bin, 1,000 in the third, by the same hazard."""
    loss, _ = table()
    days, activity = np.array([60, 92, 30]), np.array([1.0, 0.001, 0.4])
    hazard = -np.log1p(-0.25) * days * activity / np.sum(days * activity)
    lost = of(loss, "north")
    expected = 8_000 * 0.25 + 3_000 * -np.expm1(-hazard[1:].sum()) + 1_000 * -np.expm1(-hazard[2])
    assert lost.sum() == pytest.approx(expected)
    assert lost[0] == pytest.approx(8_000 * -np.expm1(-hazard[0]))
    assert expected < 12_000 * 0.25


def test_only_the_first_contingent_present_throughout_loses_its_rate(tables, table):
    z = np.zeros(len(tables.coords["parameter"]))
    for name in ("strength[north/2]", "strength[north/3]"):
        z[tables.coords["parameter"].index(name)] = -400.0  # nobody came
    loss, _ = table(z)
    assert of(loss, "north").sum() == pytest.approx(8_000 * 0.25, rel=1e-6)


def test_identities_hold_far_out(tables, table):
    """At 200 points up to 10 sd: positive losses, below those sent in every bin, parts that add up, profiles of one."""
    rng, groups = np.random.default_rng(1), 5
    for scale in np.geomspace(0.1, 10.0, 200):
        z = rng.normal(size=len(tables.coords["parameter"])) * scale
        profile = rng.normal(size=(groups, N_BINS - 1)) * scale
        (loss, strength), (whole, _) = table(z, profile), table(z)
        assert all((values >= 0).all() for values in loss.values())
        for i, force in enumerate(tables.coords["bounded"]):
            assert (of(loss, force).cumsum() <= strength[i] * (1 + 1e-12)).all()
        for name in ("south.killed", "town.killed", "south.tanks", "guard.killed"):
            assert loss[name].sum() == pytest.approx(whole[name].sum(), rel=1e-9)


def test_a_bin_without_activity_keeps_the_floor(table):
    """Withdrawn: 0.001 of the intensity, not nobody."""
    loss, _ = table()
    per_day = of(loss, "south") / np.array([60, 92, 30])
    assert per_day[1] / per_day[0] == pytest.approx(0.001)
    assert per_day[2] / per_day[0] == pytest.approx(0.4)


# --- Curves -------------------------------------------------------------------------------------------------------


def basis_of(folder, opening):
    """What a standard normal adds to the log rate of each of 26 weeks, shape (bin, knot)."""
    toml = TIMELINE + f"profile.opening_days = {opening}\n"
    return build_tables(make_case(folder, toml, TIMELINE_CLAIMS)).data["profile_basis"]


def test_few_bins_stray_as_averages_of_a_path_of_logarithmic_covariance(tables):
    """Contrasts of bins of 60, 92 and 30 days, from sums over the path at 3,640 points."""
    basis, edges = tables.data["profile_basis"], np.cumsum([0, 60, 92, 30])
    points = (np.arange(3640) + 0.5) / 20
    apart = np.abs(points[:, None] - points)
    np.fill_diagonal(apart, np.exp(-1.5) / 20)  # mean of the logarithm within a step
    path = -np.log(apart) / (2 * np.log(2))
    averages = np.array([(points >= a) & (points < b) for a, b in pairwise(edges)]) / np.diff(edges)[:, None] / 20
    contrasts = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])
    expected = contrasts @ averages @ path @ averages.T @ contrasts.T
    found = contrasts @ basis @ basis.T @ contrasts.T
    assert found == pytest.approx(expected, rel=1e-3)


def test_splines_lose_little_of_what_weeks_and_months_differ_by(tmp_path):
    """Over 26 weeks, of the sd by which averages of whole months differ, and weeks in which no knot lies."""
    basis = basis_of(tmp_path, 14)
    assert basis.shape == (26, 9)
    for weeks, least in ((13, 0.99), (4, 0.9), (1, 0.3)):
        first, second = (basis[k : k + weeks].mean(axis=0) for k in (26 - 2 * weeks, 26 - weeks))
        assert least * np.sqrt(2) < np.linalg.norm(second - first) < 1.01 * np.sqrt(2)


@pytest.mark.parametrize("months", [14, 40, 55, 120])
def test_bins_as_long_as_knots_are_apart_are_taken_themselves(tmp_path, small_text, months):
    """Months over years: splines with a knot a month cannot be told apart in arithmetic."""
    edges = [date(2020 + n // 12, n % 12 + 1, 1) for n in range(months + 1)]
    toml = small_text[0].replace("bins = [2024-01-01, 2024-07-01]", f"bins = [{', '.join(map(str, edges))}]")
    said = [f"a; monitor; north.killed; about 800; {edges[0]}; {edges[-1]}; ; "]
    basis = build_tables(make_case(tmp_path, toml, said)).data["profile_basis"]
    assert basis.shape == (months, months - 1)
    halves = basis[: months // 2].mean(axis=0) - basis[months // 2 : months // 2 * 2].mean(axis=0)
    assert np.linalg.norm(halves) == pytest.approx(np.sqrt(2), rel=0.02)
    assert np.linalg.norm(basis[1] - basis[2]) == pytest.approx(np.sqrt(2), rel=0.03)


def test_a_curve_can_bend_in_the_first_weeks(tmp_path):
    """A rate that falls to a tenth, most of the way in three weeks, as when a war begins."""
    rate = np.log(10.0) * np.exp(-np.arange(26) / 1.5)
    left = {}
    for opening in (14, 28):
        basis = np.column_stack([np.ones(26), basis_of(tmp_path / str(opening), opening)])  # the total is free
        left[opening] = np.abs(basis @ np.linalg.lstsq(basis, rate)[0] - rate).max()
    assert 3.0 * left[14] < left[28]


def test_how_far_a_curve_moves_later_does_not_depend_on_its_opening(tmp_path):
    fortnight, even = basis_of(tmp_path / "fortnight", 14), basis_of(tmp_path / "even", 28)
    assert fortnight.shape[1] == even.shape[1] + 1
    moves = [np.linalg.norm(basis[-1] - basis[-5]) for basis in (fortnight, even)]
    assert moves[0] == pytest.approx(moves[1], rel=0.01)


def test_knots_lie_two_bins_apart_at_least(tmp_path):
    assert basis_of(tmp_path / "fine", 1).shape == basis_of(tmp_path / "coarse", 14).shape
