"""Every command speaks the language that is asked for: its help, its errors, its questions, what it prints."""

import csv
import errno
import os
import re
import tomllib
from pathlib import Path

import pytest
from spanish import english, written

from truetoll import importers
from truetoll.claims.languages import LANGUAGES
from truetoll.claims.reading import read_case
from truetoll.cli.console import _lines
from truetoll.cli.options import _EXAMPLES, COMMANDS
from truetoll.cli.parser import command_of, language_of
from truetoll.render.words import Words
from truetoll.text import system
from truetoll.text.catalogues import catalogue
from truetoll.text.saying import Speaker

DATA = Path(__file__).parents[1] / "data"
OUTCOMES = ("killed", "wounded", "captured", "missing", "casualties")
TYPED = (*OUTCOMES, *COMMANDS, "source", "losses", "figure", "claims", "sources", "drop", "month", "week")
"""What is typed, or stands in a file, in any language."""
NAMES = ("The Economist", "Tech for Palestine", "JSON Schema")
FLAGS = ("--title", "Prueba", "--victims", "militares", "--outcomes", "muertos y heridos", "--losses", "50-5.000")
FLAGS += ("--since", "2024-05-01", "--as-of", "2024-06-01", "--force", "brigada norte")
FIGURE = ("--figure", "Ministerio de Defensa; bando propio; muertos; unos 60; 2024-06-01")


def shipped_words():
    yield from (*TYPED, *NAMES, *written(read_case(DATA / "kursk-article")))
    yield from (tomllib.loads(path.read_text(encoding="utf-8"))["case"]["title"] for path in DATA.glob("*/case.toml"))


@pytest.fixture(scope="module")
def own():
    return list(shipped_words())


# Which language -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "stated", "language"),
    [
        (["fit", "x"], "", None),
        (["fit", "x", "--lang", "es"], "", "es"),
        (["--lang=es", "fit", "x"], "en", "es"),
        (["--lang", "es", "fit", "--lang", "en"], "", "en"),
        (["fit"], "es", "es"),
        (["fit"], "es_ES.UTF-8", "es"),
        (["fit", "--lang", "fr"], "es", "es"),
        (["fit"], "fr", None),
    ],
)
def test_the_language_is_known_before_anything_else(argv, stated, language):
    assert language_of(argv, {"TRUETOLL_LANG": stated}) == language
    assert command_of(argv) == "fit"


def test_the_environment_gives_the_default(run, monkeypatch):
    monkeypatch.setenv("TRUETOLL_LANG", "es")
    assert "estado" in run("cases", DATA / "kursk-article")[1]
    assert "state" in run("cases", DATA / "kursk-article", "--lang", "en")[1]
    monkeypatch.setenv("TRUETOLL_LANG", "klingon")
    code, _, err = run("cases", DATA / "kursk-article")
    assert code == 2
    assert "environment variable TRUETOLL_LANG: one of en, es is needed; read 'klingon'" in err
    assert run("cases", DATA / "kursk-article", "--lang", "es")[0] == 0


def test_json_is_english(run):
    code, out, _ = run("cases", DATA / "kursk-article", "--lang", "es", "--json")
    assert code == 0
    assert out == run("cases", DATA / "kursk-article", "--json")[1]


# Help ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_no_word_of_english_in_help(run, command, own):
    code, out, _ = run(*filter(None, [command]), "--help", "--lang", "es")
    assert code == 0
    assert out.startswith("uso: ")
    assert "códigos de salida: 0" in out
    assert english(out, own) == set()
    assert f"$ truetoll {command}".strip() in out


@pytest.mark.parametrize("language", [name for name in LANGUAGES if (_EXAMPLES / name).exists()])
def test_a_language_that_has_examples_has_them_of_every_command(language):
    assert {path.stem for path in (_EXAMPLES / language).iterdir()} == {"truetoll", *COMMANDS}


@pytest.mark.parametrize("command", ["cases", "validate", "scenarios"])
def test_examples_in_help_are_real(run, command, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80" if command == "validate" else "")
    shown = (_EXAMPLES / "es" / f"{command}.txt").read_text(encoding="utf-8")
    line = next(line for line in shown.splitlines() if line.startswith("$ truetoll "))
    expected = shown.split(line)[1].split("\n\n")[0].strip("\n").removesuffix("\n...")
    assert run(*line.split()[2:])[1].startswith(f"{expected}\n")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["fitt"], "no existe la orden 'fitt'; ¿quiso decir 'fit'?; órdenes: new, "),
        (["fit"], "truetoll fit: error: faltan estos argumentos: CASO"),
        (["import", "radford", "x"], "faltan estos argumentos: --out"),
        (["fit", "x", "--draws"], "argumento --draws: falta su valor"),
        (["fit", "x", "--json=1"], "argumento --json: no lleva ningún valor"),
        (["fit", "x", "--sampler", "y"], "argumento --sampler: debe ser uno de nutpie, pymc; se leyó 'y'"),
        (["fit", "x", "--draws", "9"], "un número entero de 100 a 1.000.000; se leyó '9'"),
        (["draft", "x", "--date", "9"], "argumento --date: debe ser una fecha, año-mes-día"),
        (["fit", "x", "--scenrio", "a"], "no se entiende: --scenrio; ¿quiso decir '--scenario'?"),
        (["cases", "no/such"], "truetoll cases: no/such no es una carpeta"),
    ],
)
def test_errors_of_the_command_line(run, argv, said):
    code, out, err = run("--lang", "es", *argv)
    assert (code, out) == (2, "")
    assert said in err
    assert english(err, TYPED) == set()


def test_what_is_required_stands_without_brackets_in_usage(run):
    assert "--out CASE [--accept]" in run("settle")[2]
    assert "--out CASE [--accept]" in run("settle", "--help")[1]


# What is asked, printed and written ---------------------------------------------------------------------------------


def test_new_in_spanish(run, tmp_path):
    out = tmp_path / "caso"
    code, said, err = run("--lang", "es", "new", out, *FLAGS, *FIGURE)
    assert code == 0, err
    assert "Escrito en" in err
    case = read_case(out)
    assert (case.file.case.language, case.forces["brigada_norte"].outcomes) == ("es", ("killed", "wounded"))
    assert [(claim.losses, claim.text) for claim in case.claims] == [("brigada_norte.killed", "unos 60")]
    assert case.sources["ministerio_de_defensa"].relations == {"brigada_norte": "own_side"}
    text = (out / "case.toml").read_text(encoding="utf-8")
    comments = "\n".join(line.partition("#")[2] for line in text.splitlines())
    assert english("\n".join([said, err, comments, case.forces["brigada_norte"].total.reason]), TYPED) == set()


def test_questions_in_spanish(run, tmp_path, monkeypatch):
    first = ["Un caso", "Brigada", "soldados", "militares", "nada", "muertos", "2024-13-01", "2024-05-01", "2024-06-01"]
    answers = iter([*first, "x", "100-1000", "x", "Ministerio; own_side; killed; al menos 60; 2024-06-01", "y", ""])
    monkeypatch.setattr("builtins.input", lambda _="": next(answers))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    code, _, err = run("new", tmp_path / "caso", "--lang", "es")
    assert code == 0, err
    assert err.count("escriba") == 6
    assert english(err, [*TYPED, "military", "civilian", "mixed"]) == set()
    assert max(map(len, err.split("Escrito")[0].splitlines())) <= 120


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--victims", "soldado"), "'soldado': escriba una de estas: military"),
        (("--victims", "militari"), "¿quiso decir 'military'?"),
        (("--losses", "5000-50"), "primero el menor"),
        (("--since", "2024-07-01"), "debe ser posterior al primero"),
        (("--outcomes", "captured"), "killed o wounded"),
        (("--source", "sin relación"), "escriba NOMBRE=RELACIÓN"),
        (("--figure", "x"), "cinco cosas"),
    ],
)
def test_a_wrong_answer_is_told_in_spanish(run, tmp_path, change, said):
    code, _, err = run("new", tmp_path / "caso", "--lang", "es", *FLAGS, *FIGURE, *change)
    assert (code, (tmp_path / "caso").exists()) == (2, False)
    assert said in err
    assert english(err, [*TYPED, "military", "civilian", "mixed"]) == set()


def test_cases_in_spanish(run, small_case, own):
    folder = small_case("sound").parent
    small_case("broken", claims="id\n")
    code, out, err = run("cases", folder, "--lang", "es")
    assert code == 0
    assert "véase: truetoll validate" in out
    assert english(out + err, [*own, *written(read_case(folder / "sound"))]) == set()
    (folder / "empty").mkdir()
    assert "no hay ningún caso" in run("cases", folder / "empty", "--lang", "es")[2]


ARTICLE = """Vale, 6 de mayo de 2031. El Ministerio de Defensa de Norvia dijo el lunes que 40 de sus soldados murieron
desde el 1 de mayo de 2031. Funcionarios de Lutsa cifraron las bajas norvianas en hasta 300 muertos y heridos.
El enemigo perdió 12 tanques. Cinco civiles murieron. El ejército ruso perdió un tercio de sus efectivos.

Otros 7 soldados murieron en la retirada.
"""


@pytest.fixture
def drafted(run, tmp_path):
    (tmp_path / "articulo.txt").write_text(ARTICLE, encoding="utf-8")
    code, said, err = run("draft", tmp_path / "articulo.txt", "--lang", "es", "--out", tmp_path / "d")
    assert code == 0, err
    return tmp_path / "d", said + err


def test_a_draft_in_spanish(drafted):
    folder, said = drafted
    assert "Escrito en" in said
    text = (folder / "case.toml").read_text(encoding="utf-8")
    case = tomllib.loads(text)
    comments = "\n".join(line.partition("#")[2] for line in text.splitlines())
    tables = [*case["forces"].values(), *case["sources"].values()]
    names = [table["name"] for table in tables]
    reasons = [value["reason"] for table in tables for value in table.values() if "reason" in value]
    with (folder / "claims.csv").open(encoding="utf-8") as file:
        notes = [row["note"] for row in csv.DictReader(file)]
    assert {"Rusia", "el enemigo, equipo", "el propio artículo, que no nombra a nadie"} <= set(names)
    assert reasons
    assert all(notes)
    assert english("\n".join([said, comments, *names, *reasons, *notes]), TYPED) == set()


def test_settling_in_spanish(run, drafted, tmp_path, monkeypatch):
    folder, _ = drafted
    monkeypatch.setattr("builtins.input", lambda _="": "")
    code, said, err = run("settle", folder, "--lang", "es", "--out", tmp_path / "s", "--accept")
    assert code == 0, err
    assert "el borrador está como estaba" in err
    assert english(said + err, TYPED) == set()


def test_what_settling_asks_is_in_spanish(run, drafted, tmp_path, monkeypatch):
    folder, _ = drafted
    text = (folder / "case.toml").read_text(encoding="utf-8").replace('"? own_side"', '"?"')
    (folder / "case.toml").write_text(text, encoding="utf-8")
    answers = iter([""])
    monkeypatch.setattr("builtins.input", lambda _="": next(answers, "analyst"))
    err = run("settle", folder, "--lang", "es", "--out", tmp_path / "s")[2]
    assert "relations con norvia" in err
    assert "Intro conserva: " in err
    assert "claims.csv, losses de 'Cinco'" in err
    assert english(err.partition("Escrito en")[0], [*TYPED, "analyst"]) == set()


def test_a_draft_in_english_of_the_same_article(run, drafted, tmp_path):
    run("draft", tmp_path / "articulo.txt", "--out", tmp_path / "en")
    assert 'name = "the enemy, equipment"' in (tmp_path / "en" / "case.toml").read_text(encoding="utf-8")
    assert "confidence low. losses: says 'enemy' only" in (tmp_path / "en" / "claims.csv").read_text(encoding="utf-8")


# Importers ----------------------------------------------------------------------------------------------------------

FILES = {
    "tfp-gaza": (
        "report_date,report_source,report_period,killed_cum,injured_cum,killed_committee,killed_recovered,mood\n"
        "2023-10-08,mohtel,24,370,1788,,,x\n2023-10-09,missing,,,,,,x\n2023-10-10,gmotel,24,1100,5184,,,x\n"
        "2023-10-11,mohtel,48,1417,5763,499,3,x\n2023-10-11,mohtel,48,1417,5763,499,3,x\n2023-10-12,mohtel,24,,,,,x\n",
        ("--every", "day"),
    ),
    "ukraine-losses": (
        "date,day,tank,APC,field artillery,MRL,drone,military auto,fuel tank,laser\n"
        "2022-02-25,2,80,516,49,4,7,100,60,1\n2022-02-26,3,146,706,49,4,8,130,60,2\n2022-02-27,4,,,,,,,,\n",
        (),
    ),
    "mediazona": (
        "Year,Week,BmzNow,Bmz2022,Bmz2023,EDAssembled,EDAssembledHigh,EDAssembledLow\n"
        "2022,8,427,388,414,456.2,576.2,336.2\n2022,9,619,572,604,,,\n2022,10,588,542,562,468.3,389.2,547.4\n"
        "2022,11,0,0,0,,,\n",
        ("--bins", "week"),
    ),
    "economist-ukraine": (
        "date,estimate_low,estimate_high,estimate,type,source,source_url,country\n"
        "16/01/2024,,,390580,casualties,Armed Forces of Ukraine,https://a.example/1,russia\n"
        "01/04/2022,,,11966,casualties,UK MoD,https://x.example/2,russia\n"
        "20/07/2022,15000,,,deaths,CIA,by post,russia\n20/07/2022,15000,,,deaths,CIA,by post,russia\n"
        "22/11/2024,60435,,,deaths,UAlosses,,ukraine\n30/11/2023,,,,deaths,CIA,,russia\n29/12/2023,,,7,deaths,KSE,,russia\n",
        ("--source", "KSE=analyst"),
    ),
    "silverdavi": (
        "war_id,war_name,side,bucket,low,high,notes\nh,Hill War,Hill Army,military_killed,2500,20000,\n"
        "h,Hill War,Hill Army,civilians_killed_directly,3000,,\nh,Hill War,Hill Army,deaths_from_actions:f,400,900,\n"
        "h,Hill War,Monks,military_killed,0,0,\nh,Hill War,Monks,military_killed,,,\n"
        "s,Sea War,F,military_killed,1,2,\n",
        ("--conflict", "h", "--since", "1900-05-31", "--as-of", "1901-09-07"),
    ),
    "radford": (
        "days,loss_count,loss_type,claim_source,time_frame,loss_country,minimum,maximum,category,source_target\n"
        "3,300,Military Deaths-Russia,UA Source,Cumulative,Russia,1,0,Military Deaths,UA Source-Russia\n"
        "3,400,Military Deaths-Russia,UA Source,Cumulative,Russia,0,1,Military Deaths,UA Source-Russia\n"
        "4,0,Tanks-Russia,Other,Cumulative,Russia,0,0,Tanks,Other-Russia\n"
        "5,9,Tanks-Russia,Other,Cumulative,Russia,0,0,Tanks,Other-Russia\n",
        (),
    ),
    "ucdp-ged": (
        "id,type_of_violence,conflict_new_id,conflict_name,side_a,side_b,country,date_start,date_end,deaths_a,deaths_b,"
        "deaths_civilians,deaths_unknown,best,high,low\n"
        "1,1,7,C,A,B,H,2020-01-03,2020-01-03,3,4,5,0,12,20,10\n1,1,7,C,A,B,H,2020-01-03,2020-01-03,3,4,5,0,12,20,10\n"
        "2,1,7,C,A,B,K,2020-01-03,2020-01-03,3,4,5,0,12,20,10\n3,1,7,C,A,B,H,2020-01-05,,0,0,0,0,0,0,0\n"
        ",1,7,C,A,,H,2020-01-06,,1,,0,0,2,1,3\n4,1,7,C,A,B,H,2020-01-07,2020-01-07,1,0,0,0,,,\n",
        ("--country", "H"),
    ),
}
"""A file of each format, with rows that are set aside, put right or told."""


def imported(run, tmp_path, name, *options):
    text, others = FILES[name]
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    out = tmp_path / "-".join([name, *options]).replace("--", "")
    code, said, err = run("import", name, tmp_path / "f.csv", *others, *options, "--out", out)
    assert code == 0, err
    return out, said + err


def reasons_of(folder):
    """Every reason in a case.toml."""
    found = re.findall(r'reason = "((?:[^"\\]|\\.)*)"', (folder / "case.toml").read_text(encoding="utf-8"))
    assert found
    return found


@pytest.mark.parametrize("name", FILES)
def test_no_word_of_english_in_what_an_importer_says_and_writes(run, tmp_path, name):
    out, said = imported(run, tmp_path, name, "--lang", "es")
    case = read_case(out)
    own = ["Bmz2022", "about", "Other", "The Economist", "Tech for Palestine", "JSON", "by post", "more", "UK MoD"]
    own += [
        "Armed Forces of Ukraine",
        "Center for Strategic and International Studies",
        "Dataset",
        "low",
        "high",
        "best",
    ]
    own += ["Hill War", "missing", "Uppsala Conflict Data Program, Georeferenced Event Dataset", "KSE", *TYPED]
    names = [each.name for each in (*case.forces.values(), *case.sources.values())]
    notes = [claim.note for claim in case.claims]
    written_ = [case.title, case.file.case.description, *names, *notes, *reasons_of(out)]
    assert all(notes)
    assert english("\n".join([said, *written_]), own) == set()


@pytest.mark.parametrize("name", FILES)
def test_claims_forces_and_sources_are_the_same_in_any_language(run, tmp_path, name):
    (one, said), (other, _) = (imported(run, tmp_path, name, "--lang", language) for language in LANGUAGES)
    left, right = read_case(one), read_case(other)
    assert "Written to" in said
    assert left.title != right.title
    assert [(c.id, c.text, c.losses) for c in left.claims] == [(c.id, c.text, c.losses) for c in right.claims]
    assert (list(left.forces), list(left.sources)) == (list(right.forces), list(right.sources))


@pytest.mark.parametrize(
    ("name", "change", "options", "said"),
    [
        ("tfp-gaza", ("mohtel", "unocha"), (), "report_source tiene un valor desconocido; se leyó 'unocha'"),
        ("tfp-gaza", ("1788", "many"), (), "injured_cum debe ser"),
        ("tfp-gaza", ("report_date", "day"), (), "falta la columna 'report_date'"),
        ("ukraine-losses", ("25,2,", "25,9,"), (), "date y day no concuerdan: 2022-02-25 es el día 2"),
        ("mediazona", ("2022,9", "2022,8"), (), "la misma semana que en f.csv:2"),
        ("economist-ukraine", ("CIA", "Somebody"), (), "la fuente no se conoce; diga qué es para el ejército ruso"),
        ("silverdavi", ("", ""), ("--conflict", "s"), "tiene 2 guerras; elija una con --conflict"),
        ("radford", ("UA Source,", "UA,"), (), "claim_source tiene un valor desconocido"),
        ("ucdp-ged", ("0,12,20", "0,13,20"), (), "best es 13, pero los muertos de sus partes suman 12"),
        ("ucdp-ged", ("", ""), ("--only", "x"), "--only es una opción de radford y ukraine-losses; ucdp-ged admite"),
        ("ucdp-ged", ("\n", " \x00"), (), "no es texto UTF-8"),
    ],
)
def test_what_an_importer_refuses_is_told_in_spanish(run, tmp_path, name, change, options, said):
    text, others = FILES[name]
    (tmp_path / "f.csv").write_text(text.replace(*change), encoding="utf-8")
    given = (*others, *options, "--out", tmp_path / "x", "--lang", "es")
    code, _, err = run("import", name, tmp_path / "f.csv", *given)
    assert (code, (tmp_path / "x").exists()) == (2, False)
    assert said in err
    own = ["Hill War", "Sea War", "missing", *(f"{country} Source" for country in ("UA", "RU", "US", "GB"))]
    assert english(err, [*own, *TYPED]) == set()


def test_sums_of_incidents_in_spanish(run, tmp_path):
    run("new", tmp_path / "c", *FLAGS, *FIGURE, "--lang", "es")
    head = (tmp_path / "c" / "claims.csv").read_text(encoding="utf-8").splitlines()[0]
    day = [f"2024-05-{n:02}" for n in range(10, 20)]
    said = "ministerio_de_defensa,{},brigada_norte.killed"
    rows = [f"i{n},{said.format(day[n])},{n},{day[n - 1]},{day[n]}" for n in range(1, 9)]
    lines = "".join(f"{row}{',' * (head.count(',') - 6)}\n" for row in rows)
    (tmp_path / "c" / "claims.csv").write_text(f"{head}\n{lines}", encoding="utf-8")
    code, said, err = run("sum-incidents", tmp_path / "c", "--out", tmp_path / "s", "--lang", "es")
    assert code == 0, err
    notes = [claim.note for claim in read_case(tmp_path / "s").claims]
    assert notes[0].startswith("Suma de 8: i1 (1), i2 (2)")
    assert "cifras antes" in said
    assert english(said + err, TYPED) == set()


def test_what_the_system_says_is_in_the_language():
    said = {code: system.told(OSError(code, os.strerror(code))) for code in (errno.ENOSPC, errno.EACCES, errno.EISDIR)}
    assert [Speaker("es").text(each) for each in said.values()] == [
        "no queda espacio en el disco",
        "permiso denegado",
        "es una carpeta",
    ]
    assert all(str(each) == os.strerror(code) for code, each in said.items())
    assert system.told(ValueError("embedded null byte")) == "embedded null byte"


def test_a_file_that_cannot_be_had_is_told_in_spanish(run, tmp_path):
    for name, said in (("none.txt", "el archivo no existe"), ("", "no es un archivo, sino una carpeta")):
        code, _, err = run("draft", tmp_path / name, "--lang", "es", "--out", tmp_path / "d")
        assert code == 2
        assert said in err
        assert english(err, TYPED) == set()


def test_every_reason_of_an_importer_has_words_and_all_words_are_used():
    package = Path(importers.__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in (*package.glob("*.toml"), *package.glob("*.py"))]
    given = {key for text in texts for key in re.findall(r'reason"?\s*[=:]\s*"(\w+)"', text)}
    assert given == set(catalogue("en")["import_reason"]) - {"scaled"}


def test_a_party_may_be_called_as_a_key_of_the_case(run, tmp_path):
    text = FILES["ucdp-ged"][0].replace(",A,B,H,", ",Reason,Name,H,")
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    code, _, err = run("import", "ucdp-ged", tmp_path / "f.csv", "--country", "H", "--out", tmp_path / "c")
    assert code == 0, err
    assert {"reason", "name"} <= set(read_case(tmp_path / "c").forces)


@pytest.mark.parametrize(("total", "lines"), [(3, 3), (400, 40)])
def test_a_log_has_a_line_for_each_of_a_few_things_and_forty_for_many(total, lines):
    said = []
    advance = _lines(said.append, Words("es"))
    for i in range(total):
        advance(i + 1, total, f"loss {i}")
    assert len(said) in (lines, lines + 1)
    assert said[-1] == f"Muestreo de loss {i}"
