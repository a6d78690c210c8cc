"""How large one number is beside another: the words, what they are of, and what a part of a whole is read as."""

from datetime import date

import pytest
from cases import make_case

from truetoll.claims.digest import case_digest
from truetoll.claims.kept import keep, recall
from truetoll.claims.known import known_on
from truetoll.claims.ratios import as_seen, is_part
from truetoll.claims.scenario import apply_change
from truetoll.claims.schema import Form, Window
from truetoll.claims.wording import RATIO, WordingError, read_figure, read_lexicon
from truetoll.errors import CaseError
from truetoll.model.design import in_origin
from truetoll.model.index import Index
from truetoll.render.words import Words
from truetoll.report.claims import losses
from truetoll.text.messages import message

TOML = """
[case]
title = "Two forces"
bins = [2024-01-01, 2024-07-01]
[forces.north]
victims = "military"
outcomes = ["killed", "wounded"]
strength = { median = 9_000, low = 6_000, high = 15_000 }
rate = { median = 0.2, low = 0.06, high = 0.5 }
[forces.south]
victims = "military"
outcomes = ["killed", "wounded"]
counts = { tanks = { median = 150, low = 20, high = 900 } }
total = { median = 1_000, low = 100, high = 10_000 }
[sources.monitor]
relations = { north = "observer_ngo", south = "observer_ngo" }
"""
WINDOW = "2024-01-01; 2024-07-01; ; 2"


@pytest.fixture
def claim(tmp_path):
    def read(losses, figure):
        case = make_case(tmp_path, TOML, [f"a; monitor; {losses}; {figure}; {WINDOW}"])
        return case, case.claims[0]

    return read


@pytest.mark.parametrize(
    ("language", "text", "form", "cell"),
    [
        ("en", "5 to 1", "interval", (4.5, 5.5)),
        ("en", "5:1", "interval", (4.5, 5.5)),
        ("en", "5-to-1", "interval", (4.5, 5.5)),
        ("en", "a ratio of five to one", "interval", (4.5, 5.5)),
        ("en", "1 to 5", "interval", (1 / 5.5, 1 / 4.5)),
        ("en", "3:5", "interval", (3 / 5.5, 3 / 4.5)),
        ("en", "7 to 3", "interval", (6.5 / 3, 7.5 / 3)),
        ("en", "3 to 5 times", "interval", (3, 5)),
        ("en", "3-5 to 1", "interval", (3, 5)),
        ("en", "between 3 and 5 to 1", "interval", (3, 5)),
        ("en", "three times as many wounded as killed", "interval", (2.5, 3.5)),
        ("en", "five wounded for every soldier killed", "interval", (4.5, 5.5)),
        ("en", "3x", "interval", (2.5, 3.5)),
        ("en", "threefold", "interval", (2.5, 3.5)),
        ("en", "twice as many", "interval", (1.5, 2.5)),
        ("en", "more than double", "at least", (1.5, 2.5)),
        ("en", "about 2.5 times higher than", "interval", (2.4, 2.6)),
        ("en", "half as many", "interval", (0.45, 0.55)),
        ("en", "30% more", "interval", (1.25, 1.35)),
        ("en", "20-30% fewer", "interval", (0.7, 0.8)),
        ("en", "150%", "interval", (1.45, 1.55)),
        ("en", "70% of the dead were civilians", "interval", (0.65, 0.75)),
        ("en", "two thirds of those killed", "interval", (2 / 3 - 0.05, 2 / 3 + 0.05)),
        ("en", "one in three", "interval", (1 / 3.5, 1 / 2.5)),
        ("en", "at least 60-70%", "at least", (0.6, 0.7)),
        ("en", "no more than 3 to 1", "at most", (2.5, 3.5)),
        ("en", "3.5 (95% CI 2.8-4.4)", "interval", (2.8, 4.4)),
        ("en", "several times as many", "interval", (2.5, 9.5)),
        ("es", "5 a 1", "interval", (4.5, 5.5)),
        ("es", "tres veces más", "interval", (2.5, 3.5)),
        ("es", "el doble de heridos", "interval", (1.5, 2.5)),
        ("es", "cinco heridos por cada muerto", "interval", (4.5, 5.5)),
        ("es", "entre 3 y 5 a 1", "interval", (3, 5)),
        ("es", "dos de cada tres", "interval", (2 / 3.5, 2 / 2.5)),
        ("es", "un 70 % de los muertos", "interval", (0.65, 0.75)),
        ("es", "3,5 veces", "interval", (3.45, 3.55)),
        ("en", "one and a half times as many", "interval", (1.25, 1.75)),
        ("en", "about 2 and a half times", "interval", (2, 3)),
        ("es", "dos veces y media", "interval", (2.25, 2.75)),
        ("es", "tres y media veces más", "interval", (3.25, 3.75)),
    ],
)
def test_a_ratio_is_as_exact_as_the_larger_of_its_numbers(language, text, form, cell):
    figure = read_figure(text, read_lexicon(language), ratio=True)
    assert figure.form == form
    assert (figure.low, figure.high) == pytest.approx(cell)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3 to 5", "may be a ratio or a range; write 3:5, or '3-5 to 1'"),
        ("three times fewer", "'fewer' is not understood"),
        ("zero", "is a ratio of nothing"),
        ("12 a day", "is a rate"),
        ("5 to 0", "is no ratio of two numbers"),
        ("most of them", "carries no number"),
        ("70% to 1", "is no ratio of two numbers"),
    ],
)
def test_what_is_read_in_two_ways_or_is_none_is_refused(text, why):
    with pytest.raises(WordingError, match=why.replace("(", r"\(")):
        read_figure(text, read_lexicon("en"), ratio=True)


@pytest.mark.parametrize("text", ["three times as many", "twice as many", "5 for every 1"])
def test_a_ratio_where_losses_state_none_says_what_to_write(text):
    with pytest.raises(WordingError) as error:
        read_figure(text, read_lexicon("en"))
    assert error.value.reason == RATIO


def test_losses_say_what_is_compared(claim):
    _, plain = claim("north.killed / south.killed", "5 to 1")
    assert plain.is_ratio
    assert not plain.is_amount
    assert plain.losses == "north.killed / south.killed"
    assert [str(term) for term in plain.terms] == ["north.killed", "south.killed"]
    _, sums = claim("(north.killed + south.killed) / (north.wounded + south.wounded)", "1 to 3")
    assert sums.losses == "north.killed + south.killed / (north.wounded + south.wounded)"
    _, mixed = claim("north.killed / south.killed:0.7 | north.casualties / south.casualties:0.3", "twice")
    assert [reading.probability for reading in mixed.readings] == [0.7, 0.3]
    assert claim("south.killed / south.tanks", "3 to 1")[1].is_ratio
    assert claim("north.strength / south.casualties", "3 to 1")[1].is_ratio


@pytest.mark.parametrize(
    ("losses", "figure", "why"),
    [
        ("north.killed / south.killed / south.wounded", "5 to 1", "one stroke at most"),
        ("north.killed / north.killed", "5 to 1", "both sides of the stroke are the same"),
        ("north.casualties / (north.killed + north.wounded)", "5 to 1", "both sides of the stroke are the same"),
        ("north.casualties / north.killed", "5 to 1", "the whole stands after the stroke"),
        ("north.killed / east.killed", "5 to 1", "no such force"),
        ("north.killed / south.killed:0.5 | north.killed:0.5", "5 to 1", "a number or a ratio"),
        ("north.killed / north.casualties:0.5 | north.killed / south.killed:0.5", "half", "a part of a whole or"),
        ("north.killed / north.casualties", "twice as many", "must be below 100 %"),
        ("north.killed / north.casualties", "100%", "must be below 100 %"),
        ("north.killed / (south.killed + south.tanks)", "twice", "cannot be added up"),
        ("north.killed", "5 to 1", "from high to low, or a ratio; write"),
    ],
)
def test_what_cannot_be_compared_is_refused(claim, losses, figure, why):
    with pytest.raises(CaseError, match=why):
        claim(losses, figure)


def test_a_part_is_read_by_its_odds_whichever_part_is_named(claim):
    """That 30 % were killed says that 70 % were wounded: edges, number and interval are mirrored."""
    case, killed = claim("north.killed / north.casualties", "30% (90% CI 20-45%)")
    one = as_seen(case.forces, killed)
    _, wounded = claim("north.wounded / (north.killed + north.wounded)", "70% (90% CI 55-80%)")
    other = as_seen(case.forces, wounded)
    assert is_part(case.forces, killed)
    assert one.losses == "north.killed / north.wounded"
    assert other.losses == "north.wounded / north.killed"
    assert (one.figure.low, one.figure.value, one.figure.high) == pytest.approx((1 / 4, 3 / 7, 9 / 11))
    inverse = [1 / x for x in (other.figure.high, other.figure.value, other.figure.low)]
    assert [one.figure.low, one.figure.value, one.figure.high] == pytest.approx(inverse)
    assert one.figure.cell == pytest.approx(tuple(1 / x for x in reversed(other.figure.cell)))


def test_a_ratio_of_unlike_things_is_no_part(claim):
    case, found = claim("north.killed / north.strength", "half")
    assert not is_part(case.forces, found)
    assert as_seen(case.forces, found).figure == found.figure


def test_a_ratio_shares_no_error_with_the_amounts_of_its_report(tmp_path):
    """What a report overstates altogether is none of the ratios it gives; it stays of its origin all the same."""
    rows = [
        "a; monitor; north.killed; 500; 2024-01-01; 2024-07-01; brief; 2",
        "b; monitor; south.killed; 900; 2024-01-01; 2024-07-01; brief; 2",
        "c; monitor; north.wounded / north.killed; 3 to 1; 2024-01-01; 2024-07-01; brief; 2",
    ]
    case = make_case(tmp_path, TOML, rows)
    index = Index(case)
    assert index.origins == ("brief",)
    assert [in_origin(index, each) for each in index.claims] == [True, True, False]
    assert [each.origin for each in index.claims] == ["brief"] * 3


def test_a_ratio_that_is_told_again_counts_once(tmp_path):
    row = "monitor; north.wounded / north.killed; 3 to 1; 2024-01-01; 2024-07-01; brief; 2"
    case = make_case(tmp_path, TOML, [f"a; {row}", f"b; {row}"])
    assert [each.weight for each in case.claims] == [1.0, 0.0]
    assert case.claims[1].figure.form is Form.INTERVAL


# Another time

THEN = "north.killed / north.killed [2024-02-01..2024-03-01]"


@pytest.mark.parametrize(
    ("language", "text", "cell"),
    [
        ("en", "twice as many as in May", (1.5, 2.5)),
        ("en", "half as many as the month before", (0.45, 0.55)),
        ("en", "twice as many as a month earlier", (1.5, 2.5)),
        ("en", "30% more than in May 2024", (1.25, 1.35)),
        ("en", "50% fewer dead than in 2023", (0.45, 0.55)),
        ("en", "three times the number of the previous year", (2.5, 3.5)),
        ("en", "three times more than in the same month last year", (2.5, 3.5)),
        ("en", "2.5 times the May figure", (2.45, 2.55)),
        ("en", "a third of those killed in May", (1 / 3 - 0.05, 1 / 3 + 0.05)),
        ("en", "twice as many", (1.5, 2.5)),
        ("es", "el doble que en mayo", (1.5, 2.5)),
        ("es", "la mitad que el mes anterior", (0.45, 0.55)),
        ("es", "un 30 % menos que en mayo de 2024", (0.65, 0.75)),
        ("es", "tres veces más que un año antes", (2.5, 3.5)),
        ("es", "la mitad de los de mayo", (0.45, 0.55)),
    ],
)
def test_words_for_another_time_change_nothing_where_losses_say_which_days(language, text, cell):
    lexicon = read_lexicon(language)
    found = read_figure(text, lexicon, ratio=True, compared=True)
    assert (found.low, found.high) == pytest.approx(cell)
    if text != "twice as many":
        for ratio in (True, False):
            with pytest.raises(WordingError) as error:
                read_figure(text, lexicon, ratio=ratio)
            if (text, ratio) != ("2.5 times the May figure", False):  # "a count with decimals" goes first
                assert error.value.reason == message("wrong_figure.other_time")


@pytest.mark.parametrize("ratio", [True, False])
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "800 more than a month before"),
        ("en", "800 more than in May"),
        ("en", "2,000 more killed than Ukraine lost"),
        ("en", "800 more"),
        ("en", "300 fewer dead"),
        ("en", "rose by 800"),
        ("en", "an increase of 800 on the previous month"),
        ("es", "800 más que un mes antes"),
        ("es", "2.000 muertos más que Ucrania"),
        ("es", "un aumento de 800"),
    ],
)
def test_a_difference_is_never_read_as_a_number_or_a_ratio(language, text, ratio):
    with pytest.raises(WordingError) as error:
        read_figure(text, read_lexicon(language), ratio=ratio, compared=ratio)
    assert error.value.reason == message("wrong_figure.difference")


@pytest.mark.parametrize(("language", "text"), [("en", "another 800"), ("en", "a further 800"), ("es", "otros 800")])
def test_what_is_added_to_a_figure_is_no_ratio(language, text):
    assert read_figure(text, read_lexicon(language)).value == 800
    with pytest.raises(WordingError, match="how many more"):
        read_figure(text, read_lexicon(language), ratio=True)


def test_losses_say_which_days_they_are_compared_with(tmp_path):
    rows = [
        f"a; monitor; {THEN}; twice as many as in February; 2024-03-01; 2024-04-01; ; 2",
        "b; monitor; north.killed / north.killed [2024-02-01 .. 2024-04-01]:0.6"
        " | north.killed / south.killed [2024-02-01..2024-03-01]:0.4; half; 2024-03-01; 2024-05-01; ; 2",
    ]
    case = make_case(tmp_path, TOML, rows)
    first, mixed = case.claims
    assert first.losses == THEN
    assert first.is_ratio
    assert first.windows == (
        Window(date(2024, 3, 1), date(2024, 4, 1)),
        Window(date(2024, 2, 1), date(2024, 3, 1)),
    )
    assert mixed.losses.startswith("north.killed / north.killed [2024-02-01..2024-04-01]:0.6 | ")
    kept = recall(keep(case))
    assert kept.claims == case.claims
    assert case_digest(kept) == case_digest(case)
    moved = make_case(tmp_path, TOML, [rows[0].replace("02-01..", "01-15.."), rows[1]])
    assert case_digest(moved) != case_digest(case)


def test_a_figure_is_not_known_before_the_days_it_is_compared_with_are_over(tmp_path):
    row = "a; monitor; north.killed / north.killed [2024-02-01..2024-05-01]; half; 2024-01-01; 2024-02-01; ; 2"
    (claim,) = make_case(tmp_path, TOML, [row]).claims
    assert known_on(claim) == date(2024, 5, 1)


def test_other_days_are_another_figure_and_the_same_days_a_repeat(tmp_path):
    row = f"monitor; {THEN}; twice; 2024-03-01; 2024-04-01; brief; 2"
    other = row.replace("2024-02-01..", "2024-02-15..")
    case = make_case(tmp_path, TOML, [f"a; {row}", f"b; {row}", f"c; {other}"])
    assert [claim.weight for claim in case.claims] == [1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("losses", "figure", "why"),
    [
        ("north.killed [2024-02-01..2024-03-01]", "500", "stands behind the stroke"),
        ("north.killed [2024-02-01..2024-03-01] / north.killed", "half", "stands behind the stroke"),
        ("north.killed / north.killed [2024-02-01]", "half", "two days, after the first"),
        ("north.killed / north.killed [2024-02-01..2024-02-30]", "half", "a day that does not exist"),
        ("north.killed / north.killed [2024-03-01..2024-02-01]", "half", "must end after it begins"),
        ("north.killed / north.killed [2023-02-01..2024-02-01]", "half", "outside the bins"),
        ("north.killed / north.killed [2024-01-01..2024-07-01]", "half", "both sides of the stroke are the same"),
        ("north.casualties / north.killed [2024-02-01..2024-03-01]", "half", "the whole stands after the stroke"),
        ("north.strength / north.strength [2024-02-01..2024-07-01]", "half", "both sides of the stroke are the same"),
        ("north.killed / north.killed", "half", r"a.killed / a.killed \[2024-05-01..2024-06-01\]"),
    ],
)
def test_days_that_cannot_be_compared_are_refused(claim, losses, figure, why):
    with pytest.raises(CaseError, match=why):
        claim(losses, figure)


def test_the_dead_of_a_month_are_a_part_of_those_of_a_year(tmp_path):
    row = "a; monitor; north.killed / north.casualties [2024-01-01..2024-07-01]; FIGURE; 2024-03-01; 2024-04-01; ; 2"
    case = make_case(tmp_path, TOML, [row.replace("FIGURE", "30%")])
    assert is_part(case.forces, case.claims[0])
    assert as_seen(case.forces, case.claims[0]).figure.value == pytest.approx(3 / 7)
    with pytest.raises(CaseError, match="must be below 100 %"):
        make_case(tmp_path, TOML, [row.replace("FIGURE", "twice as many")])
    later = make_case(tmp_path, TOML, [f"a; monitor; {THEN}; twice; 2024-03-01; 2024-04-01; ; 2"])
    assert not is_part(later.forces, later.claims[0])


def test_a_page_says_the_days_in_words(tmp_path):
    case = make_case(tmp_path, TOML, [f"a; monitor; {THEN}; twice; 2024-03-01; 2024-04-01; ; 2"])
    for language, said in (("en", "killed (north) from 1 Feb 2024 to"), ("es", "del 1 feb")):
        assert said in losses(case.claims[0], case.names, Words(language))


def test_a_scenario_with_other_losses_reads_the_figure_again(tmp_path):
    """Twice as many is no two persons, and the other days of a scenario are those of the ratio."""
    case = make_case(tmp_path, TOML, [f"a; monitor; {THEN}; twice as many as in May; 2024-03-01; 2024-04-01; ; 2"])
    later = apply_change(case, {"claims": {"a": {"losses": THEN.replace("02-01..", "02-15..")}}}, "later")
    assert later.claims[0].windows[1].since == date(2024, 2, 15)
    assert later.claims[0].figure == case.claims[0].figure
    with pytest.raises(CaseError, match="a ratio to another time"):
        apply_change(case, {"claims": {"a": {"losses": "north.killed"}}}, "wrong")
