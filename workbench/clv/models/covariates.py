"""BG/NBD and Pareto/NBD with characteristics of customers that do not change: who buys more often, who leaves sooner.

A characteristic z multiplies the mean purchase rate by e^(γ z), through α e^(−γ z), and the inclination to leave by
e^(δ z): in BG/NBD the mean odds of leaving after a purchase, through a e^(δ z); in Pareto/NBD the mean rate of leaving,
through β e^(−δ z). Source: Fader & Hardie (2007), Time-invariant covariates, brucehardie.com/notes/019.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
import pandas as pd

from workbench.clv.columns import CI_HIGH_HIGH, CI_LOW_LOW, STD_ERROR
from workbench.clv.models.beta_geometric import objective as beta_geometric_objective
from workbench.clv.models.bg_nbd import BgNbd, fit_bg_nbd
from workbench.clv.models.fit import Fit, log_covariance
from workbench.clv.models.model import PurchaseModel
from workbench.clv.models.pareto_nbd import ParetoNbd
from workbench.clv.models.pareto_nbd_curvature import Places
from workbench.clv.models.pareto_nbd_fit import fit_pareto_nbd, with_curvature
from workbench.clv.models.penalty import Pull, highest
from workbench.clv.numerics.newton import Curvature
from workbench.clv.purchases.patterns import PATTERN_COLUMNS, Floats, Patterns, as_patterns, mean_age
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Note, Result

if TYPE_CHECKING:
    from workbench.clv.purchases.purchases import Purchases
    from workbench.core.engine import Table

Kind = Literal["bg_nbd", "pareto_nbd"]
_MOST_GROUPS: Final = 2_000
_LEAVING: Final = {"bg_nbd": (2, 1.0), "pareto_nbd": (3, -1.0)}  # parameter that moves with the inclination to leave
_KINDS: Final[Mapping[str, type[PurchaseModel]]] = {"bg_nbd": BgNbd, "pareto_nbd": ParetoNbd}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CovariateFit(Result):
    """A model of purchases whose parameters differ by characteristics.

    Attributes
    ----------
    table
        One row per effect: ``process`` (rate or leaving), ``covariate``, ``coefficient``, ``std_error``, ``ratio``
        (e^coefficient), ``ci_low``, ``ci_high`` (of the ratio), ``p_value``.
    base
        Model of a customer with every characteristic at 0.
    coefficients
        (process, covariate) → coefficient.
    log_likelihood
        Of all customers together.
    log_covariance
        Of the logarithms of the base parameters and of the coefficients.
    without
        The fit without characteristics.
    p_value
        Of the likelihood-ratio test of all effects together.
    converged
        Whether the gradient vanished.
    """

    base: PurchaseModel
    coefficients: Mapping[tuple[str, str], float]
    log_likelihood: float
    log_covariance: Floats
    without: Fit
    p_value: float
    converged: bool

    caption: ClassVar[Message] = message("What moves buying and leaving")
    columns: ClassVar[Mapping[str, Column]] = {
        "process": Column(message("Process")),
        "covariate": Column(message("Characteristic")),
        "coefficient": Column(message("Coefficient"), "dec3"),
        "std_error": STD_ERROR,
        "ratio": Column(message("Multiplies by"), "dec2"),
        "ci_low": CI_LOW_LOW.styled("dec2"),
        "ci_high": CI_HIGH_HIGH.styled("dec2"),
    }

    def model_for(self, **characteristics: float) -> PurchaseModel:
        """Return the model of customers with these characteristics; those not named are 0.

        Raises
        ------
        InputError
            If a characteristic is unknown.
        """
        known = {c for _, c in self.coefficients}
        unknown = sorted(set(characteristics) - known)
        if unknown:
            rule, fix = "A characteristic is one the model was fitted with.", f"Use {', '.join(sorted(known))}."
            raise InputError(rule, found=unknown[0], fix=fix, where="model_for")
        place, sign = _LEAVING["bg_nbd" if isinstance(self.base, BgNbd) else "pareto_nbd"]
        logs = np.log(self.base.theta)
        for (process, name), value in self.coefficients.items():
            z = characteristics.get(name, 0.0)
            if process == "rate":
                logs[1] -= value * z
            else:
                logs[place] += sign * value * z
        return type(self.base).of(np.exp(logs))


def histories_with(purchases: Purchases, customers: pd.DataFrame | Table, columns: Sequence[str]) -> pd.DataFrame:
    """Return distinct histories together with characteristics: ``x``, ``t_x``, ``T``, the columns, ``count``.

    Parameters
    ----------
    purchases
        Histories of the customers.
    customers
        One row per customer: ``customer_id`` and the columns. Customers who are not listed have missing values.
    columns
        Characteristics.

    Returns
    -------
    DataFrame
        One row per distinct history and combination of characteristics.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv.purchases.purchases import purchase_summary
    >>> days = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-01-15"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "ordered_at": days, "amount": [5.0, 6.0, 7.0]})
    >>> bought = purchase_summary(orders, observed_until=dt.date(2026, 6, 30))
    >>> people = pd.DataFrame({"customer_id": ["a", "b"], "region": ["north", "south"]})
    >>> histories_with(bought, people, ["region"])[["x", "region"]].to_numpy().tolist()
    [[0, 'south'], [1, 'north']]
    """
    from workbench.core.bulk import in_engine
    from workbench.core.engine import as_table

    engine = purchases.source.engine
    listed = in_engine(as_table(customers, engine), engine)
    require_columns(listed.columns, (CUSTOMER_ID, *columns), where="customers")
    named = ", ".join(f"g.{engine.dialect.quote(c)}" for c in columns)
    found = purchases.source.rows(f"""
        SELECT c.frequency AS x, c.recency AS t_x, c.{engine.dialect.quote("T")}, {named}, count(*) AS count
        FROM {{table}} AS c LEFT JOIN {listed.source} AS g ON g.{CUSTOMER_ID} = c.customer_id
        GROUP BY {", ".join(str(i + 1) for i in range(3 + len(columns)))}""")
    return found.sort_values(["x", "t_x", "T", *columns], ignore_index=True)


def fit_covariates(
    kind: Kind,
    histories: pd.DataFrame,
    *,
    rate: Sequence[str] = (),
    leaving: Sequence[str] = (),
    penalty: float = 0.0,
    level: float = 0.95,
) -> CovariateFit:
    """Fit BG/NBD or Pareto/NBD with characteristics that do not change.

    Parameters
    ----------
    kind
        ``bg_nbd`` or ``pareto_nbd``.
    histories
        ``x``, ``t_x``, ``T``, perhaps ``count``, and the characteristics; see `histories_with`. A column of text stands
        for one 0/1 characteristic per value but the first in alphabetical order (``region=south``).
    rate
        Columns that may move how often customers buy.
    leaving
        Columns that may move how soon they leave.
    penalty
        Strength with which the base parameters' logarithms are drawn to 0 (scales of time: to the mean age) and the
        coefficients to 0, λ/2 Σ (… − centre)². The same in every unit of time. With a penalty the test of all effects
        errs towards none. None by default.
    level
        Level of the intervals.

    Returns
    -------
    CovariateFit
        The note gives the likelihood-ratio test of all effects together.

    Raises
    ------
    InputError
        If a column is missing or has missing values, nothing is asked for, or there are more than 2,000 different
        combinations of characteristics.

    Examples
    --------
    >>> p = pd.DataFrame({"x": [0, 1, 2, 9, 0, 2, 5, 12], "t_x": [0, 10.0, 20, 35, 0, 22, 30, 36], "T": 38.0,
    ...                   "count": [60, 20, 10, 9, 30, 20, 15, 9], "app": [0, 0, 0, 0, 1, 1, 1, 1]})
    >>> bool(fit_covariates("bg_nbd", p, rate=["app"]).table["ratio"][0] > 1.5)
    True
    """
    from scipy.special import chdtrc

    if kind not in _LEAVING or not (rate or leaving):
        raise InputError(
            "A model of bg_nbd, pareto_nbd has characteristics for the rate or for leaving.",
            found=f"{kind!r}, rate = {list(rate)}, leaving = {list(leaving)}",
            fix="Write fit_covariates('bg_nbd', histories, rate=['channel']).",
            where="fit_covariates",
        )
    require_columns(histories.columns, (*PATTERN_COLUMNS, *rate, *leaving), where="histories")
    z = _characteristics(histories, list(dict.fromkeys([*rate, *leaving])))
    parts = [(p, c) for p, columns in (("rate", rate), ("leaving", leaving)) for c in _of(z, columns)]
    groups = _groups(kind, histories, z, parts)
    without = fit_bg_nbd(histories, penalty=penalty) if kind == "bg_nbd" else fit_pareto_nbd(histories, penalty=penalty)
    base = Pull.of(_KINDS[kind], penalty, mean_age(as_patterns(histories)))
    pull = Pull(base.strength, np.concatenate([base.centre, np.zeros(len(parts))]))
    start = [*without.model.theta, *np.ones(len(parts))]
    best = highest(partial(_objective, groups=groups), [start], size=without.customers, pull=pull)
    covariance, _ = log_covariance(best.hessian)
    coefficients = np.log(best.values[4:])
    errors = np.sqrt(np.diag(covariance)[4:])
    reach = NormalDist().inv_cdf((1 + level) / 2)
    gain = 2 * max(best.log_likelihood - without.log_likelihood, 0.0)
    p_value = float(chdtrc(len(parts), gain))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        table = pd.DataFrame(
            {
                "process": pd.Series([_PROCESS[p] for p, _ in parts], dtype=object),
                "covariate": [c for _, c in parts],
                "coefficient": coefficients,
                "std_error": errors,
                "ratio": np.exp(coefficients),
                "ci_low": np.exp(coefficients - reach * errors),
                "ci_high": np.exp(coefficients + reach * errors),
                "p_value": chdtrc(1, (coefficients / errors) ** 2),
            }
        )
    text = message(
        "All characteristics together improve the fit by {gain:dec1} (likelihood ratio, {p:p_is}).",
        gain=gain,
        p=p_value,
    )
    return CovariateFit(
        table=table,
        base=_KINDS[kind].of(best.values[:4]),
        coefficients={part: float(v) for part, v in zip(parts, coefficients, strict=True)},
        log_likelihood=best.log_likelihood,
        log_covariance=covariance,
        without=without,
        p_value=p_value,
        converged=best.converged,
        level=level,
        notes=(Note(text), *_unsure(best.converged)),
    )


_PROCESS: Final = {"rate": message("How often they buy"), "leaving": message("How soon they leave")}


def _unsure(converged: bool) -> tuple[Note, ...]:
    if converged:
        return ()
    text = message("The search for the best parameters did not end at a maximum; do not use this fit.")
    return (Note(text, "warning"),)


def _characteristics(histories: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    missing = {c: int(histories[c].isna().sum()) for c in columns if histories[c].isna().any()}
    if missing:
        name, n = next(iter(missing.items()))
        raise InputError(
            "Every customer has every characteristic.",
            found=f"{n:,} histories without {name}",
            fix="Leave them out, or give them a value of their own.",
            where=name,
        )
    parts = []
    for column in columns:
        values = histories[column]
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            parts.append(values.astype(float).rename(column))
            continue
        levels = sorted(values.astype(str).unique())
        parts += [(values.astype(str) == level).astype(float).rename(f"{column}={level}") for level in levels[1:]]
    return pd.concat(parts, axis=1)


def _of(z: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    return [name for column in columns for name in z.columns if name == column or name.startswith(f"{column}=")]


@dataclass(frozen=True, eq=False)
class _Group:
    """Histories of customers with the same characteristics, and how all parameters make theirs (in logarithms)."""

    objective: Callable[[Floats], tuple[float, Floats, Curvature]]
    design: Floats


def _groups(kind: Kind, histories: pd.DataFrame, z: pd.DataFrame, parts: list[tuple[str, str]]) -> list[_Group]:
    values = z.to_numpy(dtype=float)
    kinds, place = np.unique(values, axis=0, return_inverse=True)
    if len(kinds) > _MOST_GROUPS:
        raise InputError(
            f"There are at most {_MOST_GROUPS:,} combinations of characteristics.",
            found=f"{len(kinds):,}",
            fix="Put values into classes.",
            where="histories",
        )
    leaving, sign = _LEAVING[kind]
    found = []
    for g, row in enumerate(kinds):
        own = as_patterns(histories[np.asarray(place).ravel() == g])
        design = np.zeros((4, 4 + len(parts)))
        design[:, :4] = np.eye(4)
        for k, (process, name) in enumerate(parts):
            value = row[z.columns.get_loc(name)]
            if process == "rate":
                design[1, 4 + k] = -value
            else:
                design[leaving, 4 + k] = sign * value
        found.append(_Group(_plain(kind, own), design))
    return found


def _plain(kind: Kind, own: Patterns) -> Callable[[Floats], tuple[float, Floats, Curvature]]:
    if kind == "bg_nbd":
        return partial(beta_geometric_objective, patterns=own, chances=0)
    return partial(with_curvature, places=Places.of(own), patterns=own)


def _objective(theta: Floats, groups: list[_Group]) -> tuple[float, Floats, Floats]:
    # every group's logarithms are linear in all logarithms: value, gradient and Hessian carry over
    logs = np.log(theta)
    value, gradient = 0.0, np.zeros(len(theta))
    hessian = np.zeros((len(theta), len(theta)))
    for group in groups:
        own = np.exp(group.design @ logs)
        part, slope, curvature = group.objective(own)
        bent = (curvature() if callable(curvature) else curvature) * np.outer(own, own) + np.diag(slope * own)
        value += part
        gradient += group.design.T @ (slope * own)
        hessian += group.design.T @ bent @ group.design
    return value, gradient / theta, (hessian - np.diag(gradient)) / np.outer(theta, theta)
