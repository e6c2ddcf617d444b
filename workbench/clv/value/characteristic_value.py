"""What each customer will be worth where characteristics move how often customers buy and how soon they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from workbench.clv.models.covariate_design import characteristics_of, logs_of
from workbench.clv.models.covariates import CovariateFit, fit_covariates, histories_with
from workbench.clv.models.fit import LEVEL, Fit, parameter_table
from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.purchases.patterns import as_patterns
from workbench.clv.purchases.purchases import Purchases, distinct_histories
from workbench.clv.value.concentration import concentration
from workbench.clv.value.terms import NO_GROUP, Groups
from workbench.clv.value.totals import Total, total_of
from workbench.clv.value.value import CustomerValue, value_customers
from workbench.core.bulk import in_engine, keep_rows
from workbench.core.engine import Table, as_table
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.names import CUSTOMER_ID
from workbench.core.results import Note

MOST: Final = 50  # combinations, each valued by itself


@dataclass(frozen=True, eq=False)
class Characteristics:
    """Columns of a list of customers that may move buying and leaving.

    Attributes
    ----------
    customers
        One row per customer: ``customer_id`` and the columns.
    rate, leaving
        Columns that may move how often customers buy, and how soon they leave.
    """

    customers: pd.DataFrame | Table
    rate: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Every column, each once."""
        return list(dict.fromkeys([*self.rate, *self.leaving]))


def fit_characteristics(purchases: Purchases, kind: str, given: Characteristics) -> CovariateFit:
    """Fit a model of purchases whose parameters differ by characteristics of a list of customers.

    Parameters
    ----------
    purchases
        Histories.
    kind
        ``bg_nbd`` or ``pareto_nbd``.
    given
        The characteristics. Customers who are not listed, or without a text, have the value ``–``.

    Returns
    -------
    CovariateFit
        As `fit_covariates`.

    Raises
    ------
    InputError
        As `fit_covariates`.

    Examples
    --------
    >>> from workbench.clv import purchase_summary
    >>> import datetime as dt
    >>> day = pd.Timestamp("2026-01-01")
    >>> orders = pd.DataFrame([(str(c), day + pd.Timedelta(days=7 * i * (1 + c % 2)), 9.0)
    ...                        for c in range(60) for i in range(1 + c % 7)],
    ...                       columns=["customer_id", "ordered_at", "amount"])
    >>> people = pd.DataFrame({"customer_id": [str(c) for c in range(60)], "app": ["yes", "no"] * 30})
    >>> bought = purchase_summary(orders, observed_until=dt.date(2026, 6, 30))
    >>> fit_characteristics(bought, "bg_nbd", Characteristics(people, rate=("app",))).table["covariate"].tolist()
    ['app=yes']
    """
    rows = histories_with(purchases, given.customers, given.columns)
    for column in given.columns:
        if not pd.api.types.is_numeric_dtype(rows[column]):
            rows[column] = rows[column].astype(object).where(rows[column].notna(), NO_GROUP).astype(str)
    rows = rows.groupby(["x", "t_x", "T", *given.columns], sort=True)["count"].sum().reset_index()
    return fit_covariates(kind, rows, rate=given.rate, leaving=given.leaving)  # type: ignore[arg-type]


def value_by_characteristics(
    purchases: Purchases,
    fit: CovariateFit,
    spend_model: Fit | GammaGamma,
    given: Characteristics,
    *,
    horizon_months: int = 12,
    annual_discount_rate: float,
    margin: float | Mapping[str, float] = 1.0,
    service_cost: float | Mapping[str, float] = 0.0,
    terms_by: Groups | None = None,
    interval: float = 0.95,
    seed: int,
) -> CustomerValue:
    """Value customers with the model of their own characteristics.

    Parameters
    ----------
    purchases, spend_model, horizon_months, annual_discount_rate, margin, service_cost, terms_by, interval, seed
        As for `value_customers`.
    fit
        What `fit_characteristics` returns.
    given
        The characteristics it was fitted with.

    Returns
    -------
    CustomerValue
        Of all customers; ``parts`` has those of each combination of characteristics, and ``valuation`` is that of the
        largest one. Combinations share their parameters, so that their errors add up: the interval is not too narrow.

    Raises
    ------
    InputError
        If there are more than 50 combinations of characteristics.

    Examples
    --------
    >>> from workbench.clv import GammaGamma, purchase_summary
    >>> import datetime as dt
    >>> day = pd.Timestamp("2026-01-01")
    >>> orders = pd.DataFrame([(str(c), day + pd.Timedelta(days=7 * i * (1 + c % 2)), 9.0)
    ...                        for c in range(60) for i in range(1 + c % 7)],
    ...                       columns=["customer_id", "ordered_at", "amount"])
    >>> by = Characteristics(pd.DataFrame({"customer_id": [str(c) for c in range(60)], "app": ["yes", "no"] * 30}),
    ...                      rate=("app",))
    >>> bought = purchase_summary(orders, observed_until=dt.date(2026, 6, 30))
    >>> fit = fit_characteristics(bought, "bg_nbd", by)
    >>> value = value_by_characteristics(bought, fit, GammaGamma(p=6.0, q=4.0, gamma=15.0), by,
    ...                                  annual_discount_rate=0.1, seed=1)
    >>> len(value.parts), len(value.table)
    (2, 60)
    """
    engine, d = purchases.source.engine, purchases.source.engine.dialect
    listed = in_engine(as_table(given.customers, engine), engine)
    own = {c: f"g.{d.quote(c)}" for c in given.columns}
    texts = {c: f"coalesce(CAST({own[c]} AS {d.text_type}), {d.literal(NO_GROUP)})" for c in given.columns}
    label = f" || {d.literal(chr(31))} || ".join(texts.values())
    marked = keep_rows(
        engine,
        f"""
        SELECT c.*, {label} AS own_characteristics, {", ".join(f"{v} AS own_{i}" for i, v in enumerate(own.values()))}
        FROM {purchases.source.source} AS c LEFT JOIN {listed.source} AS g ON g.{CUSTOMER_ID} = c.customer_id
        ORDER BY {d.text_order.format(column="c.customer_id")}""",
        stem="characteristics",
    )
    picked = ", ".join(f"own_{i}" for i in range(len(own)))
    kinds = marked.rows(f"""
        SELECT own_characteristics AS label, {picked}, count(*) AS many FROM {{table}} AS t
        GROUP BY own_characteristics, {picked}
        ORDER BY count(*) DESC, {d.text_order.format(column="own_characteristics")}""")
    if len(kinds) > MOST:
        raise InputError(
            message("Customers are valued by at most {most:int} combinations of characteristics.", most=MOST),
            found=message("{n:int} combinations", n=len(kinds)),
            fix=message("Name fewer columns in value.covariates, or put values into classes."),
            where="value.covariates",
        )
    terms = {"margin": margin, "service_cost": service_cost, "terms_by": terms_by}
    parts = []
    for row in kinds.to_dict("records"):
        values = {c: row[f"own_{i}"] for i, c in enumerate(given.columns)}
        some = _of_kind(purchases, marked, str(row["label"]))
        model = _model_of(fit, some, values)
        parts.append(
            value_customers(
                some,
                model,
                spend_model,
                horizon_months=horizon_months,
                annual_discount_rate=annual_discount_rate,
                interval=interval,
                seed=seed,
                **terms,  # type: ignore[arg-type]
            )
        )
    return _together(purchases, parts, interval)


def _of_kind(purchases: Purchases, marked: Table, label: str) -> Purchases:
    d = marked.engine.dialect
    columns = ", ".join(f"c.{d.quote(c)}" for c in purchases.source.columns)
    source = keep_rows(
        marked.engine,
        f"""
        SELECT {columns} FROM {marked.source} AS c WHERE c.own_characteristics = {d.literal(label)}
        ORDER BY {d.text_order.format(column="c.customer_id")}""",
        stem="of-kind",
    )
    return replace(purchases, source=source, patterns=distinct_histories(source, held=False), tracking=None)


def _model_of(fit: CovariateFit, purchases: Purchases, values: Mapping[str, object]) -> Fit:
    known = characteristics_of(fit, values)
    design = logs_of(fit, known)
    model = fit.model_for(**known)
    covariance = np.asarray(design @ np.nan_to_num(fit.log_covariance, posinf=9.0) @ design.T)
    return Fit(
        table=parameter_table(model, covariance, LEVEL),
        level=LEVEL,
        model=model,
        log_likelihood=float("nan"),
        log_covariance=covariance,
        converged=fit.converged,
        verdicts=(),
        condition=float("nan"),
        customers=float(purchases.customers),
        patterns=as_patterns(purchases),
        unit=purchases.unit,
    )


def _together(purchases: Purchases, parts: Sequence[CustomerValue], level: float) -> CustomerValue:
    engine, d = purchases.source.engine, purchases.source.engine.dialect
    columns = [c for c in parts[0].source.columns if all(c in p.source.columns for p in parts)]
    picked = ", ".join(d.quote(c) for c in columns)
    every = " UNION ALL ".join(f"SELECT {picked} FROM {p.source.source} AS t" for p in parts)
    source = keep_rows(
        engine,
        f"SELECT {picked} FROM ({every}) AS every ORDER BY {d.text_order.format(column='customer_id')}",
        stem="value",
    )
    total, lifetime = (_sum([getattr(p, name) for p in parts], level) for name in ("total", "lifetime"))
    shares = np.array([p.purchases.customers for p in parts]) / purchases.customers
    new, ever = (
        _sum([getattr(p, name) for p in parts], level, shares) for name in ("new_customer", "new_customer_lifetime")
    )
    spread = concentration((source, "clv"), level=level)
    summed = pd.concat([p.summary for p in parts])
    summary = parts[0].summary.assign(
        customers=purchases.customers,
        alive=float(summed["alive"].sum()),
        expected_purchases=float(summed["expected_purchases"].sum()),
        clv=total.estimate,
        ci_low=total.ci_low,
        ci_high=total.ci_high,
        clv_per_customer=total.estimate / purchases.customers,
        lifetime_value=lifetime.estimate,
        at_risk=float(summed["at_risk"].sum()),
        new_customer=new.estimate,
        gini=spread.gini,
    )
    text = message(
        "Customers are valued by their own characteristics ({n:int} combinations), whose errors are added up.",
        n=len(parts),
    )
    return replace(
        parts[0],
        source=source,
        summary=summary,
        total=total,
        lifetime=lifetime,
        new_customer=new,
        new_customer_lifetime=ever,
        at_risk=float(summed["at_risk"].sum()),
        concentration=spread,
        purchases=purchases,
        parts=tuple(parts),
        notes=(*parts[0].notes[:1], Note(text)),
    )


def _sum(totals: Sequence[Total], level: float, shares: np.ndarray | None = None) -> Total:
    weight = np.ones(len(totals)) if shares is None else shares
    estimate = float(sum(w * t.estimate for w, t in zip(weight, totals, strict=True)))
    if not np.isfinite(estimate):
        return Total.unknown(level)
    error = float(sum(w * t.std_error for w, t in zip(weight, totals, strict=True)))
    return total_of(estimate, np.zeros(0), np.zeros((0, 0)), error**2, level)
