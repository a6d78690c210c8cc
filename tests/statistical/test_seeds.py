"""Both data cases converge, whichever seed: R-hat and effective sample size of everything that is reported."""

from pathlib import Path

import arviz_stats
import numpy as np
import pytest

from truetoll.claims.reading import read_case
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine
from truetoll.studies.fit.ask import fit

DATA = Path(__file__).parents[2] / "data"
REPORTED = ["amount", "loss", "strength", "bias", "bias_with_slant", "sigma"]


@pytest.fixture(scope="module", params=["war-article", "kursk-article"])
def subject(request):
    case = read_case(DATA / request.param)
    return case, Engine(build_tables(case))


def moving(posterior):
    """Reported variables, without cells that are the same in every draw (outcomes that are not declared)."""
    found = {}
    for name in REPORTED:
        if name in posterior:
            values = posterior[name].stack(cell=[d for d in posterior[name].dims if d not in ("chain", "draw")])
            varies = values.std(("chain", "draw")) > 0
            found[name] = values[..., varies.to_numpy()].drop_vars(["cell", *values.indexes["cell"].names])
    return found


def check(run):
    posterior = run["posterior"].dataset
    for name, values in moving(posterior).items():
        assert values.sizes["cell"] > 0
        assert float(arviz_stats.rhat(values).max()) <= 1.01, name
        for options in ({"method": "bulk"}, {"method": "tail", "prob": (0.05, 0.95)}):
            assert float(arviz_stats.ess(values, **options).min()) >= 400, (name, options)
    assert not run["sample_stats"]["diverging"].any()
    assert (run.attrs["converged"], run.attrs["divergences"]) == (1, 0)
    assert run.attrs["rhat_max"] <= 1.01
    assert run.attrs["ess_min"] >= 400


def test_converges_as_it_comes(subject):
    case, engine = subject
    check(fit(case, engine=engine))


@pytest.mark.slow
def test_five_seeds_converge_and_agree(subject):
    """Medians of the reported quantities differ between seeds by no more than Monte Carlo error."""
    case, engine = subject
    medians, errors = [], []
    for seed in range(1, 6):
        run = fit(case, engine=engine, seed=seed)
        check(run)
        log = np.log(run["posterior"]["amount"])
        medians.append(log.median(("chain", "draw")).to_numpy())
        errors.append(arviz_stats.mcse(log, method="quantile", prob=0.5).to_numpy())
    for i in range(5):
        for j in range(i):
            assert (np.abs(medians[i] - medians[j]) < 4.5 * np.hypot(errors[i], errors[j])).all()
