"""A penalty on parameters, where one is asked for, and the prior of a posterior: the same in every unit.

Shapes have no unit and are drawn to 1; a scale of time is drawn to the customers' mean age, a scale of money to the
mean amount, so that fitting in weeks instead of days, or in cents instead of euros, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from workbench.clv.models.model import Model
from workbench.clv.numerics.newton import Curvature, Objective, Optimum, maximise
from workbench.clv.purchases.patterns import Floats
from workbench.core.errors import InputError


@dataclass(frozen=True, eq=False)
class Pull:
    """λ/2 Σ (ln θ − centre)², taken off a log-likelihood.

    Attributes
    ----------
    strength
        λ; 0 for no penalty.
    centre
        Logarithms that the parameters are drawn to.
    """

    strength: float
    centre: Floats

    @classmethod
    def of(cls, kind: type[Model], strength: float, unit: float) -> Self:
        """Return the penalty of a model whose times (or amounts) are about `unit` on average.

        Raises
        ------
        InputError
            If the strength is negative or not a number.
        """
        if not 0 <= strength < float("inf"):
            raise InputError(
                "A penalty is 0 or more.", found=repr(strength), fix="Write penalty=0.0 for none.", where="penalty"
            )
        sizes = {"shape": 1.0, "time": unit, "money": unit}
        return cls(float(strength), np.log([sizes[s] for s in kind.scales]))

    def amount(self, theta: Floats) -> float:
        """Return the penalty of parameters."""
        off = np.log(theta) - self.centre
        return 0.5 * self.strength * float(off @ off)

    def on(self, objective: Objective, share: float = 1.0) -> Objective:
        """Return the objective less `share` of the penalty."""
        if not self.strength:
            return objective
        strength = self.strength * share

        def penalised(theta: Floats) -> tuple[float, Floats, Curvature]:
            value, gradient, curvature = objective(theta)
            off = np.log(theta) - self.centre
            bend = np.diag(strength * (1 - off) / theta**2)
            less = _bent(curvature, bend) if callable(curvature) else curvature - bend
            return value - 0.5 * strength * float(off @ off), gradient - strength * off / theta, less

        return penalised

    def off(self, best: Optimum) -> Optimum:
        """Return an optimum with the log-likelihood of the data alone."""
        return replace(best, log_likelihood=best.log_likelihood + self.amount(best.values))


def _bent(curvature: Callable[[], Floats], bend: Floats) -> Callable[[], Floats]:
    return lambda: curvature() - bend


def highest(objective: Objective, starts: Sequence[Sequence[float]], *, size: float, pull: Pull) -> Optimum:
    """Return the highest of the maxima that several starts lead to, with the log-likelihood of the data alone."""
    tops = [maximise(pull.on(objective), start, size=size) for start in starts]
    return pull.off(max(tops, key=lambda top: top.log_likelihood))
