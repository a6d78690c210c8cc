"""The model written a second time, from its description, in plain NumPy and SciPy loops.

Nothing here calls the inference code. Free variables are looked up by their names, ``(variable, label)``; each may be
an array of any shape, so the same loops serve one point and a million prior draws.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from scipy import special
from scipy.special import log_ndtr

from truetoll.claims.schema import Case, Form

Z95 = special.ndtri(0.95)
OUTCOMES = ("killed", "wounded", "captured", "missing")
TRUTH = (Form.FLOOR, Form.CEILING)


@dataclass
class Reference:
    """One case at one point (or at an array of points).

    ``z`` maps ``(variable, label)`` to values.
    """

    case: Case
    z: dict
    loss: dict = field(default_factory=dict)
    strength: dict = field(default_factory=dict)

    def __post_init__(self):
        for name, force in self.case.forces.items():
            lost = self._bounded(name, force) if force.bounded else []
            lost = self._unbounded(name, force) if force.total else lost
            for outcome, share in self._shares(name, force).items():
                for t, d in enumerate(lost):
                    self.loss[name, outcome, t] = d * share
            for count, prior in force.counts.items():
                total = np.exp(self._prior(f"total[{name}.{count}]", prior, np.log))
                for t, p in enumerate(self._profile(f"{name}.{count}", force)):
                    self.loss[name, count, t] = total * p

    # Losses

    def _prior(self, label, prior, g):
        z = self.z["z_losses", label]
        low, median, high = (g(x) for x in (prior.low, prior.median, prior.high))
        return median + z * np.where(z < 0, (median - low) / Z95, (high - median) / Z95)

    def _profile(self, group, force):
        edges, head, table = self.case.bins, self.case.file.case, self.case.reliability.profile
        n = len(edges) - 1
        activity = force.activity or head.activity or (1.0,) * n
        sd = next(s for s in (force.profile_sd, head.profile_sd, table.sd) if s is not None)
        raw = []
        for t in range(n):
            exposure = (edges[t + 1] - edges[t]).days * max(activity[t], table.activity_floor)
            sd_t = sd[t] if isinstance(sd, tuple) else sd
            eta = sd_t * self.z["z_profile", (group, edges[t + 1].isoformat())] if n > 1 else 0.0
            raw.append(exposure * np.exp(eta))
        return [r / sum(raw) for r in raw]

    def _unbounded(self, name, force):
        total = np.exp(self._prior(f"total[{name}]", force.total, np.log))
        return [total * p for p in self._profile(name, force)]

    def _bounded(self, name, force):
        rate = special.expit(self._prior(f"rate[{name}]", force.rate, special.logit))
        hazard = [-np.log1p(-rate) * p for p in self._profile(name, force)]
        starts = self.case.bins[:-1]
        stated = [(c.since, c.strength) for c in force.contingents] or [(starts[0], force.strength)]
        parts = []
        for k, (since, prior) in enumerate(stated):
            label = name if k == 0 else f"{name}/{k + 1}"
            size = np.exp(self._prior(f"strength[{label}]", prior, np.log))
            parts.append((size, next(t for t, start in enumerate(starts) if start >= since)))
        lost = []
        for t in range(len(starts)):
            self.strength[name, t] = sum(size for size, arrived in parts if arrived <= t)
            lost.append(sum(size * -np.expm1(-sum(hazard[a : t + 1])) for size, a in parts if a <= t))
        return [b - a for a, b in zip([0.0, *lost], lost, strict=False)]

    def _shares(self, name, force):
        left, shares = 1.0, {}
        for outcome, prior in (("captured", force.captured_share), ("missing", force.missing_share)):
            if outcome in force.outcomes:
                part = special.expit(self._prior(f"{outcome}[{name}]", prior, special.logit))
                shares[outcome], left = left * part, left * (1.0 - part)
        if "wounded" in force.outcomes:
            prior = force.wounded_per_killed or self.case.reliability.wounded_per_killed
            ratio = np.exp(self._prior(f"wounded[{name}]", prior, np.log))
            return shares | {"killed": left / (1.0 + ratio), "wounded": left * ratio / (1.0 + ratio)}
        return shares | {"killed": left}

    def parts(self, force, quantity):
        stated = self.case.forces[force]
        if quantity == "casualties":
            return [q for q in OUTCOMES if q in stated.outcomes]
        return list(stated.sums.get(quantity, (quantity,)))

    def amount(self, name):
        """Value of a reported quantity at the last edge."""
        force, quantity = name.split(".")
        bins = range(len(self.case.bins) - 1)
        if quantity == "strength":
            return self.strength[force, bins[-1]]
        return sum(self.loss[force, q, t] for q in self.parts(force, quantity) for t in bins)

    # Reporting

    def bias(self, source, force):
        stated, table = self.case.sources[source], self.case.reliability
        victims, relation = self.case.forces[force].victims, stated.relations[force]
        row, shared, own = table.bias[victims][relation], table.shared[victims], stated.bias.get(force)
        mu = own.mu if own and own.mu is not None else row.mu
        tau = own.tau if own and own.tau is not None else row.tau
        part = own.shared if own and own.shared is not None else 1.0
        mu_sd = own.mu_sd if own and own.mu_sd is not None else part * row.mu_sd
        return (
            mu
            + part * shared.kappa0 * self.z["z_bias", f"all[{victims}]"]
            + part * shared.kappa * self.z["z_bias", f"kin[{victims}:{relation}]"]
            + mu_sd * self.z["z_bias", f"mean[{victims}:{relation}]"]
            + tau * self.z["z_bias", f"voice[{source}:{force}]"]
        )

    def slant(self, source, force, outcome):
        own = self.case.sources[source].bias.get(force)
        sd = own.slant if own and own.slant is not None else self.case.reliability.slant.sd
        return sd * self.z["z_bias", f"slant[{source}:{force}.{outcome}]"]

    def strength_bias(self, source):
        return self.case.reliability.strength.sd * self.z["z_bias", f"strength[{source}]"]

    def sigma(self, source):
        noise = self.case.reliability.noise
        return noise.grade[self.case.sources[source].grade] * np.exp(noise.log_sd * self.z["z_noise", source])

    # Claims

    def expected(self, claim, reading):
        """Log of what the source would say without noise (of the truth itself, for a floor or ceiling)."""
        truth, edges, total = claim.figure.form in TRUTH, self.case.bins, 0.0
        as_of = next(t for t, end in enumerate(edges[1:]) if claim.as_of <= end)
        for term in reading.terms:
            if term.quantity == "strength":
                seen = self.strength[term.force, as_of]
                total = total + (seen if truth else seen * np.exp(self.strength_bias(claim.source)))
                continue
            for q in self.parts(term.force, term.quantity):
                factor = 1.0
                if not truth:
                    factor = np.exp(self.bias(claim.source, term.force) + self.slant(claim.source, term.force, q))
                for t in range(len(edges) - 1):
                    days = (min(edges[t + 1], claim.as_of) - max(edges[t], claim.since)).days
                    if days > 0:
                        total = total + days / (edges[t + 1] - edges[t]).days * factor * self.loss[term.force, q, t]
        log = np.log(total)
        if claim.figure.share:
            log = log - np.log(self.strength[reading.terms[0].force, as_of])
            log = log if truth else log - self.strength_bias(claim.source)
        return log

    def noise(self, claim):
        """(shift, sd given the shift) of a claim of the ordinary kind."""
        if claim.figure.form in TRUTH:
            return 0.0, self.case.reliability.bound.sd
        sigma = self.sigma(claim.source)
        used = [c for c in self.case.claims if c.weight > 0 and c.figure.form not in TRUTH]
        if sum(c.origin == claim.origin for c in used) < 2:
            return 0.0, sigma
        rho = self.case.reliability.origin.rho
        return sigma * math.sqrt(rho) * self.z["z_origin", claim.origin], sigma * math.sqrt(1.0 - rho)

    def credible(self, claim):
        return (
            1.0 if claim.figure.form in TRUTH else self.case.reliability.soundness.credibility[str(claim.credibility)]
        )

    def log_likelihood(self, claim, own=None, shift=None):
        """Of one figure, sound with probability `own`."""
        found, table = [], self.case.reliability
        ordinary, sd = self.noise(claim)
        sound = self.credible(claim) if own is None else own
        for reading in claim.readings:
            m = self.expected(claim, reading) + (ordinary if shift is None else shift)
            for p, s in ((sound, sd), (1.0 - sound, np.sqrt(sd**2 + table.soundness.unsound_sd**2))):
                if p * reading.probability > 0:
                    found.append(math.log(p * reading.probability) + self.log_form(claim, m, s))
        return special.logsumexp(np.broadcast_arrays(*found), axis=0)

    def reports(self):
        """Claims in use that are sound or not together: those of one origin, but bounds on the truth."""
        used = [c for c in self.case.claims if c.weight > 0 and c.figure.form not in TRUTH]
        found = {origin: [c for c in used if c.origin == origin] for origin in {c.origin for c in used}}
        return {origin: claims for origin, claims in found.items() if len(claims) > 1}

    def log_report(self, claims, of=None):
        """Joint log likelihood of figures of one report (`of`: all of them); of unequal weights, the rest is inside."""
        soundness, rho = self.case.reliability.soundness, self.case.reliability.origin.rho
        p = max(self.credible(c) ** (1.0 - soundness.own) for c in of or claims)
        weight, z = max(c.weight for c in of or claims), self.z["z_origin", claims[0].origin]
        kinds = [np.log(p), np.log(1.0 - p)]
        for c in claims:
            own, sigma = self.credible(c) / p, self.sigma(c.source)
            for k, lift in enumerate((0.0, soundness.unsound_sd)):
                shift = np.sqrt(rho * sigma**2 + lift**2) * z
                kinds[k] = kinds[k] + c.weight / weight * self.log_likelihood(c, own, shift)
        return weight * special.logsumexp(np.broadcast_arrays(*kinds), axis=0)

    def log_form(self, claim, m, s):
        figure, hedge = claim.figure, self.case.reliability.hedge
        low, high, x = math.log(figure.low), math.log(figure.high), math.log(figure.value)
        h = claim.h if claim.h is not None else getattr(hedge, figure.hedge or "up_to")
        match figure.form:
            case Form.INTERVAL:
                return log_normal_cell((low - m) / s, (high - m) / s)
            case Form.UP_TO:
                return log_emg_cell((low - m) / s, (high - m) / s, s / h)
            case Form.AT_LEAST:
                return log_emg_cell((m - high) / s, (m - low) / s, s / h)
            case Form.AT_MOST | Form.CEILING:
                return log_ndtr((x - m) / s)
            case Form.NO_FEWER_THAN | Form.FLOOR:
                return log_ndtr((m - x) / s)

    def log_likelihoods(self):
        """Weighted log likelihood of each claim by id, and of each report by the ids of its figures."""
        reports = self.reports()
        alone = [c for c in self.case.claims if c.origin not in reports or c.weight == 0 or c.figure.form in TRUTH]
        found = {c.id: c.weight * self.log_likelihood(c) if c.weight else np.float64(0.0) for c in alone}
        return found | {tuple(c.id for c in claims): self.log_report(claims) for claims in reports.values()}

    def log_origin(self, origin):
        """Joint log likelihood of what goes back to one origin."""
        of = {c.id: c.origin for c in self.case.claims}
        found = self.log_likelihoods().items()
        return sum(value for name, value in found if of[name[0] if isinstance(name, tuple) else name] == origin)

    def log_posterior(self):
        prior = sum(-0.5 * z**2 - 0.5 * math.log(2 * math.pi) for z in self.z.values())
        return prior + sum(self.log_likelihoods().values())


def log_difference(a, b):
    """log(e^a - e^b) for a > b."""
    return a + np.log(-np.expm1(b - a))


def log_normal_cell(a, b):
    """Log mass of a standard normal between a and b, from the side where it is small."""
    left = log_difference(log_ndtr(np.where(a + b < 0, b, -a)), log_ndtr(np.where(a + b < 0, a, -b)))
    return left


def log_emg_cell(a, b, k):
    """Log mass between a and b of a standard normal plus an exponential of rate k, from its distribution function."""

    def over(z):
        return k**2 / 2 - k * z + log_ndtr(z - k)

    with np.errstate(all="ignore"):
        below = log_difference(log_difference(log_ndtr(b), over(b)), log_difference(log_ndtr(a), over(a)))
        above = log_difference(np.logaddexp(log_ndtr(-a), over(a)), np.logaddexp(log_ndtr(-b), over(b)))
        return np.where(b < 0, below, above)


def labelled(coords, dims, values):
    """``{(variable, label): values}`` of free variables given as arrays whose last axes are their dims."""
    found = {}
    for name, array in values.items():
        axes = dims[name]
        shape = tuple(len(coords[d]) for d in axes)
        flat = np.reshape(array, (*np.shape(array)[: np.ndim(array) - len(axes)], math.prod(shape)))
        for i, where in enumerate(np.ndindex(shape)):
            label = tuple(coords[d][j] for d, j in zip(axes, where, strict=True))
            found[name, label if len(label) > 1 else label[0]] = flat[..., i]
    return found
