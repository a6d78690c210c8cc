"""Comparisons as tables, sheets and figures: the numbers of the records, legible, and nothing of what is no result."""

import csv
import io
import math
import re
import subprocess
import sys
from itertools import pairwise

import madeup_comparison as made
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from rich.console import Console

from truetoll.answers.words import SAME
from truetoll.render import style
from truetoll.render.words import ENGLISH
from truetoll.studies.attribution import figures as changeplot
from truetoll.studies.attribution import tables as changes
from truetoll.studies.compare import figures as compareplot
from truetoll.studies.compare.read import comparison
from truetoll.studies.compare.sheet import comparison_csv
from truetoll.studies.compare.tables import comparison_view

KILLED = "north.killed"
SHORT = "and some more words to make it about as long as titles are"


def printed(found, width=140):
    out = io.StringIO()
    Console(file=out, width=width, legacy_windows=False).print(comparison_view(found))
    return out.getvalue()


def many(n=28):
    """As many scenarios as a large case has, half of them reweighted, one that moves nothing."""
    rng = np.random.default_rng(1)
    factors = {"base": 1.0} | {f"s{i}": math.exp(rng.normal(0, 0.4)) for i in range(n - 1)} | {"s0": 1.0}
    rows = {name: {"method": "psis" if name[-1] in "02468" else "refit"} for name in factors}
    return comparison(made.tree(factors, rows, titles={name: f"{name} {SHORT}" for name in factors}))


@pytest.fixture(scope="module")
def found():
    return comparison(made.tree(groups=made.everything()))


@pytest.fixture(scope="module")
def text(found):
    return printed(found)


def row(text, start, heading="The North: killed"):
    part = text[text.index(heading) :]
    return next(line for line in part.splitlines() if line.strip().startswith(start))


# tables ---------------------------------------------------------------------------------------------------------------


def test_scenarios_stand_below_the_base_case(text, found):
    q = found.scenarios[1].quantities[0]
    cells = re.split(r"\s{2,}", row(text, "Everything").strip())
    assert cells == ["Everything [twice] as high", "2,000", "910 to 4,500", "+100 %", "+1.4 sd", "92 %"]
    assert q.median == pytest.approx(2000.0)
    assert re.split(r"\s{2,}", row(text, "The case as").strip())[1:] == ["1,000", "450 to 2,200", "-", "50 %"]


def test_noise_is_said_in_words(text):
    cells = re.split(r"\s{2,}", row(text, "Nothing changes").strip())
    assert cells == ["Nothing changes", "1,000", "450 to 2,200", SAME, "50 %"]
    assert "base case reweighted, Pareto k" in text


def test_a_quantity_nobody_moves_takes_a_sentence():
    still = printed(comparison(made.tree({"base": 1.0, "other": 1.0})))
    assert f"3,000 (1,300 to 6,700), {SAME} under every scenario." in still
    assert "P(> 1,000)" in still  # what is asked for is told all the same
    failed = printed(comparison(made.tree({"base": 1.0, "other": 1.0}, {"other": {"converged": 0}})))
    assert "under every scenario" not in failed


def test_what_did_not_converge_has_no_number():
    rows = {"doubled": {"converged": 0}}
    text = printed(comparison(made.tree(rows=rows)))
    assert "1 scenario NOT CONVERGED" in text
    cells = re.split(r"\s{2,}", row(text, "Everything").strip())
    assert cells == ["Everything [twice] as high", "not converged: no number", "-", "-"]


def test_elpd_is_told_with_its_error_and_only_where_it_may_be(text, found):
    part = text[text.index("How well the figures foretell each other") :]
    assert re.split(r"\s{2,}", row(part, "Everything", "How well").strip())[1:4] == ["-9.0", "0.50", "0.40"]
    assert "Half of the claims" not in part[: part.index("How well foretold (elpd")]
    assert ENGLISH.say("scenario.loo_note") in " ".join(text.split())
    assert "No weights are given" in text
    assert "How well the figures foretell each other" not in printed(comparison(made.tree({"base": 1.0})))


def test_parts_and_their_total(text):
    part = text[text.index("What makes the shift") :]
    rows = [re.split(r"\s{2,}", row(part, name, "What makes").strip()) for name in ("Ministry", "first", "together")]
    numbers = [cells[2] for cells in rows]
    assert numbers == ["+0.50", "+0.19", "+0.69"]
    assert float(numbers[0]) + float(numbers[1]) == pytest.approx(float(numbers[2]))
    assert rows[2][1] == "+100 %"


def test_alternatives_by_reach(text):
    part = text[text.index("How far each assumption reaches alone: The North: killed") :].splitlines()
    part = [line for line in part if line.startswith("Grade of source")][:2]
    assert [line.split(",")[0] for line in part] == ["Grade of source 2", "Grade of source 1"]
    assert re.split(r"\s{2,}", part[0].strip())[1:] == ["E", "-18 %", "A", "+49 %"]


def test_only_the_furthest_alternatives_are_printed():
    text = printed(comparison(made.tree(groups={"alternatives": made.alternatives(14)})))
    assert text.count("Grade of source 13") == len(made.NAMES)
    assert text.count("3 more assumptions with less reach.") == len(made.NAMES)
    assert changes.MOST == 10


def test_influence_in_words(text):
    assert re.split(r"\s{2,}", row(text, "the source mod", "Without each").strip())[:2] == ["the source mod", "-50 %"]
    assert "Against the others: contradicts the others, under these assumptions" in " ".join(text.split())
    assert "the figure [most]" in text
    assert "follows the losses prior" in text


def test_nothing_that_was_not_asked_for():
    text = printed(comparison(made.tree()))
    for heading in (
        "What makes the shift",
        "How far each assumption reaches",
        "Without each source",
        "Against the others",
    ):
        assert heading not in text


@pytest.mark.parametrize("width", [80, 100, 140])
def test_fits(width, found):
    assert max(map(len, printed(found, width).splitlines())) <= width
    assert max(map(len, printed(many(), width).splitlines())) <= width


def test_titles_of_many_scenarios_can_be_read():
    lines = printed(many()).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("s1 "))
    assert len(lines[start].split("  ")[0]) >= 30


def test_tables_need_no_sampler():
    code = "import sys, truetoll.studies.compare.tables; print({'pymc', 'pytensor', 'matplotlib'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


# sheets ---------------------------------------------------------------------------------------------------------------


def test_a_row_per_scenario_and_quantity():
    found = comparison(made.tree(rows={"set_aside": {"converged": 0}}))
    rows = list(csv.DictReader(io.StringIO(comparison_csv(found))))
    assert [(r["scenario"], r["name"]) for r in rows] == [
        (name, q) for name in ("base", "doubled", "same") for q in made.NAMES
    ]
    one, shift = rows[len(made.NAMES)], found.scenarios[1].shift[KILLED]
    assert float(one["median"]) == found.scenarios[1].quantities[0].median
    assert float(one["shift_percent"]) == shift.percent
    assert float(one["shift_sd_mcse"]) == shift.sd_mcse
    assert float(rows[0]["shift_percent"]) == 0.0


# figures --------------------------------------------------------------------------------------------------------------


def by_gid(ax, name):
    return next(line for line in ax.lines if line.get_gid() == name)


def test_forest_holds_every_interval(found):
    ax = compareplot.plot_forest(found, KILLED).axes[0]
    for scenario in found.scenarios:
        q = scenario.quantities[0]
        assert list(by_gid(ax, scenario.name).get_xdata()) == [q.interval.low, q.interval.high]
    base = found.scenarios[0].quantities[0].interval
    band = ax.patches[0].get_bbox()
    assert (band.x0, band.x1) == (base.low, base.high)
    assert ax.get_xscale() == "log"
    assert {"+100 %", "-50 %", SAME} <= {text.get_text() for text in ax.texts}
    fills = [to_rgba(line.get_markerfacecolor()) for line in ax.lines if line.get_marker() == "o"]
    assert [fill == to_rgba("white") for fill in fills] == [False, False, True, False]


def test_forest_of_many_scenarios_has_no_labels_on_each_other():
    fig = compareplot.plot_forest(many(), KILLED)
    fig.draw_without_rendering()
    ax = fig.axes[0]
    for texts in (
        ax.get_yticklabels(),
        [text for text in ax.texts if "%" in text.get_text() or text.get_text() == SAME],
    ):
        boxes = sorted((text.get_window_extent() for text in texts), key=lambda box: box.y0)
        assert len(boxes) >= 27
        assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))
    assert all(text.get_window_extent().x0 >= 0 for text in ax.get_yticklabels())


def test_slopes_name_the_largest_movers_apart():
    found = many()
    fig = compareplot.plot_slopes(found)
    fig.draw_without_rendering()
    ax = fig.axes[0]
    assert len(ax.texts) == compareplot.LABELLED
    moves = sorted(found.scenarios[1:], key=lambda s: -abs(math.log1p(s.shift[KILLED].percent / 100)))
    names = {text.get_text().split()[0] for text in ax.texts}
    assert names == {s.name for s in moves[: compareplot.LABELLED]}
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))
    assert max(box.x1 for box in boxes) <= fig.bbox.x1
    assert list(by_gid(ax, "s1").get_ydata()) == [found.scenarios[i].quantities[0].median for i in (0, 2)]


def test_a_halving_is_a_larger_shift_than_a_rise_by_half():
    factors = {"base": 1.0, "half": 0.5} | {f"up{i}": 1.5 + 0.01 * i for i in range(compareplot.LABELLED)}
    ax = compareplot.plot_slopes(comparison(made.tree(factors))).axes[0]
    names = {text.get_text().split()[0] for text in ax.texts}
    assert names == {"half", *(f"up{i}" for i in range(1, compareplot.LABELLED))}


def test_what_moves_nothing_is_not_named():
    ax = compareplot.plot_slopes(comparison(made.tree({"base": 1.0, "other": 1.0}))).axes[0]
    assert len(ax.texts) == 0


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([0.1, 0.5], [0.1, 0.5]),
        ([0.5, 0.5], [0.45, 0.55]),
        ([0.0, 0.02], [0.0, 0.1]),
        ([0.97, 0.99, 1.0], [0.8, 0.9, 1.0]),
        ([0.3, 0.42, 0.42], [0.28, 0.38, 0.48]),
        ([], []),
    ],
)
def test_spread(places, expected):
    assert compareplot.spread(places, 0.1) == pytest.approx(expected)


def test_tornado_bars_begin_at_the_base_case(found):
    ax = changeplot.plot_tornado(found, KILLED).axes[0]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert [start for start, _ in ends] == pytest.approx([1000.0] * 4)
    assert [end for _, end in ends] == pytest.approx([1000.0 * math.exp(x) for x in (-0.2, 0.4, -0.1, 0.2)])
    assert ax.get_yticklabels()[0].get_text() == "Grade of source 2, as an analyst might argue\nE to A"


def test_parts_begin_where_the_one_before_ends(found):
    first, second = changeplot.plot_attribution(found, KILLED).axes
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in first.patches]
    assert ends == [pytest.approx(pair) for pair in [(1, math.exp(0.5)), (math.exp(0.5), 2), (1, 2)]]
    assert [text.get_text() for text in first.texts] == ["+65 %", "+21 %", "+100 %"]
    assert first.get_xlim() == second.get_xlim()


def test_no_figure_of_what_was_not_asked_for():
    plain = comparison(made.tree())
    assert changeplot.plot_tornado(plain, KILLED) is None
    assert changeplot.plot_attribution(plain, KILLED) is None


def test_figures_are_saved_whole(found, tmp_path):
    written = style.save_all(compareplot.figures_of(found), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in written}
    assert {path.stem for path in written} == {
        *(f"forest_{name.replace('.', '_')}" for name in made.NAMES),
        "slopes",
        *(f"{kind}_north_{q}" for kind in ("tornado", "attribution") for q in ("killed", "casualties")),
    }


def test_what_did_not_converge_is_named_in_figures_that_show_the_others():
    failed = comparison(made.tree(rows={"doubled": {"converged": 0}}))
    forest, slopes = compareplot.plot_forest(failed, KILLED), compareplot.plot_slopes(failed)
    assert "not converged" in [text.get_text() for text in forest.axes[0].texts]
    assert "; 1 not converged" in slopes.get_suptitle()
    for fig in (forest, slopes):
        assert ENGLISH.say("figure.stamp") not in [text.get_text() for text in fig.texts]
        assert "doubled" not in [line.get_gid() for ax in fig.axes for line in ax.lines]


def test_without_a_base_scenarios_are_drawn_and_no_shift(tmp_path):
    failed = comparison(made.tree(rows={"base": {"converged": 0}}, groups=made.everything()))
    names = {path.stem for path in style.save_all(compareplot.figures_of(failed), tmp_path)}
    assert names == {f"forest_{name.replace('.', '_')}" for name in made.NAMES}


def test_pyplot_is_not_touched():
    code = "import sys, truetoll.studies.compare.figures; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
