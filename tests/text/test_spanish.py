"""With ``--lang es`` nothing is said in English but what analysts wrote, whatever the question."""

import io
import json
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import madeup
import madeup_calibration
import madeup_comparison
import madeup_replay
import pytest
from matplotlib.text import Text
from rich.console import Console
from spanish import english, written

sys.path.insert(0, str(Path(__file__).parents[1]))

import truetoll
from golden.recipe import CASES, FROZEN
from truetoll.claims.reading import read_case
from truetoll.render.words import Words
from truetoll.studies.attribution.figures import plot_attribution, plot_tornado
from truetoll.studies.calibrate.figures import plot_calibration
from truetoll.studies.calibrate.read import calibration
from truetoll.studies.calibrate.tables import calibration_view
from truetoll.studies.compare import figures as compare_figures
from truetoll.studies.compare.read import comparison
from truetoll.studies.compare.tables import comparison_view
from truetoll.studies.estimate.read import EstimateRow
from truetoll.studies.fit import figures as fit_figures
from truetoll.studies.fit.read import summarise
from truetoll.studies.fit.tables import summary_view
from truetoll.studies.hindcast.figures import plot_reliability, plot_targets
from truetoll.studies.hindcast.records import hindcast_from
from truetoll.studies.hindcast.tables import estimate_view, hindcast_view
from truetoll.studies.replay.figures import plot_replay
from truetoll.studies.replay.read import replay_answer
from truetoll.studies.replay.tables import replay_view
from truetoll.studies.timeline.figures import plot_timeline

ES = Words("es", screen=True)
WIDE = 2000


@pytest.mark.parametrize("name", CASES)
def test_no_word_of_english_in_what_a_terminal_shows_of_the_frozen_runs(name):
    own = list(written(read_case(CASES[name].folder)))
    shown = sorted((FROZEN / name / "terminal").glob("*.es.txt"))
    assert len(shown) == 3
    for path in shown:
        _, *lines = path.read_text(encoding="utf-8").split("\n")
        assert english("\n".join(lines), own) == set(), path.name


def printed(view):
    out = io.StringIO()
    Console(file=out, width=WIDE, highlight=False, markup=False).print(view)
    return out.getvalue()


def hindcast():
    text = (FROZEN / "hindcast" / "hindcast.json").read_text(encoding="utf-8")
    return hindcast_from(json.loads(text.replace("SECONDS", "1.0")))


def misspecified():
    biases = ("as_assumed", "bias_x1.5", "spread_x2")
    crowded = {"north.killed": madeup_calibration.crowded(200, 1.6)}
    return madeup_calibration.tree(biases=biases, errors={"bias_x1.5": 0.4}, ranks=crowded, lost=3)


def estimate():
    ours = dict.fromkeys(("mu", "mu_low", "mu_high", "tau", "tau_low", "tau_high"), 0.5)
    theirs = {f"shipped_{name}": 0.25 for name in ("mu", "mu_sd", "tau")}
    row = EstimateRow(**ours, **theirs, victims="military", relation="own_side", claims=3, losses=2, wars=1)
    told = {"benchmark": "hindcast", "converged": False, "rhat": 1.2, "ess": 99.0, "relations": [row]}
    return SimpleNamespace(**told, shared=[], numbers=[])


VIEWS = {
    "fit": lambda: summary_view(summarise(madeup.tree()), ES),
    "fit that failed": lambda: summary_view(summarise(madeup.tree(converged=0)), ES),
    "comparison": lambda: comparison_view(
        comparison(madeup_comparison.tree(groups=madeup_comparison.everything())), ES
    ),
    "replay": lambda: replay_view(replay_answer(madeup_replay.tree(failed=[madeup_replay.DAYS[1]])), ES),
    "calibration": lambda: calibration_view(calibration(misspecified()), ES),
    "hindcast": lambda: hindcast_view(hindcast(), ES),
    "estimate": lambda: estimate_view(estimate(), ES),
}
MADE_UP = ("as an analyst might argue", "Grade of source", "left out", "at least 900", "sources")


def made_up():
    return [*MADE_UP, *(scenario.title for scenario in compared().scenarios[1:]), *written(madeup.case())]


@pytest.mark.parametrize("name", VIEWS)
def test_no_word_of_english_in_the_tables_of_any_question(name):
    text = printed(VIEWS[name]())
    assert len(text) > 300
    assert english(text, made_up()) == set()


@pytest.mark.parametrize(
    "said", ["The claims say little of it.", "casi igual (the base case)", "intervalo, 90 % interval"]
)
def test_english_would_be_found(said):
    assert english(said)


def texts(figure):
    """All that is written in a figure, and not by an analyst: texts, ticks, legends."""
    figure.canvas.draw()
    return "\n".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())


FIGURES = {
    "losses": lambda: fit_figures.plot_losses(madeup.tree(), ES),
    "claims": lambda: fit_figures.plot_claims(madeup.tree(), ES),
    "sources": lambda: fit_figures.plot_sources(madeup.tree(), ES),
    "timeline": lambda: plot_timeline(madeup.over_time(()), converged=False, w=ES),
    "forest": lambda: compare_figures.plot_forest(compared(), "north.killed", ES),
    "slopes": lambda: compare_figures.plot_slopes(compared(), ES),
    "tornado": lambda: plot_tornado(compared(), "north.killed", ES),
    "attribution": lambda: plot_attribution(compared(), "north.killed", ES),
    "replay": lambda: plot_replay(replay_answer(madeup_replay.tree()), w=ES),
    "calibration": lambda: plot_calibration(madeup_calibration.tree(), ES),
    "targets": lambda: plot_targets(hindcast(), w=ES),
    "reliability": lambda: plot_reliability(hindcast(), ES),
}


@cache
def compared():
    return comparison(madeup_comparison.tree(groups=madeup_comparison.everything()))


@pytest.mark.parametrize("name", FIGURES)
def test_no_word_of_english_in_any_figure(name):
    assert english(texts(FIGURES[name]()), made_up()) == set()


def test_a_figure_is_drawn_in_the_language_that_is_asked_for():
    first, second = (texts(truetoll.plot(madeup.tree(), "losses", language=name)) for name in ("en", "es"))
    assert "before the claims (prior)" in first
    assert "antes de las cifras (previa)" in second
    assert "2,700" in first
    assert "2.700" in second
