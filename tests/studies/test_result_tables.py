"""Results show as tables in a notebook, and become tables of pandas."""

import madeup
import madeup_comparison
import madeup_replay
import pytest

import truetoll as tt

MADE = {"fit": madeup.tree, "comparison": madeup_comparison.tree, "replay": madeup_replay.tree}


@pytest.mark.parametrize("kind", MADE)
def test_a_result_is_a_table_in_full_precision(kind):
    found = tt.summarise(MADE[kind]())
    table = found.to_frame()
    whole = {"comparison": "scenarios", "replay": "dates"}.get(kind)
    first = (getattr(found, whole)[0] if whole else found).quantities[0]
    row = table[table["name"] == first.name].iloc[0]
    assert (row["median"], row["low"]) == (first.median, first.interval.low)
    assert {"name", "median", "low", "high", "prior_median"} <= set(table.columns)


@pytest.mark.parametrize("kind", MADE)
def test_a_notebook_shows_it(kind):
    html = tt.summarise(MADE[kind]())._repr_html_()
    assert "<table" in html and "A made-up case" in html and "north.killed" in html


def test_titles_are_text():
    assert "<b>" not in tt.summarise(madeup.tree(title="<b>x</b>"))._repr_html_()


def test_a_timeline_is_a_table():
    table = tt.timeline(madeup.over_time()).to_frame()
    assert len(table) == 5 * 3


def test_without_an_answer_the_table_is_empty():
    assert tt.summarise(madeup.tree(converged=0)).to_frame().empty


def test_a_folder_stands_for_its_case(small_case, monkeypatch):
    from truetoll.claims.reading import as_case

    folder = small_case()
    assert as_case(folder) == as_case(str(folder)) == tt.read_case(folder)
    assert tt.build_model(folder).named_vars.keys() == tt.build_model(tt.read_case(folder)).named_vars.keys()
    monkeypatch.setattr("truetoll.studies.fit.ask.build_tables", lambda case: pytest.fail(case.title))
    with pytest.raises(pytest.fail.Exception, match="A small case"):
        tt.fit(str(folder))
