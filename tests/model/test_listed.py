"""Lists of names that are neither right nor complete: their error against scipy, their claims against quadrature."""

import math

import numpy as np
import pytest
from cases import make_case
from scipy import integrate, special, stats

from truetoll.claims.kept import keep, recall
from truetoll.claims.scenario import apply_change
from truetoll.claims.scenario.alternatives import alternatives
from truetoll.claims.schema import Form, Overcount, SharePrior
from truetoll.errors import CaseError
from truetoll.model.listed import mixture
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine
from truetoll.studies.fit.ask import fit

Z95 = stats.norm.ppf(0.95)
SD = math.log(100) / Z95
TOML = """
[case]
title = "A town"
bins = [2024-01-01, 2024-07-01]
[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = { median = 1_000, low = 10, high = 100_000 }
[sources.lists]
relations = { town = "observer_ngo" }
STATED
"""
OVER = 'overcount = { median = 0.03, high = 0.1, reason = "as lists elsewhere" }'
HELD = 'completeness = { median = 0.5, low = 0.3, high = 0.7, reason = "by comparison with a second list" }'


def read(place, stated, figure="1,234 names"):
    claim = f"a; lists; town.killed; {figure}; 2024-01-01; 2024-07-01; ; "
    return make_case(place, TOML.replace("STATED", stated), [claim])


def over(low, median, high):
    return Overcount(low=low, median=median, high=high).prior.log_odds


def held(low, median, high):
    return SharePrior(low=low, median=median, high=high).log_odds


def share(p, low, median, high):
    """P(share < p): log odds normal on either side, as `low` (the mirror of `high` if None), median and high say."""
    up = special.logit(high) - special.logit(median)
    down = up if low is None else special.logit(median) - special.logit(low)
    away = special.logit(p) - special.logit(median)
    return stats.norm.cdf(Z95 * away / np.where(away < 0, down, up))


@pytest.mark.parametrize(
    ("stated", "off"),
    [((None, 0.03, 0.1), 0.006), ((None, 0.2, 0.5), 0.006), ((0.01, 0.03, 0.1), 0.02), ((0.004, 0.02, 0.15), 0.02)],
)
def test_the_part_that_does_not_count_is_as_stated(stated, off):
    error = mixture(over(*stated), None)
    excess = np.linspace(0.002, 0.5, 200)
    found = stats.norm.cdf((excess[:, None] - error.shift) / error.sd) @ error.probability
    np.testing.assert_allclose(found, share(-np.expm1(-excess), *stated), atol=off)
    assert error.probability.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("stated", "off"), [((0.3, 0.5, 0.7), 0.006), ((0.85, 0.9, 0.9333), 0.006), ((0.3, 0.5, 0.8), 0.02)]
)
def test_the_part_that_is_held_is_as_stated(stated, off):
    error = mixture(None, held(*stated))
    part = np.linspace(0.05, 0.99, 200)
    found = stats.norm.cdf((np.log(part)[:, None] - error.shift) / error.sd) @ error.probability
    np.testing.assert_allclose(found, share(part, *stated), atol=off)


def density(place, stated):
    """Log density of a case at the log of the total, less that of the prior."""
    engine = Engine(build_tables(read(place, stated)))
    at = engine.unflatten(np.arange(engine.dimension))["z_losses"].astype(int)[0]

    def of(log_total):
        z = np.zeros(engine.dimension)
        z[at] = (log_total - math.log(1_000)) / SD
        return engine.logp(z)[0] - stats.norm.logpdf(z).sum()

    return of


def test_a_floor_lies_above_its_wrong_entries_only(tmp_path):
    """P(T > N (1 - o)) at several totals; one that is larger than the list is as probable as any."""
    of = density(tmp_path, OVER)
    for total in (900.0, 1_050.0, 1_120.0, 1_150.0, 1_180.0, 1_210.0):
        expected = 1.0 - share(1.0 - total / 1_234.0, None, 0.03, 0.1)
        assert math.exp(of(math.log(total))) == pytest.approx(expected, abs=0.006)
    assert of(math.log(1_300.0)) == pytest.approx(0.0, abs=1e-4)
    assert of(math.log(90_000.0)) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("wrong", [False, True])
def test_an_incomplete_list_is_an_estimate(tmp_path, wrong):
    """P(N is in its cell | T) by quadrature over what does not count, of a part c that is held."""
    of = density(tmp_path, f"{HELD}\n{OVER}" if wrong else HELD)
    parts = (
        [0.0]
        if not wrong
        else special.expit(
            special.logit(0.03)
            + stats.norm.ppf((np.arange(400) + 0.5) / 400) * (special.logit(0.1) - special.logit(0.03)) / Z95
        )
    )
    for total in (1_600.0, 2_000.0, 2_400.0, 3_000.0, 4_000.0):
        each = [np.diff(share(np.array([1_233.5, 1_234.5]) * (1.0 - o) / total, 0.3, 0.5, 0.7))[0] for o in parts]
        assert of(math.log(total)) == pytest.approx(math.log(np.mean(each)), abs=0.06)


def test_the_posterior_is_the_list_over_the_part_held(tmp_path):
    tree = fit(read(tmp_path, HELD), draws=1000, tune=500, seed=1)
    drawn = np.quantile(tree["posterior"]["amount"].sel(quantity="town.killed"), (0.05, 0.5, 0.95))

    def log_density(log_total):
        part = 1_234.0 / np.exp(log_total)
        z = Z95 * special.logit(part) / (special.logit(0.7))
        return stats.norm.pdf(z) / (1.0 - part) * stats.norm.pdf(log_total, math.log(1_000), SD)

    grid = np.linspace(math.log(1_235), math.log(12_000), 4_000)
    cumulative = integrate.cumulative_trapezoid(log_density(grid), grid, initial=0.0)
    exact = np.exp(np.interp((0.05, 0.5, 0.95), cumulative / cumulative[-1], grid))
    assert drawn == pytest.approx(exact, rel=0.05)
    assert tree.attrs["divergences"] == 0


def test_lists_are_read_as_the_case_says(tmp_path):
    plain, wrong, part = (read(tmp_path / name, said) for name, said in (("p", ""), ("o", OVER), ("h", HELD)))
    forms = [case.claims[0].figure.form for case in (plain, wrong, part)]
    assert forms == [Form.FLOOR, Form.FLOOR, Form.LISTED]
    assert len({case.digest for case in (plain, wrong, part)}) == 3
    assert "bound.sd" in str(plain.notices[0])
    assert any("entries that do not count: 3% of them, or up to 10%" in str(each) for each in wrong.notices)
    assert not any("floor" in str(each) for each in part.notices)
    for case in (wrong, part):
        back = recall(keep(case))
        assert (back.digest, back.claims) == (case.digest, case.claims)
    less = apply_change(part, {"sources": {"lists": {"completeness": {"median": 0.4}}}}, "less")
    assert less.sources["lists"].completeness.median == 0.4
    more = apply_change(plain, {"sources": {"lists": {"completeness": part.sources["lists"].completeness}}}, "more")
    assert more.claims[0].figure.form is Form.LISTED
    other = read(tmp_path / "f", HELD, "about 1,200")
    assert other.claims[0].figure.form is Form.INTERVAL


def test_they_are_among_the_assumptions(tmp_path):
    case = read(tmp_path, f"{HELD}\n{OVER}")
    found = {each.key: each for each in alternatives(case)}
    assert {"sources.lists.overcount", "sources.lists.completeness"} <= set(found)
    assert "bound.sd" not in str(sorted(found))
    low = found["sources.lists.completeness"].low["sources"]["lists"]["completeness"]
    assert low["median"] == pytest.approx(special.expit(-special.logit(0.7) / Z95))


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("overcount = { median = 0.1, high = 0.03 }", "an overcount needs low < median < high"),
        ("overcount = { median = 0.1, high = 1.0 }", "sources.lists.overcount.high: must be less than 1"),
        ("overcount = 0.03", "sources.lists.overcount: must be a table"),
        ("completeness = { median = 0.1, high = 0.3 }", "sources.lists.completeness.low: is missing"),
    ],
)
def test_what_is_no_prior_is_told(tmp_path, stated, told):
    with pytest.raises(CaseError) as error:
        read(tmp_path, stated)
    (problem,) = error.value.problems
    assert told in str(problem)
