"""Figures that leave a tally, days from which it counts something else, and how often that is said for nothing."""

import math
from datetime import date, timedelta
from random import Random

import pytest
from saying import said as in_english

from truetoll.claims.reading import read_case
from truetoll.claims.tallychecks import Misprint, breaks, misprints

STEPS = (137, 114, 151, 128, 105, 142, 119, 156, 133, 110)
SMOOTH = [100.0]
for day in range(59):
    SMOOTH.append(SMOOTH[-1] + STEPS[day % 10])
DAYS = range(60)


def with_(values, at, value):
    return [*values[:at], value, *values[at + 1 :]]


def test_two_digits_exchanged_are_named_with_what_was_meant():
    assert SMOOTH[31] == 4122
    wrong = with_(SMOOTH, 31, 4212.0)
    assert misprints(DAYS, wrong) == [Misprint(31, 4122)]
    assert misprints(DAYS, SMOOTH) == []


def test_an_exchange_within_the_count_is_named():
    """3,855, 3,895, 4,092: nothing falls, but both steps are odd, and 3,985 fits."""
    said = [
        100,
        237,
        351,
        502,
        630,
        735,
        877,
        996,
        1152,
        1285,
        1395,
        1542,
        1666,
        1767,
        1905,
        2020,
        2172,
        2301,
        2407,
        2550,
    ]
    said += [2670, 2827, 2961, 3072, 3220, 3345, 3447, 3586, 3702, 3855, 3895, 4092, 4236, 4357, 4515, 4650, 4762, 4911]
    assert misprints(range(len(said)), said) == [Misprint(30, 3985)]


@pytest.mark.parametrize("factor", [0.4, 0.8, 0.95, 1.5, 2.5])
def test_another_count_is_named_once_on_its_first_day(factor):
    other = [*SMOOTH[:40], *(factor * value for value in SMOOTH[40:])]
    assert breaks(DAYS, other) == [40]
    assert misprints(DAYS, other) == []
    last = other[:41]
    assert breaks(range(41), last) == [40]


def test_what_goes_away_again_is_no_other_count():
    assert breaks(DAYS, with_(SMOOTH, 30, 0.5 * SMOOTH[30])) == []
    assert breaks(DAYS, with_(SMOOTH, 30, 2.0 * SMOOTH[30])) == []
    assert [each.at for each in misprints(DAYS, with_(SMOOTH, 30, 0.5 * SMOOTH[30]))] == [30]


def test_a_day_without_news_and_a_burst_are_neither():
    late = with_(SMOOTH, 30, SMOOTH[29])
    assert misprints(DAYS, late) == breaks(DAYS, late) == []
    burst = [*SMOOTH[:30], *(value + 700 for value in SMOOTH[30:])]
    assert misprints(DAYS, burst) == breaks(DAYS, burst) == []


def test_steps_are_by_day():
    kept = [t for t in range(60) if t % 3 != 1 or t < 20]
    days, values = kept, [SMOOTH[t] for t in kept]
    assert misprints(days, values) == breaks(days, values) == []


def made_up(step, seed, n=300):
    random = Random(seed)
    mean, values = random.choice([20, 100, 500, 1000]), [100.0]
    for _ in range(n):
        values.append(values[-1] + max(0, round(step(random, mean))))
    return values


def smooth(random, mean):
    rate = random.gammavariate(20, mean / 20)
    return random.gauss(rate, math.sqrt(rate))


@pytest.mark.parametrize(
    ("step", "most_misprints", "most_breaks"),
    [
        (smooth, 20, 0),
        (lambda random, mean: random.gammavariate(1, mean), 2, 8),
        (lambda random, mean: mean * math.exp(random.gauss(0, 1)), 2, 30),
    ],
)
def test_false_alarms_are_as_rare_as_stated(step, most_misprints, most_breaks):
    """Of 30,000 figures; on smooth tallies 1 in 2,000 is expected, so 20 is 1.3 sd above."""
    tallies = [made_up(step, seed) for seed in range(100)]
    assert sum(len(misprints(range(301), values)) for values in tallies) <= most_misprints
    assert sum(len(breaks(range(301), values)) for values in tallies) <= most_breaks


def test_most_exchanges_are_found():
    found = tried = 0
    for seed in range(100):
        values, random = made_up(smooth, seed, 100), Random(1000 + seed)
        at = random.randrange(15, 85)
        text = f"{round(values[at])}"
        places = [i for i in range(len(text) - 1) if text[i + 1] not in (text[i], "0") or i]
        i = random.choice(places)
        wrong = float(text[:i] + text[i + 1] + text[i] + text[i + 2 :])
        around = [abs(b - a) for a, b in zip(values[at - 5 : at + 5], values[at - 4 : at + 6], strict=True)]
        if abs(wrong - values[at]) > sorted(around)[5]:  # smaller ones are lost among the steps
            tried += 1
            found += at in [each.at for each in misprints(range(101), with_(values, at, wrong))]
    assert tried > 40
    assert found / tried > 0.85


TOML = """[case]
title = "t"
bins = [2023-10-07, 2023-12-06]
[forces.f]
victims = "mixed"
outcomes = ["killed"]
total = { median = 3000, low = 100, high = 90000 }
[sources.moh]
grade = "B"
relations = { f = "own_side" }
"""


def test_validate_names_them(tmp_path):
    said = [int(v) for v in with_(SMOOTH, 31, 4212.0)[:45]] + [int(0.4 * v) for v in SMOOTH[45:]]
    days = [date(2023, 10, 8) + timedelta(days=t) for t in range(59)]
    rows = [
        f"t{t},moh,{day},f.killed,{value},{day},b\n" for t, (day, value) in enumerate(zip(days, said[:59], strict=True))
    ]
    (tmp_path / "case.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "claims.csv").write_text("id,source,reported,losses,figure,as_of,bulletin\n" + "".join(rows))
    told = in_english(read_case(tmp_path).notices)
    assert any(
        n.startswith("claims.csv:33: t31 ('4212') does not fit its tally") and "4,122 would fit" in n for n in told
    )
    assert any("from t45" in n and "make two bulletins" in n for n in told)
