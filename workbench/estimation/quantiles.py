"""Quantiles under a design, with Woodruff's intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np
import pandas as pd

from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message, plural
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.estimation.design import Design
from workbench.estimation.domains import read_domains
from workbench.estimation.estimates import Estimates
from workbench.estimation.intervals import check_confidence, quantile_t, share_interval
from workbench.estimation.open_ends import ABOVE, BELOW, BOTH, NEITHER, beyond_reach, exact_ranks, is_simple, open_word
from workbench.estimation.ratios import fit_ratio
from workbench.estimation.sample import read_sample

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rule = Literal["math", "school", "hf4", "hf5", "hf6", "hf7", "hf8"]
OPEN: Mapping[str, Message] = {
    ABOVE: message("no upper limit"),
    BELOW: message("no lower limit"),
    BOTH: message("no limits"),
    NEITHER: message("none"),
}
ARROWS = {ABOVE: " →", BELOW: " ←", BOTH: " ↔", NEITHER: ""}
QuantileInterval = Literal["mean", "beta", "xlogit", "asin"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Quantiles(Estimates):
    """Estimated quantiles: the columns of `Estimates`, ``probability`` and ``open``.

    ``open`` says which end of the interval no answer of the sample can be: ``above``, ``below``, ``both`` or nothing.
    That end is missing, and so is the standard error.
    """

    caption: ClassVar[Message] = message("Estimated quantiles")
    columns: ClassVar[Mapping[str, Column]] = {
        "probability": Column(message("Quantile"), "pct1"),
        "open": Column(message("Open end")),
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with open ends in words."""
        said = [OPEN[o].text(language) for o in self.table["open"]]
        return self.table.assign(open=said) if any(self.table["open"]) else self.table.drop(columns="open")

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the quantiles with their intervals; an open end goes on to the edge, with an arrow at its name."""
        ends = self.table[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float)
        low, high = np.nanmin(ends), np.nanmax(ends)
        reach = 0.15 * max(high - low, 1e-9)
        kinds = self.table["open"]
        drawn = self.table.drop(columns="open").assign(
            ci_low=np.where(kinds.isin([BELOW, BOTH]), low - reach, self.table["ci_low"]),
            ci_high=np.where(kinds.isin([ABOVE, BOTH]), high + reach, self.table["ci_high"]),
            variable=self.table["variable"].astype(str) + kinds.map(ARROWS),
        )
        return Estimates.plot(
            Estimates(
                level=self.level,
                table=drawn,
                covariance=self.covariance,
                degrees_of_freedom=self.degrees_of_freedom,
            ),
            language,
        )


@takes_columns("variable", many=["by"])
def estimate_quantile(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    *,
    probabilities: float | Sequence[float] = (0.25, 0.5, 0.75),
    by: str | Sequence[str] | None = None,
    rule: Rule = "math",
    interval: QuantileInterval = "mean",
    confidence: float = 0.95,
) -> Quantiles:
    """Estimate quantiles under a design: the median, or what the best quarter of customers exceeds.

    Parameters
    ----------
    data, variable, design, by, confidence
        As `estimate_mean`.
    probabilities
        Which quantiles, between 0 and 1.
    rule
        Definition of a quantile from the weighted values in ascending order, with C the cumulative weight, w the last
        weight and W the sum: ``math`` the smallest value with C ≥ pW; ``school`` the same, averaged with the next one
        where C = pW; ``hf4`` … ``hf8`` interpolate the points C/W, (C - w/2)/W, C/(W + w), (C - w)/(W - w) and
        (C - w/3)/(W + w/3). Among tied values the order of the rows counts, as in R.
    interval
        Interval of the share of answers up to the quantile that is carried over to it (Woodruff).

    Returns
    -------
    Quantiles
        ``std_error`` is the length of the interval over twice its t quantile. ``covariance`` has the variances only. An
        end that no answer can be is missing, ``open`` names it: of ten answers all lie below the 90 % quantile with
        chance 0.35, so the largest is no upper limit.

    Raises
    ------
    InputError
        As `estimate_mean`, and if a probability is not between 0 and 1.

    Notes
    -----
    Woodruff (1952), Journal of the American Statistical Association 47, 635–646; rules numbered as by Hyndman and Fan
    (1996), The American Statistician 50, 361–365, with weights as in R survey 4.1. R's rule ``shahvaish`` and its
    ``score`` interval are not offered. Answers of one weight that were drawn at random have intervals at least as wide
    as those of order statistics (`workbench.estimation.open_ends.exact_ranks`); else an end is open where the limit of
    the share lies outside 0 to 1, or where the effective number of answers cannot reach it.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0, 5.0], "w": 1.0})
    >>> estimate_quantile(data, "y", Design(weight="w"), probabilities=0.5).table["estimate"].item()
    3.0
    """
    check_confidence(confidence)
    wanted = np.atleast_1d(np.asarray(probabilities, dtype=float))
    if not ((wanted > 0) & (wanted < 1)).all():
        raise InputError(
            "A quantile lies between 0 and 1.",
            found=str(probabilities),
            fix="Pass 0.5 for the median.",
            where="probabilities",
        )
    for name, value, allowed in (("rule", rule, Rule), ("interval", interval, QuantileInterval)):
        if value not in get_args(allowed):
            raise InputError(
                f"{name} is one of {', '.join(get_args(allowed))}.", found=repr(value), fix="Choose one.", where=name
            )
    sample, domains = read_sample(data, design), read_domains(data, by)
    y = number_column(data, variable, where="data")
    seen = ~np.isnan(y)
    code = np.zeros(len(y), dtype=np.int64) if domains.code is None else domains.code
    groups = [np.flatnonzero(seen & (code == g)) for g in range(domains.size)]
    curves = [_Curve.of(y[rows], sample.weights[rows], rule) if len(rows) else None for rows in groups]
    estimate = np.array([np.full(len(wanted), np.nan) if c is None else c.at(wanted) for c in curves])
    wide = np.repeat(seen[:, None], len(wanted), axis=1)
    below = (np.where(seen, y, np.inf)[:, None] <= np.where(code[:, None] >= 0, estimate[code], -np.inf)) & wide
    fit = fit_ratio(sample, domains, below.astype(float), wide.astype(float), wide, [variable] * len(wanted))
    error = np.sqrt(np.clip(np.diag(fit.covariance), 0, None))
    df = fit.df.ravel()
    low, high = share_interval(
        fit.estimate.ravel(), error, fit.n.ravel(), fit.kish.ravel(), df, confidence=confidence, interval=interval
    )
    ends = []
    for side in (low, high):
        shares = np.clip(side, 0, 1).reshape(domains.size, -1)
        at = [np.full(len(wanted), np.nan) if c is None else c.at(s) for c, s in zip(curves, shares, strict=True)]
        ends.append(np.where(np.isnan(side), np.nan, np.concatenate(at)))
    goal = np.tile(wanted, domains.size)
    # the share's error says how many independent answers the design is worth, the weights how many at most
    worth = fit.estimate.ravel() * (1 - fit.estimate.ravel()) / np.where(error > 1e-12, error, np.nan) ** 2
    below, above = beyond_reach(goal, np.fmin(worth, fit.kish.ravel()), confidence)
    below, above = below | (low <= 1e-12), above | (high >= 1 - 1e-12)
    for g, rows in enumerate(groups):
        if len(rows) > 1 and is_simple(sample, rows):
            answers = np.sort(y[rows])
            for i in range(g * len(wanted), (g + 1) * len(wanted)):
                first, last = exact_ranks(len(rows), float(goal[i]), confidence)
                below[i], above[i] = first < 1, last > len(rows)
                ends[0][i] = np.fmin(ends[0][i], answers[max(first - 1, 0)])
                ends[1][i] = np.fmax(ends[1][i], answers[min(last, len(rows)) - 1])
    some = fit.n.ravel() > 1
    below, above = below & some, above & some
    ends = [np.where(below | ~some, np.nan, ends[0]), np.where(above | ~some, np.nan, ends[1])]
    spread = (ends[1] - ends[0]) / (2 * quantile_t(confidence, df))
    table = domains.levels.loc[np.repeat(np.arange(domains.size), len(wanted))].reset_index(drop=True)
    share_error = np.where(error > 1e-12, error, np.nan)
    effective = fit.estimate.ravel() * (1 - fit.estimate.ravel()) / share_error**2
    kish = np.where(fit.n.ravel() > 0, fit.kish.ravel(), np.nan)
    table = table.assign(
        variable=variable,
        probability=np.tile(wanted, domains.size),
        estimate=estimate.ravel(),
        std_error=spread,
        ci_low=ends[0],
        ci_high=ends[1],
        n=fit.n.ravel().astype(np.int64),
        n_effective=np.where(np.isnan(effective), kish, effective),
        open=[open_word(b, a) for b, a in zip(below, above, strict=True)],
    )
    names = [f"{g}:{p:g}" for g in range(domains.size) for p in wanted]
    covariance = pd.DataFrame(np.diag(spread**2), index=names, columns=names)
    return Quantiles(
        level=confidence,
        table=table,
        covariance=covariance,
        degrees_of_freedom=df,
        notes=(*fit.notes, *domains.notes, *_open_notes(below | above)),
    )


def _open_notes(ends: np.ndarray) -> tuple[Note, ...]:
    if not ends.any():
        return ()
    text = plural(
        "{n:int} quantile has no limit on a side: so few answers cannot show one there.",
        "{n:int} quantiles have no limit on a side: so few answers cannot show one there.",
        n=int(ends.sum()),
    )
    return (Note(text, "caution"),)


@dataclass(frozen=True, eq=False)
class _Curve:
    values: Floats
    shares: Floats
    rule: str

    @classmethod
    def of(cls, values: Floats, weights: Floats, rule: str) -> _Curve:
        order = np.argsort(values, kind="stable")
        x, w = values[order], weights[order]
        c = np.cumsum(w)
        total, last = c[-1], w[-1]
        if rule in ("math", "school"):
            return cls(x, c / total, rule)
        points = {
            "hf4": c / total,
            "hf5": (c - w / 2) / total,
            "hf6": c / (total + last),
            "hf7": (c - w) / max(total - last, 1e-300),
            "hf8": (c - w / 3) / (total + last / 3),
        }
        return cls(x, points[rule], rule)

    def at(self, shares: Floats) -> Floats:
        if self.rule not in ("math", "school"):
            return np.asarray(np.interp(shares, self.shares, self.values), dtype=np.float64)
        place = np.minimum(np.searchsorted(self.shares, shares - 1e-12), len(self.values) - 1)
        value = self.values[place]
        if self.rule == "school":
            after = self.values[np.minimum(place + 1, len(self.values) - 1)]
            value = np.where(np.abs(self.shares[place] - shares) <= 1e-12, (value + after) / 2, value)
        return np.asarray(value, dtype=np.float64)
