"""``new``: six questions, or as many flags, become a case folder."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.claims.languages import AT_LEAST, Language
from truetoll.claims.schema import OUTCOMES
from truetoll.cli.console import Console
from truetoll.cli.saving import write_folder
from truetoll.errors import WrongValueError, closest
from truetoll.runs.errors import RunError
from truetoll.runs.swap import check_target
from truetoll.text.messages import Message, Value, message
from truetoll.visible import cut_short

if TYPE_CHECKING:
    from truetoll.claims.reading.table import Row
    from truetoll.importers.beginning import Answers, Said

_NUMBER = re.compile(r"\d{1,3}(?:[.,_' ]\d{3})+(?!\d)|\d+")
"""A whole number, its thousands parted as any language does."""
_VICTIMS = ("military", "civilian", "mixed")


class _BadAnswerError(WrongValueError):
    """An answer that cannot be used; the message says what to write.

    Parameters
    ----------
    code : str
    **values : value
    """

    def __init__(self, code: str, **values: Value) -> None:
        super().__init__(message(code, **values))


def new(arguments: Namespace, console: Console) -> int:
    """Ask, write, and read what was written."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415
    from truetoll.importers.beginning import write_new  # noqa: PLC0415

    out: Path = arguments.case
    check_target(out, owned=False)
    answers = _Questions(arguments, console).answers()
    made = []

    def write(folder: Path) -> None:
        write_new(answers, folder, console.language)
        made.append(read_case(folder))  # a case that is not sound is not written

    written = write_folder(out, console, write)
    case, lies = made[0], written.lies
    w = console.words
    notices = [str(said) for said in case.notices]
    console.answer({"case": lies.as_posix(), "ok": True, "claims": len(case.claims), "notices": notices})
    for said in case.notices:
        console.say(w.tell(said))
    console.say(w.say("written.new", place=str(lies), figures=w.say("written.figures", n=len(case.claims))))
    return written.code(console)


@dataclass
class _Questions:
    """Six questions; what a flag answers is not asked."""

    arguments: Namespace
    console: Console

    def __post_init__(self) -> None:
        self.w = self.console.words
        self.language: Language = self.arguments.language or self.console.language
        self.example = self.w.say("ask.example", figure=AT_LEAST[self.language].format(60))

    def answers(self) -> Answers:
        """Ask what is left."""
        from truetoll.importers.beginning import Answers, days_of, read_figures  # noqa: PLC0415

        given = self.arguments
        rows: tuple[Row, ...] = ()
        if given.sheet is not None:
            rows, notices = read_figures(given.sheet, given.dates)
            for text in notices:
                self.console.say(self.w.tell(text))
        title = self._ask("ask.title", given.title, _line, self.w.say("ask.usual_title"))
        force = self._ask("ask.force", given.force, _line, "")
        victims = self._ask("ask.victims", given.victims, self._one_of("victims", _VICTIMS), "military")
        said = {part for row in rows for part in OUTCOMES if part in row.cells["losses"].casefold()}
        usual = ", ".join(name for name in OUTCOMES if name in said | {"killed", "wounded"})
        outcomes = self._ask("ask.outcomes", given.outcomes, self._outcomes, usual)
        first, last = days_of(rows)
        since = self._ask("ask.since", given.since, _day, str(first or ""))
        as_of = self._ask("ask.as_of", given.as_of, _day, str(last or ""))
        if since >= as_of:
            raise RunError(message("ask.order", as_of=as_of, since=since))
        low, high = self._ask("ask.losses", given.losses, _two_numbers, "")
        relations = self._relations(rows)
        figures = tuple(self._figures(rows))
        days, total = (since, as_of), (low, high)
        return Answers(title, force, victims, outcomes, *days, *total, figures, rows, relations, self.language)

    def _ask(self, code: str, given: str | None, read: Callable[[str], Any], usual: str, **values: Value) -> Any:
        """Read a flag, or ask until the answer can be used."""
        if given is not None:
            return self._read(given, read)
        question = message(code, **values)
        self._screen(question)
        while True:
            self.console.error(f"{self.w.tell(question)}{f' [{usual}]' if usual else ''}")
            text = self._line() or usual
            try:
                return read(text)
            except _BadAnswerError as error:
                self.console.error(f"   {self.w.tell(error.said)}")

    def _read(self, given: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(given)
        except _BadAnswerError as error:
            raise RunError(message("ask.not_used", read=given, why=error.said)) from None

    def _screen(self, question: Message) -> None:
        if sys.stdin is None or not sys.stdin.isatty():
            said = " ".join(self.w.tell(question).split())
            raise RunError(message("ask.nobody", question=said))

    def _line(self) -> str:
        try:
            return input("> ").strip()
        except EOFError:
            raise RunError(message("ask.ended")) from None

    def _one_of(self, section: str, known: tuple[str, ...]) -> Callable[[str], str]:
        """Read one of several names: as files have it, or as the language does."""
        names = {self.w.of(section, name).casefold(): name for name in known} | {name: name for name in known}

        def read(text: str) -> str:
            plain = text.strip().casefold()
            if found := names.get(plain) or names.get(plain.replace(" ", "_")):
                return found
            near = closest(plain.replace(" ", "_"), known)
            raise _BadAnswerError("ask.one_of", names=known, near=message("ask.near", name=near) if near else "")

        return read

    def _outcomes(self, text: str) -> tuple[str, ...]:
        """Read outcomes, as files have them or as the language does."""
        own = {self.w.of("quantity", name): name for name in OUTCOMES}
        between = self.w.say("list.and").strip()
        words = [own.get(word, word) for word in re.split(r"[,;\s]+", text.casefold()) if word and word != between]
        strange = [word for word in words if word not in OUTCOMES]
        if strange or not set(words) & {"killed", "wounded"}:
            raise _BadAnswerError("ask.some_of", names=OUTCOMES)
        return tuple(name for name in OUTCOMES if name in words)

    def _relations(self, rows: tuple[Row, ...]) -> dict[str, str]:
        """Ask what each source of a spreadsheet is to the force."""
        from truetoll.importers.beginning import RELATIONS  # noqa: PLC0415

        related = self._one_of("relation", RELATIONS)
        found: dict[str, str] = {}
        for text in self.arguments.source or ():
            name, _, relation = text.rpartition("=")
            if not name:
                raise RunError(message("ask.pair", read=text))
            found[name.strip()] = self._read(relation, related)
        names = [name for name in dict.fromkeys(row.cells["source"] for row in rows) if name and name not in found]
        if names:
            self._screen(message("ask.relation_missing", name=names[0]))
            self.console.error(f"{self.w.say('ask.relation')}\n{self._listed()}")
        for name in names:
            found[name] = self._ask("ask.relation_of", None, related, "", name=name)
        return found

    def _figures(self, rows: tuple[Row, ...]) -> list[Said]:
        from truetoll.importers.beginning import RELATIONS, Said  # noqa: PLC0415

        related = self._one_of("relation", RELATIONS)
        lost = {self.w.of("quantity", name): name for name in (*OUTCOMES, "casualties", "strength")}

        def read(text: str) -> Said:
            parts = [part.strip() for part in text.split(";")]
            if len(parts) != 5:
                raise _BadAnswerError("ask.five", example=self.example)
            source, relation, losses, figure, day = parts
            return Said(source, related(relation), lost.get(losses.casefold(), losses), figure, str(_day(day)))

        given = [self._read(text, read) for text in self.arguments.figure or ()]
        if given or rows:
            return given
        self._screen(message("ask.figures_missing", example=self.example))
        found = [self._ask("ask.figures", None, read, "", example=self.example, relations=self._listed())]
        while text := self._line():
            try:
                found.append(read(text))
            except _BadAnswerError as error:
                self.console.error(f"   {self.w.tell(error.said)}")
        return found

    def _listed(self) -> str:
        from truetoll.importers.beginning import RELATIONS  # noqa: PLC0415

        return "\n".join(f"     {key:<18} {self.w.say(f'ask_relation.{key}')}" for key in RELATIONS)


def _line(text: str) -> str:
    if not text.strip():
        raise _BadAnswerError("ask.some_words")
    return cut_short(" ".join(text.split()), 200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _BadAnswerError("ask.day") from None


def _two_numbers(text: str) -> tuple[float, float]:
    from truetoll.importers.beginning import around  # noqa: PLC0415

    numbers = [float(re.sub(r"\D", "", part)) for part in _NUMBER.findall(text)]
    if len(numbers) == 1 and numbers[0] > 0:
        return around(numbers[0])
    if len(numbers) != 2 or not 0 < numbers[0] < numbers[1]:
        raise _BadAnswerError("ask.two_numbers")
    return numbers[0], numbers[1]
