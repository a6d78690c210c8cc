"""``new``: six questions, or as many flags, become a case folder."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.claims.schema import OUTCOMES
from truetoll.cli.console import Console
from truetoll.cli.saving import write_folder
from truetoll.errors import closest
from truetoll.runs.errors import RunError
from truetoll.runs.swap import check_target

if TYPE_CHECKING:
    from truetoll.claims.reading.table import Row
    from truetoll.importers.beginning import Answers, Said

_EXAMPLE = "Ministry of Defence; adversary; killed; about 60; 2024-06-01"
_VICTIMS = ("military", "civilian", "mixed")


class _BadAnswerError(ValueError):
    """An answer that cannot be used; the text says what to write."""


def new(arguments: Namespace, console: Console) -> int:
    """Ask, write, and read what was written."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415
    from truetoll.importers.beginning import write_new  # noqa: PLC0415

    out: Path = arguments.case
    check_target(out, owned=False)
    answers = _Questions(arguments, console).answers()
    made = []

    def write(folder: Path) -> None:
        write_new(answers, folder)
        made.append(read_case(folder))  # a case that is not sound is not written

    written = write_folder(out, console, write)
    case, lies = made[0], written.lies
    notices = [str(said) for said in case.notices]
    console.answer({"case": lies.as_posix(), "ok": True, "claims": len(case.claims), "notices": notices})
    for text in notices:
        console.say(text)
    n = len(case.claims)
    figures = f"{n} figure{'s' if n > 1 else ''}"
    console.say(f"Written to {lies}: case.toml, claims.csv with {figures}. Next: truetoll fit {lies}")
    return written.code(console)


@dataclass
class _Questions:
    """Six questions; what a flag answers is not asked."""

    arguments: Namespace
    console: Console

    def answers(self) -> Answers:
        """Ask what is left."""
        from truetoll.importers.beginning import Answers, days_of, read_figures  # noqa: PLC0415

        given = self.arguments
        rows: tuple[Row, ...] = ()
        if given.sheet is not None:
            rows, notices = read_figures(given.sheet, given.dates)
            for text in notices:
                self.console.say(str(text))
        title = self._ask("1. What is this case about? One line.", given.title, _line, "Losses")
        force = self._ask("2. Whose losses? A force or a people, such as: northern brigade.", given.force, _line, "")
        why = "military, if soldiers and fighters; civilian; or mixed, if nobody tells them apart."
        victims = self._ask(
            f"   Are they military, civilian or mixed?\n   {why}", given.victims, _one_of(_VICTIMS), "military"
        )
        said = {part for row in rows for part in OUTCOMES if part in row.cells["losses"].casefold()}
        usual = ", ".join(name for name in OUTCOMES if name in said | {"killed", "wounded"})
        why = "killed and wounded, as figures of casualties count both."
        outcomes = self._ask(
            f"3. Losses of which kinds? killed, wounded, captured, missing.\n   Usual: {why}",
            given.outcomes,
            _outcomes,
            usual,
        )
        first, last = days_of(rows)
        since = self._ask(
            "4. From when on? The last day BEFORE losses are counted, year-month-day.",
            given.since,
            _day,
            str(first or ""),
        )
        as_of = self._ask("   Up to which day?", given.as_of, _day, str(last or ""))
        if since >= as_of:
            raise RunError(f"the last day ({as_of}) must lie after the first ({since})")
        low, high = self._ask(
            "5. Before any figure: how many may have been lost in all, of these kinds\n"
            "   together? Two numbers, so far apart that you would bet nine to one on the\n"
            "   truth lying between: 100-10000. If you know little, choose them far apart:\n"
            "   narrow ones would weigh more than what sources say.",
            given.losses, _two_numbers, "",
        )  # fmt: skip
        relations = self._relations(rows)
        figures = tuple(self._figures(rows))
        language = given.language or "en"
        return Answers(title, force, victims, outcomes, since, as_of, low, high, figures, rows, relations, language)

    def _ask(self, question: str, given: str | None, read: Callable[[str], Any], usual: str) -> Any:
        """Read a flag, or ask until the answer can be used."""
        if given is not None:
            try:
                return read(given)
            except _BadAnswerError as error:
                raise RunError(f"{given!r}: {error}") from None
        self._screen(question)
        while True:
            self.console.error(f"{question}{f' [{usual}]' if usual else ''}")
            text = self._line() or usual
            try:
                return read(text)
            except _BadAnswerError as error:
                self.console.error(f"   {error}")

    def _screen(self, question: str) -> None:
        if sys.stdin is None or not sys.stdin.isatty():
            said = " ".join(question.split())
            raise RunError(f"nobody can be asked here, and no option answers: {said} (see truetoll new --help)")

    def _line(self) -> str:
        try:
            return input("> ").strip()
        except EOFError:
            raise RunError("the answers ended; nothing is written") from None

    def _relations(self, rows: tuple[Row, ...]) -> dict[str, str]:
        """Ask what each source of a spreadsheet is to the force."""
        from truetoll.importers.beginning import RELATIONS  # noqa: PLC0415

        found: dict[str, str] = {}
        for text in self.arguments.source or ():
            name, _, relation = text.rpartition("=")
            if not name:
                raise RunError(f"{text!r}: write NAME=RELATION, such as 'Ministry of Defence=adversary'")
            found[name.strip()] = self._ask("", relation, _one_of(tuple(RELATIONS)), "")
        names = [name for name in dict.fromkeys(row.cells["source"] for row in rows) if name and name not in found]
        if names:
            self._screen(f"what is {names[0]!r} to the force? --source {names[0]!r}=RELATION")
            self.console.error(f"6. What is each source to those who were lost?\n{_listed(RELATIONS)}")
        for name in names:
            found[name] = self._ask(f"   {name}?", None, _one_of(tuple(RELATIONS)), "")
        return found

    def _figures(self, rows: tuple[Row, ...]) -> list[Said]:
        from truetoll.importers.beginning import RELATIONS, Said  # noqa: PLC0415

        def read(text: str) -> Said:
            parts = [part.strip() for part in text.split(";")]
            if len(parts) != 5:
                raise _BadAnswerError(f"write five things with semicolons: {_EXAMPLE}")
            day = _day(parts[4])
            return Said(parts[0], _one_of(tuple(RELATIONS))(parts[1]), parts[2], parts[3], str(day))

        given = [self._ask("", text, read, "") for text in self.arguments.figure or ()]
        if given or rows:
            return given
        question = (
            "6. The figures, one a line: who said it; what they are to those lost; killed,\n"
            "   wounded or casualties; the figure in their words; the day it counts up to.\n"
            f"   Example: {_EXAMPLE}\n   An empty line ends. What they are:\n{_listed(RELATIONS)}"
        )
        found = [self._ask(question, None, read, "")]
        while text := self._line():
            try:
                found.append(read(text))
            except _BadAnswerError as error:
                self.console.error(f"   {error}")
        return found


def _listed(relations: Mapping[str, str]) -> str:
    return "\n".join(f"     {key:<18} {says}" for key, says in relations.items())


def _line(text: str) -> str:
    if not text.strip():
        raise _BadAnswerError("write a few words")
    return " ".join(text.split())[:200]


def _one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        word = text.strip().casefold().replace(" ", "_")
        if word in known:
            return word
        near = closest(word, known)
        raise _BadAnswerError(f"write one of: {', '.join(known)}" + (f" (did you mean {near!r}?)" if near else ""))

    return read


def _outcomes(text: str) -> tuple[str, ...]:
    words = [word for word in re.split(r"[,;\s]+(?:and\s+)?", text.casefold()) if word and word != "and"]
    strange = [word for word in words if word not in OUTCOMES]
    if strange or not set(words) & {"killed", "wounded"}:
        raise _BadAnswerError(f"write some of: {', '.join(OUTCOMES)}; killed or wounded must be among them")
    return tuple(name for name in OUTCOMES if name in words)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _BadAnswerError("write a day year-month-day, such as 2024-06-01") from None


def _two_numbers(text: str) -> tuple[float, float]:
    from truetoll.importers.beginning import around  # noqa: PLC0415

    numbers = [float(re.sub(r"[,_' ]", "", part)) for part in re.findall(r"\d[\d,_' ]*", text)]
    if len(numbers) == 1 and numbers[0] > 0:
        return around(numbers[0])
    if len(numbers) != 2 or not 0 < numbers[0] < numbers[1]:
        raise _BadAnswerError("write two numbers, the lower first, such as 100-10000")
    return numbers[0], numbers[1]
