"""argparse in the reader's language: its own words, the nearest name for what it does not know, types of options."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NoReturn, cast

from truetoll.claims.languages import LANGUAGES, Language
from truetoll.cli.console import leave
from truetoll.errors import closest
from truetoll.text.saying import Speaker
from truetoll.visible import visible

LANG, VARIABLE = "--lang", "TRUETOLL_LANG"
"""What tells the language: an option of every command, and what stands for it where it is not given."""


class Parser(argparse.ArgumentParser):
    """argparse that speaks a language; what was typed is shown, not obeyed.

    Parameters
    ----------
    prog : str
    w : Speaker
    **how : object
        As `argparse.ArgumentParser`.
    """

    def __init__(self, prog: str, *, w: Speaker, **how: Any) -> None:
        self.w, self._needed = w, list[argparse.Action]()
        looks: dict[str, Any] = {
            "formatter_class": _formatter(w.say("usage.usage")),
            "allow_abbrev": False,
            "exit_on_error": False,
        }
        super().__init__(prog, add_help=False, **looks, **how)
        self._positionals.title, self._optionals.title = w.say("usage.arguments"), w.say("usage.options")
        self.add_argument("-h", "--help", action="help", help=w.say("usage.help"))

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            leave(file or sys.stderr, visible(message))

    def error(self, message: str) -> NoReturn:
        """End with what is wrong with the command line.

        Parameters
        ----------
        message : str
            In the language.

        Raises
        ------
        SystemExit
            2.
        """
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.w.say('usage.error', prog=self.prog, what=message)}\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as argparse does, but tell in the language what is wrong.

        Parameters
        ----------
        args, namespace
            As `argparse.ArgumentParser.parse_known_args`.

        Returns
        -------
        argparse.Namespace, list of str
        """
        self._needed = [action for action in self._actions if action.required]
        _require(self._needed, required=False)  # what is missing is told here, and not in argparse's English
        try:
            found, rest = super().parse_known_args(args, namespace)
        except argparse.ArgumentError as error:
            self.error(self.w.say("usage.of_argument", name=error.argument_name or "", what=self._told(error)))
        finally:
            _require(self._needed, required=True)
        missing = [_called(action) for action in self._needed if getattr(found, action.dest, None) is None]
        if missing:
            self.error(self.w.say("usage.missing", names=", ".join(missing)))
        return found, rest

    def format_usage(self) -> str:
        """Write how the command is called."""
        _require(self._needed, required=True)
        return super().format_usage()

    def format_help(self) -> str:
        """Write all that ``--help`` shows."""
        _require(self._needed, required=True)
        return super().format_help()

    def _told(self, error: argparse.ArgumentError) -> str:
        """Say what is wrong with a value: in the words of its type, or that there is none, or one too many."""
        if isinstance(error.__context__, argparse.ArgumentTypeError):
            return error.message
        flags = [_called(action) for action in self._actions if action.nargs == 0]
        return self.w.say("usage.takes_none" if error.argument_name in flags else "usage.no_value")

    def parse(self, argv: Sequence[str], commands: Sequence[str]) -> argparse.Namespace:
        """Parse all of a command line.

        Parameters
        ----------
        argv : sequence of str
        commands : sequence of str
            Known ones.

        Returns
        -------
        argparse.Namespace

        Raises
        ------
        SystemExit
            2 if something is not known.
        """
        named = command_of(argv)
        if named and named not in commands:
            near = self._nearest(named, commands)
            self.error(self.w.say("usage.no_command", name=named, near=near, names=", ".join(commands)))
        arguments, rest = self.parse_known_args(argv)
        if rest:
            command: Parser = arguments.parser
            options = [name for action in command._actions for name in action.option_strings]
            near = self._nearest(rest[0].split("=")[0], options)
            command.error(self.w.say("usage.not_understood", read=rest[0], near=near))
        return cast(argparse.Namespace, arguments)

    def _nearest(self, read: str, known: Iterable[str]) -> str:
        near = closest(read, known)
        return self.w.say("usage.near", name=near) if near else ""


def _formatter(word: str) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.RawDescriptionHelpFormatter):
        """argparse's, with another word before the usage."""

        def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
            super().add_usage(usage, actions, groups, word if prefix is None else prefix)

    return Formatter


def _require(actions: Iterable[argparse.Action], *, required: bool) -> None:
    for action in actions:
        action.required = required


def _called(action: argparse.Action) -> str:
    """Name an argument as argparse does."""
    return "/".join(action.option_strings) or str(action.metavar or action.dest)


def command_of(argv: Sequence[str]) -> str | None:
    """Find the command of a command line.

    Parameters
    ----------
    argv : sequence of str
        Without the program's name.

    Returns
    -------
    str or None
        The first word that is no option, nor the language.
    """
    after = False
    for word in argv:
        if not after and not word.startswith("-"):
            return word
        after = word == LANG
    return None


def language_of(argv: Sequence[str], environ: Mapping[str, str]) -> Language | None:
    """Find the language that is asked for, before anything else is understood.

    Parameters
    ----------
    argv : sequence of str
    environ : mapping of str to str
        ``TRUETOLL_LANG`` counts where no option does: ``es``, or as systems write it, ``es_ES.UTF-8``.

    Returns
    -------
    {"en", "es"} or None
        None if none is asked for, or one that is not known.
    """
    read = [after for word, after in pairwise(argv) if word == LANG]
    read += [word.partition("=")[2] for word in argv if word.startswith(f"{LANG}=")]
    stated = re.split(r"[-_.@]", environ.get(VARIABLE, "").strip())[0].casefold()
    for each in (*read[-1:], stated):
        if each in LANGUAGES:
            return cast(Language, each)
    return None


# Types of options ---------------------------------------------------------------------------------------------------


def one_of(w: Speaker, known: Sequence[str]) -> Callable[[str], str]:
    """Make the type of one of several names.

    Parameters
    ----------
    w : Speaker
    known : sequence of str

    Returns
    -------
    callable
    """

    def read(text: str) -> str:
        if text not in known:
            raise argparse.ArgumentTypeError(w.say("usage.one_of", names=", ".join(known), read=text))
        return text

    return read


def whole(w: Speaker, low: int, high: int = 10**6) -> Callable[[str], int]:
    """Make the type of a whole number between two limits.

    Parameters
    ----------
    w : Speaker
    low, high : int

    Returns
    -------
    callable
    """

    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,12}", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(w.say("usage.whole", low=low, high=high, read=text))
        return int(text)

    return read


def day(w: Speaker) -> Callable[[str], date]:
    """Make the type of a date.

    Parameters
    ----------
    w : Speaker

    Returns
    -------
    callable
    """

    def read(text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise argparse.ArgumentTypeError(w.say("usage.day", read=text)) from None

    return read
