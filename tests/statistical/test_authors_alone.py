"""A study that alone is believed gives its authors' own answer back, at its number and at both ends."""

from pathlib import Path

import numpy as np
import pytest
from arviz_stats.base import array_stats

import truetoll as tt

CASE = tt.read_case(Path(__file__).parents[2] / "data" / "gaza-2024")
VIOLENT = ("civilians", "militants")
PUBLISHED = {  # doi:10.1016/S0140-6736(24)02678-3; the survey of 2026; doi:10.1186/s12963-025-00422-9
    "only_capture_recapture": [("2024-06-30", VIOLENT, (55_298, 64_260, 78_525))],
    "only_survey": [
        ("2025-01-05", VIOLENT, (63_600, 75_200, 86_800)),
        ("2025-01-05", ("indirect",), (4_540, 8_540, 12_500)),
    ],
    "only_demographers": [("2024-12-31", VIOLENT, (70_614, 78_318, 87_504))],
}


@pytest.mark.long
@pytest.mark.parametrize("name", PUBLISHED)
def test_an_author_alone_says_what_was_published(name):
    tree = tt.fit(tt.apply_scenario(CASE, name))
    assert tree.attrs["converged"]
    lost = tree["posterior"]["loss"].sel(outcome="killed").cumsum("bin")
    for day, forces, published in PUBLISHED[name]:
        found = lost.sel(bin=day, force=list(forces)).sum("force").transpose("chain", "draw").to_numpy()
        for p, value in zip((0.025, 0.5, 0.975), published, strict=True):
            error = float(array_stats.mcse(found, chain_axis=0, draw_axis=1, method="quantile", prob=p))
            assert np.quantile(found, p) == pytest.approx(value, abs=0.02 * value + 3 * error), (day, p)
            assert error < 0.03 * value


def test_totals_are_sums_in_every_draw():
    tree = tt.fit(tt.apply_scenario(CASE, "only_survey"), draws=100, tune=100, seed=1)
    amount = {q: tree["posterior"]["amount"].sel(quantity=f"{q}.killed") for q in ("violent", "indirect", "all")}
    assert np.allclose(amount["violent"] + amount["indirect"], amount["all"], rtol=1e-12)
