"""Fitting BG/NBD and MBG/NBD: starts from the data, a thinned climb, the full climb, and what it could not tell."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd

from workbench.clv.models import nbd
from workbench.clv.models.beta_geometric import BetaGeometric, Chances, objective
from workbench.clv.models.fit import Fit
from workbench.clv.models.penalty import Pull
from workbench.clv.numerics.newton import Optimum, maximise
from workbench.clv.purchases.patterns import Patterns, as_patterns, mean_age
from workbench.core.language import Message, message
from workbench.core.results import Note

if TYPE_CHECKING:
    from workbench.clv.purchases.purchases import Purchases, Unit

_THINNED: Final = 20_000
_RUNAWAY: Final = 1e3


def fit_beta_geometric(
    kind: type[BetaGeometric], purchases: Purchases | pd.DataFrame, *, start: BetaGeometric | None, penalty: float
) -> Fit:
    """Fit a beta-geometric model; see `fit_bg_nbd`."""
    chances = kind.chances
    patterns = as_patterns(purchases)
    nbd.refuse_without_repeats(patterns)
    unit: Unit = "day" if isinstance(purchases, pd.DataFrame) else purchases.unit
    small = patterns.thinned(_THINNED) if len(patterns.x) > 2 * _THINNED else patterns
    stay = nbd.climb(small)
    if start is not None:
        starts = [list(start.parameters.values())]
    else:
        r, alpha = nbd.not_too_far(stay)
        starts = [[r, alpha, 0.8, 2.5], [0.5 * r, 0.5 * alpha, 1.0, 20.0], [2 * r, 1.5 * alpha, 0.3, 0.6]]
    pull = Pull.of(kind, penalty, mean_age(small))
    part = pull.on(partial(objective, patterns=small, chances=chances), small.customers / patterns.customers)
    tops = [maximise(part, s, size=small.customers) for s in starts]
    best = max(tops, key=lambda o: o.log_likelihood)
    if small is not patterns:
        whole = pull.on(partial(objective, patterns=patterns, chances=chances))
        best = maximise(whole, best.values, size=patterns.customers)
        stay = nbd.climb(patterns, stay.values)
    best = pull.off(best)
    return Fit.of(
        kind.of(best.values),
        best,
        customers=patterns.customers,
        verdicts=tuple(_verdicts(best, stay)),
        leaving_told=not nbd.without_leaving(best.log_likelihood - stay.log_likelihood),
        notes=_one_time_note(patterns, chances),
        patterns=patterns,
        unit=unit,
    )


def _verdicts(best: Optimum, stay: Optimum) -> list[Message]:
    r, _, a, b = best.values
    found = nbd.without_leaving(best.log_likelihood - stay.log_likelihood)
    if not found and a > _RUNAWAY and b > _RUNAWAY:
        found.append(
            message(
                "a and b run to infinity: all customers seem to have the same chance of {p:pct1} to leave after a "
                "purchase.",
                p=a / (a + b),
            )
        )
    elif not found and min(a, b) < 1 / _RUNAWAY:
        found.append(message("a or b runs to zero: customers seem either to leave at once or never."))
    return [*found, *nbd.one_rate(r)]


def _one_time_note(patterns: Patterns, chances: Chances) -> tuple[Note, ...]:
    if chances:
        return ()
    once = float(patterns.by_x[0]) / patterns.customers
    text = message(
        "BG/NBD takes every one-time buyer ({share:pct} of the customers) for alive; MBG/NBD and Pareto/NBD do not.",
        share=once,
    )
    return (Note(text),)
