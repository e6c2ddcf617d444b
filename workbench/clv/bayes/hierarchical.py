"""Groups of customers whose models of buying borrow from each other: partial pooling, with priors free of units.

A group with few customers is drawn towards the others as far as the groups are alike; a group with many keeps its own
numbers. Source: Gelman & Hill (2007), Data Analysis Using Regression and Multilevel/Hierarchical Models, chapter 12.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.bayes.hierarchical_sampling import Drawn, sample
from workbench.clv.bayes.hierarchy import KINDS, QUANTITIES, HierarchicalKind, Hierarchy, parameters
from workbench.clv.columns import CI_HIGH_HIGH, CI_LOW_LOW, ESTIMATE, PARAMETER
from workbench.clv.models.fit import Fit
from workbench.clv.models.model import PurchaseModel
from workbench.clv.numerics.convergence import effective_size, r_hat
from workbench.clv.numerics.newton import Optimum
from workbench.clv.purchases.patterns import Floats, Patterns, dot
from workbench.clv.purchases.purchases import DAYS, Purchases, Unit
from workbench.clv.value.terms import Groups
from workbench.core import charts
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FORECASTS: Final = 200  # draws that forecasts use
_APART, _FAR_APART = 1.01, 1.05
_FEW, _TOO_FEW = 400.0, 100.0
_ASTRAY: Final = 0.01


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class HierarchicalFit(Result):
    """Posterior of a model of purchases by group.

    Attributes
    ----------
    table
        One row per group and parameter: ``group``, ``parameter``, ``estimate`` (median), ``ci_low``, ``ci_high``
        (quantiles), ``r_hat`` (1 where the chains agree), ``ess`` (effective draws). Parameters are in `unit`.
    between
        How much groups differ: ``quantity`` (see `workbench.clv.bayes.hierarchy`), ``estimate`` (standard deviation),
        ``ci_low``, ``ci_high``, ``r_hat``, ``ess``. Empty with a single group.
    kind
        Class of the model.
    samples
        Draws × groups × parameters, in `unit`, chain after chain.
    hierarchy
        The histories fitted to.
    level
        Level of the intervals.
    """

    between: pd.DataFrame
    kind: type[PurchaseModel]
    samples: Floats
    hierarchy: Hierarchy
    level: float

    caption: ClassVar[Message] = message("Parameters by group, with partial pooling")
    columns: ClassVar[Mapping[str, Column]] = {
        "group": Column(message("Group")),
        "parameter": PARAMETER,
        "customers": Column(message("Customers"), "int"),
        "estimate": ESTIMATE,
        "ci_low": CI_LOW_LOW,
        "ci_high": CI_HIGH_HIGH,
        "r_hat": Column(message("Agreement of chains (R-hat)"), "dec3"),
        "ess": Column(message("Effective draws"), "int"),
    }

    @property
    def unit(self) -> Unit:
        """Unit of the parameters' times."""
        return self.hierarchy.unit

    def draws(self, group: str | None = None) -> pd.DataFrame:
        """Return one group's draws, one column per parameter; the group may be left out where there is only one."""
        g = self.hierarchy.of_group(group)
        return pd.DataFrame(self.samples[:, g], columns=list(self.kind.names()))

    def fit(self, group: str | None = None) -> Fit:
        """Return one group as a `Fit`, with the mean and the covariance of its draws' logarithms.

        So that everything that takes a fit takes a group: values, forecasts, holdouts.
        """
        g = self.hierarchy.of_group(group)
        logs = np.log(self.samples[:, g])
        covariance = np.cov(logs.T)
        patterns = self.hierarchy.patterns_of(g)
        model = self.kind.of(np.exp(logs.mean(axis=0)))
        value = dot(patterns.count, model.log_likelihood(patterns.x, patterns.t_x, patterns.T))
        nowhere = np.zeros(len(covariance))
        mean = Optimum(model.theta, value, nowhere, -np.linalg.inv(covariance), converged=True, steps=0)
        return Fit.of(
            model,
            mean,
            customers=patterns.customers,
            patterns=patterns,
            unit=self.unit,
            notes=(Note(message("From the posterior of groups that borrow from each other.")),),
        )

    def probability_alive(self) -> pd.DataFrame:
        """Return each group's share of customers who still are customers.

        One row per group: ``group``, ``customers``, ``estimate``, ``ci_low``, ``ci_high``.
        """
        return self._by_group(lambda m, p: dot(p.count, m.probability_alive(p.x, p.t_x, p.T)) / p.customers)

    def expected_purchases(self, horizon_days: float) -> pd.DataFrame:
        """Return the purchases expected of each group in the next `horizon_days` days.

        One row per group: ``group``, ``customers``, ``estimate``, ``ci_low``, ``ci_high``; the intervals are those of
        the expectation, without the chance of single purchases.
        """
        ahead = horizon_days / DAYS[self.unit]
        return self._by_group(lambda m, p: dot(p.count, m.expected_purchases(ahead, p.x, p.t_x, p.T)))

    def plot(self, language: Language | None = None) -> Figure:
        """Draw how often customers of each group buy in a year while they are customers, with intervals."""
        names = self.kind.names()
        year = 365.25 / DAYS[self.unit]
        rates = self.samples[..., names.index("r")] / self.samples[..., names.index("alpha")] * year
        low, middle, high = np.quantile(rates, self._quantiles, axis=0)

        def draw(ax: Axes) -> None:
            at = np.arange(len(middle))[::-1]
            ax.hlines(at, low, high, color=charts.ACCENT)
            ax.plot(middle, at, "o", color=charts.ACCENT)
            ax.set_yticks(at, self.hierarchy.groups)
            ax.set_xlim(left=0)
            ax.set_xlabel(charts.text(message("Purchases a year of a customer who stays"), language))
            ax.grid(axis="y", visible=False)

        return charts.draw_figure(draw)

    @property
    def _quantiles(self) -> list[float]:
        return [(1 - self.level) / 2, 0.5, (1 + self.level) / 2]

    def _by_group(self, asked: Callable[[PurchaseModel, Patterns], float]) -> pd.DataFrame:
        some = self.samples[:: max(1, len(self.samples) // _FORECASTS)]
        rows = []
        for g, name in enumerate(self.hierarchy.groups):
            own = self.hierarchy.patterns_of(g)
            told = [asked(self.kind.of(theta), own) for theta in some[:, g]]
            low, _, high = np.quantile(told, self._quantiles)
            rows.append((name, int(own.customers), float(np.mean(told)), float(low), float(high)))
        return pd.DataFrame(rows, columns=["group", "customers", "estimate", "ci_low", "ci_high"])


def fit_hierarchical(
    purchases: Purchases | pd.DataFrame,
    *,
    by: str | Groups | None = None,
    model: HierarchicalKind = "bg_nbd",
    draws: int = 1000,
    tune: int = 1000,
    chains: int = 4,
    level: float = 0.95,
    between: float = 0.5,
    seed: int,
) -> HierarchicalFit:
    """Fit a model of purchases to groups that borrow strength from each other, by PyMC-Marketing.

    Parameters
    ----------
    purchases
        A purchase summary, or a DataFrame with ``x``, ``t_x``, ``T`` and perhaps ``count`` (times in days).
    by
        Groups: a column of the DataFrame; or a table of customers and its column, ``(customers, "region")``, for a
        purchase summary. Customers without a group are the group “–”. One group of everybody if None.
    model
        ``bg_nbd``, ``mbg_nbd`` or ``pareto_nbd``.
    draws, tune, chains
        Draws to keep of each chain, draws before them in which the sampler learns, and chains.
    level
        Level of the intervals.
    between
        Scale of the half-normal prior on how much groups differ (standard deviation of the logarithms).
    seed
        Seed of the draws.

    Returns
    -------
    HierarchicalFit
        With a caution or a warning where chains disagree, draws are few, or the sampler went astray.

    Raises
    ------
    InputError
        If PyMC-Marketing is not installed, a history cannot be, nobody bought twice, or an argument is out of range.

    Notes
    -----
    Priors are on quantities without a unit (`workbench.clv.bayes.hierarchy`): counting time in weeks instead of days
    changes the posterior by the unit of its times and by nothing else. The time it takes grows with the number of
    distinct histories: some seconds to compile and about a minute for a few thousand.

    Examples
    --------
    >>> p = pd.DataFrame({"x": [0, 1, 2, 9], "t_x": [0, 10.0, 20, 35], "T": [38.0] * 4, "count": [60, 20, 10, 9]})
    >>> try:
    ...     fit_hierarchical(p, draws=0, seed=1)
    ... except InputError as error:
    ...     print(error.rule)
    Draws are 100 or more in each of two chains or more, and a level lies between 0 and 1.
    """
    if model not in KINDS:
        raise InputError(
            f"A hierarchy is of one of {', '.join(KINDS)}.",
            found=repr(model),
            fix="Write model='bg_nbd'.",
            where="model",
        )
    if draws < 100 or tune < 100 or chains < 2 or not 0 < level < 1:
        raise InputError(
            "Draws are 100 or more in each of two chains or more, and a level lies between 0 and 1.",
            found=f"draws = {draws!r}, tune = {tune!r}, chains = {chains!r}, level = {level!r}",
            fix="Write draws=1000, tune=1000, chains=4, level=0.95.",
            where="fit_hierarchical",
        )
    if not 0 < between < float("inf"):
        raise InputError(
            "The scale of differences between groups is above 0.",
            found=repr(between),
            fix="Write between=0.5.",
            where="between",
        )
    hierarchy = Hierarchy.of(purchases, by)
    drawn = sample(hierarchy, model, draws=draws, tune=tune, chains=chains, between=between, seed=seed)
    return summed_up(hierarchy, model, drawn, level)


def summed_up(hierarchy: Hierarchy, model: str, drawn: Drawn, level: float) -> HierarchicalFit:
    """Make the result of what a sampler found."""
    kind = KINDS[model]
    values = np.stack(parameters(model, list(np.moveaxis(drawn.quantities, -1, 0))), axis=-1)
    values = values * np.array([hierarchy.scale if s == "time" else 1.0 for s in kind.scales])
    rows = [
        {"group": name, "parameter": parameter, **_told(values[:, :, g, k], level)}
        for g, name in enumerate(hierarchy.groups)
        for k, parameter in enumerate(kind.names())
    ]
    table = pd.DataFrame(rows)
    between = pd.DataFrame(
        [
            {"quantity": quantity, **_told(drawn.between[..., k], level)}
            for k, quantity in enumerate(QUANTITIES[model])
            if drawn.between is not None
        ],
        columns=["quantity", "estimate", "ci_low", "ci_high", "r_hat", "ess"],
    )
    every = pd.concat([table[["r_hat", "ess"]], between[["r_hat", "ess"]]]) if len(between) else table
    size = values.shape[0] * values.shape[1]
    return HierarchicalFit(
        table=table,
        between=between,
        kind=kind,
        samples=values.reshape(size, *values.shape[2:]),
        hierarchy=hierarchy,
        level=level,
        notes=_notes(float(every["r_hat"].max()), float(every["ess"].min()), drawn.diverged, size, level),
    )


def _told(chains: Floats, level: float) -> dict[str, float]:
    low, middle, high = np.quantile(chains, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return {
        "estimate": float(middle),
        "ci_low": float(low),
        "ci_high": float(high),
        "r_hat": r_hat(chains),
        "ess": effective_size(chains),
    }


def _notes(worst: float, fewest: float, diverged: int, size: int, level: float) -> tuple[Note, ...]:
    notes = [Note(message("Medians and intervals of {level:pct} of {n:int} draws.", level=level, n=size))]
    bad = worst > _FAR_APART or fewest < _TOO_FEW or diverged > _ASTRAY * size
    if bad or worst > _APART or fewest < _FEW or diverged:
        text = message(
            "The chains agree up to {r:dec3} (R-hat), the fewest effective draws are {n:int}, and the sampler went "
            "astray {astray:int} times: draw more, or tune longer.",
            r=worst,
            n=fewest,
            astray=diverged,
        )
        notes.append(Note(text, "warning" if bad else "caution"))
        if bad:
            warnings.warn(str(text), UntrustedWarning, stacklevel=4)
    return tuple(notes)
