"""Replays as records, table and figure: what was known when, what is thought now, and nothing of what is no result."""

import io
import re
import subprocess
import sys

import madeup_replay as made
import numpy as np
import pytest
from rich.console import Console
from saying import said as in_english

from truetoll.render import style
from truetoll.studies.replay.figures import figures_of, main_quantities, plot_replay
from truetoll.studies.replay.read import replay_answer
from truetoll.studies.replay.tables import replay_view

KILLED = "north.killed"


def printed(found, width=100):
    out = io.StringIO()
    Console(file=out, width=width, legacy_windows=False).print(replay_view(found))
    return out.getvalue()


@pytest.fixture(scope="module")
def found():
    return replay_answer(made.tree())


def rows(text, heading="The North: killed"):
    part = text[text.index(heading) :].splitlines()[2:5]
    return [re.split(r"\s{2,}", line.strip()) for line in part]


def by_gid(ax, name):
    return next((line for line in ax.lines if line.get_gid() == name), None)


# records --------------------------------------------------------------------------------------------------------------


def test_what_was_new_on_each_date(found):
    assert [each.new for each in found.dates] == [("early", "relay"), ("share", "window"), ()]
    assert [each.as_of for each in found.dates] == ["2024-01-09", "2024-01-20", "2024-01-31"]
    by_id = {claim.id: claim for claim in found.claims}
    assert {name: c.since_date for name, c in by_id.items()} == {
        "early": "2024-01-09",
        "relay": "2024-01-09",
        "share": "2024-01-20",
        "window": "2024-01-20",
        "least": None,
    }
    assert {name for name, c in by_id.items() if not c.used} == {"relay"}


def test_what_was_said_beside_what_is_thought_now(found):
    said = [next(q for q in each.quantities if q.name == KILLED).median for each in found.dates]
    now = [next(h for h in each.hindsight if h.name == KILLED) for each in found.dates]
    assert said == pytest.approx([200.0, 500.0, 1000.0])
    assert [h.median for h in now] == pytest.approx([200.0, 2000.0, 1000.0])
    assert [h.inside for h in now] == [True, False, True]


def test_which_claims_lie_on_a_curve(found):
    by_id = {claim.id: claim for claim in found.claims}
    assert (by_id["early"].quantity, by_id["window"].quantity) == (KILLED, None)
    share = by_id["share"]
    assert share.quantity == "north.casualties"
    assert (share.low, share.value, share.high) == pytest.approx((3000.0, 4000.0, 5000.0))


def test_few_origins_and_what_is_not_taken_back_are_told(found):
    text = " ".join(in_english(found.notices))
    assert "fewer than 3 origins on 9 Jan 2024: arithmetic" in text
    assert "Only claims are taken back" in text
    assert "a window: window." in text


# table ----------------------------------------------------------------------------------------------------------------


def test_a_row_per_date(found):
    text = printed(found)
    first, second, third = rows(text)
    assert first[:2] == ["9 Jan 2024", "200"]
    assert second[0] == "20 Jan 2024"
    assert second[-1] == "outside"
    assert "outside" not in [*first, *third]
    assert "early, relay" in text
    assert "nothing new" in text
    assert "Reported after the last date, and not used: 1 claim." in text
    assert "up to each date (31 Jan 2024 at the latest)" in text


def test_what_did_not_converge_has_no_answer():
    text = printed(replay_answer(made.tree(failed=[made.DAYS[1]])))
    assert "1 date NOT CONVERGED" in text
    assert rows(text)[1][:4] == ["20 Jan 2024", "-", "not converged", "-"]
    assert "Did not converge, so has no answer: 20 Jan 2024." in text


@pytest.mark.parametrize("width", [80, 100, 140])
def test_fits(width, found):
    assert max(map(len, printed(found, width).splitlines())) <= width


def test_tables_need_no_sampler():
    code = "import sys, truetoll.studies.replay.tables; print({'pymc', 'pytensor', 'matplotlib'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


# figure ---------------------------------------------------------------------------------------------------------------


def test_figures_stand_on_the_day_of_their_report_and_hollow_before(found):
    ax = plot_replay(found, [KILLED]).axes[0]
    told, before = by_gid(ax, "early"), by_gid(ax, "later early")
    assert told.get_xdata()[0] - before.get_xdata()[0] == 3
    assert (told.get_markerfacecolor(), before.get_markerfacecolor()) != ("white", "white")
    assert before.get_markerfacecolor() == "white"
    assert by_gid(ax, "least") is None
    assert by_gid(ax, "later least").get_markerfacecolor() == "white"
    assert by_gid(ax, "window") is None
    assert by_gid(ax, "relay").get_alpha() < by_gid(ax, "early").get_alpha()


def test_a_gap_where_there_is_no_answer():
    ax = plot_replay(replay_answer(made.tree(failed=[made.DAYS[1]])), [KILLED]).axes[0]
    assert np.isnan(by_gid(ax, "median").get_ydata()).tolist() == [False, True, False]
    assert np.isfinite(by_gid(ax, "hindsight").get_ydata()).all()
    assert [text.get_text() for text in ax.texts].count("not converged") == 1


def test_main_quantities_are_those_that_claims_told_of(found):
    assert main_quantities(found) == [KILLED, "north.casualties"]


def test_nothing_is_drawn_where_nothing_converged():
    assert list(figures_of(replay_answer(made.tree(failed=made.DAYS)))) == []
    assert "converge" in printed(replay_answer(made.tree(failed=made.DAYS)))


def test_a_legible_picture(found, tmp_path):
    paths = style.save_all(figures_of(found), tmp_path)
    assert paths[0].name == "replay.png"
    assert len(paths) == 1 + len(made.NAMES)
    fig = plot_replay(found)
    fig.draw_without_rendering()
    heading = fig._suptitle.get_window_extent()
    assert heading.x1 <= fig.bbox.x1
    labels = [text for ax in fig.axes for text in ax.get_xticklabels() if text.get_text()]
    assert all(re.fullmatch(r"\d{1,2} [A-Z][a-z]{2} \d{4}", label.get_text()) for label in labels)
