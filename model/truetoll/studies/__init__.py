"""Questions, a room each: what is asked (ask), what may be said about it (read), and how it is seen (tables, figures).

`STUDIES` has a row for each that leaves a result: `summarise` and `plot` go by it, so that whatever ran is read and
drawn by one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from truetoll.claims.languages import Language


@dataclass(frozen=True, slots=True)
class Study:
    """Where the parts of a question are found: modules are imported when they are used.

    Parameters
    ----------
    result : str
        Kind of the DataTree that `ask` returns, or the name of its class if it is none.
    read : str
        ``module:function`` in ``truetoll.studies``: result in, records out.
    figures : mapping of str to str
        Name -> ``module:function``, which draws the result itself.
    of_records : mapping of str to str
        The same of those that draw what `read` gives.
    """

    result: str
    read: str
    figures: Mapping[str, str] = field(default_factory=dict)
    of_records: Mapping[str, str] = field(default_factory=dict)


STUDIES = (
    Study(
        "fit",
        "fit.read:summarise",
        {
            "losses": "fit.figures:plot_losses",
            "claims": "fit.figures:plot_claims",
            "sources": "fit.figures:plot_sources",
            "wounded_killed": "fit.figures:plot_wounded_killed",
            "timeline": "timeline.figures:plot_timeline",
        },
    ),
    Study(
        "comparison",
        "compare.read:comparison",
        of_records={
            "forest": "compare.figures:plot_forest",
            "slopes": "compare.figures:plot_slopes",
            "attribution": "attribution.figures:plot_attribution",
            "tornado": "attribution.figures:plot_tornado",
        },
    ),
    Study("replay", "replay.read:replay_answer", of_records={"replay": "replay.figures:plot_replay"}),
    Study("calibration", "calibrate.read:calibration", {"calibration": "calibrate.figures:plot_calibration"}),
    Study(
        "Hindcast",
        "hindcast.read:hindcast_score",
        of_records={
            "targets": "hindcast.figures:plot_targets",
            "reliability": "hindcast.figures:plot_reliability",
        },
    ),
    Study("Estimates", "estimate.read:estimate_answer"),
)


def summarise(result: Any, *about: Any) -> Any:
    """Say what a result says: of a fit, comparison, replay, calibration, hindcast or estimate.

    Parameters
    ----------
    result : xarray.DataTree, Hindcast or Estimates
        As `fit`, `compare`, `replay`, `calibrate`, `hindcast` or `estimate` of this package returns it, or as it was
        saved.
    *about : object
        The benchmark that an estimate was made from; nothing for any other result.

    Returns
    -------
    Summary, Comparison, Replay, Calibration, HindcastScore or EstimateAnswer
        Plain frozen records with a ``to_dict``; no posterior number of what did not converge.

    Raises
    ------
    TypeError
        For anything else, and for an estimate without its benchmark.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> tree = tt.fit(case, draws=500, tune=300, seed=1)
    >>> summary = tt.summarise(tree)
    >>> [quantity.name for quantity in summary.quantities][:2]
    ['dprk.killed', 'dprk.wounded']
    """
    return _found(_study(result).read)(result, *about)


def plot(result: Any, figure: str, *about: Any, language: Language = "en", **options: Any) -> Figure | None:
    """Draw one figure of a result.

    Parameters
    ----------
    result : xarray.DataTree, Hindcast, or the records that `summarise` made of it
        What to draw; it is not changed.
    figure : str
        Name of the figure. Of a fit ``losses``, ``claims``, ``sources``, ``wounded_killed``, ``timeline``; of a
        comparison these of its base, and ``forest``, ``slopes``, ``attribution``, ``tornado``; of a replay
        ``replay``; of a calibration ``calibration``; of a hindcast ``targets``, ``reliability``.
    *about : object
        What the figure is about, where it asks for that: ``forest``, ``attribution`` and ``tornado`` for the name of a
        quantity (``dprk.killed``), ``replay`` and ``timeline`` for a list of them, ``targets`` for the targets whose
        claims are drawn too.
    language : {"en", "es"}
        Of titles, axes, legends and numbers.
    **options : object
        Handed to the function that draws.

    Returns
    -------
    matplotlib.figure.Figure or None
        None where there is nothing to draw: no wounded asked for, one bin only.

    Raises
    ------
    TypeError
        If the result is of no study.
    ValueError
        If there is no such figure of it.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> tree = tt.fit(case, draws=500, tune=300, seed=1)
    >>> figure = tt.plot(tree, "losses")
    >>> figure.savefig("losses.png")
    """
    from truetoll.render.words import Words  # noqa: PLC0415

    told, options["w"] = not _is_result(result), Words(language, screen=True)
    for study in STUDIES:
        if (where := study.figures.get(figure)) and not told:
            inner = result.children["fit"] if study.result == "fit" and _kind(result) == "comparison" else result
            if _kind(inner) == study.result:
                return _drawn(where, inner, *about, **options)
        if (where := study.of_records.get(figure)) and (told or _kind(result) == study.result):
            return _drawn(where, result if told else summarise(result), *about, **options)
    known = [name for study in STUDIES for name in (*study.figures, *study.of_records)]
    raise ValueError(f"no figure {figure!r} of this result; there are {', '.join(known)}, each of its own kind")


def _drawn(where: str, *about: Any, **options: Any) -> Figure | None:
    drawn: Figure | None = _found(where)(*about, **options)
    return drawn


def _is_result(result: Any) -> bool:
    return hasattr(result, "attrs") or type(result).__name__ in {study.result for study in STUDIES}


def _kind(result: Any) -> str:
    """Tell a DataTree by its attribute, anything else by its class."""
    return str(result.attrs.get("kind", "fit")) if hasattr(result, "attrs") else type(result).__name__


def _study(result: Any) -> Study:
    kind = _kind(result)
    found = next((study for study in STUDIES if study.result == kind), None)
    if found is None:
        made_by = "fit, compare, replay, calibrate, hindcast or estimate"
        raise TypeError(f"a result is what {made_by} returns, not {type(result).__name__}")
    return found


def _found(where: str) -> Any:
    module, name = where.split(":")
    return getattr(import_module(f"truetoll.studies.{module}"), name)
