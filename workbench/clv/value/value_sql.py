"""Values per customer, in the engine: what was computed once per history, joined to everybody who has it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.clv.models.gamma_gamma import GammaGamma
from workbench.clv.purchases.purchases import Purchases
from workbench.clv.value.terms import NO_GROUP, Cells, Groups, Terms, group_source
from workbench.core.names import CUSTOMER_ID


@dataclass(frozen=True)
class TermsSql:
    """Terms as SQL expressions.

    Attributes
    ----------
    margin
        Share of an amount.
    service, service_ever
        What is taken off for service within the horizon, and for all time; empty without a cost.
    join
        Join of the groups; empty where terms do not differ.
    """

    margin: str
    service: str
    service_ever: str
    join: str

    @classmethod
    def of(
        cls, purchases: Purchases, cells: Cells, terms: Terms, terms_by: Groups | None, years: tuple[float, float]
    ) -> TermsSql:
        """Write terms as SQL."""
        d = purchases.source.engine.dialect
        by_name = list(zip(*(list(map(float, v)) for v in terms.for_groups(cells.names)), strict=True))
        margin, cost, join = repr(by_name[0][0]), repr(by_name[0][1]), ""
        if terms.by_group and terms_by is not None:
            source, named = group_source(purchases.source.engine, terms_by)
            join = f"LEFT JOIN {source} AS g ON g.{CUSTOMER_ID} = c.customer_id"
            mine = f"coalesce(g.{named}, {d.literal(NO_GROUP)})"
            margin, cost = (
                f"CASE {mine} "
                + " ".join(f"WHEN {d.literal(n)} THEN {v[k]!r}" for n, v in zip(cells.names, by_name, strict=True))
                + " END"
                for k in (0, 1)
            )
        service, ever = (f" - v.alive * {cost} * {y!r}" if terms.costly else "" for y in years)
        return cls(margin, service, ever, join)


def value_sql(purchases: Purchases, histories: pd.DataFrame, spend: GammaGamma, terms: TermsSql) -> str:
    """Return the query of all customers' values, in the order of their ids.

    Parameters
    ----------
    purchases
        Histories of the customers.
    histories
        ``x``, ``t_x``, ``T`` and what is expected of them: ``alive``, ``bought``, ``worth``, ``lost``, ``low``,
        ``high`` and perhaps ``all_time``.
    spend
        Model of amounts.
    terms
        Margins and costs.
    """
    engine = purchases.source.engine
    name, d = engine.register(histories), engine.dialect
    known = f"({spend.gamma!r} + CASE WHEN c.repeat_amount > 0 THEN c.repeat_amount ELSE 0 END)"
    amount = f"({spend.p!r} * {known} / ({spend.p!r} * c.frequency + {spend.q - 1!r}))"
    age, ever = d.quote("T"), ""
    if "all_time" in histories:
        ever = f", v.all_time * {amount} * {terms.margin}{terms.service_ever} AS lifetime_value"
    return f"""
        SELECT c.customer_id, v.alive AS probability_alive, v.bought AS expected_purchases,
               {amount} AS expected_spend, v.worth * {amount} * {terms.margin}{terms.service} AS clv,
               v.low * {known} * {terms.margin}{terms.service} AS ci_low,
               v.high * {known} * {terms.margin}{terms.service} AS ci_high,
               v.lost * {amount} * {terms.margin} AS at_risk{ever}
        FROM {purchases.source.source} AS c JOIN {name} AS v
          ON v.x = c.frequency AND v.t_x = c.recency AND v.{age} = c.{age} {terms.join}
        ORDER BY {d.text_order.format(column="c.customer_id")}"""
