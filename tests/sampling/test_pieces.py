"""Answers are the same however many draws are read at a time; counts and tallies keep their names."""

import numpy as np
import pytest
from cases import make_case
from timelines import TIMELINE, TIMELINE_CLAIMS

from truetoll.model.tables import build_tables
from truetoll.sampling import pieces
from truetoll.sampling.engine import Draws, Engine, Settings
from truetoll.sampling.results import result_tree


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Turn draws into a tree: prior ones, in two chains of 20."""
    case = make_case(tmp_path_factory.mktemp("timeline"), TIMELINE, TIMELINE_CLAIMS)
    tables = build_tables(case)
    engine = Engine(tables)
    some = {name: z.reshape(2, 20, *z.shape[2:]) for name, z in engine.prior(40, 5).z.items()}
    return lambda: result_tree(
        case, tables, engine, Draws(some, {"diverging": np.zeros((2, 20), dtype=bool)}), Settings()
    )


def test_pieces_join(made, monkeypatch):
    whole = made()
    monkeypatch.setattr(pieces, "AT_ONCE", 7 * 2 * whole["posterior"].sizes["claim"])
    read = made()
    for group in ("posterior", "log_likelihood", "prior"):
        for name, values in whole[group].data_vars.items():
            assert read[group][name].dims == values.dims
            np.testing.assert_allclose(read[group][name], values, rtol=1e-12)
    assert read["posterior_predictive"].sizes == whole["posterior_predictive"].sizes
    assert np.isfinite(read["posterior_predictive"]["cell_if_sound"]).all()


def test_counts_have_bins(made):
    posterior = made()["posterior"]
    assert posterior["count"].dims == ("chain", "draw", "counted", "bin")
    tanks = posterior["count"].sel(counted="south.tanks").sum("bin")
    np.testing.assert_allclose(tanks, posterior["amount"].sel(quantity="south.tanks"))


def test_tallies_are_named_by_their_first_figure(made):
    tree = made()
    names = tree["constant_data"]["claim_tally"].to_series()
    sizes = names[names != ""].value_counts()
    assert len(sizes) == 2
    assert (sizes > 1).all()
    assert set(sizes.index) <= set(names.index)
    assert (names == "").any()
