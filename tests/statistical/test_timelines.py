"""Losses over time, for real: made-up timelines are covered, a tally is no crowd, a window looks at its own days."""

import dataclasses
import math
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from arviz_stats.base import array_stats
from cases import make_case
from scipy import stats
from timelines import EDGES, START, claim

from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine
from truetoll.sampling.samplers import Settings
from truetoll.sampling.simulate import simulate
from truetoll.studies.calibrate.replicate import RANKED, effective, ranks, spread

SHORT = Settings(draws=250, tune=150, chains=2)
MASSES = (0.5, 0.8, 0.9)


def head(edges):
    return f'[case]\ntitle = "Over time"\nbins = [{", ".join(edge.isoformat() for edge in edges)}]\n'


def force(outcomes, total):
    median, low, high = total
    return (
        f'[forces.south]\nvictims = "military"\noutcomes = {outcomes}\n'
        f"total = {{ median = {median}, low = {low}, high = {high} }}\n"
    )


def source(name, grade, relation, bias=""):
    return f'[sources.{name}]\ngrade = "{grade}"\nrelations = {{ south = "{relation}" }}\n{bias}'


KNOWN = "bias.south = { tau = 0.0, shared = 0.0, slant = 0.0 }\n"
"""A voice whose bias is known: a level rests on its noise alone."""


def tallied(name, figure, day, bulletin):
    """Claim of all killed up to so many days after the start."""
    return f"{name}; ministry; south.killed; exactly {figure}; {START}; {START + timedelta(days=day)}; ; 2; {bulletin}"


def total(outputs):
    """Losses by bin, all series together, shape (chain, draw, bin)."""
    return outputs["loss"].sum(axis=-2)


# --- Timelines with a known truth ---------------------------------------------------------------------------------

HALF_A_YEAR = (
    head(EDGES)
    + force(["killed", "wounded"], (9_000, 2_000, 30_000))
    + source("ministry", "B", "adversary")
    + source("paper", "C", "media")
    + source("monitor", "B", "observer_ngo")
)
TALLIED = (2, 3, 4, 5, 6, 7, 9, 10, 11, 11.3, 11.6, 12, 14, 16, 18, 19, 20, 22, 24, 26)
HALF_A_YEAR_CLAIMS = (
    *(
        claim(f"t{k}", "ministry", "south.casualties", f"{1_501 + 330 * k:,}", 0, week, bulletin="tally")
        for k, week in enumerate(TALLIED)
    ),
    claim("week", "paper", "south.killed", "about 110", 7, 8),
    claim("weeks", "paper", "south.killed", "300", 14.5, 17),
    claim("end", "monitor", "south.casualties", "about 1,500", 18, 26),
    claim("least", "monitor", "south.killed", "at least 700", 0, 10),
    claim("paper", "paper", "south.casualties", "5,200", 0, 20),
    claim("all", "monitor", "south.killed", "2,100", 0, 26),
)
CUMULATIVE, SINGLE = (3, 8, 13, 20, 26), (1, 8, 12, 16, 23, 26)
"""Weeks whose losses so far, and whose own losses, are ranked."""


@pytest.fixture(scope="module")
def half_a_year(tmp_path_factory):
    case = make_case(tmp_path_factory.mktemp("half-a-year"), HALF_A_YEAR, HALF_A_YEAR_CLAIMS)
    tables = build_tables(case)
    assert len(tables.data["chain_phi"]) == len(TALLIED)
    return Engine(tables), tables


def ranked(outputs):
    """What is ranked, shape (chain, draw, checked)."""
    by_bin = total(outputs)
    so_far = by_bin.cumsum(axis=-1)
    return np.log(np.stack([*(so_far[..., w - 1] for w in CUMULATIVE), *(by_bin[..., w - 1] for w in SINGLE)], axis=-1))


def rank_of_truth(engine, tables, seed):
    drawn, sampled, ties = (int(n) for n in np.random.SeedSequence(seed).generate_state(3))
    made = simulate(engine, tables, drawn)
    for times in (1, 3, 8):
        engine.set(made.tables)
        settings = Settings(draws=SHORT.draws * times, tune=SHORT.tune * times, chains=2, seed=sampled)
        values = ranked(engine.outputs(engine.sample(settings)))
        if effective(values) > RANKED:
            break
    truth = ranked(engine.outputs(made.truth))[0, 0]
    flat = values.reshape(-1, len(truth))
    return ranks(flat[spread(len(flat))], truth, np.random.default_rng(ties))


def check_coverage(found):
    """Intervals of each cover as often as they say within 4 standard errors; all of one kind together within 3.

    What is ranked in one simulation hangs together, so the error of their mean is at most that of one of them.
    """
    n, kinds = len(found), (slice(len(CUMULATIVE)), slice(len(CUMULATIVE), None))
    for mass in MASSES:
        outside = round((1 - mass) / 2 * (RANKED + 1))
        covered = ((found >= outside) & (found <= RANKED - outside)).mean(axis=0)
        error = math.sqrt(mass * (1 - mass) / n)
        assert covered == pytest.approx(mass, abs=4 * error), mass
        assert [covered[kind].mean() for kind in kinds] == pytest.approx([mass] * 2, abs=3 * error), mass


@pytest.mark.long
def test_intervals_of_simulated_timelines_cover_the_truth(half_a_year):
    """Cumulative losses and those of single weeks, on the way and at the end."""
    check_coverage(np.array([rank_of_truth(*half_a_year, seed) for seed in range(40)]))


@pytest.mark.slow
def test_four_hundred_simulated_timelines(half_a_year):
    """The same, closer; and ranks are uniform: no answer is too high, too low, too wide or too narrow."""
    found = np.array([rank_of_truth(*half_a_year, seed) for seed in range(400)])
    check_coverage(found)
    for column in found.T:
        counts = np.bincount(column // 10, minlength=10)
        assert stats.chisquare(counts).pvalue > 0.05 / found.shape[1] / 10


# --- One source's tally -------------------------------------------------------------------------------------------

WEEKS = 43
DAILY = (
    head([START + timedelta(days=7 * k) for k in range(WEEKS + 1)])
    + force(["killed"], (10_000, 300, 300_000))
    + source("ministry", "B", "adversary", KNOWN)
)


def figures():
    """Three hundred days of a tally that grows evenly, with errors such as a source of grade B makes."""
    rng, phi, sd = np.random.default_rng(5), math.exp(-1 / 30), 0.2 * math.sqrt(0.4)
    error = [sd * rng.normal()]
    for _ in range(299):
        error.append(phi * error[-1] + sd * math.sqrt(1 - phi**2) * rng.normal())
    return [f"{9_000 * (day + 2) / (7 * WEEKS) * math.exp(e):,.0f}" for day, e in enumerate(error)]


def width_of_total(folder, days, bulletin):
    """Length of the 90 % interval of the log of all losses, by the figures of some days."""
    said = figures()
    case = make_case(
        folder,
        DAILY,
        (tallied(f"d{d}", said[d], d + 2, bulletin) for d in days),
    )
    tables = build_tables(case)
    assert len(tables.data["chain_phi"]) == (len(days) if bulletin else 0)
    engine = Engine(tables)
    log = np.log(total(engine.outputs(engine.sample(Settings(draws=2500, tune=400, chains=2)))).sum(axis=-1))
    return float(np.ptp(np.quantile(log, (0.05, 0.95))))


def test_three_hundred_bulletins_do_not_shrink_the_interval_of_the_level(tmp_path):
    """Against ten of them, at most a tenth, though the voice's bias is known; as so many opinions they would."""
    every_day, each_month = range(300), range(29, 300, 30)
    ten = width_of_total(tmp_path / "ten", each_month, "tally")
    assert width_of_total(tmp_path / "tally", every_day, "tally") > 0.9 * ten
    assert width_of_total(tmp_path / "opinions", every_day, "") < 0.2 * ten


# --- A window -----------------------------------------------------------------------------------------------------

WINDOWS = (
    head(EDGES)
    + force(["killed"], (10_000, 100, 1_000_000))
    + source("monitor", "A", "observer_ngo", KNOWN)
    + source("paper", "A", "media", KNOWN)
    + """[assumptions]
profile.knot_days = 7
profile.sd = 0.7
profile.log_sd = 0.0
noise.log_sd = 0.0
disagreement.log_sd = 0.0
soundness.credibility = { 1 = 1.0, 2 = 1.0, 3 = 1.0, 4 = 1.0, 5 = 1.0, 6 = 1.0 }
"""
)
"""A curve that a week can bend, and nothing learned that all figures share: its scale, noise, what is unsound.

With knots as far apart as windows are long, a jump in one window rings through the others: 9 % twelve weeks away."""
OTHERS = tuple(claim(f"w{w}", "monitor", "south.killed", "exactly 611", w, w + 2) for w in range(0, 26, 2) if w != 6)
WINDOW = claim("window", "paper", "south.killed", "exactly 1,811", 6, 8)
SO_FAR = claim("window", "paper", "south.killed", "exactly 54,990", 8, 26)


def log_by_week(folder, claims):
    """Log losses by week, shape (chain, draw, bin); the paper always speaks, for want of news of what is known."""
    engine = Engine(build_tables(make_case(folder, WINDOWS, (*claims, SILENT))))
    draws = engine.sample(Settings(draws=1000, tune=300, chains=2))
    return np.log(total(engine.outputs(draws)))


SILENT = claim("silent", "paper", "south.killed", "no fewer than 1", 0, 26)


def moved(after, before):
    """Change of median, its Monte Carlo error, ratio of sd and that of its log, for every week."""
    error = [array_stats.mcse(x, chain_axis=0, draw_axis=1, method="quantile", prob=0.5) for x in (after, before)]
    change = np.median(after, axis=(0, 1)) - np.median(before, axis=(0, 1))
    of_sd = [array_stats.mcse(x, chain_axis=0, draw_axis=1, method="sd") / x.std(axis=(0, 1)) for x in (after, before)]
    return change, np.hypot(*error), after.std(axis=(0, 1)) / before.std(axis=(0, 1)), np.hypot(*of_sd)


def test_a_window_claim_informs_its_window_and_no_other(tmp_path):
    """Every other fortnight has a claim of its own, and the total is known from these alone: nothing ties far weeks.

    What figures share and is learned (a source's noise, the scale of the curve) would tie them: a figure at odds with
    the rest makes every week less certain. Here it is known.
    """
    before = log_by_week(tmp_path / "before", OTHERS)
    change, error, sds, of_sd = moved(log_by_week(tmp_path / "after", (*OTHERS, WINDOW)), before)
    inside, far = slice(6, 8), slice(19, 26)
    assert (change[inside] > 0.4).all()
    assert (sds[inside] < 0.7).all()
    assert (np.abs(change[far]) < 4 * error[far]).all()
    assert (np.abs(np.log(sds[far])) < 4 * of_sd[far]).all()
    assert of_sd.max() < 0.08
    change, error, *_ = moved(log_by_week(tmp_path / "so-far", (*OTHERS, SO_FAR)), before)
    assert (change[far] > 4 * error[far]).all(), "the test could not tell"


@pytest.mark.parametrize("since, as_of", [(6, 8), (0, 3), (2.4, 2.9), (3.3, 5.6), (1, 9), (2.3, 19.7), (0, 25.1)])
def test_a_window_is_the_sum_of_its_days(tmp_path, since, as_of):
    """Added bin by bin or as a difference of cumulative losses, with part of the bins at its ends."""
    case = make_case(
        tmp_path, WINDOWS, (claim("window", "paper", "south.killed", "exactly 611", since, as_of), OTHERS[3])
    )
    tables = build_tables(case)
    engine = Engine(tables)
    outputs = engine.outputs(engine.prior(20, 1))
    first, last = case.claims[0].since, case.claims[0].as_of
    days = [max(0, (min(b, last) - max(a, first)).days) for a, b in pairwise(case.bins)]
    bias = outputs["slanted"][..., [name.startswith("paper") for name in tables.coords["voice_outcome"]]]
    expected = np.log(total(outputs) @ np.array(days) / 7) + bias[..., 0]
    assert outputs["interval_mean"][..., 0, 0] == pytest.approx(expected, rel=1e-9)


# --- Tallies, one by one ------------------------------------------------------------------------------------------

GAPS = (30, 31, 33, 40, 41, 55, 90, 150)
"""Days after the start on which a tally speaks."""
TALLY = head(EDGES) + force(["killed"], (9_000, 2_000, 30_000)) + source("ministry", "B", "adversary")


@pytest.fixture(scope="module")
def tally(tmp_path_factory):
    """Tables of a tally with irregular gaps, its rows out of order; levels, errors and sds at one point of the prior.

    Everything is computed here from losses, bias, sigma and the days, but for the losses themselves.
    """
    order = np.random.default_rng(3).permutation(len(GAPS))
    rows = (tallied(f"d{GAPS[i]}", f"{800 + 31 * GAPS[i]:,}", GAPS[i], "daily") for i in order)
    case = make_case(tmp_path_factory.mktemp("tally"), TALLY, rows)
    return case, build_tables(case)


def by_hand(case, engine):
    """(draws, errors over sds, sds, log widths) of the tally's figures in the order of days."""
    draws = engine.prior(1, 4)
    outputs = {name: values[0, 0] for name, values in engine.outputs(draws).items()}
    _, sigma_tally, _ = outputs["sigma"]  # of the source, of its bookkeeping, of the case
    rho = case.reliability.origin.rho
    claims = sorted(case.claims, key=lambda c: c.as_of)
    daily = np.interp(
        [c.as_of.toordinal() for c in claims],
        [edge.toordinal() for edge in case.bins],
        np.append(0.0, outputs["loss"].sum(axis=0).cumsum()),
    )
    lasting = float(draws.z["origin_error"][0, 0, 0])
    mean = np.log(daily) + outputs["slanted"][0] + lasting
    low, high = (np.log([getattr(c.figure, end) for c in claims]) for end in ("low", "high"))
    sd = np.sqrt((1 - rho) * sigma_tally**2 + (high - low) ** 2 / 12)
    return draws, (0.5 * (low + high) - mean) / sd, sd, np.log(high - low)


def log_likelihood(engine, draws):
    """By the density that is sampled, and by the masses that are reported."""
    flat = engine.flatten(draws)[0, 0]
    read = engine.outputs(draws)["chain_log_mass"].sum()
    # The last free variable is the lasting error, of a report that cannot but be sound.
    usual = np.sqrt(engine.tables.data["origin_rho"]) * engine.outputs(draws)["sigma"][0, 0, 0]
    prior = stats.norm.logpdf(flat[:-1]).sum() + float(stats.norm.logpdf(flat[-1], 0.0, usual)[0])
    return engine.logp(flat)[0] - prior, read


def test_with_normal_innovations_a_tally_is_a_multivariate_normal(tally):
    case, tables = tally
    endless = {"chain_degrees": np.full(len(GAPS), np.inf)}
    engine = Engine(dataclasses.replace(tables, data=tables.data | endless))
    draws, error, sd, log_width = by_hand(case, engine)
    apart = np.abs(np.subtract.outer(GAPS, GAPS))
    covariance = np.outer(sd, sd) * np.exp(-apart / 30.0)
    expected = stats.multivariate_normal(np.zeros(len(sd)), covariance).logpdf(error * sd) + log_width.sum()
    assert log_likelihood(engine, draws) == pytest.approx([expected] * 2, rel=1e-9)


def test_with_student_innovations_a_tally_is_a_recursion(tally):
    """First error normal; each further one remembers the one before, and adds a Student-t of variance one."""
    case, tables = tally
    engine = Engine(tables)
    draws, error, sd, log_width = by_hand(case, engine)
    new = stats.t(5.0, scale=math.sqrt(3.0 / 5.0))
    expected = stats.norm.logpdf(error[0]) - math.log(sd[0])
    for (before, now), (day, next_day), s in zip(pairwise(error), pairwise(GAPS), sd[1:], strict=True):
        phi = math.exp(-(next_day - day) / 30.0)
        left = math.sqrt(1.0 - phi**2)
        expected += new.logpdf((now - phi * before) / left) - math.log(left * s)
    assert log_likelihood(engine, draws) == pytest.approx([expected + log_width.sum()] * 2, rel=1e-9)


# --- A voice that drifts ------------------------------------------------------------------------------------------

YEARS = [START + timedelta(days=14 * k) for k in range(40)]
DRIFT = 0.3
VOICES = ("ministry", "paper")
DATED = tuple(
    f"{name}{k}; {name}; south.{outcome}; 1,100; {START}; {as_of}; ; 2"
    for name in VOICES
    for outcome in ("killed", "wounded")
    for k, as_of in enumerate(("2024-01-20", "2024-03-10", "2024-03-25", "2025-01-20", "2025-03-10"), 1)
)


def voices_of_two_years(folder, drift):
    toml = head(YEARS) + force(["killed", "wounded"], (9_000, 2_000, 30_000))
    rows = (row.replace(";", f"{row.split('.')[1][0]};", 1) for row in DATED)
    paper = source("paper", "C", "media")
    case = make_case(folder, toml + source("ministry", "B", "adversary", drift) + paper, rows)
    return build_tables(case)


@pytest.fixture(scope="module")
def drifting(tmp_path_factory):
    return voices_of_two_years(tmp_path_factory.mktemp("drifting"), f"bias.south = {{ drift = {DRIFT} }}\n")


def distorted(tables, name):
    """Mean, and row of the map, of the distortion of one claim."""
    row = [c.id for c, _ in tables.index.rows].index(name)
    (at,) = np.unique(tables.data["entry_distortion"][tables.data["entry_row"] == row])
    return tables.data["distortion_mean"][at], tables.data["distortion_map"][at]


@pytest.mark.parametrize("outcome", ["k", "w"])
def test_the_bias_of_a_drifting_voice_walks(drifting, outcome):
    """A year moves it by a normal of sd `drift`, less time by less, a day of the same month not at all."""
    (mean, first), *later = (distorted(drifting, f"ministry{k}{outcome}") for k in range(1, 6))
    _, (_, march), (_, march_again), (_, year), (_, year_and_march) = (None, *later)
    assert [m for m, _ in later] == [mean] * 4
    assert np.linalg.norm(year - first) == pytest.approx(DRIFT)
    assert np.linalg.norm(march - first) == pytest.approx(DRIFT * math.sqrt(2 / 12))
    assert np.array_equal(march, march_again)
    assert np.linalg.norm(year_and_march - march) == pytest.approx(DRIFT)
    assert (march - first) @ (year_and_march - march) == 0, "its steps are independent"
    engine = Engine(drifting)
    z = engine.prior(20_000, 3).z["z_bias"][0]
    assert (z @ (year - first)).std() == pytest.approx(DRIFT, rel=0.03)
    assert (z @ year).mean() == pytest.approx(0.0, abs=0.02)


def test_other_voices_do_not_drift(drifting):
    assert len({distorted(drifting, f"paper{k}k")[1].tobytes() for k in range(1, 6)}) == 1


def test_outcomes_of_a_voice_drift_together(drifting):
    """What moves is the bias of the voice: its slants stay."""
    moves = [distorted(drifting, f"ministry4{q}")[1] - distorted(drifting, f"ministry1{q}")[1] for q in "kw"]
    assert np.array_equal(*moves)


def test_without_drift_nothing_changes(drifting, tmp_path):
    """None, and none by so many words, are the same tables; a drift adds to them and leaves all that was there."""
    none = voices_of_two_years(tmp_path / "none", "")
    zero = voices_of_two_years(tmp_path / "zero", "bias.south = { drift = 0.0 }\n")
    assert none.coords == zero.coords
    assert all(np.array_equal(values, zero.data[name]) for name, values in none.data.items())
    for name, values in none.data.items():
        if name != "entry_distortion":
            kept = tuple(map(slice, values.shape))
            assert np.array_equal(drifting.data[name][kept], values), name


# --- Curves -------------------------------------------------------------------------------------------------------

YEAR = 364
PRIORS = 4000


def losses_of_a_year(folder, length, few=12, scale=None, assumptions=""):
    """Prior draws of losses by bins of so many days, shape (draw, bin), and of their total.

    With `scale` the learned scale of the curve is held there (1: its median).
    """
    edges = [START + timedelta(days=length * k) for k in range(YEAR // length + 1)]
    toml = head(edges) + force(["killed"], (9_000, 2_000, 30_000)) + source("ministry", "B", "adversary")
    rows = (tallied("one", "9,100", YEAR, ""),)
    engine = Engine(build_tables(make_case(folder, f"{toml}[assumptions]\nprofile.few = {few}\n{assumptions}", rows)))
    draws = engine.prior(PRIORS, 5)
    if scale is not None:
        draws.z["z_stray"][:] = math.log(scale) / 0.5
    outputs = engine.outputs(draws)
    prior = engine.tables.data["stated_prior"][0]
    z = draws.z["z_losses"][0, :, 0]
    return total(outputs)[0], np.exp(prior[0] + z * np.where(z < 0, prior[1], prior[2]))


@pytest.mark.parametrize("length, few", [(91, 12), (28, 13), (28, 12), (7, 12), (1, 12)])
def test_shares_of_the_bins_add_up_to_one(tmp_path, length, few):
    by_bin, everything = losses_of_a_year(tmp_path, length, few)
    assert by_bin.sum(axis=-1) == pytest.approx(everything, rel=1e-12)
    assert (by_bin > 0).all()


@pytest.mark.parametrize("length", [1, 7, 28, 91])
def test_neighbouring_stretches_of_any_length_differ_equally_far(tmp_path, length):
    """Log ratio of what two neighbours lost, of 28, 91 and 182 days, in bins of a day to three months: sd 0.3 root 2.

    What lies within a stretch adds a little, since sums are not averages of logs.
    """
    by_bin, _ = losses_of_a_year(tmp_path, length, scale=1.0)
    for days in (days for days in (28, 91, 182) if days >= length and days % length == 0):
        lost = np.log(by_bin.reshape(PRIORS, YEAR // days, -1).sum(axis=-1))
        apart = lost[:, -1] - lost[:, -2]
        assert apart.mean() == pytest.approx(0.0, abs=4 * apart.std() / math.sqrt(PRIORS))
        assert apart.std() == pytest.approx(0.3 * math.sqrt(2), rel=0.05 + 4 / math.sqrt(2 * PRIORS))


@pytest.mark.parametrize("days", [12, 91, 364, 1820])
def test_the_share_of_the_first_half_has_one_prior_whatever_the_bins(tmp_path, days):
    """With the scale learned, 5 to 95 %: 0.30 to 0.70 in 2 bins or 4, 12 or 13, 26 or 91, of days or of years."""
    for n in (n for n in (2, 4, 12, 13, 26, 91) if n <= days):
        edges = [START + timedelta(days=round(days * k / n)) for k in range(n + 1)]
        toml = head(edges) + force(["killed"], (9_000, 2_000, 30_000)) + source("ministry", "B", "adversary")
        engine = Engine(build_tables(make_case(tmp_path / str(n), toml, (tallied("one", "9,100", days, ""),))))
        by_bin = total(engine.outputs(engine.prior(PRIORS, 5)))[0]
        ends = np.array([(edge - START).days for edge in edges]) / days
        first = np.clip((0.5 - ends[:-1]) / np.diff(ends), 0.0, 1.0)
        share = (by_bin @ first) / by_bin.sum(axis=-1)
        error = 4 * 0.0055  # of a 5 % quantile of 4,000 draws, density 0.6 there
        assert np.quantile(share, [0.05, 0.5, 0.95]) == pytest.approx([0.3, 0.5, 0.7], abs=error), n


def test_a_curve_with_a_larger_scale_strays_as_much_further(tmp_path):
    logs = [np.log(losses_of_a_year(tmp_path / str(s), 7, scale=s)[0]) for s in (1.0, 2.0)]
    once, twice = (log[:, 40] - log[:, 10] for log in logs)
    assert twice == pytest.approx(2.0 * once)
