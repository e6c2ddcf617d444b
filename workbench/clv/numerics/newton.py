"""Maximum likelihood by Newton's method in the logarithms of the parameters, with exact derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from workbench.clv.purchases.patterns import Floats

Curvature = Floats | Callable[[], Floats]
Objective = Callable[[Floats], tuple[float, Floats, Curvature]]

_MOST_STEPS: Final = 200
_LONGEST_STEP: Final = 1.5
_FARTHEST: Final = 20.0  # from the start, in logarithms: no further is looked, whatever the unit
_TOLERANCE: Final = 1e-12
_PLATEAU: Final = 1e-6  # gain of log-likelihood that a long step still promises where parameters run away
_LONG: Final = 0.3
_AT_EDGE: Final = 1e-6
_SLOPE_AT_EDGE: Final = 1e-4  # per customer, of parameters that run away


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where a likelihood is highest.

    Attributes
    ----------
    values
        Parameters.
    log_likelihood
        Value there.
    gradient, hessian
        Derivatives in the logarithms of the parameters.
    converged
        Whether the gradient vanished, or the likelihood is flat where parameters run away.
    """

    values: Floats
    log_likelihood: float
    gradient: Floats
    hessian: Floats
    converged: bool
    steps: int


def maximise(objective: Objective, start: Sequence[float] | Floats, *, size: float) -> Optimum:
    """Climb from `start` to the nearest maximum.

    Parameters
    ----------
    objective
        Returns value, gradient and Hessian at positive parameters; a Hessian that is dear may be a function without
        arguments, called only where the climb goes on.
    start
        Positive parameters.
    size
        Number of customers; the gradient per customer must fall under 1e-12.

    Returns
    -------
    Optimum
        The best point found; `converged` says whether it is a maximum.

    Examples
    --------
    >>> def poisson(v):  # 4 events in 2 customers
    ...     return 4 * np.log(v[0]) - 2 * v[0], 4 / v - 2, np.array([[-4 / v[0] ** 2]])
    >>> maximise(poisson, [1.0], size=2).values.round(8).tolist()
    [2.0]
    """
    begin = np.log(np.asarray(start, dtype=np.float64))
    logs = begin
    value, gradient, curvature = _in_logs(objective, logs)
    hessian = _called(curvature)
    for step in range(_MOST_STEPS):
        direction, free = _inside(logs - begin, gradient, hessian)
        if np.abs(gradient[free]).max(initial=0) <= _TOLERANCE * size:
            flat = bool(np.abs(gradient).max() <= _SLOPE_AT_EDGE * size)
            return Optimum(np.exp(logs), value, gradient, hessian, converged=flat, steps=step)
        if direction @ gradient < _PLATEAU and np.abs(direction).max() > _LONG:
            return Optimum(np.exp(logs), value, gradient, hessian, converged=True, steps=step)
        room = _FARTHEST - np.sign(direction) * (logs - begin)
        scale = min(
            1.0, _LONGEST_STEP / np.abs(direction).max(), float((room / np.maximum(np.abs(direction), 1e-300)).min())
        )
        while True:
            trial = np.clip(logs + scale * direction, begin - _FARTHEST, begin + _FARTHEST)
            found = _in_logs(objective, trial)
            # near the top the likelihood's last digit is noise, the gradient still tells
            better = found[0] > value or (
                found[0] >= value - 1e-12 * abs(value) and np.abs(found[1]).max() < np.abs(gradient).max()
            )
            if better or scale < 1e-8:
                break
            scale /= 3
        if not better:
            break
        logs, (value, gradient, curvature) = trial, found
        hessian = _called(curvature)
    direction, free = _inside(logs - begin, gradient, hessian)
    # no step climbs: the gradient says so, or what it promises is within the likelihood's own last digits
    top = np.abs(gradient[free]).max(initial=0) <= 1e-6 * size or direction @ gradient < _PLATEAU
    done = bool(top and np.abs(gradient).max() <= _SLOPE_AT_EDGE * size)
    return Optimum(np.exp(logs), value, gradient, hessian, converged=done, steps=step + 1)


def _in_logs(objective: Objective, logs: Floats) -> tuple[float, Floats, Curvature]:
    theta = np.exp(logs)
    value, gradient, curvature = objective(theta)
    slope = gradient * theta
    return value, slope, lambda: _called(curvature) * np.outer(theta, theta) + np.diag(slope)


def _called(curvature: Curvature) -> Floats:
    return curvature() if callable(curvature) else curvature


def _inside(gone: Floats, gradient: Floats, hessian: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    # the direction to climb, without parameters at the edge of what is looked at that would leave it; those that move
    free = np.ones(len(gone), dtype=bool)
    while True:
        direction = np.zeros(len(gone))
        if free.any():
            direction[free] = _direction(gradient[free], hessian[np.ix_(free, free)])
        out = free & (np.sign(direction) * gone >= _FARTHEST - _AT_EDGE)
        if not out.any():
            return direction, free
        free &= ~out


def _direction(gradient: Floats, hessian: Floats) -> Floats:
    # where the surface curves upwards, climb as if it curved down as much
    roots, vectors = np.linalg.eigh(-hessian)
    least = max(1e-9 * float(np.abs(roots).max()), 1e-3 * float(np.abs(gradient).max()), 1e-300)
    bent = np.maximum(np.abs(roots), least)
    return np.asarray(vectors @ ((vectors.T @ gradient) / bent))
