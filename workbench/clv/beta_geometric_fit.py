"""Fitting BG/NBD and MBG/NBD: starts from the data, a thinned climb, the full climb, and what it could not tell."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd

from workbench.clv import nbd
from workbench.clv.beta_geometric import BetaGeometric, Chances, objective
from workbench.clv.fit import Fit
from workbench.clv.newton import Optimum, maximise
from workbench.clv.patterns import Patterns, as_patterns, mean_age
from workbench.clv.penalty import Pull
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.results import Note

if TYPE_CHECKING:
    from workbench.clv.purchases import Purchases, Unit

_THINNED: Final = 20_000
_RUNAWAY: Final = 1e3
_UNSURE: Final = 0.05


def fit_beta_geometric(
    kind: type[BetaGeometric], purchases: Purchases | pd.DataFrame, *, start: BetaGeometric | None, penalty: float
) -> Fit:
    """Fit a beta-geometric model; see `fit_bg_nbd`."""
    chances = kind.chances
    patterns = as_patterns(purchases)
    refuse_without_repeats(patterns)
    unit: Unit = "day" if isinstance(purchases, pd.DataFrame) else purchases.unit
    small = patterns.thinned(_THINNED) if len(patterns.x) > 2 * _THINNED else patterns
    stay = maximise(partial(nbd.objective, patterns=small), _nbd_start(small), size=small.customers)
    if start is not None:
        starts = [list(start.parameters.values())]
    else:
        r, alpha = stay.values
        starts = [[r, alpha, 0.8, 2.5], [0.5 * r, 0.5 * alpha, 1.0, 20.0], [2 * r, 1.5 * alpha, 0.3, 0.6]]
    pull = Pull.of(kind, penalty, mean_age(small))
    part = pull.on(partial(objective, patterns=small, chances=chances), small.customers / patterns.customers)
    tops = [maximise(part, s, size=small.customers) for s in starts]
    best = max(tops, key=lambda o: o.log_likelihood)
    if small is not patterns:
        whole = pull.on(partial(objective, patterns=patterns, chances=chances))
        best = maximise(whole, best.values, size=patterns.customers)
        stay = maximise(partial(nbd.objective, patterns=patterns), stay.values, size=patterns.customers)
    best = pull.off(best)
    return Fit.of(
        kind.of(best.values),
        best,
        customers=patterns.customers,
        verdicts=tuple(_verdicts(best, stay)),
        notes=_one_time_note(patterns, chances),
        patterns=patterns,
        unit=unit,
    )


def refuse_without_repeats(patterns: Patterns) -> None:
    """Refuse data in which nobody bought twice: nothing can be learned about rates or leaving."""
    if not (patterns.x > 0).any():
        raise InputError(
            "Some customers bought a second time.",
            found=f"{patterns.customers:,.0f} customers, all with one purchase",
            fix="Observe longer, or check that the orders of all dates are there.",
            where="purchases",
        )


def _nbd_start(patterns: Patterns) -> list[float]:
    bought = float(patterns.x @ patterns.count)
    return [0.5, 0.5 * float(patterns.T @ patterns.count) / bought]


def _verdicts(best: Optimum, stay: Optimum) -> list[Message]:
    r, _, a, b = best.values
    found = []
    chance = chance_without_leaving(best.log_likelihood - stay.log_likelihood)
    if chance > _UNSURE:
        found.append(
            message(
                "No leaving can be identified: a model in which nobody leaves (NBD) fits about as well (p = {p:p}).",
                p=chance,
            )
        )
    elif a > _RUNAWAY and b > _RUNAWAY:
        found.append(
            message(
                "a and b run to infinity: all customers seem to have the same chance of {p:pct1} to leave after a "
                "purchase.", p=a / (a + b),
            )
        )  # fmt: skip
    elif min(a, b) < 1 / _RUNAWAY:
        found.append(message("a or b runs to zero: customers seem either to leave at once or never."))
    if r > _RUNAWAY:
        found.append(message("r and alpha run to infinity: all customers seem to buy at the same rate."))
    return found


def chance_without_leaving(gain: float) -> float:
    """Return the p-value of a gain in log-likelihood over NBD.

    Examples
    --------
    >>> round(chance_without_leaving(1.3528), 2)
    0.05
    """
    # on the edge of the parameters half of the likelihood ratio's distribution is at 0 (Self & Liang 1987)
    from scipy.stats import chi2

    return float(0.5 * chi2.sf(2 * gain, 1)) if gain > 1e-6 else 1.0


def _one_time_note(patterns: Patterns, chances: Chances) -> tuple[Note, ...]:
    if chances:
        return ()
    once = float(patterns.by_x[0]) / patterns.customers
    text = message(
        "BG/NBD takes every one-time buyer ({share:pct} of the customers) for alive; MBG/NBD and Pareto/NBD do not.",
        share=once,
    )
    return (Note(text),)
