"""What the program says is a code with values: known to every language, with the same values, and used."""

import ast
import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from pydantic import TypeAdapter

import truetoll
from truetoll.claims.languages import LANGUAGES
from truetoll.claims.scenario.schema import OF_A_FORCE, OF_A_SOURCE, OF_THE_CASE, ClaimChange
from truetoll.claims.schema import Name
from truetoll.studies.fit.claimplot import PART, SHARE, TIMES
from truetoll.text.catalogues import catalogue
from truetoll.text.messages import Message, MessageError, listed, message, recalled
from truetoll.text.saying import Speaker

PACKAGE = Path(truetoll.__file__).parent
SOURCES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
MAKERS = {"message": 0, "of_claim": 1, "of_table": 0, "of_key": 1}
"""Functions that make a message -> which argument is the code."""
SAID = ("list", "amount", "notice", "aside", "verdict", "extent", "assumption", "change", "refit", "cli")
SAID += ("wrong_file", "wrong_value", "wrong_case", "wrong_claim", "wrong_losses", "wrong_figure", "wrong_lexicon")
SAID += ("usage", "help", "metavar", "ask", "written", "begun", "doubt", "import_remark")
SAID += ("aside_row", "mended_row", "import_case", "import_note", "wrong_import")
SAID += ("wrong_scenario", "wrong_day", "wrong_benchmark", "wrong_cell", "wrong_toml", "problem")
SAID += ("run", "damaged", "work", "generated")
"""Sections whose words are said by messages alone."""
PLURALS = {"zero", "one", "two", "few", "many", "other"}


def entries(language, *sections):
    """Keys of a language with the forms of each."""
    for section, table in catalogue(language).items():
        for name, words in table.items() if not sections or section in sections else ():
            yield f"{section}.{name}", [words] if isinstance(words, str) else list(words.values())


def names(forms):
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


def calls():
    """Every place where a message is made: path, code node, names of its values, whether others may be added."""
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in MAKERS
                and "/text/" not in path.as_posix()
            ):
                given = [keyword.arg for keyword in node.keywords]
                yield path, node.lineno, node.args[MAKERS[node.func.id]], {g for g in given if g}, None in given


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_codes_and_values(language):
    one, other = dict(entries("en")), dict(entries(language))
    assert set(one) == set(other)
    assert {key for key, forms in one.items() if names(forms) != names(other[key])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_by_number_are_those_of_unicode(language):
    tables = [t for section in catalogue(language).values() for t in section.values() if isinstance(t, dict)]
    assert tables
    assert all({"one", "other"} <= set(table) <= PLURALS for table in tables)


def test_every_code_is_made_somewhere_and_every_message_has_one():
    """A code stands in the program as it stands in the catalogue, so that both are found by a search."""
    written = {n.value for tree in SOURCES.values() for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    known = dict(entries("en", *SAID))
    helped = {"list.and", "list.apart", "list.circle", "list.or", "list.lines"}  # what stands between several values
    assert set(known) - {code for code in written if isinstance(code, str)} - helped == set()
    asked = {
        code for code in written if isinstance(code, str) and re.fullmatch(rf"(?:{'|'.join(SAID)})\.[a-z_]+", code)
    }
    assert asked - set(known) == set()


def test_every_message_is_given_the_values_of_its_words():
    known, seen = dict(entries("en")), 0
    for path, line, code, given, open_ended in calls():
        if isinstance(code, ast.Constant):
            needed, seen = names(known[code.value]), seen + 1
            assert given - {"n"} <= needed, (path, line)  # a number may only choose the form
            assert open_ended or needed <= given, (path, line)
    assert seen > 30


def test_no_notice_is_built_of_english():
    """Where something is said there is no sentence: no text with two words and a blank between them, but docstrings."""
    places = [PACKAGE / "claims" / "reading" / "notices", PACKAGE / "answers" / "notices.py"]
    places += [PACKAGE / "studies" / "compare" / "notices.py", PACKAGE / "importers", PACKAGE / "cli"]
    for path, tree in SOURCES.items():
        if any(path == place or place in path.parents for place in places):
            docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
            texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            said = [n.value for n in texts if id(n) not in docs and re.search(r"[a-z]{2,} [a-z]{2,}", n.value)]
            assert [text for text in said if text not in INNER | NAMED] == [], path


INNER = {"told before"}
"""How a loss was found."""
INNER |= {"at least", "at least ", "up to", "up to ", "more than ", "at most 1", "truetoll import ucdp-ged "}
"""Figures in the words of the English lexicon, in which imported cases are; a command."""
NAMED = set(catalogue("en")["draft_name"]) | set(catalogue("en")["import_name"])
"""Names that the rules of drafts and importers make up: they are put into words where they are written."""


def test_a_message_is_kept_with_its_types_and_recalled():
    inner = message("list.quoted", id="a", text="up to 1,000")
    said = message("notice.bare", n=2, part=0.96, since=date(2024, 10, 15), until=date(2025, 2, 5)).at(
        "case.toml", key="forces.north"
    )
    several = message("notice.tie", names=(inner, inner)).at("claims.xlsx", 12)
    for each in (said, several, inner):
        assert recalled(each.kept()) == each
        assert hash(recalled(each.kept())) == hash(each)
    assert str(several).startswith("claims.xlsx:12: a ('up to 1,000') and a ('up to 1,000') are of one source")


@pytest.mark.parametrize(
    "kept",
    [
        "something to know",
        {},
        {"code": "notice.twin"},
        {"code": "notice.twin", "values": {"id": "a"}},
        {"code": "notice.never", "values": {}},
        {"code": "notice", "values": {}},
        {"code": "notice.tally", "values": {"n": "many"}},
        {"code": "notice.twin", "values": {"id": None, "twin": "b"}},
        {"code": "notice.bare", "values": {"n": 2, "part": "much", "since": "a", "until": "b"}},
        {"code": "notice.bare", "values": {"n": 2, "part": 0.5, "since": {"$date": "soon"}, "until": "b"}},
        {"code": "notice.twin", "values": {"id": "a", "twin": "b"}, "line": "two"},
    ],
)
def test_what_is_no_message_is_refused(kept):
    with pytest.raises(MessageError):
        recalled(kept)


def test_numbers_dates_and_plurals_are_those_of_the_language():
    english, spanish = Speaker("en"), Speaker("es")
    bare = {"part": 0.96, "since": date(2024, 10, 15), "until": date(2025, 2, 5)}
    said = message("notice.bare", n=3, **bare)
    assert "3 bins without claims (2024-10-15 to 2025-02-05) carry 96% of" in english.tell(said)
    assert "3 tramos sin cifras (2024-10-15 a 2025-02-05) llevan el 96\N{NO-BREAK SPACE}% de" in spanish.tell(said)
    assert "(15 oct 2024 a 5 feb 2025)" in Speaker("es", iso_days=False).tell(said)
    assert "1 bin without claims" in english.tell(message("notice.bare", n=1, **bare))
    assert "se publicaron después" in spanish.tell(message("notice.as_known", n=1_000_000, day=date(2024, 1, 1)))
    assert "1.234 cifras" in spanish.tell(message("notice.as_known", n=1234, day=date(2024, 1, 1)))
    assert str(message("amount.count", x=12345.0)) == "12,345"
    assert spanish.tell(message("amount.count", x=12345.0)) == "12.345"


def test_somebodys_words_and_names_stay_as_they_are():
    said = message("notice.repeat_worded", id="K009", first="{x} 1,200", one="about 1,200", other="1,200 % {y}")
    assert Speaker("es").tell(said) == "K009 repite {x} 1,200 ('about 1,200' por '1,200 % {y}') y no recibe peso"


def test_lists_are_cut_and_quoted():
    many = [f"c{i}" for i in range(12)]
    assert str(message("notice.no_claim_yet", names=listed(many, 10))) == (
        "no claim is by c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more yet"
    )
    columns = message("notice.columns", names=listed(["my mood", "weather"], 10, quoted=True), n=2)
    assert str(columns) == "columns 'my mood', 'weather' are not used"
    longer = message("notice.columns", names=listed(many, 10, quoted=True), n=12)
    assert "'c8', 'c9' and 2 more are not used" in str(longer)
    assert "'c8', 'c9' y 2 más no se usan" in Speaker("es").tell(longer)


def test_a_place_stands_before_what_is_said_of_it():
    said = Message("notice.silent")
    places = {("case.toml", None, "forces.x"): "case.toml: forces.x: ", ("claims.csv", 3, ""): "claims.csv:3: "}
    for (file, line, key), before in places.items():
        assert str(said.at(file, line, key)).startswith(f"{before}no claim speaks of it")


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_scenario_may_change_has_a_name(language):
    changed = {*OF_A_FORCE, *OF_A_SOURCE, *OF_THE_CASE, *ClaimChange.model_fields} - {"counts", "reason"}
    assert changed <= catalogue(language)["parameter"].keys()


def test_no_count_can_be_called_as_what_is_no_count():
    """A count's name is its unit; these units are no counts."""
    assert not [unit for unit in (SHARE, PART, TIMES) if TypeAdapter(Name).validator.isinstance_python(unit)]
