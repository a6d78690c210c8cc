"""Figures: the artists hold the numbers they claim to, and nothing is left behind."""

import json
import subprocess
import sys
from types import SimpleNamespace

import madeup
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from truetoll.render import style
from truetoll.render.words import ENGLISH
from truetoll.studies.fit import figures as plots
from truetoll.studies.fit.jointplot import highest, levels_apart, of_the_whole
from truetoll.studies.fit.read import summarise


@pytest.fixture(scope="module")
def run():
    return madeup.tree()


def lines(ax, colour):
    return [line for line in ax.lines if to_rgba(line.get_color()) == to_rgba(colour)]


def strokes(ax, colour):
    """Every line of a colour: its row, its ends, its opacity, from the top."""
    drawn = [line for line in lines(ax, colour) if len(line.get_xydata()) % 3 == 0]
    ends = ((line, line.get_xydata().reshape(-1, 3, 2)) for line in drawn)
    return sorted((round(y), low, high, line.get_alpha()) for line, all_ in ends for (low, y), (high, _), _ in all_)


def test_losses_mark_the_interval(run):
    fig, summary = plots.plot_losses(run), summarise(run)
    ax, q = fig.axes[0], summary.quantities[0]
    ends = [line.get_xdata() for line in lines(ax, style.POSTERIOR) if len(line.get_xdata()) == 2]
    assert list(ends[0]) == [q.interval.low, q.interval.high]
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "persons (log scale)"
    assert "The North: killed" in ax.get_title(loc="left")


def test_claims_hold_what_was_said_and_what_is_true(run):
    fig, summary = plots.plot_claims(run), summarise(run)
    persons, share = fig.axes
    first, half, _, mixed, most, again = summary.claims
    said = [(0, first, 1.0), (2, mixed, 1.0), (4, again, 0.35)]
    assert strokes(persons, style.BLACK) == [(row, claim.low, claim.high, alpha) for row, claim, alpha in said]
    true = [(0, first, 0.55), (1, half, 0.55), (2, mixed, 0.55), (3, most, 0.55), (4, again, 0.55 * 0.35)]
    assert strokes(persons, style.POSTERIOR) == [(row, c.true.low, c.true.high, alpha) for row, c, alpha in true]
    assert share.get_xlabel() == "per cent of strength"
    assert strokes(share, style.BLACK) == [(0, 30.0, 50.0, 1.0)]


def test_arrows_point_to_what_is_meant(run):
    arrows = [a for a in plots.plot_claims(run).axes[0].texts if a.arrow_patch is not None]
    assert [a.get_position()[0] for a in arrows] == [-24, -24]
    assert {a.xy[0] for a in arrows} == {1000.0}


def test_sources_mark_one(run):
    ax = plots.plot_sources(run).axes[0]
    assert any(list(line.get_xdata()) == [1.0, 1.0] for line in ax.lines)
    bias = np.exp(run["posterior"]["bias"].sel(voice="mod:north"))
    ends = [list(line.get_xdata()) for line in lines(ax, style.POSTERIOR) if len(line.get_xdata()) == 2]
    assert ends[0] == pytest.approx(list(np.quantile(bias, [0.05, 0.95])))
    assert len(ax.get_yticks()) == 2


def test_wounded_killed_holds_the_medians(run):
    ax = plots.plot_wounded_killed(run).axes[0]
    (point,) = [line for line in lines(ax, style.POSTERIOR) if line.get_marker() == "o"]
    killed = run["posterior"]["amount"].sel(quantity="north.killed")
    assert point.get_xdata()[0] == pytest.approx(float(killed.median()))
    assert {text.get_text() for text in ax.texts} >= {"3 : 1", "first", "most (at most)"}


def test_no_wounded_no_figure():
    claims = [c for c in madeup.CLAIMS if "wounded" not in c.losses]
    assert plots.plot_wounded_killed(madeup.tree(force=madeup.FORCE | {"outcomes": ("killed",)}, claims=claims)) is None


def test_regions_hold_their_mass():
    grid = np.linspace(-4, 4, 201)
    height = np.exp(-0.5 * (grid[:, None] ** 2 + grid**2))
    for level, mass in zip(highest(height, (0.9, 0.5)), (0.9, 0.5), strict=True):
        assert level == pytest.approx(1 - mass, abs=0.01)


def test_labels_of_a_level_keep_apart():
    assert levels_apart(np.array([0.5, 0.1, 0.52, 0.51])) == [0, 0, 2, 1]


@pytest.mark.parametrize(
    ("since", "as_of", "drawn"),
    [
        ("2024-01-01", "2024-12-31", True),
        ("2023-06-01", "2024-10-15", True),  # reaches back, but of this time it is about four fifths
        ("2024-01-01", "2024-03-31", False),  # an early figure beside the losses of a year
        ("2024-11-01", "2024-12-31", False),
    ],
)
def test_early_figures_are_not_set_beside_the_whole(since, as_of, drawn):
    whole = SimpleNamespace(since="2024-01-01", as_of="2024-12-31")
    assert of_the_whole(SimpleNamespace(since=since, as_of=as_of), whole) is drawn


def test_without_convergence_figures_are_stamped_and_not_saved():
    run = madeup.tree(converged=0)
    assert ENGLISH.say("figure.stamp") in [text.get_text() for text in plots.plot_losses(run).texts]
    assert list(plots.figures_of(run, summarise(run))) == []


def test_figures_are_saved_whole(run, tmp_path):
    written = style.save_all(plots.figures_of(run, summarise(run)), tmp_path, ("png", "svg"))
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in written}
    assert len(written) == 10
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_is_left_behind(run):
    before = dict(mpl.rcParams)
    with mpl.rc_context({"axes.titlesize": 40.0, "font.size": 30.0}):
        title = plots.plot_losses(run).axes[0].title.get_fontsize()
    assert title < 12
    assert dict(mpl.rcParams) == before
    code = "import sys, truetoll.studies.fit.figures; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_many_claims_grow_the_figure(run):
    few, many = plots.plot_claims(run), plots.plot_claims(madeup.tree(claims=madeup.CLAIMS * 20))
    assert many.get_figheight() > 10 * few.get_figheight() / 2
    assert many.get_figheight() <= style.TALLEST


def test_claims_beyond_the_first_are_said_to_be_missing(run):
    heading = plots.plot_claims(madeup.tree(claims=madeup.CLAIMS * 100)).get_suptitle()
    assert "(the first 200 of 600 claims)" in heading
    assert "first" not in plots.plot_claims(run).get_suptitle()


def test_figures_share_one_summary(run, tmp_path, monkeypatch):
    summary = summarise(run)
    monkeypatch.setattr(plots, "summarise", lambda _: pytest.fail("summarised again"))
    assert len(style.save_all(plots.figures_of(run, summary), tmp_path)) == 5


HOSTILE = ["$$", "$60% or $70%", r"\frac{1}{2}$", "$\\alpha_{", "[red]x[/nothing]", "100 % _sub^sup & {braces} #1 ~"]


@pytest.mark.parametrize("texts", [HOSTILE[:3], pytest.param(HOSTILE[3:], marks=pytest.mark.long)])
def test_titles_and_names_are_text(texts, tmp_path):
    named = madeup.tree()
    for word, text in zip(("A made-up case", "The North", "Ministry"), texts, strict=True):
        named.attrs["understood"] = named.attrs["understood"].replace(word, json.dumps(text)[1:-1])
    assert len(style.save_all(plots.figures_of(named, summarise(named)), tmp_path)) == 5
    with mpl.rc_context({"text.parse_math": True}):  # as a script has it, outside the style of these figures
        for figure in (plots.plot_losses(named), plots.plot_sources(named)):
            assert texts[0] in figure.get_suptitle()
            figure.savefig(tmp_path / "again.png")


@pytest.mark.parametrize("spread", [0.0, 1e-10])
def test_answers_without_spread_are_drawn(spread, tmp_path):
    narrow = madeup.tree()
    for group in ("prior", "posterior"):
        amount = narrow[group]["amount"]
        narrow[group] = narrow[group].assign(amount=amount.mean() * np.exp(spread * np.log(amount / amount.mean())))
    assert len(style.save_all(plots.figures_of(narrow, summarise(narrow)), tmp_path)) == 5


def test_one_picture_that_cannot_be_drawn_does_not_stop_the_others(run, tmp_path, monkeypatch):
    def broken(*_):
        raise ValueError("no")

    monkeypatch.setitem(plots.FIGURES, "losses", broken)
    missed, figures = [], list(plots.figures_of(run, summarise(run)))
    written = style.save_all(figures, tmp_path, missed=lambda name, error: missed.append((name, str(error))))
    assert missed == [("losses", "no")]
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in written}
    assert len(written) == 4
    with pytest.raises(ValueError, match="no"):
        style.save_all(figures, tmp_path)
