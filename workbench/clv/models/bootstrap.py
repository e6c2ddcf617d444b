"""Bootstrap of a fit: customers drawn again by the counts of their patterns, and the model fitted to each draw.

Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapters 6 and 13.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.models.fit import Fit
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from workbench.clv.purchases.purchases import Purchases

_FEWEST: Final = 20
_LOST: Final = 0.05


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Bootstrap(Result):
    """A fit repeated on samples of its customers.

    Attributes
    ----------
    table
        One row per parameter: ``parameter``, ``estimate``, ``std_error`` (of the draws), ``ci_low``, ``ci_high``
        (percentiles).
    draws
        One row per sample, one column per parameter.
    fit
        The fit to all customers.
    level
        Level of the intervals.
    """

    draws: pd.DataFrame
    fit: Fit
    level: float

    caption: ClassVar[Message] = message("Bootstrap of the parameters")
    columns: ClassVar[Mapping[str, Column]] = {
        "parameter": Column(message("Parameter")),
        "estimate": Column(message("Estimate"), "dec3"),
        "std_error": Column(message("Standard error"), "dec3"),
        "ci_low": Column(message("Lower limit"), "dec3"),
        "ci_high": Column(message("Upper limit"), "dec3"),
    }


def bootstrap_fit(
    fit_model: Callable[..., Fit],
    data: Purchases | pd.DataFrame,
    *,
    replicates: int = 200,
    level: float = 0.9,
    seed: int,
) -> Bootstrap:
    """Repeat a fit on customers drawn again with replacement.

    Parameters
    ----------
    fit_model
        `fit_bg_nbd`, `fit_mbg_nbd`, `fit_pareto_nbd`, `fit_gamma_gamma` or `fit_bg_bb`.
    data
        What it is fitted to.
    replicates
        Samples to draw, 20 or more.
    level
        Level of the intervals.
    seed
        Seed of the draws.

    Returns
    -------
    Bootstrap
        Samples in which the search found no maximum are left out and counted in a note.

    Raises
    ------
    InputError
        If an argument is out of range.

    Notes
    -----
    Counts of patterns are drawn from a multinomial distribution, which is drawing customers with replacement.

    Examples
    --------
    >>> from workbench.clv import fit_bg_nbd
    >>> p = pd.DataFrame({"x": [0, 1, 2, 5], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [600, 200, 100, 50]})
    >>> bootstrap_fit(fit_bg_nbd, p, replicates=20, seed=1).table["parameter"].tolist()
    ['r', 'alpha', 'a', 'b']
    """
    if replicates < _FEWEST or not 0 < level < 1:
        raise InputError(
            f"A bootstrap has {_FEWEST} samples or more and a level between 0 and 1.",
            found=f"replicates = {replicates!r}, level = {level!r}",
            fix="Write replicates=200, level=0.9.",
            where="bootstrap_fit",
        )
    fit = fit_model(data)
    rows = fit.evidence
    count = rows["count"].to_numpy(dtype=float)
    random = np.random.default_rng(seed)
    found = []
    for _ in range(replicates):
        drawn = random.multinomial(round(count.sum()), count / count.sum())
        sample = rows.assign(count=drawn)[drawn > 0]
        again = _quietly(fit_model, sample, start=fit.model)
        if again is not None:
            found.append(again.model.theta)
    draws = pd.DataFrame(np.array(found).reshape(-1, len(fit.model.names())), columns=list(fit.model.names()))
    low, high = (draws.quantile((1 + side * level) / 2) for side in (-1, 1))
    table = pd.DataFrame(
        {
            "parameter": list(fit.model.names()),
            "estimate": fit.model.theta,
            "std_error": draws.std(ddof=1).to_numpy(),
            "ci_low": low.to_numpy(),
            "ci_high": high.to_numpy(),
        }
    )
    return Bootstrap(table=table, draws=draws, fit=fit, level=level, notes=_notes(replicates, len(found), level))


def _quietly(fit_model: Callable[..., Fit], sample: pd.DataFrame, **options: Any) -> Fit | None:
    import warnings

    from workbench.core.errors import UntrustedWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UntrustedWarning)
        fit = fit_model(sample, **options)
    return fit if fit.converged else None


def _notes(asked: int, found: int, level: float) -> tuple[Note, ...]:
    text = message("Intervals of {level:pct} from {n:int} samples of the customers.", level=level, n=found)
    if found == asked:
        return (Note(text),)
    lost = message(
        "In {n:int} of {all:int} samples the search found no maximum; they are left out.", n=asked - found, all=asked
    )
    return (Note(text), Note(lost, "warning" if asked - found > _LOST * asked else "caution"))
