"""What is wrong with a case is said in the reader's language, and kept in English for programs."""

import pickle

import pytest

from truetoll.cli.console import Console
from truetoll.errors import CaseError, Problem, gathered, unknown
from truetoll.text.messages import message
from truetoll.text.saying import Speaker

ES = Speaker("es")
TWICE = message("notice.twin", id="a", twin="b")
MANY = [f"force{i:02}" for i in range(1_030)]


def test_the_frame_is_in_the_language_and_names_are_as_they_are():
    problem = unknown("claims.csv:3", TWICE, "farce10", MANY)
    english, spanish = str(problem), problem.told(ES)
    assert english.startswith(f"claims.csv:3: {TWICE}; read 'farce10'; allowed: force00, force01,")
    assert english.endswith(", force19, ... (1,010 more); did you mean 'force10'?")
    assert spanish.startswith(f"claims.csv:3: {ES.tell(TWICE)}; se leyó 'farce10'; se admite: force00, force01,")
    assert spanish.endswith(", force19, ... (y 1.010 más); ¿quiso decir 'force10'?")


def test_what_was_read_and_what_is_allowed_may_be_words_of_the_program():
    count = message("amount.count", x=1234.0)
    problem = Problem("case.toml: x", TWICE, count, (count, "y"))
    assert str(problem).endswith("; read 1,234; allowed: 1,234, y")
    assert problem.told(ES).endswith("; se leyó 1.234; se admite: 1.234, y")
    assert problem.to_dict()["read"] == "1,234"
    assert problem.to_dict()["allowed"] == ["1,234", "y"]


def test_a_long_text_is_cut_and_its_length_told():
    problem = Problem("case.toml: x", TWICE, "x" * 200)
    assert str(problem).endswith("xxx... (200 characters)")
    assert problem.told(ES).endswith("xxx... (200 caracteres)")


def test_the_same_problem_of_many_lines_is_said_once():
    found = [Problem(f"claims.csv:{i}", TWICE, repr(i)) for i in range(2, 40)]
    (english,), (spanish,) = gathered(found), gathered(found, ES)
    assert english.startswith("claims.csv:2, 3, 4,")
    assert english.endswith(f"31 and 8 more: {TWICE}; read 2, 3, 4 and 35 more")
    assert "31 y 8 más: " in spanish
    assert spanish.endswith("; se leyó 2, 3, 4 y 35 más")


@pytest.mark.parametrize(
    ("language", "n", "more", "told"),
    [
        ("en", 1, 0, ["case: 1 problem"]),
        ("en", 2, 1_500, ["... (1,500 more, not told)", "case: 1,502 problems"]),
        ("es", 1, 0, ["case: 1 problema"]),
        ("es", 2, 1_500, ["... (1.500 más, que no se muestran)", "case: 1.502 problemas"]),
    ],
)
def test_a_console_speaks_its_language(capsys, language, n, more, told):
    problems = [Problem(f"case.toml: {i}", TWICE) for i in range(n)]
    Console(language=language).problems("case", problems, more)
    said, speaker = capsys.readouterr().err.splitlines(), Speaker(language)
    assert said == [*(problem.told(speaker) for problem in problems), *told]


def test_an_error_travels_with_its_messages():
    error = CaseError([Problem("case.toml: x", TWICE, "5")], 2)
    found = pickle.loads(pickle.dumps(error))
    assert found.problems == error.problems
    assert str(found) == str(error) == f"case.toml: x: {TWICE}; read 5\n... (2 more problems)"
