"""From claims to arrays: windows, cells, shares, weights, hedges and biases. Nothing is compiled."""

import dataclasses
import math
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from cases import EVERYTHING, EVERYTHING_CLAIMS, make_case

from truetoll.claims.window import window_weights
from truetoll.model.design import claims_of
from truetoll.model.tables import build_tables

EDGES = tuple(date(2024, month, 1) for month in (1, 3, 6, 7))


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("everything"), EVERYTHING, EVERYTHING_CLAIMS)


@pytest.fixture(scope="module")
def tables(case):
    return build_tables(case)


def value(tables, family, column, claim):
    ids = [c.id for c in claims_of(tables.index, family)]
    return tables.data[f"{family}_{column}"][ids.index(claim)]


@pytest.mark.parametrize(
    ("since", "as_of", "expected"),
    [
        (EDGES[0], EDGES[3], [1, 1, 1]),
        (EDGES[0], EDGES[1], [1, 0, 0]),
        (EDGES[1], EDGES[2], [0, 1, 0]),
        (date(2024, 1, 31), EDGES[1], [0.5, 0, 0]),
        (EDGES[0], date(2024, 1, 2), [1 / 60, 0, 0]),
        (EDGES[1], date(2024, 3, 2), [0, 1 / 92, 0]),
        (date(2024, 2, 15), date(2024, 6, 11), [15 / 60, 1, 10 / 30]),
    ],
)
def test_a_window_takes_the_share_of_the_days_it_covers(since, as_of, expected):
    """A window and a bin are (from, to]: the day of an edge belongs to what ends on it."""
    assert window_weights(EDGES, since, as_of) == pytest.approx(expected)


def test_windows_that_follow_each_other_add_up():
    days = [EDGES[0], date(2024, 1, 20), date(2024, 4, 5), date(2024, 6, 1), EDGES[3]]
    parts = [window_weights(EDGES, a, b) for a, b in pairwise(days)]
    assert np.sum(parts, axis=0) == pytest.approx([1, 1, 1])


def test_a_strength_is_that_of_the_bin_its_day_lies_in(case):
    """The last day of a bin is in it, the next day is not: reinforcements of the next bin count from then on."""
    found = {}
    for day in (date(2024, 2, 10), EDGES[1], date(2024, 3, 2), EDGES[2], date(2024, 6, 2), EDGES[3]):
        moved = [dataclasses.replace(c, as_of=day) if c.id == "sent" else c for c in case.claims]
        tables = build_tables(dataclasses.replace(case, claims=tuple(moved)))
        row = [c.id for c, _ in tables.index.rows].index("sent")
        cell = tables.data["entry_cell"][tables.data["entry_row"] == row]
        found[day] = int(cell[0]) - 2 * len(tables.index.series) * 3
    assert list(found.values()) == [0, 0, 1, 1, 2, 2]


def test_priors_have_their_sides(tables):
    """location, and sds below and above, from 5 %, 50 % and 95 %."""
    row = list(tables.coords["parameter"]).index("strength[north]")
    location, below, above = tables.data["stated_prior"][row]
    assert math.exp(location) == pytest.approx(8_000)
    assert math.exp(location - 1.6448536 * below) == pytest.approx(5_000)
    assert math.exp(location + 1.6448536 * above) == pytest.approx(20_000)


def test_forms_go_to_their_families(tables):
    families = {name: [c.id for c in claims_of(tables.index, name)] for name in ("interval", "hedged", "bound")}
    assert families["hedged"] == ["least", "more", "upto", "upshare", "sent-more", "guard", "each", "sent-ratio"]
    assert families["bound"] == ["most", "fewer", "names", "camp"]
    assert sum(map(len, families.values())) == len(tables.index.case.claims)


def test_hedges_take_their_distance_and_direction(case, tables):
    hedge = case.reliability.hedge  # of "up to" the case has a distance of its own
    expected = [hedge.more_than, hedge.at_least, 0.4]
    assert [value(tables, "hedged", "h", c) for c in ("more", "least", "upto")] == expected
    assert [value(tables, "hedged", "sign", c) for c in ("more", "least", "upto")] == [-1, -1, 1]
    assert [value(tables, "bound", "sign", c) for c in ("most", "camp", "fewer", "names")] == [1, 1, -1, -1]
    assert math.exp(value(tables, "bound", "limit", "most")) == pytest.approx(2_000)


def test_cells_are_logs_of_their_edges(tables):
    low, width = (value(tables, "interval", column, "share") for column in ("low", "width"))
    assert (math.exp(low), math.exp(low + width)) == pytest.approx((0.3, 0.5))


def test_probabilities_of_readings_and_soundness_add_up(tables):
    for family in ("interval", "hedged", "bound"):
        assert np.exp(tables.data[f"{family}_log_probability"]).sum(axis=1) == pytest.approx(1.0)
    both = np.exp(value(tables, "interval", "log_probability", "both"))[:4]
    assert both == pytest.approx([0.6 * 0.93, 0.6 * 0.07, 0.4 * 0.93, 0.4 * 0.07])
    wide = tables.index.case.reliability.soundness.unsound_sd
    assert value(tables, "interval", "extra", "both")[:4] == pytest.approx([0, wide, 0, wide])
    assert value(tables, "interval", "sound", "both")[:4] == pytest.approx([1, 0, 1, 0])


def test_an_estimate_is_sound_in_many_parts_and_unsound_in_one(tables):
    sound = value(tables, "interval", "sound", "study") == 1
    chance = np.exp(value(tables, "interval", "log_probability", "study"))
    assert sound.sum() == 5
    assert chance[sound].sum() == pytest.approx(0.93)
    assert value(tables, "interval", "shift", "study")[sound] @ chance[sound] != 0


def test_a_floor_is_the_truth_itself(tables):
    """No noise of its source, no origin, always sound, and cells without distortion."""
    assert value(tables, "bound", "noise", "names") == len(tables.index.noises)
    assert value(tables, "bound", "rho", "names") == 0
    assert np.exp(value(tables, "bound", "log_probability", "names")[:2]) == pytest.approx([1, 0])
    row = [c.id for c, _ in tables.index.rows].index("names")
    assert (tables.data["entry_distortion"][tables.data["entry_row"] == row] == 0).all()
    assert tables.data["distortion_mean"][0] == 0
    assert (tables.data["distortion_map"][0] == 0).all()


def test_origins_with_one_claim_in_use_share_nothing(tables):
    """``both`` has a repeat, which has no weight: it is alone, and so is its whole noise its own."""
    assert [value(tables, "interval", "rho", c) for c in ("vague", "nearly", "tanks", "both", "lost")] == [
        *(0.5, 0.5, 0.5),
        *(0, 0),
    ]


def test_repeats_have_no_weight(tables):
    assert (value(tables, "interval", "weight", "both"), value(tables, "interval", "weight", "both-again")) == (1, 0)


def test_biases_follow_relation_and_override(tables):
    """Variance of a voice: shared parts and its own; what the case says of one voice stands before the table."""
    voices, table = list(tables.coords["voice"]), tables.index.case.reliability
    shared, adversary = table.shared["military"], table.bias["military"]["adversary"]
    common = shared.kappa0**2 + shared.kappa**2
    row = voices.index("ministry:south")
    assert tables.data["bias_mean"][row] == 0.5
    doubt = table.bias["military"][tables.index.kinship("ministry", "south")[1]].mu_sd ** 2
    assert np.sum(tables.data["bias_map"][row] ** 2) == pytest.approx(0.2**2 + 0.5**2 * (common + doubt))
    row = voices.index("rival:north")
    assert tables.data["bias_mean"][row] == adversary.mu
    assert np.sum(tables.data["bias_map"][row] ** 2) == pytest.approx(adversary.tau**2 + adversary.mu_sd**2 + common)


def test_voices_share_by_class_of_victims_and_by_relation(tables):
    """Covariance of two voices: kappa0 of the class if it is the same, and kappa if the relation is too."""
    covariance = tables.data["bias_map"] @ tables.data["bias_map"].T
    at = list(tables.coords["voice"]).index
    shared, of_civilians = (tables.index.case.reliability.shared[v] for v in ("military", "civilian"))
    both = shared.kappa0**2 + shared.kappa**2
    rows = tables.index.case.reliability.bias["military"]

    def doubted(voice):
        """Kappa0 and kappa, and the doubt about the mean of the relation."""
        return both + rows[tables.index.kinship(*voice.split(":"))[1]].mu_sd ** 2

    assert covariance[at("rival:north"), at("rival:guard")] == pytest.approx(doubted("rival:north"))
    assert covariance[at("rival:north"), at("paper:north")] == pytest.approx(shared.kappa0**2)
    assert covariance[at("ministry:north"), at("rival:south")] == pytest.approx(doubted("ministry:north"))
    assert covariance[at("ngo:town"), at("paper:town")] == pytest.approx(of_civilians.kappa0**2)
    assert covariance[at("paper:north"), at("paper:town")] == 0


# What a source counts by

PRISONERS = """
[case]
title = "A battle"
bins = [2024-01-01, 2024-07-01]
[forces.north]
victims = "military"
outcomes = ["killed", "captured"]
total = { median = 1_000, low = 200, high = 5_000 }
captured_share = { median = 0.02, low = 0.005, high = 0.08 }
[sources.staff]
relations = { north = "adversary" }
[sources.paper]
grade = "B"
relations = { north = "media" }
access = "site"
[assumptions]
noise.access = { records = 0.2, site = 0.3, remote = 0.5 }
access.tau = { records = 1.0, site = 1.5, remote = 2.0 }
soundness.access = { records = 0.98, site = 0.95, remote = 0.9 }
bias.military.adversary = { tau = 0.4 }
bias.military.media = { tau = 0.4 }
"""
SAID_OF_PRISONERS = (
    "dead; staff; north.killed; about 400; ; 2024-07-01; ;",
    "held; staff; north.captured; about 30; ; 2024-07-01; ;",
    "seen; paper; north.killed; about 300; ; 2024-07-01; ;",
)


def test_captors_count_prisoners_by_records_and_the_dead_from_afar(tmp_path):
    tables = build_tables(make_case(tmp_path / "prisoners", PRISONERS, SAID_OF_PRISONERS))
    index, data = tables.index, tables.data
    assert index.noises == ("staff", "paper", "staff[remote]", "disagreement")
    assert np.exp(data["noise_median"]) == pytest.approx([0.2, 0.2, 0.5, 1.0])  # a grade overrides
    assert data["noise_scaled"].tolist() == [1.0, 1.0, 1.0, 0.0]
    assert [int(value(tables, "interval", "noise", name)) for name in ("dead", "held", "seen")] == [2, 0, 1]
    of_staff, of_paper = (index.factor_at[f"voice[{name}:north]"] for name in ("staff", "paper"))
    own = {pair: data["distortion_map"][1 + i] for i, pair in enumerate(index.loss_pairs)}
    assert own["staff", "north", "killed"][of_staff] == pytest.approx(0.4)  # the usual of adversaries of soldiers
    assert own["staff", "north", "captured"][of_staff] == pytest.approx(0.4 * 1.0 / 2.0)
    assert own["paper", "north", "killed"][of_paper] == pytest.approx(0.4 * 1.5 / 2.0)
    sound = [float(np.exp(value(tables, "interval", "log_probability", name)[0])) for name in ("dead", "held", "seen")]
    assert sound == pytest.approx([0.9, 0.98, 0.95])


def test_a_spread_that_a_case_states_for_one_voice_is_that_of_all_its_losses(tmp_path):
    toml = PRISONERS.replace(
        'relations = { north = "adversary" }', 'relations = { north = "adversary" }\nbias.north.tau = 0.1'
    )
    tables = build_tables(make_case(tmp_path / "stated", toml, SAID_OF_PRISONERS))
    own = tables.data["distortion_map"][1:3, tables.index.factor_at["voice[staff:north]"]]
    assert own == pytest.approx([0.1, 0.1])
