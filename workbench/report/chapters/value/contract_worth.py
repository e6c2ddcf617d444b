"""Chapter 40, contracts: what of running contracts is still to come, and what that is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from workbench.clv import Concentration, Total, concentration
from workbench.clv.numerics.horizon import daily_force
from workbench.clv.value.terms import NO_GROUP
from workbench.core.bulk import in_engine, keep_rows
from workbench.core.engine import Table
from workbench.core.language import message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.report.chapters.value.contracts import MONTH, Contracts
from workbench.report.chapters.value.groups import VALUE_COLUMNS
from workbench.report.chapters.value.renewals import DRAWS, Renewals
from workbench.report.chapters.value.terms import WaveTerms
from workbench.store import Wave

LONGEST = 1200  # months looked ahead for all time
AHEAD_COLUMNS = {
    "age": Column(message("Under contract for")),
    "contracts": Column(message("Running contracts"), "int"),
    "still": Column(message("Still running in 12 months"), "pct1"),
    "still_low": Column(message("Lower limit"), "pct1"),
    "still_high": Column(message("Upper limit"), "pct1"),
    "months": Column(message("Months to come (discounted)"), "dec1"),
    "months_low": Column(message("months, low"), "dec1"),
    "months_high": Column(message("months, high"), "dec1"),
    "value": Column(message("Value of the horizon"), "money"),
}
AGE_BANDS = ((0, 12), (12, 24), (24, 36), (36, LONGEST))


@dataclass(frozen=True, eq=False)
class ContractValue:
    """What running contracts are worth.

    Attributes
    ----------
    source
        ``customer_id``, ``probability_alive`` (1 where a contract runs), ``clv``, ``lifetime_value``, ``at_risk``; one
        row per customer, in the order of the ids.
    total, lifetime
        Sums within the horizon and of all time, with intervals.
    at_risk
        What would be added if nobody left within the horizon.
    ahead
        By time under contract; see `AHEAD_COLUMNS`.
    spread
        How unequally value is spread.
    customers, running
        Customers who ever had a contract, and those who have one.
    level
        Level of the intervals.
    """

    source: Table
    total: Total
    lifetime: Total
    at_risk: float
    ahead: pd.DataFrame
    spread: Concentration
    customers: int
    running: int
    level: float


def months_ahead(renewals: Renewals, ages: np.ndarray, force: float, horizon: int, shift: int | None) -> np.ndarray:
    """Return the expected discounted months of contracts of these ages (months) that run now.

    Σ S(⌊(a + u) / P⌋) / S(⌊a / P⌋) · e^(−δ u) over the months u = ½, 1½ … of the horizon, P the months of a period.
    """
    middle = np.arange(horizon) + 0.5
    most = int((ages.max(initial=0) + horizon) // renewals.period) + 1
    kept = renewals.kept(np.arange(most + 1), shift)
    later = ((ages[:, None] + middle) // renewals.period).astype(np.int64)
    now = (ages // renewals.period).astype(np.int64)
    return np.asarray((kept[later] / kept[now][:, None]) @ np.exp(-force * MONTH * middle))


def contract_value(
    wave: Wave, contracts: Contracts, renewals: Renewals, terms: WaveTerms, level: float
) -> ContractValue | None:
    """Value running contracts: months to come × amount per month × margin, less service; None without amounts.

    The interval holds what the model is unsure of (draws of its parameters) and what contracts happen to do.
    """
    if not contracts.priced:
        return None
    plan, own = wave.config.value, contracts.spells
    force, d = daily_force(plan.annual_discount_rate), own.engine.dialect
    rows = _running(own, terms)
    if not len(rows):
        return None
    ages = np.unique(rows["age"].to_numpy(dtype=float))
    at = np.searchsorted(ages, rows["age"].to_numpy(dtype=float))
    margin, service = terms.of_customers(rows["term"])
    monthly = (rows["amount"] * margin - rows["shared"] * service / 12).to_numpy(dtype=float)
    drawn = [months_ahead(renewals, ages, force, plan.horizon_months, i) for i in range(DRAWS)]
    ever = [months_ahead(renewals, ages, force, LONGEST, i) for i in range(0, DRAWS, 4)]
    months, all_time = (months_ahead(renewals, ages, force, h, None) for h in (plan.horizon_months, LONGEST))
    certain = float(np.exp(-force * MONTH * (np.arange(plan.horizon_months) + 0.5)).sum())
    # a contract runs to the end or stops: at most the variance of all or nothing
    squares = (rows["square"] * margin**2).to_numpy(dtype=float)
    chance = float((squares * months[at] * (certain - months[at])).sum())
    per_age = pd.DataFrame({"age": ages, "months": months, "ever": all_time, "lost": certain - months})
    clv = _values(own, per_age, terms)
    total = _interval(float(monthly @ months[at]), np.array([monthly @ m[at] for m in drawn]), chance, level)
    people = own.rows(f"SELECT count(DISTINCT {CUSTOMER_ID}) AS n FROM {{table}}")["n"][0]
    worth = clv.rows(f"SELECT clv FROM {{table}} ORDER BY {d.text_order.format(column=CUSTOMER_ID)}")["clv"]
    return ContractValue(
        source=clv,
        total=total,
        level=level,
        customers=int(people),
        lifetime=_interval(float(monthly @ all_time[at]), np.array([monthly @ m[at] for m in ever]), 0.0, level),
        at_risk=float((rows["amount"] * margin).to_numpy(dtype=float) @ (certain - months[at])),
        ahead=_ahead(renewals, rows, monthly, months[at], level, force),
        spread=concentration(worth),
        running=int((worth != 0).sum()),
    )


def _running(own: Table, terms: WaveTerms) -> pd.DataFrame:
    # running contracts by whole months of age and terms: how many, amounts, and their share of a customer's service
    joined, term = _with_terms(own, terms)
    d = own.engine.dialect
    return own.engine.rows(f"""
        SELECT CAST(floor(s.days / {MONTH!r}) AS BIGINT) AS age, {term} AS term, count(*) AS people,
               {d.exact_sum("coalesce(s.amount, 0)", 4)} AS amount,
               {d.exact_sum("coalesce(s.amount * s.amount, 0)", 4)} AS square,
               {d.exact_sum("1.0 / n.many", 8)} AS shared
        FROM {joined} JOIN (SELECT {CUSTOMER_ID}, count(*) AS many FROM {own.source} WHERE running GROUP BY 1) AS n
          ON n.{CUSTOMER_ID} = s.{CUSTOMER_ID}
        WHERE s.running GROUP BY 1, 2 ORDER BY 1, 2""")


def _with_terms(own: Table, terms: WaveTerms) -> tuple[str, str]:
    d = own.engine.dialect
    if terms.groups is None or not isinstance(terms.groups[0], Table):
        return f"{own.source} AS s", d.literal(NO_GROUP)
    listed = in_engine(terms.groups[0], own.engine)
    named = f"coalesce(CAST(g.{d.quote(terms.groups[1])} AS {d.text_type}), {d.literal(NO_GROUP)})"
    return f"{own.source} AS s LEFT JOIN {listed.source} AS g ON g.{CUSTOMER_ID} = s.{CUSTOMER_ID}", named


def _values(own: Table, per_age: pd.DataFrame, terms: WaveTerms) -> Table:
    engine = own.engine
    d = engine.dialect
    joined, term = _with_terms(own, terms)
    names = [
        NO_GROUP,
        *(terms.margin if isinstance(terms.margin, dict) else ()),
        *(terms.service_cost if isinstance(terms.service_cost, dict) else ()),
    ]
    listed = pd.Series(list(dict.fromkeys(names)))
    margin, service = terms.of_customers(listed)
    known = engine.register(pd.DataFrame({"term": listed, "margin": margin, "service": service}))
    ages = engine.register(per_age)
    return keep_rows(
        engine,
        f"""
        SELECT v.{CUSTOMER_ID}, max(v.alive) AS probability_alive,
               sum(v.gross) - max(v.alive * v.service) / 12 * max(v.months) AS clv,
               sum(v.gross_ever) - max(v.alive * v.service) / 12 * max(v.ever) AS lifetime_value,
               sum(v.lost) AS at_risk
        FROM (
            SELECT s.{CUSTOMER_ID}, CASE WHEN s.running THEN 1.0 ELSE 0.0 END AS alive, m.service,
                   coalesce(CASE WHEN s.running THEN a.months END, 0) AS months,
                   coalesce(CASE WHEN s.running THEN a.ever END, 0) AS ever,
                   coalesce(CASE WHEN s.running THEN s.amount * m.margin * a.months END, 0) AS gross,
                   coalesce(CASE WHEN s.running THEN s.amount * m.margin * a.ever END, 0) AS gross_ever,
                   coalesce(CASE WHEN s.running THEN s.amount * m.margin * a.lost END, 0) AS lost
            FROM {joined} JOIN {known} AS m ON m.term = {term}
            LEFT JOIN {ages} AS a ON a.age = floor(s.days / {MONTH!r})
        ) AS v GROUP BY 1
        ORDER BY {d.text_order.format(column=f"v.{CUSTOMER_ID}")}""",
        stem="contract-value",
    )


def _interval(estimate: float, drawn: np.ndarray, chance: float, level: float) -> Total:
    error = float(np.sqrt(np.var(drawn) + chance))
    low, high = (float(np.quantile(drawn, (1 + s * level) / 2)) for s in (-1, 1))
    widen = error / max(float(np.std(drawn)), 1e-300)
    return Total(estimate, estimate - (estimate - low) * widen, estimate + (high - estimate) * widen, level, error)


def _ahead(
    renewals: Renewals, rows: pd.DataFrame, monthly: np.ndarray, months: np.ndarray, level: float, force: float
) -> pd.DataFrame:
    found = []
    age, people = rows["age"].to_numpy(dtype=float), rows["people"].to_numpy(dtype=float)
    for low, high in AGE_BANDS:
        some = (age >= low) & (age < high)
        if not people[some].sum():
            continue
        share = people[some] / people[some].sum()
        ages, at = np.unique(age[some], return_inverse=True)
        still = [float(share @ _kept_for(renewals, ages, 12, s)[at]) for s in (None, *range(DRAWS))]
        ever = [float(share @ months_ahead(renewals, ages, force, LONGEST, s)[at]) for s in (None, *range(0, DRAWS, 8))]
        sides = [(1 + s * level) / 2 for s in (-1, 1)]
        name = (
            message("{low:int} to {high:int} months", low=low, high=high)
            if high < LONGEST
            else message("{low:int} months and more", low=low)
        )
        found.append(
            {
                "age": name,
                "contracts": int(people[some].sum()),
                "still": still[0],
                "still_low": np.quantile(still[1:], sides[0]),
                "still_high": np.quantile(still[1:], sides[1]),
                "months": ever[0],
                "months_low": np.quantile(ever[1:], sides[0]),
                "months_high": np.quantile(ever[1:], sides[1]),
                "value": float(monthly[some] @ months[some]),
            }
        )
    return pd.DataFrame(found)


def _kept_for(renewals: Renewals, ages: np.ndarray, months: int, shift: int | None) -> np.ndarray:
    now, then = (((ages + m) // renewals.period).astype(np.int64) for m in (0, months))
    kept = renewals.kept(np.arange(int(then.max()) + 1), shift)
    return np.asarray(kept[then] / kept[now])


def contract_groups(worth: ContractValue, groups: Table | None, columns: Sequence[str]) -> pd.DataFrame:
    """Add up the value of running contracts by groups of customers; intervals as if customers were drawn from many.

    Returns
    -------
    DataFrame
        The columns of `value_groups`; ``leaving`` are the customers without a running contract.
    """
    names = ["breakdown", *VALUE_COLUMNS, "std_error"]
    parts = []
    z = NormalDist().inv_cdf((1 + worth.level) / 2)
    for column in columns if groups is not None else ():
        assert groups is not None
        d = groups.engine.dialect
        rows = worth.source.rows(f"""
            SELECT coalesce(CAST(g.{d.quote(column)} AS {d.text_type}), {d.literal(NO_GROUP)}) AS named,
                   count(*) AS customers, {d.exact_sum("v.clv")} AS value,
                   stddev_samp(v.clv) AS spread, avg(CAST(v.probability_alive AS DECIMAL(9, 1))) AS alive,
                   count(CASE WHEN v.probability_alive = 0 THEN 1 END) AS leaving,
                   {d.exact_sum("v.at_risk")} AS at_risk
            FROM {{table}} AS v LEFT JOIN {groups.source} AS g ON g.{CUSTOMER_ID} = v.{CUSTOMER_ID}
            GROUP BY 1 ORDER BY 1""")
        error = (rows["spread"].astype(float) / np.sqrt(rows["customers"])).fillna(np.inf).round(6)
        mean = rows["value"] / rows["customers"]
        parts.append(
            rows.rename(columns={"named": "group"}).assign(
                breakdown=column,
                share=rows["value"] / rows["value"].sum(),
                per_customer=mean,
                std_error=error,
                ci_low=mean - z * error,
                ci_high=mean + z * error,
                alive=rows["alive"].astype(float),
            )
        )
    return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)
