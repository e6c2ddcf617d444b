"""A fitted model: parameters, how sure they are, what the data could not tell, and the questions a fit answers."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar, Final, Self

import numpy as np
import pandas as pd

from workbench.clv.columns import CI_HIGH_HIGH, CI_LOW_LOW, ESTIMATE, PARAMETER, STD_ERROR
from workbench.clv.models.model import Model, PurchaseModel
from workbench.clv.numerics.newton import Optimum
from workbench.clv.purchases.patterns import Floats, Patterns
from workbench.clv.purchases.purchases import DAYS, Unit
from workbench.core.errors import InputError, UntrustedWarning
from workbench.core.language import Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result

LEVEL: Final = 0.95
_UNKNOWN: Final = 1e9  # variance along a direction that the data say nothing about
_FLAT: Final = 1e-9  # curvature, relative to the steepest, below which a direction is not identified
_BADLY: Final = 1e6  # condition number from which on parameters are said to be told apart badly
_NOTHING: Final = 12.0  # standard deviation of a logarithm from which on nothing is known
_WIDEST: Final = 3.0  # largest standard deviation of a logarithm that draws use


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Fit(Result):
    """A model fitted by maximum likelihood.

    Attributes
    ----------
    table
        One row per parameter: ``parameter``, ``estimate``, ``std_error``, ``ci_low``, ``ci_high`` (from the logarithm).
    model
        The model at its best parameters, in `unit`.
    log_likelihood
        Of all customers together.
    log_covariance
        Covariance of the parameters' logarithms, from the exact Hessian.
    converged
        Whether the gradient vanished.
    verdicts
        What the data could not tell, in words; empty if all is well.
    condition
        Ratio of the largest to the smallest curvature.
    customers
        Number of customers fitted to.
    patterns
        The histories fitted to; None for a model of amounts.
    unit
        Unit of the parameters' times; None for a model of amounts.
    rows
        What any other model was fitted to, with a ``count``; None for a model of purchases.
    leaving_told
        Whether the data tell who has left: False where a model in which nobody leaves fits about as well.
    """

    model: Model
    log_likelihood: float
    log_covariance: Floats
    converged: bool
    verdicts: tuple[Message, ...]
    condition: float
    customers: float
    patterns: Patterns | None = None
    unit: Unit | None = None
    rows: pd.DataFrame | None = None
    leaving_told: bool = True

    caption: ClassVar[Message] = message("Fitted model")
    columns: ClassVar[Mapping[str, Column]] = {
        "parameter": PARAMETER,
        "estimate": ESTIMATE,
        "std_error": STD_ERROR,
        "ci_low": CI_LOW_LOW,
        "ci_high": CI_HIGH_HIGH,
    }

    @property
    def parameters(self) -> Mapping[str, float]:
        """Parameter name → value."""
        return self.model.parameters

    @property
    def std_errors(self) -> Mapping[str, float]:
        """Parameter name → standard error."""
        return dict(zip(self.table["parameter"], self.table["std_error"].tolist(), strict=True))

    @property
    def covariance(self) -> pd.DataFrame:
        """Covariance of the parameters."""
        values = np.array(list(self.parameters.values()))
        with np.errstate(invalid="ignore"):
            covariance = self.log_covariance * np.outer(values, values)
        names = list(self.model.names())
        return pd.DataFrame(covariance, index=names, columns=names)

    @property
    def days_per_unit(self) -> int:
        """Days in one unit of the parameters' time."""
        return DAYS[self.unit or "day"]

    @property
    def evidence(self) -> pd.DataFrame:
        """What the model was fitted to: the columns of its likelihood, and ``count``.

        Raises
        ------
        InputError
            If the fit was read without them.
        """
        if self.patterns is not None:
            p = self.patterns
            return pd.DataFrame({"x": p.x, "t_x": p.t_x, "T": p.T, "count": p.count})
        if self.rows is None:
            raise InputError(
                "The fit carries what it was fitted to.",
                found="parameters only",
                fix="Fit again, or keep everything: fit_to_json(fit).",
                where="fit",
            )
        return self.rows

    def intervals(self, level: float) -> pd.DataFrame:
        """Return the table of parameters with intervals of another level."""
        return parameter_table(self.model, self.log_covariance, level)

    def probability_alive(self) -> Floats:
        """Return the probability that a customer of each pattern is still a customer."""
        model, p = self._purchase_model()
        return model.probability_alive(p.x, p.t_x, p.T)

    def expected_purchases(self, horizon_days: float) -> Floats:
        """Return the expected purchases of a customer of each pattern in the next `horizon_days` days."""
        model, p = self._purchase_model()
        return model.expected_purchases(horizon_days / self.days_per_unit, p.x, p.t_x, p.T)

    def expected_lifetime_purchases(self, annual_discount_rate: float) -> Floats:
        """Return the expected purchases of all time of a customer of each pattern, discounted (DERT)."""
        from workbench.clv.models.horizon import daily_force

        model, p = self._purchase_model()
        force = daily_force(annual_discount_rate) * self.days_per_unit
        if force == 0:
            raise InputError(
                "Purchases of all time need a discount rate above 0.",
                found="0",
                fix="Write 0.10 for 10 % a year.",
                where="annual_discount_rate",
            )
        return np.asarray(model.probability_alive(p.x, p.t_x, p.T) * model.lifetime_if_alive(force, p.x, p.T, p.t_x))

    def draws(self, n: int, seed: int) -> pd.DataFrame:
        """Draw parameters from the normal distribution of their logarithms; one row per draw.

        Directions the data say nothing about are drawn with a standard deviation of 3 in the logarithm.
        """
        roots, vectors = np.linalg.eigh(finite_covariance(self.log_covariance))
        spread = vectors * np.sqrt(np.clip(roots, 0, _WIDEST**2))
        noise = np.random.default_rng(seed).standard_normal((n, len(roots)))
        centre = np.log(list(self.parameters.values()))
        return pd.DataFrame(np.exp(centre + noise @ spread.T), columns=list(self.model.names()))

    def _purchase_model(self) -> tuple[PurchaseModel, Patterns]:
        if isinstance(self.model, PurchaseModel) and self.patterns is None:
            raise InputError(
                "The fit carries its purchase histories.",
                found="parameters only",
                fix="Ask fit.model about histories, or keep everything: fit_to_json(fit).",
                where="fit",
            )
        if not isinstance(self.model, PurchaseModel) or self.patterns is None:
            raise InputError(
                "Only a model of purchases says who is alive and how often customers will buy.",
                found=type(self.model).__name__,
                fix="Ask the fit of fit_bg_nbd, fit_mbg_nbd or fit_pareto_nbd, made from purchases.",
                where="fit",
            )
        return self.model, self.patterns

    @classmethod
    def of(
        cls,
        model: Model,
        optimum: Optimum,
        *,
        customers: float,
        verdicts: tuple[Message, ...] = (),
        notes: tuple[Note, ...] = (),
        patterns: Patterns | None = None,
        unit: Unit | None = None,
        rows: pd.DataFrame | None = None,
        leaving_told: bool = True,
    ) -> Self:
        """Make the fit of a model at its optimum."""
        covariance, condition = log_covariance(optimum.hessian)
        if not optimum.converged:
            verdicts = (
                *verdicts,
                message("The search for the best parameters did not end at a maximum; do not use this fit."),
            )
            warnings.warn(str(verdicts[-1]), UntrustedWarning, stacklevel=4)
        lost = [n for n, v in zip(model.names(), np.diag(covariance), strict=True) if v > _NOTHING**2]
        if lost and not verdicts:
            verdicts = (
                message("The data do not tell {names}: quite other values fit as well.", names=", ".join(lost)),
            )
        severity = "caution" if optimum.converged else "warning"
        if _BADLY < condition < float("inf"):
            text = message(
                "The data tell the parameters apart badly (condition number {c}); their sums and forecasts are surer "
                "than the parameters themselves.",
                c=f"{condition:.0e}",
            )
            notes = (Note(text), *notes)
        return cls(
            table=parameter_table(model, covariance, LEVEL),
            level=LEVEL,
            model=model,
            log_likelihood=optimum.log_likelihood,
            log_covariance=covariance,
            converged=optimum.converged,
            verdicts=verdicts,
            condition=condition,
            customers=customers,
            patterns=patterns,
            unit=unit,
            rows=rows,
            leaving_told=leaving_told,
            notes=(*(Note(v, severity) for v in verdicts), *notes),  # type: ignore[arg-type]
        )


def parameter_table(model: Model, covariance: Floats, level: float) -> pd.DataFrame:
    """Return a fit's table, with intervals from the logarithms; from 0 to infinity where nothing is known.

    Examples
    --------
    >>> from workbench.clv.contracts.sbg import Sbg
    >>> parameter_table(Sbg(alpha=2.0, beta=1.0), np.diag([0.01, 0.04]), 0.95)["std_error"].round(2).tolist()
    [0.2, 0.2]
    """
    values, spread = model.theta, np.sqrt(np.diag(covariance))
    nothing = spread > _NOTHING
    reach = np.where(nothing, 0.0, spread)
    z = NormalDist().inv_cdf((1 + level) / 2)
    return pd.DataFrame(
        {
            "parameter": list(model.names()),
            "estimate": values,
            "std_error": np.where(nothing, np.inf, values * reach),
            "ci_low": np.where(nothing, 0.0, values * np.exp(-z * reach)),
            "ci_high": np.where(nothing, np.inf, values * np.exp(z * reach)),
        }
    )


def log_covariance(hessian: Floats) -> tuple[Floats, float]:
    """Return the covariance of the logarithms and the condition number; huge variances where nothing is known.

    Examples
    --------
    >>> log_covariance(np.array([[-4.0]]))
    (array([[0.25]]), 1.0)
    """
    roots, vectors = np.linalg.eigh(-hessian)
    steepest = max(float(roots.max()), 1e-300)
    known = roots > _FLAT * steepest
    condition = steepest / float(roots.min()) if known.all() else float("inf")
    part = vectors[:, known]
    # nothing is known along a direction: parameters that run away together keep what is known of their ratio
    rest = vectors[:, ~known]
    return (part / roots[known]) @ part.T + _UNKNOWN * rest @ rest.T, condition


def finite_covariance(covariance: Floats) -> Floats:
    """Return a covariance of logarithms with a standard deviation of 3 where nothing is known."""
    return np.where(np.isfinite(covariance), covariance, _WIDEST**2)
