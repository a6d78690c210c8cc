"""The model written a second time, from its description, in plain NumPy and SciPy loops.

Nothing here calls the inference code. Free variables are looked up by their names, ``(variable, label)``; each may be
an array of any shape, so the same loops serve one point and a million prior draws.
"""

import math
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
from scipy import integrate, special
from scipy.special import log_ndtr
from scipy.stats import norm

from truetoll.claims.schema import Case, Form
from truetoll.model.published import stated_error

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
            lost = self._lost(name, force) if force.outcomes else []
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
        scale = np.exp(table.log_sd * self.z["z_stray", group]) if n > 1 else 1.0
        steps, exposures, strays = straying(tuple(edge.toordinal() for edge in edges)), [], []
        for t in range(n):
            exposure = (edges[t + 1] - edges[t]).days * max(activity[t], table.activity_floor)
            sd_t = sd[t] if isinstance(sd, tuple) else sd
            curve = sum(steps[t, k] * self.z["z_profile", (group, f"knot{k + 1}")] for k in range(n - 1))
            exposures.append(exposure)
            strays.append(sd_t * scale * curve)
        highest = np.max(strays, axis=0)
        raw = [exposure * np.exp(stray - highest) for exposure, stray in zip(exposures, strays, strict=True)]
        return [r / sum(raw) for r in raw]

    def _lost(self, name, force):
        if force.bounded:
            return self._bounded(name, force)
        what, prior = ("total", force.total) if force.total else ("ratio", force.ratio)
        total = np.exp(self._prior(f"{what}[{name}]", prior, np.log))
        if force.ratio:
            total = total * sum(self._lost(force.ratio.to, self.case.forces[force.ratio.to]))
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

    @property
    def scale(self):
        """By how much all biases and errors of the case are larger than usual."""
        return np.exp(self.case.reliability.disagreement.log_sd * self.z["z_noise", "disagreement"])

    def access(self, source, force, quantity):
        stated, table = self.case.sources[source], self.case.reliability.access
        if isinstance(stated.access, str):
            return stated.access
        of_force = stated.access.get(force)
        if isinstance(of_force, str):
            return of_force
        if of_force and quantity in of_force:
            return of_force[quantity]
        relation = stated.relations[force]
        if quantity == "captured" and relation in table.captured:
            return table.captured[relation]
        return table.usual[self.case.forces[force].victims][relation]

    def first_loss(self, source, force):
        """The first loss of a force, in the order of its tables, that a source speaks of."""
        said = {
            q
            for c in self.case.claims
            if c.source == source and c.figure.form not in TRUTH
            for reading in c.readings
            for term in (*reading.terms, *reading.over)
            if term.force == force and term.quantity != "strength"
            for q in self.parts(force, term.quantity)
        }
        return next(q for q in (*OUTCOMES, *self.case.forces[force].counts) if q in said)

    def bias(self, source, force, quantity=None):
        stated, table = self.case.sources[source], self.case.reliability
        victims, relation = self.case.forces[force].victims, stated.relations[force]
        row, shared, own = table.bias[victims][relation], table.shared[victims], stated.bias.get(force)
        expected = row.mu * table.access.mean[self.access(source, force, self.first_loss(source, force))]
        mu = own.mu if own and own.mu is not None else expected
        spread, usual = table.access.tau, table.access.usual[victims][relation]
        tau = row.tau * spread[self.access(source, force, quantity or self.first_loss(source, force))] / spread[usual]
        tau = own.tau if own and own.tau is not None else tau
        part = own.shared if own and own.shared is not None else 1.0
        mu_sd = own.mu_sd if own and own.mu_sd is not None else part * row.mu_sd
        return mu + self.scale * (
            part * shared.kappa0 * self.z["z_bias", f"all[{victims}]"]
            + part * shared.kappa * self.z["z_bias", f"kin[{victims}:{relation}]"]
            + mu_sd * self.z["z_bias", f"mean[{victims}:{relation}]"]
            + tau * self.z["z_bias", f"voice[{source}:{force}]"]
        )

    def slant(self, source, force, outcome):
        own = self.case.sources[source].bias.get(force)
        sd = own.slant if own and own.slant is not None else self.case.reliability.slant.sd
        return self.scale * sd * self.z["z_bias", f"slant[{source}:{force}.{outcome}]"]

    def strength_bias(self, source):
        return self.scale * self.case.reliability.strength.sd * self.z["z_bias", f"strength[{source}]"]

    def means(self, claim):
        term = claim.readings[0].terms[0]
        return self.access(claim.source, term.force, term.quantity)

    def sigma(self, claim):
        noise, source, means = self.case.reliability.noise, claim.source, self.means(claim)
        grade = self.case.sources[source].grade
        usual = noise.access[means] if grade is None else noise.grade[grade]
        apart = f"{source}[{means}]"  # where a source counts by several means, the best has its own name
        name = apart if ("z_noise", apart) in self.z else source
        return self.scale * usual * np.exp(noise.log_sd * self.z["z_noise", name])

    # Claims

    def expected(self, claim, reading):
        """Log of what the source would say without noise (of the truth itself, for a floor or ceiling)."""
        counted = [cell for term in reading.terms for cell in self.cells(term)]
        log = np.log(self.seen(claim, counted))
        if window := reading.over_window:
            by = self.seen(claim, [cell for term in reading.over for cell in self.cells(term)], window)
            log = log - np.log(by - self.seen(claim, counted) if self.is_part(claim) else by)
        elif rest := self.divided_by(reading):
            log = log - np.log(self.seen(claim, rest))
        elif claim.figure.share:
            log = log - np.log(self.seen(claim, [(reading.terms[0].force, "strength")]))
        return log

    def cells(self, term):
        names = ["strength"] if term.quantity == "strength" else self.parts(term.force, term.quantity)
        return [(term.force, q) for q in names]

    def divided_by(self, reading):
        """What a ratio is over: of a part of a whole what remains of it, so that the ratio is its odds."""
        part = [cell for term in reading.terms for cell in self.cells(term)]
        whole = [cell for term in reading.over for cell in self.cells(term)]
        return [cell for cell in whole if cell not in part] if set(part) < set(whole) else whole

    def is_part(self, claim):
        first = claim.readings[0]
        if window := first.over_window:
            part, whole = ({cell for t in side for cell in self.cells(t)} for side in (first.terms, first.over))
            return part <= whole and window.since <= claim.since and claim.as_of <= window.as_of
        return len(self.divided_by(first)) < sum(len(self.cells(term)) for term in first.over)

    def seen(self, claim, cells, window=None):
        """Sum of cells in the window of a claim, or another, as its source sees them."""
        truth, edges, total = claim.figure.form in TRUTH, self.case.bins, 0.0
        window = window or claim
        as_of = next(t for t, end in enumerate(edges[1:]) if window.as_of <= end)
        for force, q in cells:
            if q == "strength":
                seen = self.strength[force, as_of]
                total = total + (seen if truth else seen * np.exp(self.strength_bias(claim.source)))
                continue
            factor = 1.0
            if not truth:
                factor = np.exp(self.bias(claim.source, force, q) + self.slant(claim.source, force, q))
            for t in range(len(edges) - 1):
                days = (min(edges[t + 1], window.as_of) - max(edges[t], window.since)).days
                if days > 0:
                    total = total + days / (edges[t + 1] - edges[t]).days * factor * self.loss[force, q, t]
        return total

    def sharing(self, origin):
        """Claims in use that share an error: those of one origin, but bounds on the truth and ratios, if several."""
        ordinary = [c for c in self.case.claims if c.figure.form not in TRUTH and not c.readings[0].over]
        used = [c for c in ordinary if c.weight > 0 and c.origin == origin]
        return used if len(used) > 1 else []

    def noise(self, claim):
        """(shift, sd given the shift) of a claim of the ordinary kind."""
        if claim.figure.form in TRUTH:
            return 0.0, self.case.reliability.bound.sd
        sigma = self.sigma(claim)
        if claim.readings[0].over or not self.sharing(claim.origin):
            return 0.0, sigma
        return self.z["origin_error", claim.origin], sigma * math.sqrt(1.0 - self.case.reliability.origin.rho)

    def credible(self, claim):
        if claim.figure.form in TRUTH:
            return 1.0
        table = self.case.reliability.soundness
        return table.credibility.get(str(claim.credibility), table.access[self.means(claim)])

    def report(self, origin):
        """Probability that a report is sound."""
        share = 1.0 - self.case.reliability.soundness.own
        return max(self.credible(c) ** share for c in self.sharing(origin))

    def log_error(self, origin):
        """Log density of the error that a report's figures share; its first speaker's noise is its size."""
        order = list(self.case.sources)
        first = min(self.sharing(origin), key=lambda c: (c.reported or date.max, order.index(c.source)))
        usual = math.sqrt(self.case.reliability.origin.rho) * self.sigma(first)
        wide = np.sqrt(usual**2 + self.case.reliability.soundness.unsound_sd**2)
        p, error = self.report(origin), self.z["origin_error", origin]
        return np.logaddexp(math.log(p) + norm.logpdf(error, 0, usual), np.log(1 - p) + norm.logpdf(error, 0, wide))

    def log_likelihood(self, claim):
        found, table = [], self.case.reliability
        shift, sd = self.noise(claim)
        sound = self.credible(claim)
        if claim.figure.form not in TRUTH and not claim.readings[0].over and self.sharing(claim.origin):
            sound = sound / self.report(claim.origin)
        for reading in claim.readings:
            m = self.expected(claim, reading) + shift
            for p, further, moved in self.kinds(claim, sound, table.soundness.unsound_sd):
                if p * reading.probability > 0:
                    said = self.log_form(claim, m + moved, np.sqrt(sd**2 + further**2))
                    found.append(math.log(p * reading.probability) + said)
        return special.logsumexp(np.broadcast_arrays(*found), axis=0)

    def kinds(self, claim, sound, unsound):
        """(probability, further sd, shift): sound or not, an estimate with the error that it states itself."""
        stated = claim.figure.stated
        if stated is None:
            return (sound, 0.0, 0.0), (1.0 - sound, unsound, 0.0)
        low, value, high = map(self.scale_of(claim), (claim.figure.low, claim.figure.value, claim.figure.high))
        error = stated_error(value - low, high - value, stated.mass)
        usual = (high - low) / 2 / norm.ppf(0.5 + stated.mass / 2)
        parts = zip(sound * error.probability, error.sd, error.shift, strict=True)
        return *parts, (1.0 - sound, math.hypot(unsound, usual), 0.0)

    def scale_of(self, claim):
        return special.logit if self.is_part(claim) else math.log

    def log_form(self, claim, m, s):
        figure, hedge = claim.figure, self.case.reliability.hedge
        low, high, x = map(self.scale_of(claim), (*figure.cell, figure.value))
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
        """Weighted log likelihood of each claim, by id."""
        return {c.id: self.weighted(c) for c in self.case.claims}

    def weighted(self, claim):
        return claim.weight * self.log_likelihood(claim) if claim.weight else np.float64(0.0)

    def log_origin(self, origin):
        """Joint log likelihood of what goes back to one origin."""
        return sum(self.weighted(c) for c in self.case.claims if c.origin == origin)

    def log_prior(self):
        normal = sum(norm.logpdf(z) for (name, _), z in self.z.items() if name != "origin_error")
        return normal + sum(self.log_error(origin) for name, origin in self.z if name == "origin_error")

    def log_drawn(self):
        """Log weight of a point whose every variable was drawn as a standard normal: errors of origins are none."""
        errors = ((origin, z) for (name, origin), z in self.z.items() if name == "origin_error")
        return sum(self.log_error(origin) - norm.logpdf(z) for origin, z in errors)

    def log_posterior(self):
        return self.log_prior() + sum(self.log_likelihoods().values())


def log_distance(s, c, d):
    """Integral of log |s - t| over t from c to d."""
    return special.xlogy(d - s, abs(d - s)) - special.xlogy(c - s, abs(c - s)) - (d - c)


@cache
def straying(edges):
    """What each standard normal adds to bins, shape (bin, bin - 1): integrals of the logarithm by quadrature."""
    n, length = len(edges) - 1, np.diff(edges)
    mean = np.zeros((n, n))
    for i, (a, b) in enumerate(pairwise(edges)):
        for j, (c, d) in enumerate(pairwise(edges)):
            whole = integrate.quad(log_distance, a, b, (c, d), epsabs=0, epsrel=1e-11)[0]
            mean[i, j] = whole / (length[i] * length[j])
    space = []
    for column in np.eye(n)[1:] - 1.0 / n:
        left = column - sum((column @ unit) * unit for unit in space)
        space.append(left / np.linalg.norm(left))
    space = np.array(space).reshape(n - 1, n).T
    return space @ np.linalg.cholesky(-space.T @ mean @ space / (2.0 * np.log(2.0)))


def log_difference(a, b):
    """log(e^a - e^b) for a > b."""
    return a + np.log(-np.expm1(b - a))


def log_normal_cell(a, b):
    """Log mass of a standard normal between a and b, from the side where it is small."""
    left = log_difference(log_ndtr(np.where(a + b < 0, b, -a)), log_ndtr(np.where(a + b < 0, a, -b)))
    return left


def log_emg_cell(a, b, k):
    """Log mass between a and b of a standard normal plus an exponential of rate k, from its distribution function."""

    over_a, over_b = (k**2 / 2 - k * z + log_ndtr(z - k) for z in (a, b))
    with np.errstate(all="ignore"):
        below = log_difference(log_difference(log_ndtr(b), over_b), log_difference(log_ndtr(a), over_a))
        above = log_difference(np.logaddexp(log_ndtr(-a), over_a), np.logaddexp(log_ndtr(-b), over_b))
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
