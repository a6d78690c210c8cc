"""``settle``: ask for everything a draft leaves open, and write the settled case in a new folder."""

from __future__ import annotations

import csv
import io
import re
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from truetoll.claims.reading.files import read_text
from truetoll.claims.reading.table import rows_of
from truetoll.claims.reading.unsettled import SETTLED_COLUMNS, guess, is_marked
from truetoll.cli.codes import OK
from truetoll.cli.console import Console
from truetoll.cli.saving import write_folder
from truetoll.errors import CaseError, Problem, Problems
from truetoll.importers.drafts import quoted
from truetoll.runs.errors import RunError
from truetoll.runs.swap import check_target
from truetoll.text.messages import Message, message

_MARKED = re.compile(r'"\?\s*((?:[^"\\\n]|\\.)*)"')
_TABLE = re.compile(r"\s*\[([^\]\n]+)\]\s*(?:#.*)?")
_FILES = ("scenarios.toml", "README.md")

Ask = Callable[[Message, str], str]
"""What is asked, and the guess -> the answer."""


def settle(arguments: Namespace, console: Console) -> int:
    """Ask for each mark; Enter keeps the guess. The draft stays as it is."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415
    from truetoll.claims.reading.shipped import located  # noqa: PLC0415

    stated = located(arguments.case)
    folder = stated.parent if stated.name == "case.toml" else stated
    check_target(arguments.out, owned=False)
    problems = Problems()
    case, claims = (read_text(folder / name, problems.append) for name in ("case.toml", "claims.csv"))
    if case is None or claims is None:
        raise CaseError(problems)
    ask = _asker(console, accept=arguments.accept)
    rows = _table(claims)
    files = {"case.toml": _settled_toml(case, ask), "claims.csv": _settled_csv(rows, ask)}
    files |= {name: (folder / name).read_text(encoding="utf-8") for name in _FILES if (folder / name).is_file()}

    def write(into: Path) -> None:
        for name, text in files.items():
            (into / name).write_text(text, encoding="utf-8", newline="\n")

    written = write_folder(arguments.out, console, write)
    lies = written.lies
    console.say(console.words.say("written.settled", place=str(lies)))
    if code := written.code(console):
        return code
    arguments.case = lies
    read_case(lies)  # what is still wrong is told
    return OK


def _asker(console: Console, *, accept: bool) -> Ask:
    """Ask on the terminal; the same question once."""
    answers: dict[tuple[Message, str], str] = {}
    w = console.words

    def ask(what: Message, guessed: str) -> str:
        if accept and guessed:
            return guessed
        if (what, guessed) not in answers:
            console.error("\n".join([w.tell(what), *([w.say("ask.keeps", guess=guessed)] if guessed else [])]))
            try:
                said = input("> ").strip()
            except EOFError:
                raise RunError(message("ask.accept")) from None
            if not said and not guessed:
                console.error(w.say("ask.no_guess"))
                return ask(what, guessed)
            answers[what, guessed] = said or guessed
        return answers[what, guessed]

    return ask


def _settled_toml(text: str, ask: Ask) -> str:
    """Settle the marked strings of case.toml, line by line; all else stays as written."""
    lines, table = [], ""
    for line in text.split("\n"):
        if found := _TABLE.fullmatch(line):
            table = found[1]
        lines.append(line if line.lstrip().startswith("#") else _settled_line(line, table, ask))
    return "\n".join(lines)


def _settled_line(line: str, table: str, ask: Ask) -> str:
    return _MARKED.sub(lambda hit: _answer(hit, line, table, ask), line)


def _answer(hit: re.Match[str], line: str, table: str, ask: Ask) -> str:
    key = line.split("=", maxsplit=1)[0].strip()
    names = re.findall(r"([\w-]+)\s*=\s*\[?\s*$", line[: hit.start()])
    inner = names[-1] if names and names[-1] != key else ""
    place = {"table": table, "key": key}
    said = ask(message("ask.of_key_to", **place, name=inner) if inner else message("ask.of_key", **place), hit[1])
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        return said
    return f'"{said}"' if said == hit[1] else quoted(said)


def _table(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        problems = Problems()
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        for _ in rows_of(reader, lambda line, what: problems.append(Problem(f"claims.csv:{line}", what))):
            pass
        raise CaseError(problems) from None


def _settled_csv(rows: list[list[str]], ask: Ask) -> str:
    """Settle marked cells; a claim is dropped where 'drop' is answered."""
    head = [name.strip().casefold() for name in rows[0]] if rows else []
    kept = rows[:1]
    for row in rows[1:]:
        made, dropped = list(row), False
        for at, name in enumerate(head[: len(row)]):
            if dropped or name not in SETTLED_COLUMNS or not is_marked(row[at]):
                continue
            cells = dict(zip(head, row, strict=False))
            told = {"figure": cells.get("figure", ""), "quote": cells.get("quote", "")}
            made[at] = ask(message("ask.of_claim", column=name, **told), guess(row[at]))
            dropped = made[at].casefold() == "drop"
        kept += [] if dropped else [made]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(kept)
    return text.getvalue()
