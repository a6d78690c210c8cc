"""Whatever ran is read and drawn by one name."""

import madeup
import madeup_calibration
import madeup_comparison
import madeup_replay
import pytest
import saved
from matplotlib.figure import Figure

import truetoll as tt
from truetoll.studies import STUDIES, _found

MADE = {
    "fit": madeup.tree,
    "comparison": lambda: madeup_comparison.tree(groups=madeup_comparison.everything()),
    "replay": madeup_replay.tree,
    "calibration": madeup_calibration.tree,
}
ABOUT = {"forest": ["north.killed"], "attribution": ["north.killed"], "tornado": ["north.killed"]}


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.result)
def test_every_row_leads_somewhere(study):
    for where in (study.read, *study.figures.values(), *study.of_records.values()):
        assert callable(_found(where))


@pytest.mark.parametrize("kind", MADE)
def test_whatever_ran_is_summarised(kind):
    found = tt.summarise(MADE[kind]())
    assert type(found).__name__.lower() == {"fit": "summary"}.get(kind, kind)
    assert found.to_dict()["title"] == "A made-up case"


@pytest.mark.parametrize(
    ("kind", "figure"),
    [(s.result, name) for s in STUDIES if s.result in MADE for name in (*s.figures, *s.of_records)],
)
def test_every_figure_is_drawn_from_the_result_itself(kind, figure):
    made = madeup.over_time() if figure == "timeline" else MADE[kind]()
    assert isinstance(tt.plot(made, figure, *ABOUT.get(figure, ())), Figure)


def test_records_are_drawn_without_reading_again():
    found = tt.summarise(MADE["comparison"]())
    assert isinstance(tt.plot(found, "slopes"), Figure)


def test_a_comparison_has_the_figures_of_its_base():
    assert isinstance(tt.plot(saved.comparison(), "losses"), Figure)


@pytest.mark.parametrize(("result", "figure"), [("fit", "slopes"), ("replay", "losses"), ("fit", "histogram")])
def test_a_figure_that_is_not_there_is_told_with_those_that_are(result, figure):
    with pytest.raises(ValueError, match=f"no figure '{figure}'.*losses, claims"):
        tt.plot(MADE[result](), figure)


def test_what_is_no_result_is_refused():
    with pytest.raises(TypeError, match="a result is what fit, compare"):
        tt.summarise("posterior.nc")


def test_an_estimate_is_summarised_with_its_benchmark(monkeypatch):
    class Estimates:
        pass

    told = []
    monkeypatch.setattr("truetoll.studies.estimate.read.estimate_answer", lambda *about: told.append(about))
    found, benchmark = Estimates(), object()
    tt.summarise(found, benchmark)
    assert told == [(found, benchmark)]
