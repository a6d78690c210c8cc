"""The commands in the order of the work, their options, and worked examples; all words are the catalogue's."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from truetoll import __version__
from truetoll.claims.languages import LANGUAGES
from truetoll.claims.reading.shipped import shipped
from truetoll.cli.parser import LANG, VARIABLE, Parser, command_of, day, language_of, one_of, whole
from truetoll.importers.bins import WIDTHS
from truetoll.importers.formats import FORMATS
from truetoll.text.saying import Speaker

MAX_SEED = 2**32 - 1
_EXAMPLES = Path(__file__).parent / "examples"
_REPEATED: dict[str, Any] = {"action": "append"}
_FLAG: dict[str, Any] = {"action": "store_true"}


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Understand a command line.

    Parameters
    ----------
    argv : sequence of str
        Without the program's name.

    Returns
    -------
    argparse.Namespace
        ``command``, its ``lang`` (None if none is asked for), and its options; those of `Settings` only if they were
        given.

    Raises
    ------
    SystemExit
        2 for a wrong command line, 0 after ``--help`` and ``--version``.
    """
    language = language_of(argv, os.environ)
    parser = _parser(Speaker(language or "en"))
    arguments = parser.parse(argv if command_of(argv) or _asks(argv) else [*argv, "--help"], COMMANDS)
    if language is None and (stated := os.environ.get(VARIABLE)):
        told = parser.w.say("usage.one_of", names=", ".join(LANGUAGES), read=stated)
        parser.error(parser.w.say("usage.of_variable", name=VARIABLE, what=told))
    arguments.lang = language
    return arguments


def _asks(argv: Sequence[str]) -> bool:
    """Whether something is asked of no command."""
    return any(word.startswith("-") and word.partition("=")[0] != LANG for word in argv)


def _parser(w: Speaker) -> Parser:
    parser = Parser("truetoll", w=w, description=w.say("usage.about"), epilog=_example("truetoll", w))
    parser.add_argument("--version", action="version", version=f"truetoll {__version__}", help=w.say("usage.version"))
    _add_language(parser, w)
    commands = parser.add_subparsers(dest="command", metavar=w.say("metavar.command"), required=True)
    for name in COMMANDS:
        says = w.say(f"command.{name.replace('-', '_')}")
        said = f"{says[0].upper()}{says[1:]}."
        command = commands.add_parser(name, w=w, help=says, description=said, epilog=_example(name, w))
        _ADD[name](command, w)
        _add_language(command, w)
        option = _adder(command, w)
        option("--json", "help.json", **_FLAG)
        option("--quiet", "help.quiet", **_FLAG)
        option("--debug", "help.debug", **_FLAG)
        command.set_defaults(parser=command)
    return parser


def _example(name: str, w: Speaker) -> str:
    """Give the examples of a command in a language; those in English where it has none."""
    paths = (_EXAMPLES / language / f"{name}.txt" for language in (w.language, "en"))
    text = next(path for path in paths if path.exists()).read_text(encoding="utf-8")
    return f"{text}\n{w.say('usage.exits')}"


def _adder(to: Any, w: Speaker) -> Callable[..., None]:
    """Make what adds an option to a command or a group: its name, the code of its words, that of its value."""

    def add(name: str, says: str, value: str = "", /, said: dict[str, object] | None = None, **how: Any) -> None:
        if value:
            how["metavar"] = w.say(value)
        if names := how.pop("among", None):
            how |= {"type": one_of(w, names)} | ({} if value else {"metavar": f"{{{','.join(names)}}}"})
        to.add_argument(name, help=w.say(says, **(said or {})).replace("%", "%%"), **how)

    return add


def _group(command: Parser, w: Speaker, title: str) -> Callable[..., None]:
    return _adder(command.add_argument_group(w.say(title)), w)


def _add_language(command: Parser, w: Speaker) -> None:
    # Suppressed, so that what stands before a command is not lost in the defaults of the command.
    _adder(command, w)(LANG, "help.lang", among=LANGUAGES, default=argparse.SUPPRESS)


def _add_cases(command: Parser, w: Speaker) -> None:
    _adder(command, w)("folder", "help.cases_folder", "metavar.folder", nargs="?", type=Path)


def _add_folder_of_case(command: Parser, w: Speaker) -> None:
    _adder(command, w)("case", "help.case", "metavar.case", type=Path)
    command.set_defaults(reads=True)


def _add_generated(command: Parser, w: Speaker) -> None:
    _adder(command, w)("--generated", "help.generated", **_FLAG)


def _add_scenarios(command: Parser, w: Speaker) -> None:
    _add_folder_of_case(command, w)
    _add_generated(command, w)


def _add_case(command: Parser, w: Speaker) -> None:
    _add_folder_of_case(command, w)
    _adder(command, w)("--scenario", "help.scenario", "metavar.name")


def _add_fit(command: Parser, w: Speaker) -> None:
    _add_case(command, w)
    option = _adder(command, w)
    option("--as-of", "help.known_on", "metavar.date")
    option("--out", "help.out_fit", "metavar.dir", type=Path)
    _add_report_too(command, w)
    _add_sampling(command, w)


def _add_compare(command: Parser, w: Speaker) -> None:
    _add_folder_of_case(command, w)
    option = _adder(command, w)
    option("--scenario", "help.scenarios", "metavar.name", dest="scenarios", default=[], **_REPEATED)
    _add_generated(command, w)
    option("--preview", "help.preview", **_FLAG)
    option("--out", "help.out_compare", "metavar.dir", type=Path)
    _add_report_too(command, w)
    further = _group(command, w, "help.further")
    further("--leave-one-out", "help.leave_one_out", **_FLAG)
    further("--attribute", "help.attribute", "metavar.name", default=[], **_REPEATED)
    further("--one-at-a-time", "help.one_at_a_time", **_FLAG)
    _add_sampling(command, w, draws=500, tune=150)
    _add_processes(command, w)


def _add_replay(command: Parser, w: Speaker) -> None:
    _add_case(command, w)
    which = _group(command, w, "help.dates_of_replay")
    which("--from", "help.first_date", "metavar.date", dest="first")
    which("--to", "help.last_date", "metavar.date", dest="last")
    which("--every", "help.every_step", "metavar.step")
    which("--dates", "help.dates_listed", "metavar.dates")
    _adder(command, w)("--out", "help.out_replay", "metavar.dir", type=Path)
    _add_sampling(command, w, draws=500, tune=150)
    _add_processes(command, w)


def _add_calibrate(command: Parser, w: Speaker) -> None:
    _add_case(command, w)
    option = _adder(command, w)
    option("--simulations", "help.simulations", "metavar.n", type=whole(w, 20, 100_000), default=100)
    option("--misspecified", "help.misspecified", **_FLAG)
    option("--seed", "help.seed", "metavar.n", type=whole(w, 0, MAX_SEED), default=argparse.SUPPRESS)
    option("--out", "help.out_calibrate", "metavar.dir", type=Path)
    _add_processes(command, w)


def _add_hindcast(command: Parser, w: Speaker) -> None:
    option = _adder(command, w)
    option("case", "help.benchmark", "metavar.folder", nargs="?", type=Path, default=shipped() / "hindcast")
    command.set_defaults(reads=True)
    option("--estimate", "help.estimate", **_FLAG)
    option("--leave-one-war-out", "help.leave_one_war_out", **_FLAG)
    option("--seed", "help.seed", "metavar.n", type=whole(w, 0, MAX_SEED), default=1)
    option("--out", "help.out_hindcast", "metavar.dir", type=Path)
    _add_processes(command, w)


def _add_processes(command: Parser, w: Speaker) -> None:
    spread = _group(command, w, "help.processes")
    spread("--workers", "help.workers", "metavar.n", type=whole(w, 1, 1024))
    spread("--dask", "help.dask", "metavar.address")


def _add_sampling(command: Parser, w: Speaker, draws: int = 1000, tune: int = 500) -> None:
    given = _group(command, w, "help.sampling")
    absent: dict[str, Any] = {"default": argparse.SUPPRESS}
    given("--draws", "help.draws", "metavar.n", {"n": str(draws)}, type=whole(w, 100), **absent)
    given("--tune", "help.tune", "metavar.n", {"n": str(tune)}, type=whole(w, 100), **absent)
    given("--chains", "help.chains", "metavar.n", type=whole(w, 2), **absent)
    given("--seed", "help.seed", "metavar.n", type=whole(w, 0, MAX_SEED), **absent)
    given("--cores", "help.cores", "metavar.n", type=whole(w, 1), **absent)
    given("--sampler", "help.sampler", among=("nutpie", "pymc"), **absent)


def _add_show(command: Parser, w: Speaker) -> None:
    _adder(command, w)("folder", "help.run", "metavar.dir", type=Path)


def _add_report(command: Parser, w: Speaker) -> None:
    _add_show(command, w)
    option = _adder(command, w)
    option("--out", "help.out_report", "metavar.file", type=Path)
    option("--format", "help.format", among=("html", "md", "csv", "tex"), default="html")
    option("--calibration", "help.calibration", "metavar.dir", type=Path)
    option("--figures", "help.figures", among=("png", "svg"))
    option("--refits", "help.refits", **_FLAG)


def _add_report_too(command: Parser, w: Speaker) -> None:
    _adder(command, w)("--report", "help.report_too", **_FLAG)


def _add_import(command: Parser, w: Speaker) -> None:
    option = _adder(command, w)
    option("format", "help.import_format", "metavar.format", {"names": ", ".join(FORMATS)}, among=tuple(FORMATS))
    option("case", "help.import_file", "metavar.file", type=Path)
    option("--out", "help.out_case", "metavar.case", type=Path, required=True)
    one, week = ([name for name, each in FORMATS.items() if each.bins == width] for width in (None, "week"))
    option("--bins", "help.bins", said={"one": ", ".join(one), "week": ", ".join(week)}, among=WIDTHS)
    option("--skip-bad", "help.skip_bad", **_FLAG)
    option("--only", "help.only", "metavar.name", **_REPEATED)
    option("--every", "help.every_period", among=WIDTHS)
    option("--source", "help.source_of_statements", "metavar.source", **_REPEATED)
    events = _group(command, w, "help.events")
    events("--country", "help.country", "metavar.name")
    events("--conflict", "help.conflict", "metavar.name", **_REPEATED)
    events("--since", "help.events_since", "metavar.date", type=day(w))
    events("--as-of", "help.events_as_of", "metavar.date", type=day(w))
    events("--dates", "help.events_dates", among=("dmy", "mdy"))
    events("--join-rest", "help.join_rest", default=None, **_FLAG)


def _add_new(command: Parser, w: Speaker) -> None:
    option = _adder(command, w)
    option("case", "help.out_case", "metavar.case", type=Path)
    option("--from", "help.sheet", "metavar.file", dest="sheet", type=Path)
    option("--title", "help.title", "metavar.text")
    option("--force", "help.force", "metavar.name")
    option("--victims", "help.victims", "metavar.kind")
    option("--outcomes", "help.outcomes", "metavar.list")
    option("--since", "help.new_since", "metavar.date")
    option("--as-of", "help.new_as_of", "metavar.date")
    option("--losses", "help.losses", "metavar.range")
    option("--figure", "help.figure", "metavar.text", **_REPEATED)
    option("--source", "help.source_of_sheet", "metavar.source", **_REPEATED)
    option("--dates", "help.sheet_dates", among=("dmy", "mdy", "ymd"))
    option("--language", "help.language_of_figures", among=LANGUAGES)


def _add_draft(command: Parser, w: Speaker) -> None:
    option = _adder(command, w)
    option("case", "help.article", "metavar.article", type=Path)
    option("--out", "help.out_draft", "metavar.case", type=Path)
    option("--language", "help.language_of_article", among=LANGUAGES)
    option("--date", "help.article_date", "metavar.date", type=day(w))
    option("--since", "help.article_since", "metavar.date", type=day(w))
    option("--url", "help.url", "metavar.url")


def _add_settle(command: Parser, w: Speaker) -> None:
    _add_folder_of_case(command, w)
    option = _adder(command, w)
    option("--out", "help.out_case", "metavar.case", type=Path, required=True)
    option("--accept", "help.accept", **_FLAG)


def _add_sum_incidents(command: Parser, w: Speaker) -> None:
    _add_folder_of_case(command, w)
    option = _adder(command, w)
    option("--out", "help.out_case", "metavar.case", type=Path, required=True)
    option("--complete", "help.complete", **_FLAG)


def _add_nothing(command: Parser, w: Speaker) -> None:
    del command, w


_ADD: dict[str, Callable[[Parser, Speaker], None]] = {
    "new": _add_new,
    "draft": _add_draft,
    "settle": _add_settle,
    "cases": _add_cases,
    "validate": _add_case,
    "scenarios": _add_scenarios,
    "fit": _add_fit,
    "compare": _add_compare,
    "replay": _add_replay,
    "calibrate": _add_calibrate,
    "hindcast": _add_hindcast,
    "report": _add_report,
    "show": _add_show,
    "import": _add_import,
    "sum-incidents": _add_sum_incidents,
    "schema": _add_nothing,
}
COMMANDS = tuple(_ADD)
"""Commands in the order of the work."""
