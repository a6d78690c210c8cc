"""The Economist's tables: who made a figure, in which form, and what is refused."""

from datetime import date

import pytest

from truetoll.errors import CaseError
from truetoll.importers.drafts import write_case
from truetoll.importers.economist import NO_FIGURE, REPEATED, read_economist
from truetoll.importers.sheet import UNREADABLE

HEAD = "date,estimate_low,estimate_high,estimate,type,source,source_url,country,"
HEAD += '"ignore for chart, data from warring parties"'
ROWS = """16/01/2024,,,390580,casualties,Armed Forces of Ukraine,https://a.example/1,russia,yes
01/04/2022,,,11966,casualties,UK MoD,https://x.example/2,russia,
01/05/2022,,,17756,casualties,UK MoD,https://x.example/2,russia,
20/07/2022,15000,,,deaths,CIA,https://r.example/3,russia,
20/07/2022,,,60000,casualties,CIA,https://r.example/3,russia,
29/06/2022,,25000,,deaths,UK Ministry of Defence,https://e.example/4,russia,
30/11/2023,290000,350000,320000,casualties,UK Ministry of Defence,https://e.example/5,russia,
01/01/2024,73200,92800,83000,deaths,Mediazona; Meduza,(by email),russia,
27/06/2023,40000,55000,,deaths,Mediazona; Meduza,https://e.example/6,russia,
22/11/2024,60435,,,deaths,UAlosses,https://u.example/7,ukraine,
12/06/2026,"369,000","523,000",,deaths,BBC Russia,https://b.example/8,russia,
12/06/2026,,,,deaths,BBC Russia,https://b.example/8,russia,
20/07/2022,,,60000,casualties,CIA,https://r.example/3,russia,"""
CHART = """month,year,casualties (average daily losses),days in month,casualties in month,cumulative casualties,\
date (at beginning of next month),source,source_url,note
march,2022,386,31,11966,11966,01/04/2022,UK MoD,https://x.example/2,
april,2022,193,30,5790,17756,01/05/2022,UK MoD,https://x.example/2,
""".replace("\\\n", "")


def read(tmp_path, text, **options):
    (tmp_path / "e.csv").write_text(text, encoding="utf-8")
    return read_economist(tmp_path / "e.csv", **options)


def table(*rows):
    return "\n".join([HEAD, *rows])


def case_of(tmp_path, made):
    (tmp_path / "case").mkdir()
    return write_case(made, tmp_path / "case")


def refused(tmp_path, text, **options):
    with pytest.raises(CaseError) as caught:
        read(tmp_path, text, **options)
    return [str(problem) for problem in caught.value.problems]


def test_figures_have_the_form_in_which_they_stand(tmp_path):
    made = read(tmp_path, table(ROWS))
    case = case_of(tmp_path, made)
    said = {(c.source, str(c.readings[0]), c.as_of.isoformat()): c for c in case.claims}
    assert {key: claim.text for key, claim in said.items()} == {
        ("general_staff", "russia.casualties", "2024-01-16"): "390,580",
        ("general_staff", "russia.casualties", "2022-03-31"): "11,966",
        ("general_staff", "russia.casualties", "2022-04-30"): "17,756",
        ("us_officials", "russia.killed", "2022-07-20"): "at least 15,000",
        ("us_officials", "russia.casualties", "2022-07-20"): "60,000",
        ("uk_officials", "russia.killed", "2022-06-29"): "up to 25,000",
        ("uk_officials", "russia.casualties", "2023-11-30"): "320,000 (290,000-350,000)",
        ("mediazona", "russia.killed", "2024-01-01"): "83,000 (95% CI 73,200-92,800)",
        ("mediazona", "russia.killed", "2023-06-27"): "between 40,000 and 55,000 (95 % interval)",
        ("ualosses", "ukraine.killed", "2024-11-22"): "60,435 names",
        ("bbc", "russia.killed", "2026-06-12"): "369,000-523,000",
    }
    # An interval that a source states is the error of its figure, a range is not.
    assert [key[0] for key, claim in said.items() if claim.figure.stated] == ["mediazona", "mediazona"]
    assert said["ualosses", "ukraine.killed", "2024-11-22"].figure.form.value == "floor"
    assert made.aside == {NO_FIGURE: 1, REPEATED: 1}
    assert made.counts["rows"] == made.counts["claims"] + 2 == 13


def test_the_chart_is_the_general_staffs_tally_from_march_on(tmp_path):
    for name, made in (("a", read(tmp_path, table(ROWS))), ("b", read(tmp_path, CHART))):
        (tmp_path / name).mkdir()
        links = [c for c in write_case(made, tmp_path / name).claims if c.bulletin]
        assert [(c.text, c.since, c.as_of) for c in links] == [
            ("11,966", date(2022, 2, 28), date(2022, 3, 31)),
            ("17,756", date(2022, 2, 28), date(2022, 4, 30)),
        ]
        assert {(c.source, c.bulletin) for c in links} == {("general_staff", "general_staff_tally")}


def test_relations_to_the_other_army_are_the_opposite(tmp_path):
    rows = ("10/10/2024,,,307500,casualties,US officials (via X),https://e.example,ukraine,",)
    rows += ("13/10/2024,,,500000,casualties,Russian Ministry of Defense,https://e.example,ukraine,yes",)
    case = case_of(tmp_path, read(tmp_path, table(*rows)))
    assert case.sources["us_officials"].relations == {"ukraine": "ally"}
    assert case.sources["russian_officials"].relations == {"ukraine": "adversary"}


def test_who_is_not_known_has_to_be_told(tmp_path):
    row = "13/10/2025,,,250000,deaths,KSE Institute (Kyiv),https://e.example,russia,"
    assert (
        "e.csv:2: source is not known; say what it is to the Russian army: --source 'KSE Institute (Kyiv)=RELATION'"
        in (refused(tmp_path, table(row))[0])
    )
    made = read(tmp_path, table(row), source=["KSE Institute (Kyiv)=analyst"])
    assert case_of(tmp_path, made).sources["kse_institute_kyiv"].relations == {"russia": "analyst"}
    assert read(tmp_path, table(row, ROWS), skip_bad=True).aside[UNREADABLE] == 1
    assert "needs NAME=RELATION; read 'analist'" in refused(tmp_path, table(row), source=["KSE=analist"])[0]


def test_one_report_of_one_voice_and_its_link(tmp_path):
    entries = {entry.id: entry for entry in read(tmp_path, table(ROWS)).entries}
    assert entries["us-officials-russia.killed-2022-07-20"].origin == "us_officials-2022-07-20"
    assert entries["us-officials-russia.casualties-2022-07-20"].url == "https://r.example/3"
    email = entries["mediazona-russia.killed-2024-01-01"]
    assert (email.url, email.note) == ("", "line 9: Mediazona; Meduza; (by email)")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("13/10/2025,5,3,,deaths,CIA,,russia,", "not in order"),
        ("13/10/2025,5,,6,deaths,CIA,,russia,", "an estimate with one end of a range"),
        ("13/10/2025,,,6,dead,CIA,,russia,", "type is not known; read 'dead'; allowed: deaths, casualties"),
        ("13/10/2025,,,6,deaths,CIA,,poland,", "country is not known"),
        ("13/10/2021,,,6,deaths,CIA,,russia,", "date is before 2022-02-24"),
        ("13/10/2025,,,about six,deaths,CIA,,russia,", "estimate must be a whole number"),
        (",,,6,deaths,CIA,,russia,", "date is empty"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(tmp_path, row, expected):
    assert expected in refused(tmp_path, table(row))[0]


def test_months_of_the_chart_have_to_add_up(tmp_path):
    wrong = CHART.replace("5790", "5791")
    assert "cumulative casualties grow by 5,790, casualties in month say 5,791" in refused(tmp_path, wrong)[0]
    assert "month and year name no month; read 'smarch 2022'" in refused(tmp_path, CHART.replace("march", "smarch"))[0]


def test_other_columns_are_told_and_missing_ones_named(tmp_path):
    assert (
        "column 'source' is missing; there are also: who" in refused(tmp_path, "date,estimate,who\n1/2/2023,5,CIA\n")[0]
    )
    made = read(tmp_path, table(ROWS).replace("source_url", "link"))
    assert "not known to this importer, and not read: column 'link'" in map(str, made.remarks)
