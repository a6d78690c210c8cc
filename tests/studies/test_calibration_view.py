"""A calibration as a table and as a figure."""

import io
import math

import madeup_calibration as made
import matplotlib.pyplot
import numpy as np
import pytest
from rich.console import Console

from truetoll.render import style
from truetoll.studies.calibrate.figures import figures_of, plot_calibration
from truetoll.studies.calibrate.read import calibration
from truetoll.studies.calibrate.tables import bias_words, calibration_view

BIASES = ("as_assumed", "bias_x0.8", "bias_x2", "spread_x2")


def printed(tree):
    out = io.StringIO()
    Console(file=out, width=80, highlight=False).print(calibration_view(calibration(tree)))
    return out.getvalue()


def test_what_a_reader_needs_is_there():
    text = printed(made.tree())
    assert "200 simulations, all converged; 12 s" in text
    assert "north.casualties" in text
    assert "Forms tested, with the claims in use: interval (1), at least (1)" in text
    assert "no claim in use is of this kind: at most, no fewer than, ceiling" in " ".join(text.split())
    assert "What this shows: model and computation agree." in text
    assert "What it does not show: whether the assumptions hold." in text
    assert "NOT CALIBRATED" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_what_is_wrong_is_said_in_words():
    text = printed(made.tree(ranks={"north.killed": made.in_the_middle(200, 0.5)}))
    assert "NOT CALIBRATED: THIS IS NOT A RESULT" in text
    assert "north.killed: intervals too narrow." in text
    (row,) = [line for line in text.splitlines() if line.startswith("north.killed ")]
    assert row.split()[1] == "NO"


def test_other_biases_have_a_table_for_each_quantity():
    tree = made.tree(biases=BIASES, errors={"bias_x2": math.log(1.9), "bias_x0.8": math.log(0.81)})
    lines = [line.rstrip() for line in printed(tree).splitlines()]
    doubled = [line for line in lines if line.startswith("every source says x2 as much")]
    assert len(doubled) == 2
    assert doubled[0].split()[-1] == "x1.9"
    assert any(line.startswith("as assumed") and line.endswith("x1.0") for line in lines)
    assert any(line.startswith("biases twice as far apart") for line in lines)
    assert bias_words("bias_x0.8") == "every source says x0.8 as much"


def test_the_figure_draws_what_was_ranked():
    ranks = made.crowded(200, 2.0)
    fig = plot_calibration(made.tree(ranks={"north.killed": ranks}))
    curves = {line.get_gid(): line for ax in fig.axes for line in ax.get_lines() if line.get_gid()}
    assert set(curves) == set(made.QUANTITIES)
    expected = [(ranks < i).mean() - i / 100 for i in range(1, 100)]
    np.testing.assert_allclose(curves["north.killed"].get_ydata(), expected)
    assert curves["north.killed"].get_color() != curves["north.casualties"].get_color()
    assert any("Not calibrated" in text.get_text() for text in fig.texts)
    assert not matplotlib.pyplot.get_fignums()


@pytest.mark.parametrize("lost", [0, 200])
def test_the_figure_is_saved(tmp_path, lost):
    (path,) = style.save_all(figures_of(made.tree(lost=lost)), tmp_path)
    assert path.name == "calibration.png"
    assert [p.name for p in tmp_path.iterdir()] == ["calibration.png"]
