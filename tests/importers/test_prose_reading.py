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
        ("Dren reconoció que habían muerto 46 soldados de Arbena.", "es", "Dren"),
        ("Un ataque causó la muerte de 64 personas, de acuerdo con un funcionario.", "es", "funcionario"),
        ("El Frente del Norte (FDN), brazo armado de Arbena, elevó a 60 los muertos.", "es", "Frente del Norte"),
    ],
)
def test_who_speaks_is_the_phrase_beside_the_verb_and_no_more(text, language, name):
    found = find(Article("a", "", (text,), language), day=date(2031, 5, 6))
    assert found[-1].voice.name == name


def read(text, language, last="2031-05-06"):
    """(figure, quantity, last day) of what is found in a text of an article of Tuesday, 6 May 2031."""
    found = find(Article("a", "", (text,), language), day=date.fromisoformat(last))
    return [(each.figure, each.quantity, str(each.as_of)) for each in found]


@pytest.mark.parametrize(
    ("text", "language", "figures"),
    [
        # asides and quotation marks between who was lost and the verb
        (
            "At least 46 people, mostly fishers but also more than 9 children, have been killed.",
            "en",
            ["46", "9"],
        ),
        ('The junta said that 13 "terrorists" had been killed.', "en", ["13"]),
        ("Tres aldeanos, de 17, 45 y 60 años, perdieron la vida.", "es", ["Tres"]),
        # a length of time between toll and figure; a revised toll; others
        ("Strikes killed 32 people, bringing the toll of the nine-month war to 8,345.", "en", ["32", "8,345"]),
        ("The toll of 20 was revised to 68 a day later.", "en", ["20", "68"]),
        ("Norvia buried 192 soldiers; 511 others were wounded.", "en", ["192", "511"]),
        # a day or place between verb and figure
        ("En el valle han muerto en el último combate unas 160 personas.", "es", ["160"]),
        ("El ejército abatió el viernes a 3 soldados.", "es", ["3"]),
        ("Portavoces admitieron la pérdida de algunas decenas de combatientes.", "es", ["decenas"]),
        ("La cifra de víctimas en la región superaría las 600.", "es", ["600"]),
        (
            "Unos 113 soldados murieron, pero el número real podría oscilar entre 174 y 251.",
            "es",
            ["113", "entre 174 y 251"],
        ),
        # prisoners given back, and some of those told of before
        ("En el último canje, del 20 de abril, cada bando entregó 300 prisioneros.", "es", []),
        ("At least 34 people were wounded. Ten of the wounded were flown to Harl.", "en", ["34"]),
        ("At least 34 people were killed. The total cost of repair was put at 300 euros.", "en", ["34"]),
        # rates, levels and sayings that are no losses
        ("Six people were killed. The number of visitors stands at 300.", "en", ["Six"]),
        ("Six people were killed. The number of dead stands at 30.", "en", ["Six", "30"]),
        ("Average daily Norvian casualties in October had risen to 1,354.", "en", []),
        ("El promedio diario de bajas de Norvia subió a 1.354.", "es", []),
        ("At least 40 people, an official said, were at the market.", "en", []),
        ("About 40 people, among them two doctors, have left the town.", "en", []),
    ],
)
def test_what_stands_between_a_figure_and_its_verb(text, language, figures):
    found = [figure for figure, _, _ in read(text, language)]
    assert len(found) == len(figures)
    assert all(figure.endswith(words) for figure, words in zip(found, figures, strict=True))


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("At least 47 civilians were killed on Saturday, the union said on Monday.", "en", "2031-05-03"),
        ("Catorce soldados murieron el sábado, según informó este lunes el Estado Mayor.", "es", "2031-05-03"),
        ("HARL, 6 May 2031 - Shells killed 32 people on Sunday, the mayor said.", "en", "2031-05-04"),
        ("The union said on Monday that 12 people were killed.", "en", "2031-05-05"),
        ("Monitors counted 4,500 deaths between 1985 and 2018.", "en", "2018-12-31"),
    ],
)
def test_the_day_is_that_of_the_loss_not_of_the_report(text, language, day):
    assert [each[2] for each in read(text, language)] == [day]


@pytest.mark.parametrize(
    ("text", "language", "party"),
    [
        ("Ukraine fought on. The Russian army claimed to have killed 60 troops.", "en", "ukraine"),
        ("Russian officials met. Ukraine's army said it had killed 60 soldiers.", "en", "russia"),
        ("Hablan Rusia y Ucrania. El ejército ruso replicó que había matado a 60 soldados.", "es", "ukraine"),
        ("Russian officials met. Ukraine's army said an ambush had killed 60 of its soldiers.", "en", "ukraine"),
    ],
)
def test_whom_a_side_says_to_have_killed_is_not_its_own(text, language, party):
    found = find(Article("a", "", tuple(text.split(". ", 1)), language), day=date(2031, 5, 6))
    assert [each.force.party for each in found] == [party]


def test_a_person_with_a_role_is_no_side():
    (found,) = find(
        Article("a", "", ("Three villagers were hurt in Harl, the regional governor, Oleks Dren, said.",), "en"),
        day=date(2031, 5, 6),
    )
    assert (found.voice.party, found.force.party) == ("", "harl")


def test_letters_in_brackets_are_the_name_before_them():
    text = (
        "The Northern Dorn Front (NDF) fought the army of Calder.",
        "The NDF lost 18 fighters. The Northern Dorn Front lost 20.",
    )
    first, second = find(Article("a", "", text, "en"), day=date(2031, 5, 6))
    assert first.force.party == second.force.party == "northern_dorn_front"


def test_a_toll_told_anew_is_not_of_the_soldiers_told_before():
    text = ("Six Russian peacekeepers died in Harl.", "A depot exploded near Harl. The toll of 20 was revised to 68.")
    found = find(Article("a", "", text, "en"), day=date(2031, 5, 6))
    assert [each.force.key for each in found] == ["russia", "harl_people", "harl_people"]


@pytest.mark.parametrize(
    ("text", "language", "losses"),
    [
        # a number whose verb was said before, one set against another, one whoever told it is behind
        ("Armenia lost 38 soldiers and Azerbaijan 29.", "en", [("armenia", "lost"), ("azerbaijan", "lost")]),
        (
            "The Iranians suffered 65 casualties, against 20 for the Iraqis.",
            "en",
            [("iran", "casualties"), ("iraq", "casualties")],
        ),
        (
            "Hamas said 60 of its fighters had been killed, half the 120 Israel claimed.",
            "en",
            [("hamas", "killed"), ("hamas", "killed")],
        ),
        # whose count it is, and who speaks of itself
        ("Argentina's own figure is 64 dead.", "en", [("argentina", "killed")]),
        (
            "The rebels' spokesman put government losses at 83 killed and said his group had lost nine fighters.",
            "en",
            [("government", "killed"), ("rebels", "lost")],
        ),
        (
            "The Iraqi army fought Iran. Yemen's government told the Saudi envoy that it had lost 26 soldiers.",
            "en",
            [("yemen", "lost")],
        ),
        # who bears them stands behind the verb or the noun
        ("La batalla costó a España unos 800 muertos.", "es", [("spain", "killed")]),
        ("Los rebeldes dijeron haber causado 14 bajas al Ejército.", "es", [("army", "casualties")]),
        # parts behind their whole, and the whole of a part that is no loss
        (
            "The blast killed 40 people, with nine children among them.",
            "en",
            [("unknown", "killed"), ("unknown", "killed")],
        ),
        ("De los 350 voluntarios perdieron la vida unos 99.", "es", [("unknown", "killed")]),
        # nothing said
        ("No Chadian soldiers were killed, the ministry said.", "en", [("chad", "killed")]),
    ],
)
def test_of_whom_a_figure_is(text, language, losses):
    found = find(Article("a", "", (text,), language), day=date(2031, 5, 6))
    assert [(each.force.party, each.quantity) for each in found] == losses


def test_a_voice_is_known_again_by_a_short_name():
    text = (
        "Armenia's defence ministry said 49 soldiers died, a toll that Prime Minister Nikol Dren raised to 105. "
        '"Seven of our soldiers were captured," Dren said.'
    )
    found = find(Article("a", "", (text,), "en"), day=date(2031, 5, 6))
    assert [each.force.party for each in found] == ["armenia"] * 3
    assert found[1].voice.key == found[2].voice.key


def test_a_page_without_stops_takes_no_longer_for_each_word():
    text = "40 killed and " * 400
    assert find(Article("a", "", (text,), "en"), day=date(2031, 5, 6))
    from truetoll.importers.prose.sentences import sentences

    assert max(len(each.text) for each in sentences([text])) <= 2_000
