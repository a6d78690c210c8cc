"""``replay``: how the answer would have moved, date by date."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.cli.codes import NOT_CONVERGED, OK
from truetoll.cli.console import Console
from truetoll.cli.sampling import refuse, run_name, sampling_settings
from truetoll.cli.saving import saving
from truetoll.runs.folder import REPLAY, REPLAY_JSON, REPLAY_TABLE, save_replay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import xarray as xr

    from truetoll.claims.schema import Case
    from truetoll.studies.replay.records import Replay


def replay(arguments: Namespace, console: Console) -> int:
    """Refit a case as it was known on one date after the other, and save what was found."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415

    case = read_case(arguments.case, arguments.scenario)
    days = _days(case, arguments)
    out = arguments.out or Path("runs", f"{run_name(case)}-replay")
    written = (REPLAY, REPLAY_JSON, REPLAY_TABLE)
    with saving(out, console) as results:
        tree, found = _replayed(case, days, arguments, console)
        results.numbers(lambda folder: save_replay(folder, tree, found), *written)
        results.figures("replay", found)
    code = _print(found, console)
    results.end()
    return results.code(code)


def _days(case: Case, arguments: Namespace) -> Sequence[date]:
    from truetoll.studies.replay.days import replay_days  # noqa: PLC0415

    listed = None if arguments.dates is None else [part.strip() for part in arguments.dates.split(",")]
    return replay_days(case, listed, first=arguments.first, last=arguments.last, every=arguments.every)


def _replayed(case: Case, days: Sequence[date], arguments: Namespace, console: Console) -> tuple[xr.DataTree, Replay]:
    with console.noticing(), console.progress() as advance:
        from truetoll.studies.replay.ask import replay as compute  # noqa: PLC0415
        from truetoll.studies.replay.read import replay_answer  # noqa: PLC0415

        tree = compute(
            case,
            days,
            workers=arguments.workers,
            dask=arguments.dask,
            progress=advance,
            **sampling_settings(arguments),
        )
        return tree, replay_answer(tree)


def print_replay(tree: xr.DataTree, console: Console) -> int:
    """Print a replay that was saved.

    Parameters
    ----------
    tree : xarray.DataTree
    console : Console

    Returns
    -------
    int
        Exit code.
    """
    from truetoll.studies.replay.read import replay_answer  # noqa: PLC0415

    return _print(replay_answer(tree), console)


def _print(found: Replay, console: Console) -> int:
    from truetoll.studies.replay.tables import replay_view  # noqa: PLC0415

    console.answer(found.to_dict(), replay_view(found, console.words))
    for each in (each for each in found.dates if not each.converged):
        refuse(console, console.words.say("cli.date_failed", day=each.date), each.diagnostics)
    return OK if found.converged else NOT_CONVERGED
