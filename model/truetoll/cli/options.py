"""The words of the command line: commands in the order of the work, their options, worked examples."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from truetoll import __version__
from truetoll.claims.languages import LANGUAGES, Language
from truetoll.claims.reading.shipped import shipped
from truetoll.cli.console import leave
from truetoll.importers.bins import WIDTHS
from truetoll.importers.formats import FORMATS
from truetoll.visible import visible

COMMANDS = {
    "new": "begin a case: six questions, or a spreadsheet of figures",
    "draft": "draft a case of an article: its loss figures, who said them, of whom, when",
    "settle": "ask for everything a draft leaves open, and write the settled case",
    "cases": "list the cases of a folder, or those here and those that are shipped",
    "validate": "read a case, report every problem at once, print claims and sources as understood",
    "scenarios": "list the named assumptions of a case",
    "fit": "compute the posterior of a case and save the run",
    "compare": "compute a case under several assumptions, side by side, and save the comparison",
    "replay": "refit a case as it was known on one date after the other: how the answer would have moved",
    "calibrate": "check on simulated truths that the intervals of a case hold what they say",
    "hindcast": "score the method on past wars, or estimate from them how far sources are believed",
    "report": "write a saved run as one page that a reader can question, or as tables and figures",
    "show": "print a saved run, comparison, replay or calibration again",
    "import": "make a case of somebody else's data: tallies, lists, estimates, events, as their makers publish them",
    "sum-incidents": "make a case in which figures that are incidents are added up by bin",
    "schema": "print the JSON Schema of case.toml",
}
"""Commands in the order of the work."""

_SPEAKS = ("validate", "scenarios", "fit", "compare", "replay", "calibrate", "hindcast", "report", "show")
"""Commands that answer in a language that can be chosen."""
_EXAMPLES = Path(__file__).parent / "examples"
_EXITS = "exit codes: 0 done; 1 it failed (a disk, a bug); 2 a problem in the case or in the command; 3 not converged"
MAX_SEED = 2**32 - 1


class _Parser(argparse.ArgumentParser):
    """argparse, with the nearest name for what it does not know; what was typed is shown, not obeyed."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            leave(file or sys.stderr, visible(message))

    def parse(self, argv: Sequence[str]) -> argparse.Namespace:
        if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
            self.error(f"there is no command {argv[0]!r}{_nearest(argv[0], COMMANDS)}; commands: {', '.join(COMMANDS)}")
        arguments, rest = self.parse_known_args(argv)
        if rest:
            command: argparse.ArgumentParser = arguments.parser
            options = [name for action in command._actions for name in action.option_strings]
            command.error(f"not understood: {rest[0]}{_nearest(rest[0].split('=')[0], options)}")
        return arguments


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Understand a command line.

    Parameters
    ----------
    argv : sequence of str
        Without the program's name.

    Returns
    -------
    argparse.Namespace
        ``command``, and its options; those of `Settings` only if they were given.

    Raises
    ------
    SystemExit
        2 for a wrong command line, 0 after ``--help`` and ``--version``.
    """
    return _parser().parse(argv or ["--help"])


def _parser() -> _Parser:
    text = argparse.RawDescriptionHelpFormatter
    about = "From published loss figures that contradict each other to a posterior over true losses."
    parser = _Parser(
        "truetoll", description=about, epilog=_example("truetoll"), formatter_class=text, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"truetoll {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for name, says in COMMANDS.items():
        said = f"{says[0].upper()}{says[1:]}."
        command = commands.add_parser(
            name, help=says, description=said, epilog=_example(name), formatter_class=text, allow_abbrev=False
        )
        _ADD[name](command)
        if name in _SPEAKS:
            _add_language(command)
        _add_common(command)
        command.set_defaults(parser=command)
    return parser


def _nearest(read: str, known: Sequence[str] | dict[str, str]) -> str:
    close = difflib.get_close_matches(read, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _example(name: str) -> str:
    path = _EXAMPLES / f"{name}.txt"
    return f"{path.read_text(encoding='utf-8')}\n{_EXITS}"


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON document on stdout, nothing else")
    command.add_argument("--quiet", action="store_true", help="say nothing but errors (and the JSON, with --json)")
    command.add_argument("--debug", action="store_true", help="show the traceback of an unexpected error")


def _add_language(command: argparse.ArgumentParser) -> None:
    told = "language of tables, figures and notices; default: en, of a report that of the case; JSON, CSV and problems"
    command.add_argument("--lang", choices=LANGUAGES, help=f"{told} are English")


def spoken(arguments: argparse.Namespace) -> Language:
    """Tell in which language a command speaks.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    {"en", "es"}
        English if it was not asked for another: that of an article (``draft``) is no such wish.
    """
    asked: Language | None = getattr(arguments, "lang", None)
    return asked if asked and arguments.command != "draft" else "en"


def _add_cases(command: argparse.ArgumentParser) -> None:
    told = "default: data and cases of the working folder, and what is shipped"
    command.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, help=told)


def _add_folder_of_case(command: argparse.ArgumentParser) -> None:
    told = "a case folder, its case.toml, or the name of a shipped case"
    command.add_argument("case", metavar="CASE", type=Path, help=told)
    command.set_defaults(reads=True)


def _add_generated(command: argparse.ArgumentParser) -> None:
    told = "with those that fit every case: believe_SOURCE and without_SOURCE, no_stake, no_bias, twice_the_noise"
    command.add_argument("--generated", action="store_true", help=told)


def _add_scenarios(command: argparse.ArgumentParser) -> None:
    _add_folder_of_case(command)
    _add_generated(command)


def _add_case(command: argparse.ArgumentParser) -> None:
    _add_folder_of_case(command)
    command.add_argument("--scenario", metavar="NAME", help="a scenario of scenarios.toml, or a generated one")


def _add_fit(command: argparse.ArgumentParser) -> None:
    _add_case(command)
    told = "use only what had been reported by that day, and answer for losses up to it (2025-01-31)"
    command.add_argument("--as-of", metavar="DATE", help=told)
    told = "run folder; default: runs/CASE, with -SCENARIO and -as-of-DATE"
    command.add_argument("--out", metavar="DIR", type=Path, help=told)
    _add_report_too(command)
    _add_sampling(command)


def _add_compare(command: argparse.ArgumentParser) -> None:
    _add_folder_of_case(command)
    option = command.add_argument
    which = "one to compare with the base case, may be repeated; default: all of scenarios.toml"
    option("--scenario", dest="scenarios", metavar="NAME", action="append", default=[], help=which)
    _add_generated(command)
    option("--preview", action="store_true", help="reweight the draws of the base case where that can be trusted")
    option("--out", metavar="DIR", type=Path, help="folder of the comparison; default: runs/CASE-compare")
    _add_report_too(command)
    further = command.add_argument_group("further questions").add_argument
    further("--leave-one-out", action="store_true", help="what follows without each source and each claim")
    which = "what makes the shift of this scenario, may be repeated"
    further("--attribute", metavar="NAME", action="append", default=[], help=which)
    further("--one-at-a-time", action="store_true", help="how far each assumption reaches alone")
    _add_sampling(command, draws=500, tune=150)
    _add_processes(command)


def _add_replay(command: argparse.ArgumentParser) -> None:
    _add_case(command)
    which = command.add_argument_group("dates; default: each on which something new was reported, 20 at most")
    which.add_argument("--from", dest="first", metavar="DATE", help="first date; default: of the first report in use")
    which.add_argument("--to", dest="last", metavar="DATE", help="last date; default: of the last report in use")
    which.add_argument("--every", metavar="STEP", help="week, month, or a number of days")
    told = "exactly these, with commas between: 2025-01-13,2025-02-04"
    which.add_argument("--dates", metavar="DATES", help=told)
    told = "default: runs/CASE-replay or runs/CASE-SCENARIO-replay"
    command.add_argument("--out", metavar="DIR", type=Path, help=told)
    _add_sampling(command, draws=500, tune=150)
    _add_processes(command)


def _add_calibrate(command: argparse.ArgumentParser) -> None:
    _add_case(command)
    option = command.add_argument
    option("--simulations", metavar="N", type=_whole(20, 100_000), default=100, help="default: 100; 1,000 show more")
    which = "also draw claims from sources that are not as assumed; six times as long"
    option("--misspecified", action="store_true", help=which)
    option("--seed", metavar="N", type=_whole(0, MAX_SEED), default=argparse.SUPPRESS, help="random seed; default: 1")
    option("--out", metavar="DIR", type=Path, help="default: runs/CASE-calibrate or runs/CASE-SCENARIO-calibrate")
    _add_processes(command)


def _add_hindcast(command: argparse.ArgumentParser) -> None:
    option = command.add_argument
    told = "with claims.csv and truth.csv; default: the shipped benchmark"
    option("case", metavar="FOLDER", nargs="?", type=Path, default=shipped() / "hindcast", help=told)
    command.set_defaults(reads=True)
    option("--estimate", action="store_true", help="estimate reliability from it, and write the table")
    told = "answer each target with a table estimated from the other wars; always so for the shipped benchmark"
    option("--leave-one-war-out", action="store_true", help=told)
    option("--seed", metavar="N", type=_whole(0, MAX_SEED), default=1, help="random seed; default: 1")
    option("--out", metavar="DIR", type=Path, help="default: runs/FOLDER-hindcast or runs/FOLDER-estimate")
    _add_processes(command)


def _add_processes(command: argparse.ArgumentParser) -> None:
    spread = command.add_argument_group("several processes").add_argument
    spread("--workers", metavar="N", type=_whole(1, 1024), help="processes on this machine; default: 1")
    spread("--dask", metavar="ADDRESS", help="of a Dask scheduler, instead of --workers")


def _add_sampling(command: argparse.ArgumentParser, draws: int = 1000, tune: int = 500) -> None:
    given = command.add_argument_group("sampling").add_argument
    absent = argparse.SUPPRESS
    given("--draws", metavar="N", type=_whole(100), default=absent, help=f"kept draws per chain; default: {draws}")
    given("--tune", metavar="N", type=_whole(100), default=absent, help=f"discarded steps per chain; default: {tune}")
    given("--chains", metavar="N", type=_whole(2), default=absent, help="chains; default: 4")
    given("--seed", metavar="N", type=_whole(0, MAX_SEED), default=absent, help="random seed; default: 1")
    given("--cores", metavar="N", type=_whole(1), default=absent, help="chains at a time; default: 4, or as there are")
    given("--sampler", choices=("nutpie", "pymc"), default=absent, help="which NUTS; default: nutpie")


def _add_show(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", metavar="DIR", type=Path, help="folder of a run, as given to --out")


def _add_report(command: argparse.ArgumentParser) -> None:
    _add_show(command)
    option = command.add_argument
    option("--out", metavar="FILE", type=Path, help="default: DIR/report.html, or with the ending of another format")
    told = "html: one page that needs nothing else; md, tex: all tables; csv: a file for each; default: html"
    option("--format", choices=("html", "md", "csv", "tex"), default="html", help=told)
    option(
        "--calibration", metavar="DIR", type=Path, help="of truetoll calibrate: what it found stands in the page too"
    )
    option("--figures", choices=("png", "svg"), help="also write every figure, beside the report")
    told = "sample the run without each source, and with each at half its weight; kept in DIR"
    option("--refits", action="store_true", help=told)


def _add_report_too(command: argparse.ArgumentParser) -> None:
    command.add_argument("--report", action="store_true", help="also write report.html, a page a reader can question")


def _add_import(command: argparse.ArgumentParser) -> None:
    option = command.add_argument
    option("format", metavar="FORMAT", choices=tuple(FORMATS), help=f"{', '.join(FORMATS)}: see below")
    told = "CSV or JSON: as its makers publish it, or as it came through a spreadsheet or a program"
    option("case", metavar="FILE", type=Path, help=told)
    option("--out", metavar="CASE", type=Path, required=True, help="folder of the case; must be new, or empty")
    others = [f"{each.bins or 'one bin'} for {name}" for name, each in FORMATS.items() if each.bins != "month"]
    option("--bins", choices=WIDTHS, help=f"length of the bins; default: {', '.join(others)}, else month")
    told = "let rows that cannot be read pass, and list them; default: nothing is written if there are any"
    option("--skip-bad", action="store_true", help=told)
    told = "what the case is about, repeatable: persons, equipment, russia, russia_materiel.tanks of radford; tanks of "
    told += "ukraine-losses; default: all"
    option("--only", metavar="NAME", action="append", help=told)
    told = "of a daily tally (tfp-gaza, ukraine-losses) use the last figure of each such period; default: week"
    option("--every", choices=WIDTHS, help=told)
    told = "what a source of economist-ukraine that is not known is to the Russian army, repeatable: 'KSE=analyst'"
    option("--source", metavar="NAME=RELATION", action="append", help=told)
    events = command.add_argument_group(
        "which events of ucdp-ged; which war of silverdavi, from --since to --as-of"
    ).add_argument
    events("--country", metavar="NAME", help="those in this country, by its name or id")
    told = "those of this conflict, by its name or id; may be repeated, and be given with --country"
    events("--conflict", metavar="NAME", action="append", help=told)
    events("--since", metavar="DATE", type=_date, help="those after this day")
    events("--as-of", metavar="DATE", type=_date, help="those up to this day")
    told = "order of day and month in dates such as 1/3/2020; default: as the dates of the file say"
    events("--dates", choices=("dmy", "mdy"), help=told)
    told = "make one force of the parties with the fewest dead, where there are more than a case can have"
    events("--join-rest", action="store_true", default=None, help=told)


def _add_new(command: argparse.ArgumentParser) -> None:
    option = command.add_argument
    option("case", metavar="CASE", type=Path, help="folder of the case; must be new, or empty")
    option("--from", dest="sheet", metavar="FILE", type=Path, help="figures: a spreadsheet, .xlsx or CSV")
    option("--title", metavar="TEXT", help="what the case is about")
    option("--force", metavar="NAME", help="whose losses are asked for")
    option("--victims", metavar="KIND", help="military, civilian or mixed")
    option("--outcomes", metavar="LIST", help="killed,wounded,captured,missing, or some of them")
    option("--since", metavar="DATE", help="last day before losses are counted (2025-01-31)")
    option("--as-of", metavar="DATE", help="last day on which they are")
    told = "losses in all before any figure: between these, nine to one (100-10000)"
    option("--losses", metavar="LOW-HIGH", help=told)
    told = "a figure, may be repeated: 'who said it; relation; killed; about 60; 2024-06-01'"
    option("--figure", metavar="TEXT", action="append", help=told)
    told = "what a source of --from is to those lost, may be repeated: 'Ministry of Defence=own_side'"
    option("--source", metavar="NAME=RELATION", action="append", help=told)
    option("--dates", choices=("dmy", "mdy", "ymd"), help="order of day and month in --from; default: as its dates say")
    option("--language", choices=("en", "es"), help="of the figures; default: en")


def _add_draft(command: argparse.ArgumentParser) -> None:
    option = command.add_argument
    option("case", metavar="ARTICLE", type=Path, help="a text file, or a web page as a browser saves it (.html)")
    option(
        "--out",
        metavar="CASE",
        type=Path,
        help="folder of the draft, which must be new or empty; default: cases/ARTICLE",
    )
    option("--lang", choices=("en", "es"), help="language of the article; default: found out")
    option(
        "--date", metavar="DATE", type=_date, help="day on which it appeared (2025-01-31); default: as the page says"
    )
    told = "last day before losses are counted; default: the first day the article names"
    option("--since", metavar="DATE", type=_date, help=told)
    option("--url", metavar="URL", help="where it stands; noted with every claim")


def _add_settle(command: argparse.ArgumentParser) -> None:
    _add_folder_of_case(command)
    option = command.add_argument
    option("--out", metavar="CASE", type=Path, required=True, help="folder of the settled case; must be new, or empty")
    option("--accept", action="store_true", help="take every guess as right, and ask only for what has none")


def _add_sum_incidents(command: argparse.ArgumentParser) -> None:
    _add_folder_of_case(command)
    option = command.add_argument
    option("--out", metavar="CASE", type=Path, required=True, help="folder of the new case; must be new, or empty")
    told = "the source lists every incident: sums are plain figures; default: 'at least', as a list misses some"
    option("--complete", action="store_true", help=told)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a date is needed, year-month-day (2025-01-31); read {text!r}") from None


def _add_nothing(command: argparse.ArgumentParser) -> None:
    del command


_ADD: dict[str, Callable[[argparse.ArgumentParser], None]] = {
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


def _whole(low: int, high: int = 10**6) -> Callable[[str], int]:
    """Type of a whole number between two limits."""

    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,12}", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"a whole number from {low} to {high:,} is needed; read {text!r}")
        return int(text)

    return read
