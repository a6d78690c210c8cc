"""Both languages say everything, and only in their own words."""

import re
from itertools import product
from types import SimpleNamespace

import madeup
import pytest
from pagetext import spoken

from truetoll.answers import words as english
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import alternatives, parts_of
from truetoll.render.words import Words
from truetoll.report import sources
from truetoll.report.export import report_markdown
from truetoll.report.page import report_html
from truetoll.studies.fit.read import summarise
from truetoll.studies.fit.tables import source_table
from truetoll.text import saying
from truetoll.text.catalogues import catalogue
from truetoll.text.messages import message

ES = Words("es")


def flat(table, path=""):
    for key, value in table.items():
        yield from flat(value, f"{path}{key}.") if isinstance(value, dict) else [(path + key, value)]


def test_no_spanish_sentence_is_english():
    one = dict(flat(catalogue("en")))
    same = {key for key, text in flat(catalogue("es")) if text == one[key]}
    assert {key for key in same if len(re.findall(r"[a-z]{2,}", re.sub(r"\{.*?\}", "", one[key]))) > 2} == set()


VERDICTS = {english.verdict(p, c) for p, c in product((None, -0.5, 0.1, 0.5, 0.9), (0.1, 0.9))}
VERDICTS |= {english.conflict_verdict(p) for p in (None, 0.001, 0.03, 0.5)}
VERDICTS |= {english.loo_verdict(d, 0.5) for d in (-9.0, 0.0, 9.0)}
VERDICTS |= {english.pass_through_sentence(name, p) for name in ("a.killed", "a.strength") for p in (None, 0, 1, -1)}
VERDICTS |= {
    english.sensitivity_verdict({"losses": a, "bias": b, "noise": c})
    for a, b, c in product((None, 0.01, 0.2), repeat=3)
}


@pytest.mark.parametrize("said", sorted(VERDICTS, key=str), ids=str)
def test_every_verdict_is_said_in_spanish(said):
    assert ES.tell(said) != str(said)


def test_roles_and_relations_are_translated_inside_sentences():
    follows = english.sensitivity_verdict({"losses": 0.2, "bias": 0.3, "noise": 0.0})
    assert str(follows) == "follows the losses prior and the bias prior"
    assert ES.tell(follows) == "sigue a la previa de pérdidas y a la previa de sesgo"
    said = message("change.of", what="figure", name="west-killed", value="'al menos 1,000'")
    assert ES.tell(said) == "cifra de west-killed: 'al menos 1,000'"  # a quote stays as it was said
    title = message("assumption.mu", relation="ally_of_adversary", victims="civilian")
    assert str(title) == "mean bias, ally of the adversary on civilian victims"
    assert ES.tell(title) == "sesgo medio, aliado del adversario sobre víctimas civiles"


@pytest.mark.parametrize("name", ["gaza-2024", "kursk-article", "kursk-dossier", "war-article"])
def test_everything_said_of_a_case_is_said_in_spanish(name, kursk_case):
    """Every assumption with its two ends, every part of every scenario."""
    case = read_case(kursk_case.path.parent / name)
    said = []
    for each in alternatives(case):
        ends = (each.low_text, each.high_text)
        said += [each.title, *(end for end in ends if not re.fullmatch(r"[\d.,e+-]+|[A-F]", str(end)))]
    said += [part.label for scenario in case.scenarios for part in parts_of(case, scenario)]
    assert [str(each) for each in dict.fromkeys(said) if ES.tell(each) == str(each)] == []


def sources_of(mod, ngo, **assumed):
    """Subject of a made-up run whose two sources are changed."""
    both = {"mod": madeup.SOURCES["mod"] | mod, "ngo": madeup.SOURCES["ngo"] | ngo}
    said = {"sources": both, "assumptions": assumed}
    return SimpleNamespace(case=madeup.case(**said), conflicts={}, summary=summarise(madeup.tree(**said)))


NEW = {"grade": None, "access": {"north": "remote"}, "reason": "it said so"}


@pytest.mark.parametrize(
    ("language", "counts", "rests", "none"),
    [
        ("en", "neither (remote)", "41 past figures on 38 losses in 20 wars", "no past figures: doubtful"),
        (
            "es",
            "ninguno (a distancia)",
            "41 cifras pasadas sobre 38 pérdidas en 20 guerras",
            "ninguna cifra pasada: dudoso",
        ),
    ],
)
def test_a_reader_sees_what_a_source_counts_by_and_what_its_factor_rests_on(language, counts, rests, none):
    w = Words(language)
    subject = sources_of(NEW, {"access": {"north": "records"}}, **madeup.past(own_side=(41, 38, 20), media=(0, 0, 0)))
    table = source_table(subject.summary, w)
    place = {name: table.head.index(w.say(f"head.{name}")) for name in ("access", "past")}
    first, other = table.rows
    assert (first[place["access"]].text, first[place["access"]].sub) == (counts, "")
    assert (other[place["access"]].text, other[place["access"]].sub) == (
        w.of("access", "records"),
        w.say("source.grade", grade="B"),
    )
    assert [row[place["past"]].text for row in table.rows] == [rests, none]
    assert w.say("source.past_note") in table.note
    assert sources.reasons(subject, w) == [("Ministry", counts, "it said so")]


def test_one_of_each_and_a_factor_that_the_case_states():
    stated = {"bias": {"north": {"mu": 0.1}}}
    table = source_table(sources_of(NEW, stated, **madeup.past(own_side=(1, 1, 1))).summary, Words("en"))
    column = table.head.index("Assumed from")
    assert [row[column].text for row in table.rows] == ["1 past figure on 1 loss in 1 war", "stated in the case"]


def test_a_page_in_another_language_holds_no_word_of_english(compared, monkeypatch):
    """Every sentence of the catalogue is marked; what is left unmarked must be of the case, or a name."""
    real = catalogue("en")

    def marked(table):
        return {k: marked(v) if isinstance(v, dict) else f"[[{v}]]" for k, v in table.items()}

    monkeypatch.setattr(saying, "catalogue", lambda language: marked(real) if language == "es" else real)
    html = report_html(compared, "es")
    own = " ".join(spoken(html))
    while (less := re.sub(r"\[\[[^\[\]]*\]\]", " ", own)) != own:
        own = less
    left = set(re.findall(r"[A-Za-z]{3,}", own))
    case = " ".join([*map(str, compared.attrs.values()), *compared.attrs])
    authors = (
        " Radford PNAS pnas Vehtari Gelman Simpson Carpenter rkner Yao Gabry JMLR Kallioinen Paananen Talts Betancourt"
    )
    names = {*re.findall(r"[A-Za-z]{3,}", case + authors), "Lancaster", "Abril", "Pla", "PyMC", "doi", "arXiv", "peerj"}
    months = {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"}
    assert left - names - months == set()


def test_numbers_are_those_of_the_tables_in_the_language():
    assert [ES.whole(x) for x in (0.2, 6.4, 2_944.0, 11_200.0)] == ["menos de 1", "6", "2.900", "11.000"]
    assert [ES.two_digits(x) for x in (0.04123, 1.26, None)] == ["0,041", "1,3", "-"]
    assert ES.local("from 1,234.5 to 0.05, or 7") == "from 1.234,5 to 0,05, or 7"
    assert (
        ES.local("K009, 1,200, -3.5 %, nis-13 and x2 on 2025-01-13")
        == "K009, 1.200, -3,5 %, nis-13 and x2 on 13 ene 2025"
    )
    assert ES.local("on 2025-02-31") == "on 2025-02-31"
    assert Words("en").whole(2_944.0) == english.whole(2_944.0) == "2,900"
    assert ES.day("2025-01-13") == "13 ene 2025"


def test_names_of_the_case_stay(compared):
    text = report_markdown(compared, "es")
    assert "North Korean force in Kursk" in text
    assert "muertos" in text and "killed" not in re.sub(r"[\w-]*\\?_?killed", "", text).split()
