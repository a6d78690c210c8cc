"""Tables: what is printed, what is not, and in how many columns."""

import csv
import io
import re
import subprocess
import sys
from dataclasses import replace

import madeup
import pytest
from rich.console import Console

from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.render.tables import on_screen
from truetoll.render.words import ENGLISH
from truetoll.studies.fit import tables
from truetoll.studies.fit.read import summarise
from truetoll.studies.fit.sheet import summary_csv
from truetoll.text.messages import message


def printed(view, width=80):
    out = io.StringIO()
    Console(file=out, width=width, legacy_windows=False).print(view)
    return out.getvalue()


@pytest.fixture(scope="module")
def text():
    return printed(tables.summary_view(summarise(madeup.tree())))


def test_answer_stands_beside_its_prior_and_its_interval_beside_or_below(text):
    summary = summarise(madeup.tree())
    q = summary.quantities[0]
    both = [ENGLISH.whole(q.median), ENGLISH.whole(q.prior.median)]
    spans = [ENGLISH.whole_span(q.interval), ENGLISH.whole_span(q.prior)]
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("  killed"))
    assert re.split("  +", lines[at].strip())[1:3] == both
    assert re.split("  +", lines[at + 1].strip()) == spans
    wide = printed(on_screen(tables.quantity_table(summary)), 120)
    row = next(line for line in wide.splitlines() if line.startswith("  killed"))
    assert re.split("  +", row.strip())[1:5] == [both[0], spans[0], both[1], spans[1]]


def test_two_digits_only(text):
    answer = text[text.index("The North") : text.index("Medians do not")]
    numbers = re.findall(r"\d[\d,.]*", answer.split("\n", 2)[2])
    assert numbers
    for number in numbers:
        assert len(number.replace(",", "").replace(".", "").strip("0")) <= 2, number


def test_what_must_be_said_is_said(text):
    flat = " ".join(text.split())
    assert ENGLISH.say("answer.adding") in flat
    assert "how the median changes if all sources exaggerate 10 % more than assumed" in flat
    assert "The North More than Probability Before any figure 1,000 killed" in flat
    assert ENGLISH.say("answer.caveats", mass="90 %") in flat
    assert "no claim is by nobody yet" in flat
    assert "not used: repeats first" in flat


@pytest.mark.parametrize("width", [80, 140])
def test_fits(width):
    text = printed(tables.summary_view(summarise(madeup.tree())), width)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text


def test_brackets_of_a_claim_are_no_markup(text):
    assert "at most [bold] 1,000" in text


def test_without_convergence_no_number_of_the_posterior():
    summary = summarise(madeup.tree(converged=0))
    text = printed(tables.summary_view(summary))
    assert ENGLISH.say("fit.refusal") in text
    assert "--draws" in text
    assert "R-hat up to 1.002" in text
    for word in ("median", "interval", "killed", "%"):
        assert word not in text
    assert summary_csv(summary).count("\n") == 1


def test_csv_is_in_full_precision():
    summary = summarise(madeup.tree())
    rows = list(csv.DictReader(io.StringIO(summary_csv(summary))))
    assert [row["name"] for row in rows] == [q.name for q in summary.quantities]
    assert float(rows[0]["median"]) == summary.quantities[0].median
    assert float(rows[0]["pass_through"]) == pytest.approx(madeup.PASS_THROUGH)
    assert float(rows[0]["low"]) == summary.quantities[0].interval.low


def test_claims_as_understood():
    text = printed(tables.claims_table(madeup.case()))
    assert "900 to 1,100" in text
    assert "30 to 50 % of strength" in text
    assert "at most 1,000" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        ("1,234,567", "1,234,566.5 to 1,234,567.5"),
        ("up to 4,512,345", "up to 4,512,345"),
        ("about 1.5 million", "1,400,000 to 1,600,000"),
        ("at least 12.5 % of strength", "at least 12.5 %"),
        ("0.5 % of strength", "0.45 to 0.55 %"),
        ("29 % of strength", "28.5 to 29.5 %"),
        ("at most 12.345 % of strength", "at most 12.345 %"),
        ("more than a third of strength", "at least 33.3 %"),
        ("dozens", "12 to 100"),
        ("at least dozens", "at least 12"),
        ("nobody", "below 1"),
    ],
)
def test_a_figure_is_shown_as_it_was_said_by_validate_and_by_reports(figure, shown):
    read = read_figure(figure, read_lexicon("en"))
    case = madeup.case()
    said = replace(next(c for c in case.claims if not c.is_ratio), figure=read)
    row = printed(tables.claims_table(replace(case, claims=(said,))), 200)
    assert f"  {shown}{' of strength' if read.share else ''}  " in row
    cell = {name: getattr(read, name) for name in ("form", "share", "low", "high", "value")}
    answer = replace(summarise(madeup.tree()).claims[0], ratio=False, **cell)
    assert tables.understood(answer, ENGLISH) == shown + (" of the strength" if read.share else "")


def test_a_list_told_in_a_vague_word_shows_the_cell():
    read = replace(read_figure("dozens", read_lexicon("en")), form="listed")
    cell = {name: getattr(read, name) for name in ("form", "share", "low", "high", "value")}
    answer = replace(summarise(madeup.tree()).claims[0], ratio=False, **cell)
    assert tables.understood(answer, ENGLISH) == "list of 12 to 100"
    assert tables.understood(replace(answer, value=130.0), ENGLISH) == "list of 130"


def test_sources_as_understood():
    forces = {"north": madeup.FORCE, "arms": {"victims": "materiel", "counts": madeup.TANKS}}
    by_access = {"north": {"wounded": "records"}, "arms": "records"}
    sources = {
        "mod": madeup.SOURCES["mod"],
        "ngo": madeup.SOURCES["ngo"],
        "staff": {"relations": {"north": "adversary", "arms": "own_side"}, "access": by_access},
        "paper": {"grade": "B", "relations": {"north": "media"}, "access": {"north": "site"}},
    }
    rests = madeup.past(adversary=(41, 38, 20))
    rests["bias"]["military"]["media"] = {"mu": 0.3}
    rests["bias"]["materiel"] = madeup.past(own_side=(0, 0, 0))["bias"]["military"]
    case = madeup.case(forces=forces, sources=sources, assumptions=rests)
    text = printed(tables.claims_table(case))
    rows = [re.split("  +", line.strip()) for line in text.split("its bias rests on")[1].splitlines()[1:]]
    assert rows[4:10] == [
        ["staff", "adversary", "neither (remote); usual", "41 past figures on 38 losses"],
        ["north", "wounded: records", "in 20 wars"],
        ["staff", "own side", "records", "no past figures: doubtful"],
        ["arms"],
        ["paper", "media", "being there", "stated in the case"],
        ["north", "noise by grade B"],
    ]
    assert max(map(len, text.splitlines())) <= 80


def test_the_table_of_sources_says_what_they_count_by_and_what_that_rests_on():
    mod = madeup.SOURCES["mod"] | {"grade": None, "access": "records"}
    ngo = madeup.SOURCES["ngo"] | {"access": "remote"}
    rests = madeup.past(own_side=(1, 1, 1), media=(0, 0, 0))
    tree = madeup.tree(sources={"mod": mod, "ngo": ngo}, assumptions=rests)
    flat = " ".join(printed(on_screen(tables.source_table(summarise(tree))), 200).split())
    assert "Relation: own side; The North" in flat
    assert "Assumed from: 1 past figure on 1 loss in 1 war" in flat
    assert "Counts by: neither (remote); grade B" in flat
    assert "no past figures: doubtful" in flat


def test_validate_needs_no_arrays():
    heavy = "{'numpy', 'xarray', 'pymc', 'pandas', 'arviz'}"
    code = f"import sys, truetoll.studies.fit.tables; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_of_many_claims_those_that_stand_out_are_printed():
    summary = summarise(madeup.tree())
    first, unused = summary.claims[0], summary.claims[-1]
    many = [replace(first, id=f"c{i:03}", tail=i / 200) for i in range(199, -1, -1)]
    text = printed(on_screen(tables.claim_table(replace(summary, claims=(*many, replace(unused, tail=0.0))))))
    assert re.findall(r"^  (c\d+) ", text, re.MULTILINE) == [f"c{i:03}" for i in range(tables.SHOWN - 1, -1, -1)]
    assert "Shown: the 40 that stand out most of 201; summary.json of the run holds all." in " ".join(text.split())
    assert "Shown:" not in printed(on_screen(tables.claim_table(summary)))


def test_notices_are_cut_and_said():
    summary = replace(
        summarise(madeup.tree()), notices=tuple(message("notice.twin", id=f"notice {i}", twin="x") for i in range(600))
    )
    text = printed(tables.summary_view(summary))
    assert text.count("notice ") == tables.NOTICES
    assert "580 more: summary.json holds all." in text
