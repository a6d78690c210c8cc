"""``calibrate``: whether the intervals of a case hold what they say, on truths that are known."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.cli.codes import NOT_CONVERGED, OK
from truetoll.cli.console import Console
from truetoll.cli.sampling import run_name, sampling_settings
from truetoll.cli.saving import saving
from truetoll.runs.folder import CALIBRATION, CALIBRATION_JSON, save_calibration

if TYPE_CHECKING:
    import xarray as xr

    from truetoll.claims.schema import Case
    from truetoll.studies.calibrate.records import Calibration


def calibrate(arguments: Namespace, console: Console) -> int:
    """Calibrate a case by simulation and save what was found."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415

    case = read_case(arguments.case, arguments.scenario)
    out = arguments.out or Path("runs", f"{run_name(case)}-calibrate")
    with saving(out, console) as results:
        tree, found = _calibrated(case, arguments, console)
        results.numbers(lambda folder: save_calibration(folder, tree, found), CALIBRATION, CALIBRATION_JSON)
        results.figures("calibrate", tree, name="calibration.png")
    code = _print(found, console)
    results.end()
    return results.code(code)


def _calibrated(case: Case, arguments: Namespace, console: Console) -> tuple[xr.DataTree, Calibration]:
    with console.noticing(), console.progress() as advance:
        from truetoll.studies.calibrate.ask import calibrate as compute  # noqa: PLC0415
        from truetoll.studies.calibrate.read import calibration  # noqa: PLC0415

        tree = compute(
            case,
            arguments.simulations,
            misspecified=arguments.misspecified,
            workers=arguments.workers,
            dask=arguments.dask,
            progress=advance,
            **sampling_settings(arguments),
        )
        return tree, calibration(tree)


def print_calibration(tree: xr.DataTree, console: Console) -> int:
    """Print a calibration that was saved.

    Parameters
    ----------
    tree : xarray.DataTree
    console : Console

    Returns
    -------
    int
        Exit code.
    """
    from truetoll.studies.calibrate.read import calibration  # noqa: PLC0415

    return _print(calibration(tree), console)


def _print(found: Calibration, console: Console) -> int:
    from truetoll.studies.calibrate.tables import calibration_view  # noqa: PLC0415

    console.answer(found.to_dict(), calibration_view(found, console.words))
    return OK if found.calibrated else _refuse(found, console)


def _refuse(found: Calibration, console: Console) -> int:
    w = console.words
    off = ", ".join(f"{q.name} ({w.tell(q.verdict)})" for q in found.quantities if not q.chance)
    lost = w.say("cli.simulations_lost", lost=found.not_converged, all=found.simulations)
    console.error(w.say("cli.not_calibrated", off=off or lost))
    return NOT_CONVERGED
