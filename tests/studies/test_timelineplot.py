"""The figure of losses over time: every mark where its claim is, bands where the posterior is, and no crowd."""

from datetime import date

import madeup
import numpy as np
import pytest

import truetoll as tt
from truetoll.render import style
from truetoll.render.words import ENGLISH
from truetoll.studies.fit import figures as plots
from truetoll.studies.timeline.figures import MOST_MARKS, plot_timeline
from truetoll.studies.timeline.marks import Mark, thinned
from truetoll.studies.timeline.read import timeline

FIRST, LAST = madeup.OVER_TIME[0], madeup.OVER_TIME[-1]


def claim(id_, losses="north.killed", value=100.0, **changes):
    cell = {"low": value * 0.99, "high": value * 1.01, "value": value, "since": FIRST, "as_of": "2024-01-21"}
    return madeup.claim(id_, "said", losses, **cell | changes)


def day(iso):
    return date.fromisoformat(iso).toordinal()


CLAIMS = [
    claim("point"),
    claim("least", value=50.0, form="at least"),
    claim("floor", value=20.0, form="floor"),
    claim("most", value=500.0, form="up to"),
    claim("wide", value=200.0, low=100.0, high=300.0, as_of="2024-02-01"),
    claim("aside", value=90.0, weight=0.0),
    claim("window", value=60.0, since="2024-01-11", as_of="2024-01-31"),
    claim("sum", "north.killed + north.wounded"),
    claim("share", "north.casualties", 0.5, share=True, low=0.4, high=0.6),
    claim("half", "north.casualties", 0.5, share=True, form="at least"),
    claim("read", "north.killed:0.3 | north.wounded:0.7", 300.0),
    claim("sent", "north.strength", 1500.0, since="2024-01-15"),
]


@pytest.fixture(scope="module")
def run():
    return madeup.over_time(CLAIMS)


@pytest.fixture(scope="module")
def panels(run):
    """By quantity: the panel of losses so far, and that of the pace (None for strength)."""
    axes = plot_timeline(run).axes
    found = {}
    for ax, after in zip(axes, [*axes[1:], None], strict=True):
        if title := ax.get_title(loc="left"):
            found[title.rpartition(": ")[2]] = (ax, after if after and not after.get_title(loc="left") else None)
    return found


def lines(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def points(ax, gid="claims"):
    return {(x, y, line.get_marker()) for line in lines(ax, gid) for x, y in zip(*line.get_data(), strict=True)}


def test_a_panel_for_what_is_asked_and_what_is_claimed(panels):
    assert list(panels) == ["killed", "wounded", "casualties", "strength"]  # no claim is on tanks
    assert panels["strength"][1] is None
    assert all(pair[1] for name, pair in panels.items() if name != "strength")


def test_marks_stand_at_their_day_and_figure_by_their_form(panels):
    at = day("2024-01-21")
    said = {(at, 100.0, "o"), (at, 50.0, "^"), (at, 20.0, "^"), (at, 500.0, "v")}
    assert points(panels["killed"][0]) == said
    assert points(panels["killed"][0], "set aside") == {(at, 90.0, "o")}
    (hollow,) = lines(panels["killed"][0], "set aside")
    assert (hollow.get_markerfacecolor(), hollow.get_markeredgecolor()) == ("none", style.PRIOR)
    (hard,) = [line for line in lines(panels["killed"][0], "claims") if line.get_color() == style.BLACK] or [
        line for line in lines(panels["killed"][0], "claims") if line.get_markerfacecolor() == style.BLACK
    ]
    assert list(hard.get_ydata()) == [20.0]


def test_a_range_is_a_bar(panels):
    (bars,) = [c for c in panels["killed"][0].collections if c.get_gid() == "claims"]
    assert bars.get_segments()[0].tolist() == [[day("2024-02-01"), 100.0], [day("2024-02-01"), 300.0]]


def test_a_window_is_a_pace_over_its_days(panels):
    pace = panels["killed"][1]
    (bar,) = [c for c in pace.collections if c.get_gid() == "claims"]
    assert bar.get_segments()[0].tolist() == [[day("2024-01-11"), 3.0], [day("2024-01-31"), 3.0]]
    assert points(pace) == {(day("2024-01-21"), 3.0, "o")}


def test_shares_stand_at_the_median_strength(run, panels):
    (bars,) = [c for c in panels["casualties"][0].collections if c.get_gid() == "claims"]
    strength = float(run["posterior"]["strength"].isel(bin=1).median())
    assert bars.get_segments()[0][:, 1] == pytest.approx([0.4 * strength, 0.6 * strength])
    ((_, value, symbol),) = points(panels["casualties"][0])
    assert (value, symbol) == (pytest.approx(0.5 * strength), "^")
    assert "Shares of strength" in plot_timeline(run).get_suptitle()


def test_readings_stand_where_they_are_most_probable(panels):
    assert points(panels["wounded"][0]) == {(day("2024-01-21"), 300.0, "o")}
    assert points(panels["strength"][0]) == {(day("2024-01-21"), 1500.0, "o")}  # a level, whatever its window


def test_what_is_left_out_is_said(run):
    assert "Not drawn: 1 claim on several quantities together." in plot_timeline(run).get_suptitle()
    assert "In timeline.csv only: 1 further quantity." in " ".join(plot_timeline(run).get_suptitle().split())


def test_bands_are_the_answers(run, panels):
    for name in ("killed", "wounded", "casualties"):
        q = next(q for q in timeline(run).quantities if q.name == f"north.{name}")
        upper, pace = panels[name]
        (band,) = [c for c in upper.collections if c.get_gid() == "90 %"]
        vertices = band.get_paths()[0].vertices
        for b in q.bins:
            at = vertices[vertices[:, 0] == day(b.until), 1]
            assert {round(y, 6) for y in at} == {round(b.cumulative.low, 6), round(b.cumulative.high, 6)}
        (median,) = lines(upper, "median")
        assert median.get_ydata()[-1] == pytest.approx(q.bins[-1].cumulative.median)
        steps = next(p for p in pace.patches if p.get_gid() == "median").get_data()
        assert steps.values == pytest.approx([b.within.median / d for b, d in zip(q.bins, (10, 20, 10), strict=True)])


def test_scales(panels):
    upper, pace = panels["killed"]
    assert upper.get_yscale() == "log"
    assert upper.get_ylim()[0] < 20.0
    assert upper.get_ylim()[1] > 500.0
    assert pace.get_yscale() == "linear"
    assert pace.get_ylim()[0] == 0.0


def test_a_tally_is_one_line():
    days = [f"2024-01-{d:02}" for d in range(2, 31)]
    claims = [claim(f"t{i}", value=10.0 + i, as_of=d) for i, d in enumerate(days)]
    run = madeup.over_time([*claims, claim("alone")], {c.id: "t0" for c in claims})
    ax = plot_timeline(run).axes[0]
    (line,) = lines(ax, "tally t0")
    assert list(line.get_ydata()) == [10.0 + i for i in range(len(days))]
    assert points(ax) == {(day("2024-01-21"), 100.0, "o")}
    assert "mod" in {text.get_text() for text in ax.texts}


def test_a_crowd_is_cut_and_said():
    claims = [claim(f"c{i}", as_of=f"2024-01-{2 + i % 29:02}") for i in range(4000)]
    claims += [claim(f"a{i}", weight=0.0) for i in range(500)]
    fig = plot_timeline(madeup.over_time(claims))
    ax = fig.axes[0]
    assert len(points(ax, "set aside")) == 0
    assert sum(len(line.get_xdata()) for line in lines(ax, "claims")) == MOST_MARKS
    assert len(ax.lines) + len(ax.collections) < 10  # no artist per claim
    assert any(f"{MOST_MARKS} of 4,500 single claims" in text.get_text() for text in ax.texts)


def test_a_wild_pace_is_counted_not_drawn():
    claims = [claim("wild", value=1e6, since="2024-01-11", as_of="2024-01-12")]
    pace = plot_timeline(madeup.over_time(claims)).axes[1]
    assert pace.get_ylim()[1] < 1e3
    assert "1 higher" in {text.get_text() for text in pace.texts}


def test_thinning_keeps_the_whole_of_the_time():
    def marks(n, aside):
        return [Mark(str(i), "s", "point", 0, i, 1.0, 1.0, 1.0, False, aside, False, "") for i in range(n)]

    kept = thinned(marks(1000, aside=False) + marks(50, aside=True), 100)
    assert len(kept) == 100
    assert not any(m.aside for m in kept)
    assert (kept[0].end, kept[-1].end) == (0, 999)
    assert max(np.diff([m.end for m in kept])) < 20
    assert sum(m.aside for m in thinned(marks(10, aside=False) + marks(50, aside=True), 20)) == 10


def test_quantities_can_be_named(run):
    titles = [ax.get_title(loc="left") for ax in plot_timeline(run, ["north.tanks"]).axes]
    assert [title for title in titles if title] == ["The North: tanks"]
    with pytest.raises(ValueError, match=r"north\.guns"):
        plot_timeline(run, ["north.guns"])


def test_one_bin_no_figure():
    run = madeup.tree(bins=[madeup.BINS[0], madeup.BINS[-1]])
    assert plot_timeline(run) is None


def test_a_run_that_did_not_converge_is_stamped():
    fig = plot_timeline(madeup.over_time(CLAIMS, converged=0))
    assert ENGLISH.say("figure.stamp") in [text.get_text() for text in fig.texts]


def test_is_a_figure_of_a_fit():
    assert "timeline" in plots.FIGURES
    assert tt.plot(madeup.over_time(), "timeline") is not None
