"""``hindcast``: the score of the method on history, and reliability estimated from it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.cli.codes import NOT_CONVERGED, OK
from truetoll.cli.console import Console
from truetoll.cli.sampling import available
from truetoll.cli.saving import saving
from truetoll.runs.folder import (
    ESTIMATE_JSON,
    ESTIMATE_TABLE,
    HINDCAST_JSON,
    HINDCAST_TABLE,
    save_estimate,
    save_hindcast,
)
from truetoll.text.messages import message

if TYPE_CHECKING:
    from truetoll.benchmark import Benchmark
    from truetoll.studies.estimate.read import EstimateAnswer
    from truetoll.studies.hindcast.records import HindcastScore


def hindcast(arguments: Namespace, console: Console) -> int:
    """Score the method on a benchmark, or estimate reliability from it."""
    from truetoll.benchmark import read_benchmark  # noqa: PLC0415

    benchmark = read_benchmark(arguments.case)
    name = f"{benchmark.path.resolve().name}-{'estimate' if arguments.estimate else 'hindcast'}"
    out = arguments.out or Path("runs", name)
    work = _estimate if arguments.estimate else _score
    return work(benchmark, out, arguments, console)


def _score(benchmark: Benchmark, out: Path, arguments: Namespace, console: Console) -> int:
    with saving(out, console) as results, _kept_beside(out, console) as store:
        found = _scored(benchmark, store, arguments, console)
        results.numbers(lambda folder: save_hindcast(folder, found), HINDCAST_JSON, HINDCAST_TABLE)
        results.figures("hindcast", found, benchmark.scored)
    from truetoll.studies.hindcast.tables import hindcast_view, target_name  # noqa: PLC0415

    console.answer(found.to_dict(), hindcast_view(found, console.words))
    results.end()
    if found.converged:
        return results.code(OK)
    failed = [target_name(t, console.words) for t in found.targets if not t.converged]
    console.error(console.words.say("cli.hindcast_failed", names="; ".join(failed)))
    return NOT_CONVERGED


@contextmanager
def _kept_beside(out: Path, console: Console) -> Iterator[Path]:
    """Keep what is done beside the results until they are saved: the same command goes on from there."""
    from truetoll.runner.store import Store  # noqa: PLC0415

    folder = out.with_name(f"{out.name}.parts")
    try:
        yield folder
    except BaseException:
        if folder.exists():
            console.error(console.words.say("cli.kept", place=str(folder)))
        raise
    if folder.exists():
        Store(folder).forget()


def _scored(benchmark: Benchmark, store: Path, arguments: Namespace, console: Console) -> HindcastScore:
    with console.noticing(), console.progress() as advance:
        from truetoll.studies.hindcast.ask import hindcast as compute  # noqa: PLC0415
        from truetoll.studies.hindcast.read import hindcast_score  # noqa: PLC0415

        made = compute(
            benchmark,
            leave_one_war_out=_held_out(benchmark, arguments),
            workers=arguments.workers,
            dask=arguments.dask,
            store=store,
            progress=lambda done, total, name: advance(done, total, message("cli.of_many", name=name, i=done, n=total)),
            **_options(arguments),
        )
        return hindcast_score(made)


def _held_out(benchmark: Benchmark, arguments: Namespace) -> bool:
    """Leave wars out of the table's own benchmark, which would else be scored with what it taught."""
    from truetoll.claims.reliability import estimated_from  # noqa: PLC0415

    return bool(arguments.leave_one_war_out) or benchmark.digest == estimated_from()


def _options(arguments: Namespace) -> dict[str, Any]:
    return {"cores": min(4, available()), "seed": arguments.seed}


def _estimate(benchmark: Benchmark, out: Path, arguments: Namespace, console: Console) -> int:
    with saving(out, console) as results, _kept_beside(out, console) as store:
        found = _estimated(benchmark, store, arguments, console)
        table = (ESTIMATE_TABLE,) if found.converged else ()
        results.numbers(lambda folder: save_estimate(folder, found), ESTIMATE_JSON, *table)
    from truetoll.studies.hindcast.tables import estimate_view  # noqa: PLC0415

    console.answer(found.to_dict(), estimate_view(found, console.words))
    results.end()
    if found.converged:
        return results.code(OK)
    console.error(console.words.say("cli.estimate_failed", rhat=found.rhat, ess=found.ess))
    return NOT_CONVERGED


def _estimated(benchmark: Benchmark, store: Path, arguments: Namespace, console: Console) -> EstimateAnswer:
    with console.noticing(), console.progress() as advance:
        from truetoll.studies.estimate.read import estimate_answer  # noqa: PLC0415
        from truetoll.studies.hindcast.ask import estimate as compute  # noqa: PLC0415

        found = compute(benchmark, store=store, progress=advance, **_options(arguments))
        return estimate_answer(found, benchmark)
