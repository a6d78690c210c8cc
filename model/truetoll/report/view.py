"""The sliders of a run as a widget of a notebook, and what they say as its traits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anywidget
from IPython.display import display
from traitlets import Dict, Float, Instance, TraitError, Unicode, observe, validate

from truetoll.report.draws import usual_threshold
from truetoll.report.notebook import NotebookWords, notebook_html, rest_html
from truetoll.report.page import DIGITS
from truetoll.report.subject import Subject
from truetoll.studies.beliefs.address import Asked, read, written
from truetoll.studies.beliefs.believed import Believed, Exact, believed
from truetoll.studies.beliefs.moved import Moved, change, on_sliders

HERE = Path(__file__).parent / "page"
_VIEW = "application/vnd.jupyter.widget-view+json"


class View(anywidget.AnyWidget):
    """What a reader moves of a run, in a notebook and in Python at once.

    Attributes
    ----------
    address : str
        What is moved and looked at, as the page of the run writes it behind its own address; ``heard``: the one that
        is answered here.
    trust : dict of str to float
        Source -> what the weight of its figures is multiplied by: 0 leaves it out, 2 is most. Those not moved are not
        in it.
    bias : dict of str to float
        Relation as ``military:adversary`` -> how many times as high as assumed its figures are taken to be.
    preset : str
        Scenario of a comparison that is shown, as it was sampled by itself; empty if none is.
    quantity : str
        That is looked at, such as ``north.killed``.
    threshold : float
        Of what the probability of more is said.
    scenario : dict
        What was moved, as `truetoll.fit` and `truetoll.apply_change` take it; empty if nothing was.
    answer : Believed
        Median, interval and probability of more, ``now`` beside ``base``; ``now`` is None where no draws reach.
    """

    _esm = (HERE / "notebook.js").read_text(encoding="utf-8")
    _css = (HERE / "notebook.css").read_text(encoding="utf-8")
    page = Unicode().tag(sync=True)
    words = Dict().tag(sync=True)
    address = Unicode().tag(sync=True)
    heard = Unicode().tag(sync=True)
    trust = Dict()
    bias = Dict()
    preset = Unicode()
    quantity = Unicode()
    threshold = Float()
    scenario = Dict(read_only=True)
    answer = Instance(Believed, read_only=True)

    def __init__(self, subject: Subject, w: NotebookWords, address: str = "") -> None:
        assert subject.levers is not None  # a run that converged has draws
        self._subject, self._levers, self._w = subject, subject.levers, w
        self._taking = False
        said = {"title": w.say("explore.view", title=subject.summary.title), "gone": w.say("explore.gone")}
        super().__init__(page=notebook_html(subject, w), words=said)
        self._take(self._read(address))

    def __repr__(self) -> str:
        return f"View({self._subject.summary.case!r}, {self.address!r})"

    def _ipython_display_(self, **kwargs: Any) -> None:
        """Show what can be moved, and below it what stands still: a front end without a kernel shows only that."""
        del kwargs
        live = {_VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id}}
        display(live | {"text/plain": repr(self)}, raw=True)
        still = {"text/html": rest_html(self._subject, self._w), "text/plain": self._w.say("explore.asleep")}
        display(still, raw=True)

    # What may be asked

    @validate("trust")
    def _known_sources(self, proposal: Mapping[str, Any]) -> Any:
        return _known(proposal["value"], self._levers.sources, "source")

    @validate("bias")
    def _known_relations(self, proposal: Mapping[str, Any]) -> Any:
        found = _known(proposal["value"], self._levers.relations, "relation whose bias can be moved")
        if any(not times > 0 for times in found.values()):
            raise TraitError("figures are taken to be a number of times as high as assumed: more than 0")
        return found

    @validate("quantity")
    def _known_quantity(self, proposal: Mapping[str, Any]) -> Any:
        return next(iter(_known([proposal["value"]], tuple(self._exact), "quantity")))

    @validate("preset")
    def _known_preset(self, proposal: Mapping[str, Any]) -> Any:
        return next(iter(_known([proposal["value"]], ("", *self._presets), "scenario that was sampled by itself")))

    @validate("threshold")
    def _not_negative(self, proposal: Mapping[str, Any]) -> Any:
        if not 0 <= proposal["value"] < float("inf"):
            raise TraitError("a threshold is a number of losses: 0 or more")
        return proposal["value"]

    # What is asked

    @observe("address")
    def _addressed(self, event: Mapping[str, Any]) -> None:
        if not self._taking:
            self._take(self._read(event["new"]), event["new"])

    @observe("trust", "bias", "preset", "quantity", "threshold")
    def _set(self, event: Mapping[str, Any]) -> None:
        if self._taking:
            return
        name, before = event["name"], self._asked
        preset = "" if name in ("trust", "bias") else self.preset
        moved = Moved(scenario=preset) if preset else on_sliders(Moved(self.trust, self.bias), self._levers)
        above = {"quantity": None, "threshold": self.threshold}.get(name, before.above)
        self._take(Asked(moved, self.quantity, above))

    def _read(self, address: str) -> Asked:
        return read(address, self._levers, tuple(self._exact), self._presets)

    def _take(self, asked: Asked, address: str | None = None) -> None:
        """Set every trait to what is asked; the address stays as the page wrote it."""
        quantity = asked.quantity or self._subject.main.name
        shown = Asked(asked.moved, "" if quantity == self._subject.main.name else quantity, asked.above)
        q = self._exact[quantity]
        usual = usual_threshold([t.value for t in q.thresholds], q.median)
        with self._quietly():
            self._asked, moved = shown, asked.moved
            self.trust, self.bias, self.preset = dict(moved.trust), dict(moved.bias), moved.scenario
            self.quantity, self.threshold = quantity, usual if asked.above is None else asked.above
            run = self._subject.summary.digest[:DIGITS]
            self.address = written(shown, self._levers, run) if address is None else address
            self.set_trait("scenario", self._changed(moved))
            self.set_trait("answer", self._believed(moved))
            self.heard = self.address

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self._taking = True
        try:
            yield
        finally:
            self._taking = False

    # What it says

    @property
    def _exact(self) -> Mapping[str, Any]:
        return {q.name: q for q in self._subject.summary.quantities}

    @property
    def _presets(self) -> tuple[str, ...]:
        found = self._subject.comparison
        sampled = [s for s in found.scenarios if s.converged and s.method == "refit"] if found else []
        return tuple(s.name for s in sampled if found and s.name != found.base)

    def _changed(self, moved: Moved) -> dict[str, Any]:
        """Give what was moved with a title and a reason, as it stands in a file."""
        if moved.scenario:
            named = dict(self._subject.case.scenarios[moved.scenario])
            return named | {key: self._w.text(named[key]) for key in ("title", "why")}
        found = change(moved, self._levers, self._subject.summary.scenario)
        if not found or not any(moved.trust.get(source, 1.0) for source in self._levers.sources):
            return {}
        told = {"title": "title_of_scenario", "why": "why_of_scenario"}
        return {**{key: self._w.say(f"question.{name}") for key, name in told.items()}, **found}

    def _believed(self, moved: Moved) -> Believed:
        run = Exact(self._subject.summary.quantities, self._levers.amount)
        return believed(run, self._levers, moved, self.quantity, self.threshold, self._sampled(moved))

    def _sampled(self, moved: Moved) -> Exact | None:
        """Find what was sampled by itself under these beliefs."""
        if moved.scenario:
            assert self._subject.comparison is not None
            found = next(s for s in self._subject.comparison.scenarios if s.name == moved.scenario)
            drawn = self._subject.tree["posterior"]["amount"].sel(scenario=moved.scenario)
            amount = drawn.transpose("quantity", "chain", "draw").to_numpy().reshape(drawn.sizes["quantity"], -1)
            return Exact(found.quantities, amount)
        if moved.bias or len(moved.trust) != 1:
            return None
        ((source, power),) = moved.trust.items()
        of = (s for s in self._subject.stored if (s.source, s.power) == (source, power) and s.quantities)
        return next((Exact(s.quantities, s.amount) for s in of), None)


def _known(found: Any, known: tuple[str, ...], what: str) -> Any:
    if unknown := [name for name in found if name not in known]:
        raise TraitError(f"no {what}: {', '.join(map(str, unknown))}; there is {', '.join(filter(None, known))}")
    return found
