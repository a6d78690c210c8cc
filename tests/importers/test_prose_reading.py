"""Articles as they are saved, the hook for a reader of one's own, and who is taken to say what."""

from datetime import date

import pytest

import truetoll as tt
from truetoll.errors import CaseError
from truetoll.importers.prose.finding import find
from truetoll.importers.prose.page import Article, read_article

PAGE = """<html lang="en"><head>
<meta charset="utf-8"><meta property="article:published_time" content="2031-05-06T08:00:00Z">
<title>A day</title><script>var a = "900 soldiers were killed";</script></head><body><nav>12 people were killed</nav>
<article><p>The Norvian army said on Monday that <b>40</b> of its soldiers were killed.</p>
<p>Monitors of the Hill Observatory counted 55&nbsp;dead soldiers.</p></article></body></html>"""


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_saved_page_is_read_without_its_scripts_and_menus(page):
    article = read_article(page)
    assert (article.day, article.language, article.title) == (date(2031, 5, 6), "en", "A day")
    assert [each.figure for each in find(article)] == ["40", "55"]


def test_who_says_what_of_whom_and_when(page):
    first, second = find(read_article(page))
    assert (first.quantity, first.force.party, first.voice.party) == ("killed", first.voice.party, "norvian")
    assert (first.since, first.as_of) == (date(2031, 5, 4), date(2031, 5, 5))
    assert second.voice.sort == "ngo"
    assert first.sentence.startswith("The Norvian army said")


@pytest.mark.parametrize(("content", "what"), [(b"%PDF-1.7", "PDF"), (b"  \n ", "no text"), (None, "does not exist")])
def test_what_is_no_article_is_told(tmp_path, content, what):
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CaseError, match=what):
        read_article(path)


def test_pages_of_older_encodings_are_read(tmp_path):
    path = tmp_path / "vieja.html"
    path.write_bytes("<html><meta charset='iso-8859-1'><p>Murieron 12 niños en la región.</p></html>".encode("latin-1"))
    article = read_article(path)
    assert article.paragraphs == ("Murieron 12 niños en la región.",)


def test_a_reader_of_ones_own_has_the_last_word_but_invents_nothing(page):
    from dataclasses import replace

    def reader(article, found):
        assert isinstance(article, Article)
        return [
            replace(found[0], quantity="wounded"),
            replace(found[0], figure="99"),
            replace(found[0], figure="about", sentence=found[0].sentence),
            replace(found[1], sentence="55 were killed somewhere else."),
        ]

    made = tt.draft(page, reader=reader)
    assert [(each.figure, each.quantity) for each in made.found] == [("40", "wounded")]


def test_two_peoples_in_one_number_are_a_sum():
    text = "Según informes, cientos de militares rusos y norcoreanos han sido destruidos en recientes enfrentamientos."
    (found,) = find(Article("a", "", (text,), "es"))
    assert [found.force.key, *(each.key for each in found.also)] == ["russia", "north_korea"]


def test_an_article_without_losses_is_no_draft(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("The weather was fine on 3 May 2031 in a town of 300 people.", encoding="utf-8")
    with pytest.raises(CaseError, match="no loss figure"):
        tt.draft(path)


def test_a_draft_needs_a_day(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("The army said 40 soldiers were killed.", encoding="utf-8")
    with pytest.raises(CaseError, match="--date"):
        tt.draft(path)
    assert tt.draft(path, day=date(2031, 5, 6)).bins[1] == date(2031, 5, 6)


@pytest.mark.parametrize(
    ("language", "sentence", "doubted"),
    [
        ("en", "The Norvian army lost 2,000 more soldiers killed than the Velian army.", True),
        ("en", "The Norvian army said that 2,000 soldiers were killed.", False),
        ("en", "The Norvian army said that 2,000 more soldiers were killed.", False),
        ("es", "El ejército perdió 2.000 soldados muertos más que el enemigo.", True),
    ],
)
def test_a_difference_is_doubted(language, sentence, doubted):
    article = Article("a", "", (sentence,), language, date(2031, 5, 6))
    for found in find(article):
        assert ("how many more or fewer" in str(found.doubts.get("losses", ""))) is doubted
    assert find(article)


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        # a place before a comma is no part of who speaks; an apposition closes with a comma
        (
            "At least 12 people died in Harl in West Dorn, the Dorn Doctors Union said.",
            "en",
            "Dorn Doctors Union",
        ),
        ("Two nurses have been missing since Monday, the charity said.", "en", "charity"),
        ("In a letter it put its losses at 18 soldiers, the Norvian army said.", "en", "Norvian army"),
        ("Some 60 people were killed, though the former Calder envoy said 90 had died.", "en", "former Calder envoy"),
        ("The People's Front of Dorn (PFD) said 40 soldiers were killed.", "en", "People's Front of Dorn"),
        ("Hill Monitor, working with a radio station, has counted 31 dead.", "en", "Hill Monitor"),
        ("A doctor of the Red Cross who treated the survivors said 22 people died.", "en", "doctor of the Red Cross"),
        ("The Institute for Peace and Policy says 700 people have died.", "en", "Institute for Peace and Policy"),
        (
            "The network, a group of friends, said 81 people were hurt.",
            "en",
            "network, a group of friends",
        ),
        ("Murieron 14 soldados el martes, según informó este viernes el Estado Mayor.", "es", "Estado Mayor"),
        ("Hay 80 muertos, informó el domingo el gobernador de Arbena.", "es", "gobernador de Arbena"),
        ("Un soldado murió este lunes al pisar una mina en Tirba, confirmó la Novena Brigada.", "es", "Novena Brigada"),
        ("Un ataque causó la muerte de 64 personas, de acuerdo con un funcionario.", "es", "funcionario"),
        ("El Frente del Norte (FDN), brazo armado de Arbena, elevó a 60 los muertos.", "es", "Frente del Norte"),
    ],
)
def test_who_speaks_is_the_phrase_beside_the_verb_and_no_more(text, language, name):
    found = find(Article("a", "", (text,), language), day=date(2031, 5, 6))
    assert found[-1].voice.name == name
