"""The command line: understand, run, and end with a code and a plain word, never a traceback."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from keyword import iskeyword

from truetoll.cli.console import Console
from truetoll.cli.options import parse


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Without the program's name; that of the process if not given.

    Returns
    -------
    int
        0 done, 1 failed, 2 a problem in the case or the command, 3 not converged, 130 interrupted.
    """
    arguments = parse(sys.argv[1:] if argv is None else argv)
    console = Console(arguments.json, arguments.quiet)
    try:
        return _run(arguments, console)
    except KeyboardInterrupt:
        after_echo = "\n" if sys.stderr.isatty() else ""  # the screen shows ^C
        console.error(f"{after_echo}Interrupted; earlier results are as they were.")
        return 130
    except Exception as error:
        if arguments.debug:
            raise
        console.error(f"truetoll: {_in_words(error)}")
        return 1


def _run(arguments: Namespace, console: Console) -> int:
    from truetoll.cli import codes, commands  # noqa: PLC0415
    from truetoll.errors import CaseError  # noqa: PLC0415
    from truetoll.runs.errors import RunError  # noqa: PLC0415
    from truetoll.sweeps.errors import SweepError  # noqa: PLC0415

    try:
        name = f"{arguments.command}_" if iskeyword(arguments.command) else arguments.command.replace("-", "_")
        code: int = getattr(commands, name)(arguments, console)
    except CaseError as error:
        commands.report_problems(arguments, console, error.problems, error.more)
        return codes.WRONG
    except (RunError, SweepError) as error:
        console.error(f"truetoll {arguments.command}: {error}")
        return codes.WRONG
    return code


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}{f': {error.filename}' if error.filename else ''}"
    text = " ".join(str(error).split())[:300]
    return f"unexpected {type(error).__name__}: {text} (run again with --debug for the traceback)"
