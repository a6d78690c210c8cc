"""What is wrong with a case is said in the reader's language, and kept in English for programs."""

import ast
import pickle
import re
from pathlib import Path

import pytest
from spanish import english

import truetoll
from truetoll.claims.reading import read_case
from truetoll.claims.reading.table import COLUMNS
from truetoll.claims.schema import OUTCOMES
from truetoll.claims.toml import parse_toml
from truetoll.cli import main
from truetoll.cli.console import Console
from truetoll.errors import CaseError, Problem, gathered, unknown
from truetoll.runner.errors import FailedItems, SweepError
from truetoll.runs.errors import RunError
from truetoll.runs.swap import check_target
from truetoll.text.catalogues import catalogue
from truetoll.text.messages import Message, message
from truetoll.text.saying import Speaker

BAD = Path(__file__).parents[1] / "bad"
SECTIONS = ("problem", "run", "kind_of_run", "damaged", "work", "generated")
KEYS = {*OUTCOMES, *COLUMNS, "to", "from"}
"""Names in files and of options: they are the same in every language."""
FOLDERS = sorted(folder for folder in BAD.iterdir() if folder.is_dir())

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


def test_what_was_read_is_not_cut_within_a_number():
    problem = Problem("case.toml: x", TWICE, "x" * 60 + " 86,100 dead or missing")
    assert str(problem).endswith("xxx ... (83 characters)")
    assert problem.to_dict()["read"].endswith("xxx ... (83 characters)")


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


def own(problem):
    """What of a problem is not the program's: names, and what was read."""
    named = [name for name in problem.allowed if isinstance(name, str)]
    return [problem.where, problem.nearest, *named, *([problem.read] if isinstance(problem.read, str) else [])]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_word_of_english_in_what_is_wrong_with_any_case(folder):
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    for problem in caught.value.problems:
        assert isinstance(problem.what, Message)
        told = problem.told(ES)
        assert english(told, [*own(problem), *KEYS]) == set(), told


@pytest.mark.parametrize("section", [name for name in catalogue("es") if name in SECTIONS or name.startswith("wrong_")])
def test_no_word_of_english_in_words_of_problems(section):
    for name, words in catalogue("es")[section].items():
        for form in [words] if isinstance(words, str) else words.values():
            assert english(re.sub(r"\{[^}]*\}", " ", form), KEYS) == set(), name


def test_what_a_parser_says_of_a_file_is_said_in_the_language():
    told = []
    for text in ("a = [1", "a = 1 2", "[a]\n[a]", f"a = {'9' * 5_000}"):
        assert parse_toml(text, "case.toml", told.append) is None
    assert [problem.told(ES) for problem in told] == [
        "case.toml: no es TOML válido: lista sin cerrar (al final del documento)",
        "case.toml:1: no es TOML válido: se esperaba el fin de la línea o del documento (en la línea 1, columna 7)",
        "case.toml:2: no es TOML válido: ('a',) no puede declararse dos veces (en la línea 2, columna 3)",
        "case.toml: no es TOML válido: un número tiene demasiados dígitos",
    ]
    assert str(told[0]) == "case.toml: is not valid TOML: unclosed array (at end of document)"


SHIPPED = Path(truetoll.__file__).parent
PLACES = ("claims", "benchmark", "studies", "model", "sampling", "answers")
CALLS = {"Problem": 1, "unknown": 1, "SaidError": 0, "WrongValueError": 0, "refuse": 0}
"""What is called with what is wrong -> which argument that is."""


def test_what_is_wrong_is_a_message_wherever_it_is_said():
    """No text of the program stands where a message should: mypy sees types, this sees that nobody made it lie."""
    seen = 0
    for path in (each for place in PLACES for each in sorted((SHIPPED / place).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if name in CALLS and len(node.args) > CALLS[name]:
                seen += 1
                assert not isinstance(node.args[CALLS[name]], ast.Constant | ast.JoinedStr), (path, node.lineno)
    assert seen > 150


def test_what_goes_wrong_with_a_folder_is_said_in_the_language(tmp_path, capsys):
    (tmp_path / "note.txt").write_text("mine")
    (tmp_path / "more").mkdir()
    with pytest.raises(RunError) as caught:
        check_target(tmp_path)
    english = "(more/ (a folder), note.txt), as far as can be told without the manifest.json of a run; nothing there"
    spanish = (
        "(more/ (una carpeta), note.txt), hasta donde puede decirse sin el manifest.json de un cálculo; no se toca"
    )
    assert english in str(caught.value)
    assert spanish in ES.tell(caught.value.said)
    assert main(["show", str(tmp_path), "--lang", "es"]) == 2
    assert "no hay posterior.nc o comparison.nc o replay.nc o calibration.nc" in capsys.readouterr().err


def test_what_failed_is_said_in_the_language_with_what_was_wrong():
    wrong = SweepError(message("work.few_workers", n=0))
    failed = FailedItems({"a": wrong, **{f"{i}": ValueError("no such") for i in range(24)}}, what="simulations")
    first, one, other, *_, last = ES.tell(failed.said).splitlines()
    assert first == "25 de las simulaciones no pudieron calcularse; las demás están hechas"
    assert one == "simulación a: SweepError: el número de procesos debe ser al menos 1; se leyó 0"
    assert other == "simulación 0: ValueError: no such"
    assert last == "... (5 más)"
