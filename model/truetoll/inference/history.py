r"""Reliability estimated from history: claims at the time against what became known later, in one hierarchical model.

The forms, the noise, the slants and the soundness are those of every case, at their defaults. What is estimated is how
the voices of one relation r distort the losses of one class v of victims:

.. math:: \mathrm{bias}_a = \mu_{r,v} + \kappa^0_v g^0_{c,v} + \kappa_v g_{c,r,v} + \tau_{r,v} z_a,

g0 and g shared within a historical case c. Classes are never pooled. Within one class relations are, partially:

.. math:: \mu_{r,v} \sim N(m_v, s_v), \quad \log \tau_{r,v} \sim N(t_v, 0.3).

The truth of each target is latent within its interval. One institution that speaks of killed and of wounded is one
voice with two slants.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray

from truetoll.claims.benchmark import CLASSES, RELATIONS, Target, joint_case
from truetoll.claims.schema import Case, Claim
from truetoll.inference.families import FAMILIES
from truetoll.inference.looks import claims_of
from truetoll.inference.losses import build_losses, data, standard_normal
from truetoll.inference.model import Assembly, observed_claims
from truetoll.inference.reporting import distorted
from truetoll.inference.tables import Tables, build_tables

Tensor = Any
Array = NDArray[Any]

MEAN_SD = 0.5
"""Prior sd of the mean bias of a class of victims (log): before any history, over- is as likely as understated."""
BETWEEN = (0.5, 0.5)
"""Prior of s, how far relations differ in mean bias: median, log sd. They are known to differ by factors (Radford and
others 2023, doi:10.1073/pnas.2307372120)."""
SPREAD = (0.4, 0.5)
"""Prior of tau: median, log sd. Third-party estimates of one loss differ by 0.38 (The Economist, 2022 to 2025)."""
SPREAD_BETWEEN = 0.3
"""How far relations of one class differ in tau (log sd); judgement."""
SHARED = {"military": (0.15, 0.15), "civilian": (0.5, 0.3), "mixed": (0.3, 0.2)}
"""Medians of the priors of kappa0 and kappa; judgement."""
SHARED_LOG_SD = 0.5
"""Log sd of these priors; judgement."""
ESTIMATED = ("mu", "tau", "kappa0", "kappa", "between")
"""What is estimated, by the names of the outputs."""


@dataclass(frozen=True)
class History:
    """A benchmark as arrays.

    Parameters
    ----------
    tables : Tables
        Of the joint case, with what the hierarchy needs.
    said : dict of str to tuple
        By family of forms, for each claim: war, historical case, class of victims and relation (as integers).
    """

    tables: Tables
    said: Mapping[str, tuple[tuple[str, str, int, int], ...]]

    def without(self, wars: Collection[str]) -> Tables:
        """Take the weight from all claims of some wars.

        Parameters
        ----------
        wars : collection of str

        Returns
        -------
        Tables
        """
        kept = {name: np.array([war not in wars for war, *_ in said]) for name, said in self.said.items()}
        changed = {
            f"{name}_weight": self.tables.data[f"{name}_weight"] * keep for name, keep in kept.items() if len(keep)
        }
        return replace(self.tables, data=self.tables.data | changed)

    def counts(self, without: Collection[str] = ()) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Count claims in use, and the historical cases they are of.

        Parameters
        ----------
        without : collection of str
            Wars that are left out.

        Returns
        -------
        claims, cases : ndarray
            Shape (class, relation).
        """
        claims = np.zeros((len(CLASSES), len(RELATIONS)), dtype=np.int64)
        cases = [[set[str]() for _ in RELATIONS] for _ in CLASSES]
        for name, said in self.said.items():
            for weight, (war, case, v, r) in zip(self.tables.data[f"{name}_weight"], said, strict=True):
                if weight > 0 and war not in without:
                    claims[v, r] += 1
                    cases[v][r].add(case)
        return claims, np.array([[len(each) for each in row] for row in cases])


def build_history(targets: Sequence[Target], assumptions: Mapping[str, Any] | None = None) -> History:
    """Turn a benchmark into arrays.

    Parameters
    ----------
    targets : sequence of Target
        With claims.
    assumptions : mapping, optional
        Laid over the reliability table: other slants, noise, soundness and hedges.

    Returns
    -------
    History
    """
    case, forces = joint_case(targets, assumptions)
    base = build_tables(case)
    pairs = [(source, forces[force], _cell(case, source, force)) for source, force, _ in base.index.loss_pairs]
    coded = {
        "all": _coded([(t.case, v) for _, t, (v, _) in pairs]),
        "kin": _coded([(t.case, v, r) for _, t, (v, r) in pairs]),
        "voice": _coded([(source, t.victims) for source, t, _ in pairs]),
    }
    numbers = {f"{name}_of": codes for name, (codes, _) in coded.items()}
    numbers["class_of"] = np.array([v for _, _, (v, _) in pairs])
    numbers["cell_of"] = np.array([v * len(RELATIONS) + r for _, _, (v, r) in pairs])
    numbers["slant_sd"] = np.array([case.reliability.slant.sd])
    labels = {f"{name}_factor": names for name, (_, names) in coded.items()}
    coords = base.coords | labels | {"victims": CLASSES, "relation": RELATIONS}
    said = {f.name: tuple(_about(case, c, forces) for c in claims_of(base.index, f.name)) for f in FAMILIES}
    return History(replace(base, coords=coords, data=base.data | numbers), said)


def _about(case: Case, claim: Claim, forces: Mapping[str, Target]) -> tuple[str, str, int, int]:
    force = claim.readings[0].terms[0].force
    return forces[force].war, forces[force].case, *_cell(case, claim.source, force)


def _cell(case: Case, source: str, force: str) -> tuple[int, int]:
    """Class of the victims and relation of a voice, as integers."""
    relation = case.sources[source].relations[force]
    return CLASSES.index(case.forces[force].victims), RELATIONS.index(relation)


def _coded(names: Sequence[tuple[Any, ...]]) -> tuple[Array, tuple[str, ...]]:
    """Integers for names, and the names."""
    known = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return np.array([known[name] for name in names], dtype=np.int64), tuple(map(str, known))


def assemble_history(tables: Tables) -> Assembly:
    """Build the hierarchical model.

    Parameters
    ----------
    tables : Tables
        Of a `History`.

    Returns
    -------
    Assembly
        Outputs: ``mu``, ``tau`` (class, relation), ``kappa0``, ``kappa``, ``between`` (class,), and those of any model.
    """
    with pm.Model(coords={dim: list(names) for dim, names in tables.coords.items()}) as model:
        for name, values in tables.data.items():
            pm.Data(name, values)
        found = _estimated(tables)
        bias = _bias(tables, found)
        slant = data("slant_sd")[0] * standard_normal("z_slant", tables, "voice_outcome")
        distortion = pt.concatenate([pt.zeros(1), bias + slant])
        reporting = distorted(tables, build_losses(tables), bias, distortion)
        outputs = found | {"distortion": distortion} | observed_claims(tables, reporting)
    return Assembly(model, outputs)


def _estimated(tables: Tables) -> dict[str, Tensor]:
    """Draw what is estimated; all free variables are standard normals."""
    between = _positive("z_between", tables, *BETWEEN)
    level = MEAN_SD * standard_normal("z_level", tables, "victims")
    spread = _positive("z_spread", tables, *SPREAD)
    starts = np.array([SHARED[v] for v in CLASSES])
    return {
        "mu": level[:, None] + between[:, None] * standard_normal("z_mu", tables, "victims", "relation"),
        "tau": spread[:, None] * pt.exp(SPREAD_BETWEEN * standard_normal("z_tau", tables, "victims", "relation")),
        "kappa0": _positive("z_kappa0", tables, starts[:, 0], SHARED_LOG_SD),
        "kappa": _positive("z_kappa", tables, starts[:, 1], SHARED_LOG_SD),
        "between": between,
    }


def _positive(name: str, tables: Tables, median: Any, log_sd: float) -> Tensor:
    """Log-normal by class of victims."""
    return median * pt.exp(log_sd * standard_normal(name, tables, "victims"))


def _bias(tables: Tables, found: Mapping[str, Tensor]) -> Tensor:
    """Bias behind each loss pair, dims (voice_outcome,)."""
    cell, victims = data("cell_of"), data("class_of")
    shared = found["kappa0"][victims] * standard_normal("z_all", tables, "all_factor")[data("all_of")]
    kin = found["kappa"][victims] * standard_normal("z_kin", tables, "kin_factor")[data("kin_of")]
    own = found["tau"].flatten()[cell] * standard_normal("z_voice", tables, "voice_factor")[data("voice_of")]
    return found["mu"].flatten()[cell] + shared + kin + own
