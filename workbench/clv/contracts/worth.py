"""What of running contracts is still to come, and what that is worth: months to come × amount a month × margin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pandas as pd

from workbench.clv.contracts.kinds import ALL, kind_sql
from workbench.clv.contracts.renewing import DRAWS, Renewals
from workbench.clv.contracts.spells import KIND, MONTH, ContractSpells
from workbench.clv.models.horizon import daily_force
from workbench.clv.purchases.patterns import Floats
from workbench.clv.value.concentration import Concentration, concentration
from workbench.clv.value.terms import NO_GROUP, Groups, Terms, group_source
from workbench.clv.value.totals import Total
from workbench.core.bulk import keep_rows
from workbench.core.engine import Table
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.names import CUSTOMER_ID, Column
from workbench.core.results import Result

_LONGEST: Final = 1200  # months looked ahead for all time
_AGE_BANDS: Final = ((0, 12), (12, 24), (24, 36), (36, _LONGEST))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ContractValue(Result):
    """What running contracts are worth.

    Attributes
    ----------
    table
        By time under contract: ``age``, ``contracts``, ``still`` (share still running in 12 months) with ``still_low``
        and ``still_high``, ``months`` (to come, discounted) with ``months_low`` and ``months_high``, ``value``.
    source
        ``customer_id``, ``probability_alive`` (1 where a contract runs), ``clv``, ``lifetime_value``, ``at_risk``; one
        row per customer, in the order of the ids.
    total, lifetime
        Sums within the horizon and of all time, with intervals.
    at_risk
        What would be added if nobody left within the horizon.
    concentration
        How unequally value is spread.
    customers, running
        Customers who ever had a contract, and those who have one.
    """

    source: Table
    total: Total
    lifetime: Total
    at_risk: float
    concentration: Concentration
    customers: int
    running: int

    caption: ClassVar[Message] = message("Running contracts and what is still to come of them")
    columns: ClassVar[Mapping[str, Column]] = {
        "age": Column(message("Under contract for")),
        "contracts": Column(message("Running contracts"), "people"),
        "still": Column(message("Still running in 12 months"), "pct1"),
        "still_low": Column(message("low ({level:level})"), "pct1"),
        "still_high": Column(message("high ({level:level})"), "pct1"),
        "months": Column(message("Months to come (discounted)"), "dec1"),
        "months_low": Column(message("months, low ({level:level})"), "dec1"),
        "months_high": Column(message("months, high ({level:level})"), "dec1"),
        "value": Column(message("Value of the horizon"), "money"),
    }


def months_ahead(renewals: Renewals, ages: Floats, force: float, horizon: int, shift: int | None) -> Floats:
    """Return the expected discounted months of contracts of these ages (months) that run now.

    Σ S(⌊(a + u) / P⌋) / S(⌊a / P⌋) · e^(−δ u) over the months u = ½, 1½ … of the horizon, P the months of a period.
    """
    middle = np.arange(horizon) + 0.5
    most = int((ages.max(initial=0) + horizon) // renewals.period) + 1
    kept = renewals.kept(np.arange(most + 1), shift)
    later = ((ages[:, None] + middle) // renewals.period).astype(np.int64)
    now = (ages // renewals.period).astype(np.int64)
    return np.asarray((kept[later] / kept[now][:, None]) @ np.exp(-force * MONTH * middle))


def survival_ahead(renewals: Renewals, ages: Floats, months: int, shift: int | None = None) -> Floats:
    """Return the chance that contracts of these ages (months) that run now still run in so many months.

    S(⌊(a + h) / P⌋) / S(⌊a / P⌋), conditional on running now.
    """
    now, then = (((ages + m) // renewals.period).astype(np.int64) for m in (0, months))
    kept = renewals.kept(np.arange(int(then.max(initial=0)) + 1), shift)
    return np.asarray(kept[then] / kept[now])


def value_contracts(
    spells: ContractSpells,
    renewals: Renewals | Mapping[str, Renewals],
    *,
    horizon_months: int = 12,
    annual_discount_rate: float,
    margin: float | Mapping[str, float] = 1.0,
    service_cost: float | Mapping[str, float] = 0.0,
    terms_by: Groups | None = None,
    level: float = 0.95,
) -> ContractValue:
    """Value running contracts: months to come × amount a month × margin, less the cost of service.

    Parameters
    ----------
    spells
        What `contract_spells` returns.
    renewals
        What `contract_renewals` or, with a model for each kind of contracts, `renewals_by_kind` returns.
    horizon_months
        Months ahead.
    annual_discount_rate
        Share per year, such as 0.10.
    margin
        Share of an amount that is value; or group → share.
    service_cost
        Money a year that serving somebody under contract costs; or group → money.
    terms_by
        A table with ``customer_id`` and the name of its column of groups, where margins or costs differ.
    level
        Level of the intervals.

    Returns
    -------
    ContractValue
        Intervals hold what the model is unsure of (draws of its parameters) and what contracts happen to do.

    Raises
    ------
    InputError
        If contracts have no amounts, or none is running.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.clv import contract_renewals, contract_spells
    >>> lines = pd.DataFrame({"customer_id": list("ab"), "started_at": pd.to_datetime(["2024-01-01"] * 2),
    ...                       "ended_at": pd.to_datetime(["2025-01-01", None]), "amount_per_month": 10.0})
    >>> spells = contract_spells(lines, observed_until=dt.date(2025, 6, 30))
    >>> worth = value_contracts(spells, contract_renewals(spells), annual_discount_rate=0.1)
    >>> worth.running, 0 < worth.total.estimate < 120
    (1, True)
    """
    own, terms = spells.source, Terms.of(margin, service_cost)
    parts = renewals if isinstance(renewals, Mapping) else {ALL: renewals}
    part = kind_sql(spells, parts, f"s.{KIND}")
    rows = _running(own, terms_by if terms.by_group else None, part)
    if not spells.priced or not len(rows):
        raise InputError(
            message("The value of contracts is told by the amounts of those that run."),
            found=message("no amount_per_month") if not spells.priced else message("no contract that runs"),
            fix=message("Add a column amount_per_month to the contracts."),
            where="contracts",
        )
    force = daily_force(annual_discount_rate)
    share, service = terms.for_groups(rows["term"].astype(str).tolist())
    monthly = (rows["amount"] * share - rows["shared"] * service / 12).to_numpy(dtype=float)

    def ahead(horizon: int, shift: int | None) -> Floats:
        return _each(parts, rows, lambda r, ages: months_ahead(r, ages, force, horizon, shift))

    drawn = [ahead(horizon_months, i) for i in range(DRAWS)]
    ever = [ahead(_LONGEST, i) for i in range(0, DRAWS, 4)]
    months, all_time = (ahead(h, None) for h in (horizon_months, _LONGEST))
    certain = float(np.exp(-force * MONTH * (np.arange(horizon_months) + 0.5)).sum())
    # a contract runs to the end or stops: at most the variance of all or nothing
    squares = (rows["square"] * share**2).to_numpy(dtype=float)
    chance = float((squares * months * (certain - months)).sum())
    told = {"months": months, "ever": all_time, "lost": certain - months}
    per_age = rows[["part", "age"]].assign(**told).drop_duplicates(["part", "age"])
    clv = _values(own, per_age, terms, terms_by if terms.by_group else None, part)
    people = own.rows(f"SELECT count(DISTINCT {CUSTOMER_ID}) AS n FROM {{table}} AS t")["n"][0]
    running = clv.rows("SELECT count(*) AS n FROM {table} AS t WHERE clv <> 0")["n"][0]
    return ContractValue(
        table=_ahead(parts, rows, monthly, months, level, force),
        source=clv,
        total=_interval(float(monthly @ months), np.array([monthly @ m for m in drawn]), chance, level),
        level=level,
        customers=int(people),
        lifetime=_interval(float(monthly @ all_time), np.array([monthly @ m for m in ever]), 0.0, level),
        at_risk=float((rows["amount"] * share).to_numpy(dtype=float) @ (certain - months)),
        concentration=concentration((clv, "clv"), level=level),
        running=int(running),
    )


def _each(parts: Mapping[str, Renewals], rows: pd.DataFrame, told: Callable[[Renewals, Floats], Floats]) -> Floats:
    # what is told of each row by the renewals of its kind, once for each age
    found = np.empty(len(rows))
    for name, renewals in parts.items():
        some = (rows["part"] == name).to_numpy()
        ages, at = np.unique(rows["age"].to_numpy(dtype=float)[some], return_inverse=True)
        found[some] = told(renewals, ages)[at]
    return found


def _running(own: Table, terms_by: Groups | None, part: str) -> pd.DataFrame:
    # running contracts by kind, months of age and terms: how many, amounts, their share of a customer's service
    joined, term = _with_terms(own, terms_by)
    d = own.engine.dialect
    return own.engine.rows(f"""
        SELECT CAST(floor(s.days / {MONTH!r}) AS BIGINT) AS age, {term} AS term, {part} AS part, count(*) AS people,
               {d.exact_sum("coalesce(s.amount, 0)", 4)} AS amount,
               {d.exact_sum("coalesce(s.amount * s.amount, 0)", 4)} AS square,
               {d.exact_sum("1.0 / n.many", 8)} AS shared
        FROM {joined}
        JOIN (SELECT {CUSTOMER_ID}, count(*) AS many FROM {own.source} AS t WHERE running GROUP BY 1) AS n
          ON n.{CUSTOMER_ID} = s.{CUSTOMER_ID}
        WHERE s.running GROUP BY 1, 2, 3""").sort_values(["age", "term", "part"], ignore_index=True)


def _with_terms(own: Table, terms_by: Groups | None) -> tuple[str, str]:
    d = own.engine.dialect
    if terms_by is None:
        return f"{own.source} AS s", d.literal(NO_GROUP)
    listed, named = group_source(own.engine, terms_by)
    joined = f"{own.source} AS s LEFT JOIN {listed} AS g ON g.{CUSTOMER_ID} = s.{CUSTOMER_ID}"
    return joined, f"coalesce(g.{named}, {d.literal(NO_GROUP)})"


def _values(own: Table, per_age: pd.DataFrame, terms: Terms, terms_by: Groups | None, part: str) -> Table:
    engine, d = own.engine, own.engine.dialect
    joined, term = _with_terms(own, terms_by)
    given = [v for v in (terms.margin, terms.service_cost) if isinstance(v, Mapping)]
    names = list(dict.fromkeys(name for group in given for name in group)) or [NO_GROUP]
    margin, service = terms.for_groups(names)
    known = engine.register(pd.DataFrame({"term": names, "margin": margin, "service": service}))
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
            LEFT JOIN {ages} AS a ON a.age = floor(s.days / {MONTH!r}) AND a.part = {part}
        ) AS v GROUP BY 1
        ORDER BY {d.text_order.format(column=f"v.{CUSTOMER_ID}")}""",
        stem="contract-value",
    )


def _interval(estimate: float, drawn: Floats, chance: float, level: float) -> Total:
    error = float(np.sqrt(np.var(drawn) + chance))
    low, high = (float(np.quantile(drawn, (1 + s * level) / 2)) for s in (-1, 1))
    widen = error / max(float(np.std(drawn)), 1e-300)
    return Total(estimate, estimate - (estimate - low) * widen, estimate + (high - estimate) * widen, level, error)


def _ahead(
    parts: Mapping[str, Renewals], rows: pd.DataFrame, monthly: Floats, months: Floats, level: float, force: float
) -> pd.DataFrame:
    found = []
    age, people = rows["age"].to_numpy(dtype=float), rows["people"].to_numpy(dtype=float)
    sides = [(1 + s * level) / 2 for s in (-1, 1)]
    for low, high in _AGE_BANDS:
        some = (age >= low) & (age < high)
        if not people[some].sum():
            continue
        share = people[some] / people[some].sum()
        mine = rows[some]
        still = [
            float(share @ _each(parts, mine, lambda r, a, s=s: survival_ahead(r, a, 12, s)))  # type: ignore[misc]
            for s in (None, *range(DRAWS))
        ]
        ever = [
            float(share @ _each(parts, mine, lambda r, a, s=s: months_ahead(r, a, force, _LONGEST, s)))  # type: ignore[misc]
            for s in (None, *range(0, DRAWS, 8))
        ]
        name = message("{low:int} to {high:int} months", low=low, high=high)
        found.append(
            {
                "age": name if high < _LONGEST else message("{low:int} months and more", low=low),
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
