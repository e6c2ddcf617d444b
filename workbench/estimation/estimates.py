"""Means, totals, ratios and shares with design-based errors; groups are domains, the design is never subset."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.design import Design
from workbench.estimation.domains import Domains, read_domains
from workbench.estimation.intervals import check_confidence, quantile_t
from workbench.estimation.ratios import Ratio, fit_ratio, fit_total
from workbench.estimation.sample import read_sample
from workbench.estimation.skewness import LOPSIDED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Deff = Literal["srs", "srswr"]
SMALL_BASE = 30


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Estimates(Result):
    """Estimates with their uncertainty and base.

    Attributes
    ----------
    table
        Columns of `by`, ``variable`` (and ``level`` for shares), ``estimate``, ``std_error``, ``ci_low``, ``ci_high``,
        ``n`` (answers), ``n_effective`` (answers a simple random sample would need for the same error; Kish's number
        where the error is zero), and ``deff`` where asked.
    covariance
        Covariance of the estimates, rows and columns in the order of `table`.
    degrees_of_freedom
        Degrees of freedom behind each interval.
    """

    covariance: pd.DataFrame
    degrees_of_freedom: Floats

    caption: ClassVar[Message] = message("Estimates")
    columns: ClassVar[Mapping[str, Column]] = {"level": Column(message("Answer"))}
    style: ClassVar[str] = "dec2"

    def plot(self, language: Language | None = None) -> Figure:
        """Draw one row per estimate with its interval and base."""
        measures = {"estimate", "std_error", "ci_low", "ci_high", "n", "n_effective", "deff", "note"}
        names = [c for c in self.table.columns if c not in measures]
        keep = [c for c in names if len(set(self.table[c])) > 1] or names[:1]
        label = self.table[keep].astype(str).agg(" · ".join, axis=1)
        shown = self.table.assign(label=label)

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style=self.style, language=language)

        return charts.draw_figure(draw, height=max(1.8, 0.5 * len(shown) + 0.8))


@takes_columns(many=["variables", "by"])
def estimate_mean(
    data: pd.DataFrame,
    variables: str | Sequence[str],
    design: Design,
    *,
    by: str | Sequence[str] | None = None,
    confidence: float = 0.95,
    deff: Deff | None = None,
) -> Estimates:
    """Estimate means under a design, for all rows or by group.

    Parameters
    ----------
    data
        All rows of the sample; choose groups with `by`, not by cutting the table.
    variables
        Column or columns of numbers; missing answers are left out as a domain and noted.
    design
        The sampling design.
    by
        Column or columns whose combinations are the groups.
    confidence
        Coverage of the intervals.
    deff
        Reference of the design effect: ``srs`` (without replacement, N = sum of weights) or ``srswr``.

    Returns
    -------
    Estimates
        Intervals are Student's t; degrees of freedom are the first-stage units with answers in the group minus their
        strata. A group in which nobody answered has ``n`` 0 and nothing else; a single answer, or several of a single
        unit, has neither an error nor an interval.

    Raises
    ------
    InputError
        If a column is missing or holds text, if nobody answered at all, or if the design breaks a rule.

    Notes
    -----
    Linearised (Taylor) variance of the ratio mean: Särndal, Swensson and Wretman (1992), section 5.7.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 3.0, 6.0], "w": 10.0, "N": 40})
    >>> estimate_mean(data, "y", Design(weight="w", population="N")).table.round(3)
      variable  estimate  std_error  ci_low  ci_high  n  n_effective
    0        y       3.0      1.025  -0.261    6.261  4        4.444
    """
    return _estimate(data, variables, design, by, confidence, deff, kind="mean")


@takes_columns(many=["variables", "by"])
def estimate_total(
    data: pd.DataFrame,
    variables: str | Sequence[str],
    design: Design,
    *,
    by: str | Sequence[str] | None = None,
    confidence: float = 0.95,
    deff: Deff | None = None,
) -> Estimates:
    """Estimate population totals under a design, for all rows or by group.

    A missing answer contributes nothing to the total, which is then too low; the note says how many there are.

    Parameters
    ----------
    data
        All rows of the sample.
    variables
        Column or columns of numbers.
    design
        The sampling design.
    by
        Column or columns whose combinations are the groups.
    confidence
        Coverage of the intervals.
    deff
        Reference of the design effect: ``srs`` or ``srswr``.

    Returns
    -------
    Estimates
        As `estimate_mean`.

    Raises
    ------
    InputError
        As `estimate_mean`.

    Notes
    -----
    Särndal, Swensson and Wretman (1992), result 2.8.1 and 3.7.1.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 3.0, 6.0], "w": 10.0, "N": 40})
    >>> estimate_total(data, "y", Design(weight="w", population="N")).table["estimate"].item()
    120.0
    """
    return _estimate(data, variables, design, by, confidence, deff, kind="total")


@takes_columns("numerator", "denominator", many=["by"])
def estimate_ratio(
    data: pd.DataFrame,
    numerator: str,
    denominator: str,
    design: Design,
    *,
    by: str | Sequence[str] | None = None,
    confidence: float = 0.95,
) -> Estimates:
    """Estimate the ratio of two totals under a design (spend per order, complaints per customer).

    Rows with either value missing are left out and noted.

    Parameters
    ----------
    data
        All rows of the sample.
    numerator
        Column whose total stands above the line.
    denominator
        Column whose total stands below it.
    design
        The sampling design.
    by
        Column or columns whose combinations are the groups.
    confidence
        Coverage of the intervals.

    Returns
    -------
    Estimates
        As `estimate_mean`.

    Raises
    ------
    InputError
        As `estimate_mean`, and if the denominators of all groups add up to zero.

    Notes
    -----
    Särndal, Swensson and Wretman (1992), result 5.6.2: scores (y - R x) / X̂.

    Examples
    --------
    >>> data = pd.DataFrame({"spend": [10.0, 30.0], "orders": [1, 3], "w": 1.0})
    >>> estimate_ratio(data, "spend", "orders", Design(weight="w")).table["estimate"].item()
    10.0
    """
    check_confidence(confidence)
    sample, domains = read_sample(data, design), read_domains(data, by)
    top = number_column(data, numerator, where="data")[:, None]
    bottom = number_column(data, denominator, where="data")[:, None]
    seen = ~(np.isnan(top) | np.isnan(bottom))
    name = f"{numerator}/{denominator}"
    fit = fit_ratio(sample, domains, np.where(seen, top, 0.0), np.where(seen, bottom, 0.0), seen, [name])
    return finish(domains, fit, [name], confidence, None).with_notes(lopsided_notes(fit))


def _estimate(
    data: pd.DataFrame,
    variables: str | Sequence[str],
    design: Design,
    by: str | Sequence[str] | None,
    confidence: float,
    deff: Deff | None,
    *,
    kind: Literal["mean", "total"],
) -> Estimates:
    check_confidence(confidence)
    if deff not in (None, "srs", "srswr"):
        raise InputError(
            "The reference of the design effect is srs or srswr.", found=repr(deff), fix="Choose one.", where="deff"
        )
    names = [variables] if isinstance(variables, str) else list(variables)
    if not names:
        raise InputError("There is at least one column to estimate.", found="none", fix="Name one.", where="variables")
    sample, domains = read_sample(data, design), read_domains(data, by)
    columns = [number_column(data, v, where="data") for v in names]
    y = columns[0][:, None] if len(columns) == 1 else np.column_stack(columns)
    seen = ~np.isnan(y)
    filled = y if seen.all() else np.where(seen, y, 0.0)
    if kind == "mean":
        fit = fit_ratio(sample, domains, filled, None if seen.all() else seen.astype(float), seen, names)
    else:
        fit = fit_total(sample, domains, filled, seen, names)
    return finish(domains, fit, names, confidence, deff).with_notes(lopsided_notes(fit))


def finish(domains: Domains, fit: Ratio, names: Sequence[str], confidence: float, deff: Deff | None) -> Estimates:
    """Put a fit into a table with intervals, bases and notes."""
    width = len(names)
    variance = np.clip(np.diag(fit.covariance), 0.0, None)
    error = np.sqrt(variance)
    estimate, n = fit.estimate.ravel(), fit.n.ravel().astype(np.int64)
    df = fit.df.ravel()
    reach = quantile_t(confidence, df) * error
    spread = fit.element_variance.ravel() / np.maximum(n, 1)
    columns: dict[str, Any] = {
        **domains.columns(width),
        "variable": np.tile(np.asarray(names, dtype=object), domains.size),
        "estimate": estimate,
        "std_error": error,
        "ci_low": estimate - reach,
        "ci_high": estimate + reach,
        "n": n,
        "n_effective": effective_answers(fit),
    }
    ratio = variance / np.where(spread > 0, spread, np.nan)
    if deff == "srswr":
        columns["deff"] = ratio
    elif deff == "srs":
        mass = fit.mass.ravel()
        columns["deff"] = ratio / np.where(mass > n, 1 - n / mass, np.nan)
    grouped = [f"{g} · {v}" if width > 1 else g for g in domains.labels for v in names]
    labels = pd.Index(grouped or list(names))
    table, covariance = pd.DataFrame(columns), pd.DataFrame(fit.covariance, index=labels, columns=labels)
    notes = (*fit.notes, *domains.notes, *_base_notes(n, df))
    return Estimates(level=confidence, table=table, covariance=covariance, degrees_of_freedom=df, notes=notes)


def effective_answers(fit: Ratio) -> Floats:
    """Return how many answers a simple random sample needs for the same error, groups x variables in one row.

    Kish's number stands where the error is zero or unknown; it is missing where nobody answered.
    """
    variance = np.clip(np.diag(fit.covariance), 0.0, None)
    n = fit.n.ravel().astype(np.int64)
    known = (variance > 1e-28 * np.maximum(fit.estimate.ravel() ** 2, 1e-300)) & (n > 1)
    spread = fit.element_variance.ravel() / np.maximum(n, 1)
    found = np.where(known, n * spread / np.where(known, variance, 1.0), 1.0)
    if known.all():
        return found
    return np.where(known, found, np.where(n > 0, fit.kish.ravel(), np.nan))


def lopsided_notes(fit: Ratio) -> list[Note]:
    """Say how many intervals of the form estimate ± t × error rest on answers too skewed for them."""
    lopsided = (np.abs(fit.skewness) > LOPSIDED) & np.isfinite(fit.estimate)
    if not lopsided.any():
        return []
    text = message(
        "{count:int} of {all:int} estimates hang on a few large values: their intervals may miss more often than "
        "their level says, mostly on one side.",
        count=int(lopsided.sum()),
        all=lopsided.size,
    )
    return [Note(text, "caution")]


def _base_notes(n: np.ndarray, df: Floats) -> list[Note]:
    notes = []
    small = int(((n > 0) & (n < SMALL_BASE)).sum())
    if small:
        notes.append(
            Note(
                message(
                    "{small:int} of {all:int} estimates rest on fewer than {minimum:int} answers.",
                    small=small,
                    all=len(n),
                    minimum=SMALL_BASE,
                ),
                "caution",
            )
        )
    alone = int(((df <= 0) & (n > 0)).sum())
    if alone:
        note = message(
            "{count:int} estimates have no degrees of freedom: too few sampling units to say how uncertain they are.",
            count=alone,
        )
        notes.append(Note(note, "warning"))
        warnings.warn(note.text("en"), UntrustedWarning, stacklevel=4)
    return notes
