"""Calibration by simulation, for real: what is right passes, what is wrong is caught, and what is wrong in the same way
when claims are drawn and when they are fitted is not looked for here (tests of the forms do that).

With a given seed a calibration is one set of numbers but for rounding, so a pass that holds is no matter of luck later;
that it should hold at all is a matter of 95 %, of all reported quantities together.
"""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from cases import ALL_FORMS, ALL_FORMS_CLAIMS, ONE_BIN, make_case

from truetoll.claims.reading import read_case
from truetoll.sampling.passthrough import shift_bias
from truetoll.sampling.samplers import Settings
from truetoll.sampling.simulate import AS_ASSUMED, BIASES
from truetoll.studies.calibrate.ask import calibrate
from truetoll.studies.calibrate.read import calibration

DATA = Path(__file__).parents[2] / "data"
SEED = 11
SHORTER = Settings(draws=200, tune=150, chains=2)
"""Enough for a handful of dimensions."""
BOUNDS = """
[case]
title = "Bounds and little else"
bins = [2024-01-01, 2024-12-31]

[forces.north]
victims = "military"
outcomes = ["killed"]
total = { median = 1_000, low = 100, high = 10_000 }

[sources.a]
grade = "B"
relations = { north = "observer_ngo" }

[sources.b]
grade = "B"
relations = { north = "international_org" }

[sources.c]
grade = "C"
relations = { north = "media" }

[assumptions]
hedge.at_least = 0.8
"""
BOUNDS_CLAIMS = tuple(
    f"{source}; {source}; north.killed; at least {figure}; 2024-01-01; 2024-12-31; ; 2"
    for source, figure in (("a", "700"), ("b", "800"), ("c", "900"))
)


@pytest.fixture(scope="module")
def all_forms(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("all-forms"), ALL_FORMS.format(bins=ONE_BIN), ALL_FORMS_CLAIMS)


@pytest.fixture(scope="module")
def bounds(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("bounds"), BOUNDS, BOUNDS_CLAIMS)


def quantities(found):
    return {q.name: q for q in found.quantities}


@pytest.mark.long
def test_every_form_is_calibrated(compiled, all_forms):
    found = calibration(calibrate(all_forms, 40, engine=compiled, seed=SEED))
    assert all(form.claims for form in found.forms), "the case is to test every form"
    assert found.calibrated, [(q.name, q.p, str(q.verdict)) for q in found.quantities]
    assert found.not_converged <= 1
    for q in (*found.quantities, *found.further):
        for mass in (50, 80, 90):
            error = math.sqrt(mass / 100 * (1 - mass / 100) / 40)
            assert q.coverage[str(mass)] == pytest.approx(mass / 100, abs=4 * error), (q.name, mass)


def test_a_hedge_the_wrong_way_round_is_caught(compiled, bounds, monkeypatch):
    """Drawn "up to", fitted as "at least": figures stand above what is believed, and the fit puts truth higher yet."""
    flipped = lambda t: dataclasses.replace(t, data=t.data | {"hedged_sign": -t.data["hedged_sign"]})  # noqa: E731
    monkeypatch.setitem(BIASES, AS_ASSUMED, flipped)
    found = calibration(calibrate(bounds, 25, SHORTER, engine=compiled, seed=SEED))
    assert not found.calibrated
    assert "answers too high" in str(quantities(found)["north.killed"].verdict)
    assert quantities(found)["north.killed"].coverage["90"] < 0.9 - 4 * math.sqrt(0.09 / 25)


def test_a_fit_that_ignores_its_claims_is_caught_by_their_likelihood_alone(compiled, bounds, monkeypatch):
    """The prior is calibrated too: no rank of a quantity can tell that claims are not used."""
    prior = lambda self, settings, progress=None: dataclasses.replace(  # noqa: E731
        self.prior(600, settings.seed), stats={"diverging": np.zeros((1, 600), dtype=bool)}
    )
    monkeypatch.setattr("truetoll.sampling.engine.Engine.sample", prior)
    found = calibration(calibrate(bounds, 100, engine=compiled, seed=SEED))
    assert found.calibrated
    (likelihood,) = [q for q in found.further if q.name == "log likelihood"]
    assert not likelihood.inside
    assert likelihood.p < 0.001


@pytest.mark.long
def test_intervals_degrade_where_sources_are_not_as_assumed(compiled, bounds, monkeypatch):
    """Of a level that rests on the sources: as far off as they are, less what the prior holds back."""
    for name in ("bias_x1.25", "bias_x1.5", "bias_x2", "spread_x2"):
        monkeypatch.delitem(BIASES, name)
    monkeypatch.setitem(BIASES, "bias_x4", lambda tables: shift_bias(tables, math.log(4.0)))
    n = 16
    found = calibration(calibrate(bounds, n, SHORTER, engine=compiled, seed=SEED, misspecified=True))
    rows = {row.bias: row.quantities[0] for row in found.misspecified}
    assert list(rows) == [AS_ASSUMED, "bias_x0.8", "bias_x4"]
    assumed = rows[AS_ASSUMED]
    # The same truths and the same noise under each: errors differ by little but the shift.
    assert math.log(0.8) - 0.1 < rows["bias_x0.8"].median_error_log - assumed.median_error_log < -0.05
    assert 0.5 * math.log(4) < rows["bias_x4"].median_error_log - assumed.median_error_log < math.log(4) + 0.1
    assert rows["bias_x4"].coverage["90"] < 0.9 - 4 * math.sqrt(0.09 / n)
    assert rows["bias_x4"].coverage["50"] < assumed.coverage["50"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kursk-article", "war-article", "all-forms"])
def test_a_thousand_simulations(compiled, all_forms, name):
    case = all_forms if name == "all-forms" else read_case(DATA / name)
    found = calibration(calibrate(case, 1000, engine=compiled))
    assert found.calibrated, [(q.name, q.p, str(q.verdict)) for q in found.quantities]
    assert all(q.chance for q in found.quantities)
    assert found.not_converged <= 20
    for q in found.quantities:
        for mass in (50, 80, 90):
            error = math.sqrt(mass / 100 * (1 - mass / 100) / 1000)
            assert q.coverage[str(mass)] == pytest.approx(mass / 100, abs=4 * error), (q.name, mass)
