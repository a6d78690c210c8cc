"""How many loss figures of made-up articles are found, with the right losses, and that none is invented."""

import csv
from pathlib import Path

import pytest

from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.importers.prose.finding import find
from truetoll.importers.prose.page import read_article

HERE = Path(__file__).parent / "prose"
DATA = Path(__file__).parents[2] / "data"


def told():
    by_article = {}
    with (HERE / "figures_told.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_article.setdefault(row["article"], []).append(row)
    return by_article


UNSEEN = "11"
"""Ending of the names of the last round, which no rule was mended for."""


def score(folder, keep=lambda path: True):
    """(told, found, found with the right outcome and force, invented) over the articles of a folder."""
    counts = [0, 0, 0, 0]
    for path in filter(keep, sorted((HERE / folder).iterdir())):
        article = read_article(path)
        lexicon = read_lexicon(article.language)
        left = list(find(article))
        for row in told()[path.stem]:
            figure = read_figure(row["figure"], lexicon)
            alike = [each for each in left if read_figure(each.figure, lexicon) == figure]
            alike.sort(key=lambda each: not is_right(each, row))
            counts[0] += 1
            if alike:
                counts[1] += 1
                counts[2] += is_right(alike[0], row)
                left.remove(alike[0])
        counts[3] += len(left)
    return tuple(counts)


def is_unseen(path):
    return path.stem.removesuffix("_es").endswith(UNSEEN)


def is_right(found, row):
    outcomes, forces = row["outcome"].split("|"), row["force"].split("|")
    return found.quantity in outcomes and any(piece in found.force.key for piece in forces)


def test_articles_the_rules_were_written_with():
    n, found, right, invented = score("tuned")
    assert n >= 600
    assert found >= 0.98 * n
    assert right >= 0.97 * n
    assert invented == 0


def test_articles_held_back():
    """Three rounds, each read once: 31 of 33, 31 of 39, 40 of 49 found; 26, 24, 35 right. No rule may lose that."""
    n, found, right, invented = score("held", lambda path: not is_unseen(path))
    assert n == 121
    assert found >= 102
    assert right >= 85
    assert invented == 0


def test_articles_no_rule_has_seen():
    """Five texts, read once: 43 of 61 found, 31 right, one invented; 44, 32, none with one answer mended after that."""
    n, found, right, invented = score("held", is_unseen)
    assert n == 61
    assert found >= 44
    assert right >= 32
    assert invented == 0


def test_every_figure_of_the_quoted_article_is_found():
    """The sentences quoted in two cases of the repository are those of one Spanish article."""
    rows = []
    for case in ("kursk-article", "war-article"):
        with (DATA / case / "claims.csv").open(encoding="utf-8") as file:
            rows += [row for row in csv.DictReader(file) if ".strength" not in row["losses"]]
    text = ". ".join(f"{row['quote'][0].upper()}{row['quote'][1:]}" for row in rows)
    path = Path(__file__).parent / "none.txt"
    from truetoll.importers.prose.page import Article

    found = find(Article(path.name, "", (f"{text}.",), "es"))
    lexicon = read_lexicon("es")
    values = {read_figure(each.figure, lexicon) for each in found}
    assert {read_figure(row["figure"], lexicon) for row in rows} <= values


@pytest.mark.parametrize(
    "text",
    [
        "The 3rd Brigade fired 155 mm shells at a town of 18,500 people 12 km away on 14 March 2031.",
        "Ilka Dren, 47, has three children aged 6 to 11 and earned $2,000 a month in 2029.",
        "About 40,000 people have fled since the killing began, and 2.1 million need aid.",
        "Government forces were responsible for 61% of the deaths.",
        "Some 35 people die in the war each day.",
        "The sides exchanged 230 prisoners in May.",
        "The country mobilised 300,000 men and spends 6% of GDP on defence.",
        "The army gave no casualty figures, and nobody knows how many died.",
        "Of the 3,000 names the monitors looked at, they have matched 2,993.",
        "The number of visitors fell to 300, and that of homes destroyed was put at 250.",
        "El ministro cifró en 300 millones las pérdidas económicas y habló de 900 desplazados.",
        "Call 118. The report, 84 pages long, rests on 340 interviews about the dead.",
        "General Brandt, 52 years old, commanded 20 battalions for two years.",
        "El municipio, de 12.300 habitantes, está a 85 kilómetros de la capital, donde murió un poeta en 1936.",
        "El 75 % de la población ha huido y el Gobierno destinará 15 millones de euros a los heridos.",
        "La Tercera Brigada tiene 5.000 efectivos y 12 tanques.",
        "The army has disclosed no losses of its own.",
        "The ministry confirmed no deaths, saying that it was still counting.",
        "The general said that no prisoners would be taken.",
        "No one has been arrested over the killings.",
        "No group has claimed responsibility for the killing of the soldiers.",
        "Nobody knows how many were killed.",
        "El Gobierno no reconoció ninguna baja propia.",
    ],
)
def test_what_is_no_loss_is_no_claim(text):
    from truetoll.importers.prose.page import Article

    assert find(Article("a", "", (text,), "es" if " el " in f" {text} ".lower() or "La " in text else "en")) == ()
