"""A case as it was known on a day: what was reported later is gone, and repeats are judged among what is left."""

from dataclasses import replace
from datetime import date

import pytest
from saying import said

from truetoll.claims.asof import as_of
from truetoll.claims.describe import describe
from truetoll.claims.known import known_on
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_change, apply_scenario
from truetoll.errors import CaseError
from truetoll.studies.replay.days import MOST, cases_known, days_with_news, replay_days

TOML = """
[case]
title = "A battle"
bins = [2024-01-01, 2024-07-01, 2025-01-01]

[forces.north]
victims = "military"
outcomes = ["killed", "wounded"]
total = { median = 5_000, low = 500, high = 50_000 }

[sources.ministry]
grade = "C"
relations = { north = "adversary" }
[sources.press]
grade = "D"
relations = { north = "media" }
"""
CSV = """id,source,losses,figure,reported,since,as_of,origin,credibility,note
first,ministry,north.killed,about 400,2024-03-05,2024-01-01,2024-03-01,,3,
relay,press,north.killed,up to 500,2024-05-02,2024-01-01,2024-05-01,brief,,
brief,ministry,north.killed,500,2024-06-02,2024-01-01,2024-05-01,,3,
third,press,north.killed,at least 500,2024-07-02,2024-01-01,2024-05-01,brief,,
undated,press,north.wounded,"1,200",,2024-01-01,2024-08-01,,,
late,ministry,north.killed,900,2025-06-01,2024-01-01,2024-12-31,,3,
"""
LEAVE_OUT = '[{0}]\ntitle = "t"\nwhy = "w"\n{1}\n'
SCENARIOS = LEAVE_OUT.format("without", 'exclude.claims = ["brief"]')
SCENARIOS += LEAVE_OUT.format("both", 'include.claims = ["relay"]')


@pytest.fixture
def case(tmp_path):
    return written(tmp_path)


def written(folder):
    (folder / "scenarios.toml").write_text(SCENARIOS, encoding="utf-8")
    return written_plain(folder, CSV)


def used(case):
    return [claim.id for claim in case.claims if claim.weight > 0]


def problems(call, *args, **options):
    with pytest.raises(CaseError) as wrong:
        call(*args, **options)
    return [str(problem) for problem in wrong.value.problems]


def test_what_was_reported_later_is_gone(case):
    before = as_of(case, "2024-04-01")
    assert [claim.id for claim in before.claims] == ["first"]
    assert (before.known_on, before.as_of, before.bins) == (date(2024, 4, 1), date(2024, 4, 1), case.bins)
    assert len(case.claims) == 6
    assert case.known_on is None
    assert "5 claims were reported later and are left out" in " ".join(said(before.notices))


def test_on_the_day_of_the_report_a_claim_is_known(case):
    assert used(as_of(case, date(2024, 6, 1))) == ["first", "relay"]
    assert used(as_of(case, date(2024, 6, 2))) == ["first", "brief"]


def test_a_repeat_counts_while_what_it_repeats_is_not_known(case):
    assert used(case) == ["first", "brief", "undated", "late"]
    early, later = as_of(case, "2024-05-20"), as_of(case, "2024-07-02")
    assert used(early) == ["first", "relay"]
    assert any("relay is used; it repeats brief, which was reported later" in told for told in said(early.notices))
    assert {c.id: str(c.set_aside) for c in later.claims if c.set_aside} == {
        "relay": "repeats brief",
        "third": "repeats brief",
    }


def test_nobody_uses_the_repeats_of_what_is_excluded(case):
    without = apply_scenario(case, "without")
    assert used(as_of(without, "2024-05-20")) == ["first"]
    assert used(as_of(without, "2024-07-10")) == ["first"]


def test_what_a_scenario_includes_stays(case):
    assert used(as_of(apply_scenario(case, "both"), "2024-07-10")) == ["first", "relay", "brief"]


def test_without_a_date_of_report_the_end_of_the_window_stands(case):
    assert "undated" not in used(as_of(case, "2024-07-31"))
    known = as_of(case, "2024-08-01")
    assert "undated" in used(known)
    assert any("without a date of report" in told and "undated" in told for told in said(known.notices))


def test_what_was_foretold_is_no_report(case):
    foretold = replace(case.claims[0], reported=date(2024, 2, 1))
    assert known_on(foretold) == date(2024, 3, 1)


def test_after_the_last_bin_losses_end_with_it(case):
    found = as_of(case, "2025-03-01")
    assert (found.known_on, found.as_of) == (date(2025, 3, 1), date(2025, 1, 1))
    assert "late" not in used(found)
    assert used(as_of(case, "2025-06-01")) == used(case)
    described = describe(found)
    assert (described["as_of"], described["known_on"]) == ("2025-01-01", "2025-03-01")
    assert describe(case)["known_on"] is None


def test_the_digest_is_that_of_what_decides(case):
    digests = [as_of(case, day).digest for day in ("2024-04-01", "2024-04-02", "2024-06-10")]
    assert len({*digests, case.digest}) == 4
    assert as_of(case, "2025-06-01").digest == case.digest
    assert as_of(case, "2024-04-01").digest == digests[0]


def test_a_day_of_a_day(case):
    twice, once = as_of(as_of(case, "2024-07-10"), "2024-05-20"), as_of(case, "2024-05-20")
    assert (twice.claims, twice.digest, twice.known_on) == (once.claims, once.digest, once.known_on)
    (told,) = problems(as_of, as_of(case, "2024-05-20"), "2024-07-10")
    assert "as known on 2024-05-20 already" in told


def test_a_scenario_comes_first(case):
    (told,) = problems(apply_scenario, as_of(case, "2024-07-10"), "without")
    assert "change the whole case first" in told
    assert "change the whole case first" in problems(apply_change, as_of(case, "2024-07-10"), {}, "x")[0]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2024-4-1", "must be a date, written year-month-day"),
        ("2024-02-30", "is a day that does not exist"),
        ("soon", "must be a date"),
        ("2024-01-01", "must lie after the start of the bins (2024-01-01)"),
        ("2024-03-04", "no claim in use had been reported by then; the first was on 2024-03-05"),
    ],
)
def test_days_that_give_no_answer(case, day, told):
    (problem,) = problems(as_of, case, day)
    assert problem.startswith("as_of: ")
    assert told in problem
    assert day in problem


def test_before_anybody_had_arrived(tmp_path):
    sent = "strength = { median = 1_000, low = 500, high = 2_000 }"
    size = f"rate = {{ median = 0.2, low = 0.1, high = 0.5 }}\n[[forces.north.contingents]]\nsince = 2024-06-15\n{sent}"
    total = "total = { median = 5_000, low = 500, high = 50_000 }"
    csv = "\n".join([CSV.splitlines()[0], *(row for row in CSV.splitlines() if row.startswith(("undated", "late")))])
    case = written_plain(tmp_path, csv, TOML.replace(total, size))
    (told,) = problems(as_of, case, "2024-07-01")
    assert "must lie after 2024-07-01, when the first contingent of north begins to count" in told
    assert used(as_of(case, "2024-08-01")) == ["undated"]


# days of a replay -----------------------------------------------------------------------------------------------------


def test_days_on_which_something_new_was_reported(case):
    told = [day.isoformat() for day in days_with_news(case)]
    assert told == ["2024-03-05", "2024-05-02", "2024-06-02", "2024-08-01", "2025-06-01"]
    assert replay_days(case) == tuple(days_with_news(case))


def test_many_days_are_thinned(tmp_path):
    rows = [f"c{i},press,north.killed,{100 + i},2024-0{1 + i // 28}-{1 + i % 28:02},,,,," for i in range(1, 100)]
    csv = "\n".join([CSV.splitlines()[0], *rows, "m,ministry,north.wounded,900,2024-06-01,,,,,"])
    case = written_plain(tmp_path, csv)
    days = replay_days(case)
    assert len(days) == MOST
    assert (days[0], days[-1]) == (date(2024, 1, 2), date(2024, 6, 1))


def written_plain(folder, csv, toml=TOML):
    (folder / "case.toml").write_text(toml, encoding="utf-8")
    (folder / "claims.csv").write_text(csv, encoding="utf-8")
    return read_case(folder)


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("month", ["2024-03-31", "2024-04-30", "2024-05-31", "2024-06-05"]),
        ("28 days", ["2024-03-31", "2024-04-28", "2024-05-26", "2024-06-05"]),
        (33, ["2024-03-31", "2024-05-03", "2024-06-05"]),
    ],
)
def test_even_steps(case, every, days):
    found = replay_days(case, first="2024-03-31", last="2024-06-05", every=every)
    assert [day.isoformat() for day in found] == days


def test_a_week_is_seven_days(case):
    found = replay_days(case, first="2024-04-01", last="2024-04-20", every="week")
    assert [day.day for day in found] == [1, 8, 15, 20]


def test_between_two_days_their_ends_are_among_them(case):
    found = replay_days(case, first="2024-04-01", last="2024-06-20")
    assert [day.isoformat() for day in found] == ["2024-04-01", "2024-05-02", "2024-06-02", "2024-06-20"]


def test_a_list_is_taken_as_it_is(case):
    assert replay_days(case, ["2024-08-01", date(2024, 4, 1), "2024-08-01"]) == (date(2024, 4, 1), date(2024, 8, 1))


def test_all_problems_of_all_days_at_once(case):
    told = problems(replay_days, case, ["x", "2024-02-30", "2023-05-05", "2024-05-05"])
    assert [t.split(";")[-1].strip() for t in told] == ["read 'x'", "read '2024-02-30'", "read 2023-05-05"]
    assert len(problems(cases_known, case, [date(2023, 1, 1), date(2022, 1, 1)])) == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"every": "fortnight"}, "is no step"),
        ({"every": 0}, "is no step"),
        ({"every": "1", "last": "2099-01-01"}, "more than 1,000 dates"),
        ({"first": "2024-08-01", "last": "2024-05-01"}, "must not lie after to (2024-05-01)"),
        ({"days": []}, "there are none"),
        ({"days": ["2024-05-05"], "every": "week"}, "not both"),
        ({"first": "2023-08-01"}, "must lie after the start of the bins"),
    ],
)
def test_days_that_cannot_be(case, asked, told):
    assert any(told in problem for problem in problems(replay_days, case, **asked))
