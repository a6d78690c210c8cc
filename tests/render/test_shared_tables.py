"""Tables before they have a form, on a screen."""

import io
from dataclasses import replace

from rich.console import Console

from truetoll.render.tables import ACROSS, Table, below, number, off_screen, on_screen, told, words


def printed(table, width=30, **options):
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(on_screen(table, **options))
    return [line.rstrip() for line in out.getvalue().splitlines()]


ROWS = (
    (words("killed", "The [North]"), number("1,000", "500 to 2,000")),
    (words("wounded", "The [North]"), number("3,000", "1,000 to 9,000")),
    (words("killed", "The South"), number("7")),
)


def test_title_rows_and_note_stand_as_they_are_and_second_lines_below():
    rows = ((told("A [bold] claim", "its-id"), number("1,000", "500 to 2,000")),)
    assert printed(Table("x", "A [red] title", ("What", "Median"), rows, "A note.")) == [
        "A [red] title",
        "What                  Median",
        "A [bold] claim         1,000",
        "  its-id        500 to 2,000",
        "A note.",
    ]


def test_a_group_has_a_heading_and_all_stand_in_line():
    assert printed(Table("x", "Title", ("What", "Median"), ROWS, grouped=True)) == [
        "Title",
        "The [North]",
        "What               Median",
        "  killed            1,000",
        "             500 to 2,000",
        "  wounded           3,000",
        "           1,000 to 9,000",
        "The South",
        "  killed                7",
    ]


def test_where_there_is_room_second_lines_of_numbers_stand_beside_the_first():
    assert printed(Table("x", "Title", ("What", "Median"), ROWS, grouped=True), 32) == [
        "Title",
        "The [North]",
        "What                      Median",
        "  killed   1,000    500 to 2,000",
        "  wounded  3,000  1,000 to 9,000",
        "The South",
        "  killed       7",
    ]


def test_of_many_rows_the_first_are_shown():
    table = Table("x", "Title", ("What", "Median"), ROWS, "A note.", grouped=True)
    assert printed(table, 25, most=1) == printed(replace(table, rows=ROWS[:1]), 25)
    assert len(printed(table, 25, most=1)) == len(printed(table, 25)) - 4
    assert on_screen(None) is None


def test_a_column_may_stand_below_the_first_or_on_pages_alone():
    rows = (
        (words("a"), below(words("its kind", "a note")), number("1"), off_screen(words("not here"))),
        (words("b"), below(words("-")), number("2"), off_screen(words("nor here"))),
    )
    assert printed(Table("x", "Title", ("What", "Kind", "Median", "Elsewhere"), rows)) == [
        "Title",
        "What                    Median",
        "a                            1",
        "  Kind: its kind; a",
        "  note",
        "b                            2",
    ]


def test_more_columns_than_a_line_holds_go_on_below():
    head = ("What", "Kind", *(f"n{i}" for i in range(ACROSS + 2)))
    rows = tuple((words(name), below(words("its kind")), *(number(str(i)) for i in range(ACROSS + 2))) for name in "ab")
    assert printed(Table("x", "Title", head, rows, "A note."), 60) == [
        "Title",
        "What              n0  n1  n2  n3  n4",
        "a                  0   1   2   3   4",
        "  Kind: its kind",
        "b                  0   1   2   3   4",
        "  Kind: its kind",
        "What  n5  n6",
        "a      5   6",
        "b      5   6",
        "A note.",
    ]
