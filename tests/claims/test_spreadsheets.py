"""Tables as spreadsheet programs save them: .xlsx, sep=, semicolons, their dates, columns of one's own."""

from datetime import datetime

import pytest
from saying import said

from truetoll.claims.asof import as_of
from truetoll.claims.kept import keep, recall
from truetoll.claims.reading import read_case
from truetoll.errors import CaseError, gathered
from truetoll.text.saying import Speaker

HEAD = "Source;ID;Losses; Figure;As of;Comment of mine"


def case_text(small_text, dates=""):
    return small_text[0].replace("bins =", f"{dates}\nbins =")


def rows(*days):
    return f"sep=;\r\n{HEAD}\r\n" + "".join(
        f"ministry;c{n};north.killed;{100 + n};{d};x\r\n" for n, d in enumerate(days)
    )


def test_a_table_with_sep_line_own_columns_and_days_first(small_case, small_text):
    case = read_case(small_case("s", case_text(small_text), rows("13/02/2024", "1/3/2024", "2024-04-05")))
    assert [str(claim.as_of) for claim in case.claims] == ["2024-02-13", "2024-03-01", "2024-04-05"]
    assert any("'Comment of mine' is not used" in text for text in said(case.notices))
    assert any("no claim is by monitor yet" in text for text in said(case.notices))


def test_months_first_where_one_date_says_so(small_case, small_text):
    case = read_case(small_case("s", case_text(small_text), rows("02/13/2024", "1/3/2024")))
    assert [str(claim.as_of) for claim in case.claims] == ["2024-02-13", "2024-01-03"]


@pytest.mark.parametrize(("order", "day"), [("dmy", "2024-02-03"), ("mdy", "2024-03-02")])
def test_the_case_says_the_order(small_case, small_text, order, day):
    case = read_case(small_case("s", case_text(small_text, f'dates = "{order}"'), rows("3/2/2024", "03/02/24")))
    assert [str(claim.as_of) for claim in case.claims] == [day, day]


def test_one_problem_of_many_rows_is_one_message(small_case, small_text):
    with pytest.raises(CaseError) as caught:
        read_case(small_case("s", case_text(small_text), rows(*["3/2/2024"] * 26)))
    assert len(caught.value.problems) == 26
    (told,) = gathered(caught.value.problems)
    assert told.startswith("claims.csv:3, 4, 5,")
    assert "28" in told
    assert told.count("3/2/2024") == 1


def test_a_misspelt_column_is_no_column_of_ones_own(small_case, small_text):
    with pytest.raises(CaseError, match="did you mean 'credibility'"):
        read_case(small_case("s", small_text[0], small_text[1].replace("credibility", "credibilty")))


def workbook(path, sheets):
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return book


def test_a_workbook_is_read_as_it_is(small_case, small_text):
    folder = small_case("book", claims=None)
    lines = [
        ["Source", "ID", "losses", "Figure", "As of", "Credibility"],
        ["ministry", "a", "north.killed", 2700, datetime(2024, 7, 1), 3],
        [None, None, None, None, None, None],
        ["monitor", "b", "north.killed", "at least 800", "2024-06-01", None],
    ]
    workbook(folder / "claims.xlsx", {"notes": [["anything"]], "Claims": lines})
    case = read_case(folder)
    assert [(claim.text, str(claim.as_of), claim.line) for claim in case.claims] == [
        ("2700", "2024-07-01", 2),
        ("at least 800", "2024-06-01", 4),
    ]
    assert any("'Claims' is read" in text for text in said(case.notices))


def test_notices_of_a_workbook_have_its_name_in_every_language_and_as_known_on_a_day(small_case):
    folder = small_case("book", claims=None)
    lines = [
        ["source", "id", "reported", "losses", "figure", "as_of"],
        ["ministry", "a", "2024-06-02", "north.killed", 500, "2024-06-01"],
        ["monitor", "b", "2024-06-03", "north.killed", 500, "2024-06-01"],
    ]
    workbook(folder / "claims.xlsx", {"Sheet": lines})
    case = read_case(folder)
    for each in (case, as_of(case, "2024-06-05"), recall(keep(case))):
        (twin,) = [notice for notice in each.notices if notice.code == "notice.twin"]
        assert str(twin).startswith("claims.xlsx:3: b gives the same figure as a")
        assert Speaker("es").tell(twin).startswith("claims.xlsx:3: b da la misma cifra que a")


def test_problems_of_a_workbook_have_its_name_and_row(small_case, small_text):
    folder = small_case("book", claims=None)
    lines = [["source", "id", "losses", "figure", "as_of"], ["nobody", "a", "north.killed", 5, "2024-06-01"]]
    workbook(folder / "claims.xlsx", {"Sheet": lines})
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    assert [problem.where for problem in caught.value.problems] == ["claims.xlsx:2"]
