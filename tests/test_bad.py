"""Every way to be wrong: one folder each, with the message it gets."""

from pathlib import Path

import pytest

from truetoll.claims.reading import read_case
from truetoll.errors import CaseError

BAD = Path(__file__).parent / "bad"
FOLDERS = sorted(folder for folder in BAD.iterdir() if folder.is_dir())


def problems_of(folder: Path) -> tuple:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    return caught.value.problems


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_message(folder):
    expected = (folder / "expected.txt").read_text(encoding="utf-8")
    assert "".join(f"{problem}\n" for problem in problems_of(folder)) == expected


@pytest.mark.parametrize(
    "folder", [folder for folder in FOLDERS if folder.name != "many"], ids=lambda folder: folder.name
)
def test_one_error_gives_one_problem(folder):
    assert len(problems_of(folder)) == 1


def test_many_errors_are_reported_at_once_in_the_order_of_the_files():
    places = [problem.where.split(":")[0] for problem in problems_of(BAD / "many")]
    assert len(places) >= 10
    assert list(dict.fromkeys(places)) == ["case.toml", "claims.csv", "scenarios.toml"]
    assert places == sorted(places)


def test_there_are_as_many_folders_as_the_collection_promises():
    assert len(FOLDERS) >= 100
