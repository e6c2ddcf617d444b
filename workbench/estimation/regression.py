"""Linear and logistic regression with design-based errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, level_codes, number_column
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.columns import CI_HIGH, CI_LOW, STD_ERROR
from workbench.estimation.design import Design
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.intervals import check_confidence, quantile_t
from workbench.estimation.sample import Sample, read_sample
from workbench.estimation.variance import covariance_of_totals

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Family = Literal["linear", "logistic"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Regression(Result):
    """Coefficients of a regression.

    Attributes
    ----------
    table
        ``term``, ``estimate``, ``std_error``, ``ci_low``, ``ci_high``, ``statistic`` (t), ``p_value``, ``n``; for a
        logistic regression also ``odds_ratio``, ``odds_low``, ``odds_high``.
    covariance
        Covariance of the coefficients.
    r_squared
        Weighted share of variance explained (linear) or McFadden's (logistic).
    """

    covariance: pd.DataFrame
    r_squared: float

    caption: ClassVar[Message] = message("Regression")
    columns: ClassVar[Mapping[str, Column]] = {
        "term": Column(message("Term")),
        "statistic": Column(message("t"), "dec2"),
        "odds_ratio": Column(message("Odds ratio"), "dec2"),
        "odds_low": Column(message("Odds ratio, low ({level:level})"), "dec2"),
        "odds_high": Column(message("Odds ratio, high ({level:level})"), "dec2"),
        "estimate": Column(message("Coefficient"), "dec3"),
        "std_error": STD_ERROR.styled("dec3"),
        "ci_low": CI_LOW.styled("dec3"),
        "ci_high": CI_HIGH.styled("dec3"),
    }

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the coefficients with their intervals and a line at zero; the constant is left out."""
        shown = self.table.iloc[1:]

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="term", style="dec2", base=None, reference=0.0, language=language)

        return charts.draw_figure(draw, height=max(1.8, 0.5 * len(shown) + 0.8))


@takes_columns("outcome", many=["predictors"])
def regression(
    data: pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    design: Design,
    *,
    family: Family = "linear",
    confidence: float = 0.95,
) -> Regression:
    """Regress an answer on others under a design.

    Parameters
    ----------
    data
        All rows of the sample. Rows with a missing value stay in the design with a score of zero; they are counted.
    outcome
        A number; 0/1 (or booleans) for ``logistic``.
    predictors
        Numbers enter as they are, everything else by its levels against the first one.
    design
        The sampling design.
    family
        ``linear`` or ``logistic``.
    confidence
        Coverage of the intervals.

    Returns
    -------
    Regression
        Student's t with first-stage units minus strata minus slopes as degrees of freedom, as R's ``svyglm``.

    Raises
    ------
    InputError
        If a column is missing, a predictor is a copy or combination of others, or the outcome has the wrong values.

    Notes
    -----
    The fit is statsmodels' weighted GLM. Errors: A⁻¹ V A⁻¹ with A the weighted information and V the design covariance
    of the score totals: Binder (1983), International Statistical Review 51, 279–292, eq. 3.3.

    Examples
    --------
    >>> data = pd.DataFrame({"y": [1.0, 2.0, 2.5, 4.0], "x": [1.0, 2.0, 3.0, 4.0], "w": 1.0})
    >>> regression(data, "y", ["x"], Design(weight="w")).table[["term", "estimate"]].round(3)
              term  estimate
    0  (intercept)      0.00
    1            x      0.95
    """
    check_confidence(confidence)
    if family not in get_args(Family):
        raise InputError("The family is linear or logistic.", found=repr(family), fix="Choose one.", where="family")
    require_columns(map(str, data.columns), [outcome, *predictors], where="data")
    sample = read_sample(data, design)
    y = number_column(data, outcome, where="data")
    if family == "logistic" and not np.isin(y[~np.isnan(y)], [0.0, 1.0]).all():
        raise InputError(
            "The outcome of a logistic regression is 0 or 1.",
            found=f"{outcome!r} from {np.nanmin(y):g} to {np.nanmax(y):g}",
            fix="Make a 0/1 column of it.",
            where="outcome",
        )
    seen = ~np.isnan(y) & data[list(predictors)].notna().all(axis=1).to_numpy()
    x, terms = _terms(data, predictors, seen)
    _require_rank(x[seen], terms)
    beta, fitted, r_squared = _fit(y[seen], x[seen], sample.weights[seen], family)
    slope = fitted * (1 - fitted) if family == "logistic" else np.ones(len(fitted))
    covariance = _covariance(sample, y, x, seen, beta, fitted, slope, family)
    error = np.sqrt(np.clip(np.diag(covariance), 0, None))
    df = np.full(len(beta), degrees_of_freedom(sample)[0] - len(beta) + 1)
    t = quantile_t(confidence, df)
    statistic = beta / np.where(error > 0, error, np.nan)
    table = pd.DataFrame(
        {
            "term": terms,
            "estimate": beta,
            "std_error": error,
            "ci_low": beta - t * error,
            "ci_high": beta + t * error,
            "statistic": statistic,
            "p_value": 2 * scipy.stats.t.sf(np.abs(statistic), np.where(df > 0, df, np.nan)),
            "n": int(seen.sum()),
        }
    )
    if family == "logistic":
        table = table.assign(
            odds_ratio=np.exp(beta), odds_low=np.exp(table["ci_low"]), odds_high=np.exp(table["ci_high"])
        )
    return Regression(
        level=confidence,
        table=table,
        covariance=pd.DataFrame(covariance, index=terms, columns=terms),
        r_squared=r_squared,
        notes=_notes(seen),
    )


def _terms(data: pd.DataFrame, predictors: Sequence[str], seen: np.ndarray) -> tuple[Floats, list[str]]:
    columns: list[Floats] = [np.ones(len(data))]
    terms = ["(intercept)"]
    for p in predictors:
        if pd.api.types.is_numeric_dtype(data[p]):
            columns.append(np.nan_to_num(number_column(data, p, where="data")))
            terms.append(p)
            continue
        codes, levels = level_codes(data.loc[seen], [p], where="data")
        for level in range(1, len(levels)):
            column = np.zeros(len(data))
            column[seen] = codes == level
            columns.append(column)
            terms.append(f"{p} = {levels[p].iloc[level]}")
    return np.column_stack(columns), terms


def _require_rank(x: Floats, terms: list[str]) -> None:
    if len(x) <= x.shape[1]:
        raise InputError(
            "A regression has more complete rows than coefficients.",
            found=f"{len(x)} complete rows, {x.shape[1]} coefficients",
            fix="Use fewer predictors, or predictors with fewer missing values.",
            where="predictors",
        )
    scaled = x / np.maximum(np.sqrt((x**2).sum(axis=0)), 1e-300)
    diagonal = np.abs(np.diag(np.linalg.qr(scaled)[1]))
    if (diagonal < 1e-9).any():
        term = terms[int(diagonal.argmin())]
        raise InputError(
            message("No predictor is a copy or a combination of the others."),
            found=message("{term} is constant or follows exactly from the ones before it", term=term),
            fix=message("Leave it out."),
            where="predictors",
        )


def _fit(y: Floats, x: Floats, weights: Floats, family: Family) -> tuple[Floats, Floats, float]:
    # from where they are defined: statsmodels.api loads models of time series, too, which takes a second
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.regression.linear_model import WLS

    w = weights / weights.mean()
    if family == "linear":
        fit: Any = WLS(y, x, weights=w).fit()
        return np.asarray(fit.params), np.asarray(fit.fittedvalues), float(fit.rsquared)
    model = GLM(y, x, family=Binomial(), freq_weights=w)
    fit = model.fit(maxiter=100, tol=1e-13, tol_criterion="params")
    if np.abs(fit.params * x.std(axis=0)).max() > 25:
        raise InputError(
            "No predictor separates the two outcomes completely.",
            found="a coefficient grows without end",
            fix="Combine levels, or leave the predictor out.",
            where="predictors",
        )
    return np.asarray(fit.params), np.asarray(fit.fittedvalues), float(1 - fit.deviance / fit.null_deviance)


def _covariance(
    sample: Sample, y: Floats, x: Floats, seen: np.ndarray, beta: Floats, fitted: Floats, slope: Floats, family: Family
) -> Floats:
    replicates = sample.replicates
    if replicates is not None:

        def point(weights: Floats) -> Floats:
            used = seen & (weights > 0)
            return _fit(y[used], x[used], weights[used], family)[0]

        return replicates.covariance(point, beta)
    information = (x[seen] * (sample.weights[seen] * slope)[:, None]).T @ x[seen]
    scores = np.zeros_like(x)
    scores[seen] = np.linalg.solve(information, (x[seen] * (y[seen] - fitted)[:, None]).T).T
    return covariance_of_totals(sample, scores)


def _notes(seen: np.ndarray) -> tuple[Note, ...]:
    if seen.all():
        return ()
    return (
        Note(
            message(
                "{n:int} of {all:int} rows have a missing value and are left out of the regression.",
                n=int((~seen).sum()),
                all=len(seen),
            ),
            "caution" if seen.mean() < 0.8 else "info",
        ),
    )
