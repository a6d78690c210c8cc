"""A few plain answers, and a spreadsheet of figures -> a commented case folder that validates and fits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import get_args

from truetoll.claims.languages import Language
from truetoll.claims.reading.days import Order, with_days
from truetoll.claims.reading.files import read_text
from truetoll.claims.reading.sheets import read_workbook
from truetoll.claims.reading.table import CLAIMS, Row, read_rows
from truetoll.claims.schema import OUTCOMES, Relation
from truetoll.errors import CaseError, Problem, Problems
from truetoll.importers.drafts import choosing, commented, quoted, write_claims
from truetoll.importers.prose.parties import slug
from truetoll.text.messages import Message, message
from truetoll.text.saying import Speaker

RELATIONS: tuple[Relation, ...] = get_args(Relation)
"""What a source can be to the force; their explanations are words of the catalogue."""
SPREAD = 10
"""Factor of the prior of losses up and down where only one number is given."""
_SHARES = {"captured": (0.02, 0.003, 0.15), "missing": (0.05, 0.005, 0.3)}


@dataclass(frozen=True)
class Said:
    """A figure as it is answered.

    Parameters
    ----------
    source, relation, losses, figure : str
        Name of who said it, what it is to the force, ``killed`` or another outcome, and the words of the figure.
    as_of : str
        Year-month-day.
    """

    source: str
    relation: str
    losses: str
    figure: str
    as_of: str


@dataclass(frozen=True)
class Answers:
    """What `new` asks.

    Parameters
    ----------
    title : str
    force : str
        Whose losses.
    victims : str
        ``military``, ``civilian`` or ``mixed``.
    outcomes : tuple of str
    since, as_of : date
        Losses are counted after the first day, up to the last.
    low, high : float
        Losses of all kinds, before any figure: nine times in ten between these.
    figures : tuple of Said
    rows : tuple of Row
        Of a spreadsheet.
    relations : mapping of str to str
        Name of a source of the spreadsheet -> its relation.
    language : str
    """

    title: str
    force: str
    victims: str
    outcomes: tuple[str, ...]
    since: date
    as_of: date
    low: float
    high: float
    figures: tuple[Said, ...] = ()
    rows: tuple[Row, ...] = ()
    relations: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"


def read_figures(path: Path, order: Order | None = None) -> tuple[tuple[Row, ...], list[Message]]:
    """Read the figures of a spreadsheet, .xlsx or CSV.

    Parameters
    ----------
    path : Path
    order : {"dmy", "mdy", "ymd"} or None
        Of dates that can be read in two ways.

    Returns
    -------
    tuple of Row
    list of Message
        What should be known of it.

    Raises
    ------
    CaseError
        If it cannot be read, or has no columns source and figure.
    """
    problems, notices = Problems(), list[Message]()
    layout = replace(CLAIMS, name=path.name, required=("source", "figure"))
    if path.suffix.casefold() in (".xlsx", ".xlsm"):
        rows = read_workbook(path, problems.append, layout, notices.append)
    else:
        text = read_text(path, problems.append)
        rows = () if text is None else read_rows(text, problems.append, layout, notices.append)

    def place(row: Row, column: str) -> str:
        del column
        return f"{path.name}:{row.line}"

    rows = with_days(rows, order, place, problems.append)
    if not problems and not rows:
        problems.append(Problem(path.name, message("wrong_import.no_figure")))
    if problems:
        raise CaseError(problems, problems.more)
    return rows, notices


def days_of(rows: Sequence[Row]) -> tuple[date | None, date | None]:
    """Find the first and last day that a spreadsheet names.

    Parameters
    ----------
    rows : sequence of Row

    Returns
    -------
    date or None, date or None
        The day before the first window, and the last day of any.
    """
    starts, ends = list[date](), list[date]()
    for row in rows:
        for name, found in (("since", starts), ("as_of", ends)):
            text = row.cells[name] or (row.cells["reported"] if name == "as_of" else "")
            try:
                found.append(date.fromisoformat(text))
            except ValueError:
                continue
    first = min(starts, default=None)
    return first, max(ends, default=None)


def write_new(answers: Answers, folder: Path, spoken: Language = "en") -> None:
    """Write case.toml, with comments, and claims.csv.

    Parameters
    ----------
    answers : Answers
    folder : Path
        Empty.
    spoken : {"en", "es"}
        Language of comments and reasons.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    (folder / "case.toml").write_text(_case(answers, Speaker(spoken)), encoding="utf-8", newline="\n")
    force = slug(answers.force)
    rows = [_row_of(said, number, force) for number, said in enumerate(answers.figures, 1)]
    rows += [_row_from(row, number, force) for number, row in enumerate(answers.rows, 1)]
    write_claims(rows, folder)


def _case(answers: Answers, w: Speaker) -> str:
    force = slug(answers.force)
    low, high = _number(answers.low), _number(answers.high)
    middle = (answers.low * answers.high) ** 0.5
    comment = f"   # {w.say('begun.language')}" if answers.language != "en" else ""
    language = f'language = "{answers.language}"{comment}\n' if answers.language != "en" else ""
    reason = quoted(w.say("begun.total_reason", low=low, high=high))
    parts = [
        commented(w.say("begun.head")),
        f"[case]\ntitle = {_text(answers.title)}\n{language}{commented(w.say('begun.bins'))}"
        f"bins = [{answers.since}, {answers.as_of}]\n",
        f"[forces.{force}]\nname = {_text(answers.force)}\n"
        f'victims = "{answers.victims}"   # {w.say("begun.victims")}\n'
        f"outcomes = {json.dumps(list(answers.outcomes))}\n",
        f"{commented(w.say('begun.total', outcomes=answers.outcomes))}"
        f"[forces.{force}.total]\nmedian = {_number(middle)}\nlow = {low}\nhigh = {high}\nreason = {reason}\n",
        *_shares(answers, force, w),
        commented(w.say("begun.sources", relations=RELATIONS)),
        *(
            f'[sources.{slug(name)}]\nname = {_text(name)}\nrelations = {{ {force} = "{relation}" }}\n'
            for name, relation in _sources(answers).items()
        ),
        choosing(w),
    ]
    return "\n".join(parts)


def _shares(answers: Answers, force: str, w: Speaker) -> list[str]:
    said = {"captured": w.say("begun.captured_share"), "missing": w.say("begun.missing_share")}
    reason = quoted(w.say("begun.share_reason"))
    return [
        f"{commented(said[name])}[forces.{force}.{name}_share]\n"
        f"median = {median}\nlow = {low}\nhigh = {high}\nreason = {reason}\n"
        for name, (median, low, high) in _SHARES.items()
        if name in answers.outcomes
    ]


def _sources(answers: Answers) -> dict[str, str]:
    named = {said.source: said.relation for said in answers.figures}
    for row in answers.rows:
        name = row.cells["source"]
        if name:
            named.setdefault(name, answers.relations.get(name, "media"))
    by_key: dict[str, str] = {}
    return {name: relation for name, relation in named.items() if by_key.setdefault(slug(name), name) == name}


def _row_of(said: Said, number: int, force: str) -> dict[str, str]:
    key = slug(said.source)
    return {
        "id": f"{key.replace('_', '-')}-{number}",
        "source": key,
        "reported": said.as_of,
        "losses": _losses(said.losses, force),
        "figure": said.figure,
        "as_of": said.as_of,
    }


def _row_from(row: Row, number: int, force: str) -> dict[str, str]:
    cells = dict(row.cells)
    key = slug(cells["source"]) if cells["source"] else ""
    made = {"source": key, "losses": _losses(cells["losses"] or "killed", force)}
    return cells | made | {"id": cells["id"] or f"{key.replace('_', '-')}-{number}"}


def _losses(text: str, force: str) -> str:
    """Write "killed" as the killed of the force; what names a force already stays."""
    word = text.strip()
    plain = word.casefold()
    known = {**dict.fromkeys(OUTCOMES), "casualties": None, "strength": None}
    return f"{force}.{plain}" if plain in known else word


def around(likely: float) -> tuple[float, float]:
    """Make the ends of a prior of one number.

    Parameters
    ----------
    likely : float

    Returns
    -------
    float, float
        A tenth of it, and ten times it.
    """
    return likely / SPREAD, likely * SPREAD


def _text(text: str) -> str:
    return quoted(" ".join(text.split()))


def _number(value: float) -> str:
    return f"{round(value):_}" if value >= 10 else f"{value:.2g}"
