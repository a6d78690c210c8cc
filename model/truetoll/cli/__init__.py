"""The command line: understand, run, and end with a code and a plain word, never a traceback."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from keyword import iskeyword
from typing import Any, cast

from truetoll.cli import codes
from truetoll.cli.caches import writable_caches
from truetoll.cli.console import Console, open_streams
from truetoll.cli.options import parse
from truetoll.runs.signals import orderly
from truetoll.text.system import told
from truetoll.visible import cut_short

_COMPILING = {"fit", "compare", "replay", "calibrate", "hindcast", "report"}
"""Commands that sample or draw."""
_WITHOUT_DASK = {"fit", "show", "report"}
"""Commands that have one process."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Without the program's name; that of the process if not given.

    Returns
    -------
    int
        0 done, 1 failed, 2 a problem in the case or the command, 3 not converged, 130 interrupted, 143 asked to end.
    """
    open_streams()
    arguments = parse(sys.argv[1:] if argv is None else argv)
    if argv is None and arguments.command in _WITHOUT_DASK and "xarray" not in sys.modules:
        # The process is ours, and xarray would import Dask, where there is one, to see whether arrays are of it.
        sys.modules.setdefault("dask", cast(Any, None))
    console = Console(arguments.json, arguments.quiet, language=arguments.lang or "en")
    with orderly() as came:
        try:
            return _run(arguments, console)
        except KeyboardInterrupt:
            after_echo = "\n" if sys.stderr is not None and sys.stderr.isatty() else ""  # the screen shows ^C
            console.error(f"{after_echo}{_interrupted(console)}")
            return codes.SIGNALLED + came[0] if came else codes.INTERRUPTED
        except Exception as error:
            if arguments.debug:
                raise
            console.error(f"truetoll: {_in_words(error, console)}")
            if console.saved:
                console.error(console.words.say("cli.saved_before", place=str(console.saved[-1])))
            return codes.FAILED


def _run(arguments: Namespace, console: Console) -> int:
    from truetoll.claims.reading.shipped import located  # noqa: PLC0415
    from truetoll.cli import commands  # noqa: PLC0415
    from truetoll.errors import CaseError  # noqa: PLC0415
    from truetoll.runner.errors import SweepError  # noqa: PLC0415
    from truetoll.runs.errors import RunError  # noqa: PLC0415

    if arguments.command in _COMPILING and (place := writable_caches()) is not None:
        console.say(console.words.say("cli.caches", place=str(place)))
    if getattr(arguments, "reads", False) and (meant := located(arguments.case)) != arguments.case:
        console.say(console.words.say("cli.shipped", asked=str(arguments.case), place=str(meant)))
    try:
        name = f"{arguments.command}_" if iskeyword(arguments.command) else arguments.command.replace("-", "_")
        code: int = getattr(commands, name)(arguments, console)
    except CaseError as error:
        commands.report_problems(arguments, console, error.problems, error.more)
        return codes.WRONG
    except (RunError, SweepError) as error:
        console.error(f"truetoll {arguments.command}: {console.words.tell(error.said)}")
        return codes.WRONG
    return code


def _interrupted(console: Console) -> str:
    if not console.saved:
        return console.words.say("cli.interrupted")
    return console.words.say("cli.interrupted_saved", place=str(console.saved[-1]))


def _in_words(error: Exception, console: Console) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{console.words.text(told(error))}{f': {error.filename}' if error.filename else ''}"
    text = cut_short(" ".join(str(error).split()), 300)
    return console.words.say("cli.unexpected", kind=type(error).__name__, text=text)
