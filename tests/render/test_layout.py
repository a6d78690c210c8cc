"""Tables fold between words; no digit and no word of any of them is ever cut."""

import io
import random

import madeup_calibration
import madeup_comparison
import madeup_replay
import pytest
from rich.cells import cell_len
from rich.console import Console

from truetoll.render.layout import add_row, apart, bullets, fold, plain_table

WIDTHS = (1, 20, 40, 60, 80, 100, 120, 300)


def printed(view, width):
    out = io.StringIO()
    Console(file=out, width=width, legacy_windows=False, markup=False).print(view, crop=False)
    return out.getvalue()


@pytest.fixture
def table():
    made = plain_table("", ">median", ">90 % interval", "the answer")
    add_row(made, "  killed [red]", "1,234,567", "310,000 to 7,500,000", "rests on what is assumed of the sources")
    add_row(made, "  wounded", "12", "1 to 30\n5 to 6", "so")
    return made


def test_with_room_every_column_is_as_wide_as_it_is(table):
    lines = printed(table, 120).splitlines()
    assert (
        lines[1].rstrip() == "  killed [red]  1,234,567  310,000 to 7,500,000  rests on what is assumed of the sources"
    )
    assert lines[2].rstrip() == "  wounded              12               1 to 30  so"
    assert lines[3].rstrip() == f"{'5 to 6':>47}"


def test_words_give_way_before_numbers(table):
    text = printed(table, 60)
    assert "310,000 to 7,500,000" in text and "rests on what is assumed of the sources" not in text
    assert max(map(len, text.splitlines())) <= 60


def test_numbers_break_between_words_if_they_must(table):
    lines = printed(table, 44).splitlines()
    assert max(map(len, lines)) <= 44
    assert any(line.split()[-2:-1] == ["to"] or "310,000 to" in line for line in lines)
    assert "7,500,000" in " ".join(lines)


def words(text):
    return sorted(text.split())


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_ever_cut(seed):
    chance = random.Random(seed)
    cells = [
        "7,500,000",
        "310,000 to 7,500,000",
        "x" * 70,
        "a b c",
        "",
        "  set in\n  twice",
        "字 字字字",
        "30 to 50 %",
        "[bold]",
    ]
    made = plain_table(*(chance.choice(["", ">"]) + chance.choice(["head", "long heading", ""]) for _ in range(4)))
    for _ in range(5):
        add_row(made, *chance.choices(cells, k=4))
    known = words(" ".join(" ".join(row) for row in (made.headings, *made.rows)))
    for width in WIDTHS:
        text = printed(made, width)
        assert words(text) == known
        if width >= sum(made.widths(0)) + 6:
            assert max(map(cell_len, map(str.rstrip, text.splitlines()))) <= width


@pytest.mark.parametrize("width", [70, 80, 100, 120])
def test_every_table_holds_the_same_words_at_every_width(width):
    from truetoll.studies.calibrate.read import calibration
    from truetoll.studies.calibrate.tables import calibration_view
    from truetoll.studies.compare.read import comparison
    from truetoll.studies.compare.tables import comparison_view
    from truetoll.studies.replay.read import replay_answer
    from truetoll.studies.replay.tables import replay_view

    for view in (
        calibration_view(calibration(madeup_calibration.tree())),
        comparison_view(comparison(madeup_comparison.tree())),
        replay_view(replay_answer(madeup_replay.tree())),
    ):
        text = printed(view, width)
        assert words(text) == words(printed(view, 400))
        assert max(len(line.rstrip()) for line in text.splitlines()) <= width


def test_headings_of_numbers_are_folded_before_words_and_words_before_numbers():
    made = plain_table("", ">how well foretold", ">of all")
    add_row(made, "a name of many words", "-9.0", "12,345 to 67,890")
    assert made.text(48).splitlines() == [
        "                      how well            of all",
        "                      foretold",
        "a name of many words      -9.0  12,345 to 67,890",
    ]
    assert "12,345 to 67,890" in made.text(35)


def test_a_bullet_hangs():
    text = printed(bullets("Note", ["one two three"]), 10)
    assert [line.rstrip() for line in text.splitlines()] == ["Note", "-  one two", "   three"]
    assert bullets("Note", []) is None


def test_parts_are_set_apart():
    assert [printed(part, 20) for part in apart(["a", None, "b"])] == ["a\n\n", "b\n\n"]


def test_tables_of_one_answer_stand_in_line(table):
    other = plain_table("", ">", ">", "")
    add_row(other, "x", "1", "2", "y")
    table.alike, other.alike = [other], [table]
    for room in (None, 60, 44, 0):
        assert table.widths(room) == other.widths(room)


def test_what_is_set_in_stays_so():
    assert fold("  own side, on The North", 14) == ["  own side, on", "  The North"]
    assert fold("a\n\nb", 5) == ["a", "", "b"]


def test_cells_and_columns_must_agree(table):
    with pytest.raises(ValueError, match="3 cells for 4 columns"):
        add_row(table, "a", "b", "c")
