"""The contracts of the tables that come in: which columns, of which kind, and the rule each value must keep.

A contract is written as SQL over text columns: each column has an expression that gives its typed value, or NULL where
the text breaks the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workbench.core.language import Message, message
from workbench.core.names import TABLES
from workbench.store.config import WaveConfig

Kind = Literal["id", "text", "date", "time", "money", "number", "whole", "yes_no"]

DATE_FORMATS = ("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
TIME_FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M:%S", *DATE_FORMATS)
YES, NO = ("true", "1", "yes", "y", "是"), ("false", "0", "no", "n", "否")


@dataclass(frozen=True)
class Field:
    """A column of a contract.

    Attributes
    ----------
    kind
        What its values are.
    needed
        Whether every row must have a value.
    low, high
        Least and greatest whole number; least amount of money.
    above
        A number must be greater than this.
    """

    kind: Kind
    needed: bool = False
    low: int | None = None
    high: int | None = None
    above: float | None = None

    @property
    def rule(self) -> Message:
        """The rule in words."""
        if self.kind == "whole" and self.low is not None:
            return message("a whole number from {low} to {high}", low=self.low, high=self.high)
        if self.above is not None:
            return message("a number above {above}", above=self.above)
        if self.kind == "money" and self.low is not None:
            return message("an amount of money, {low} or more", low=self.low)
        return RULES[self.kind]

    def typed(self, column: str, *, date_format: str | None, timezone: str | None) -> str:
        """Return the SQL of the typed value of a quoted text column, NULL where the rule is broken."""
        text = f"trim({column})"
        if self.kind in ("date", "time"):
            return _time_sql(text, self.kind, date_format, timezone)
        if self.kind == "yes_no":
            yes, no = (", ".join(f"'{w}'" for w in words) for words in (YES, NO))
            return f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
        if self.kind == "money":
            value = f"TRY_CAST({text} AS DECIMAL(18, 4))"
            return value if self.low is None else f"CASE WHEN {value} >= {self.low} THEN {value} END"
        if self.kind == "number":
            value = f"TRY_CAST({text} AS DOUBLE)"
            least = "" if self.above is None else f" AND {value} > {self.above}"
            return f"CASE WHEN isfinite({value}){least} THEN {value} END"
        if self.kind == "whole":
            value = f"TRY_CAST({text} AS DOUBLE)"  # 7.0 is a whole number, 7.5 is not
            bounds = "" if self.low is None else f" AND {value} BETWEEN {self.low} AND {self.high}"
            return f"CASE WHEN {value} = floor({value}){bounds} THEN CAST({value} AS BIGINT) END"
        return column


RULES: Mapping[Kind, Message] = {
    "id": message("an id, as text"),
    "text": message("text"),
    "date": message("a date, year first (2026-01-31)"),
    "time": message("a date with or without a time, year first (2026-01-31 09:30)"),
    "money": message("an amount of money, digits and a decimal point only"),
    "number": message("a number"),
    "whole": message("a whole number"),
    "yes_no": message("yes or no"),
}
NEEDED = message("a value is needed")
DUPLICATE = message("the id stands in an earlier row already")
UNKNOWN_INVITATION = message("an invitation of this wave")


@dataclass(frozen=True)
class Contract:
    """What a table must be.

    Attributes
    ----------
    fields
        Known columns; others pass through as text.
    unique
        Column whose values may not repeat, where the table has it.
    in_order
        Pairs of columns of time: the second is never before the first.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)
    unique: str | None = None
    in_order: tuple[tuple[str, str], ...] = ()


_ID = Field("id", needed=True)
CONTRACTS: Mapping[str, Contract] = {
    "customers": Contract(
        {
            "customer_id": _ID,
            "signup_date": Field("date"),
            "do_not_contact": Field("yes_no"),
            "consent_date": Field("date"),
        },
        unique="customer_id",
    ),
    "transactions": Contract(
        {
            "customer_id": _ID,
            "ordered_at": Field("date", needed=True),
            "amount": Field("money", needed=True),
            "margin": Field("money"),
            "cost": Field("money"),
        }
    ),
    "contacts": Contract(
        {
            "customer_id": _ID,
            "attempted_at": Field("time"),
            "disposition": Field("text", needed=True),
            "incentive": Field("money"),
        }
    ),
    "responses": Contract(
        {
            "customer_id": _ID,
            "submitted_at": Field("time"),
            "duration_seconds": Field("number"),
            "recommend": Field("whole", low=0, high=10),
        },
        unique="customer_id",
    ),
    "interactions": Contract(
        {"customer_id": _ID, "opened_at": Field("time", needed=True), "closed_at": Field("time")},
    ),
    "panel": Contract({"customer_id": _ID, "joined_wave": Field("text", needed=True)}, unique="customer_id"),
    # figures of regions that no survey knows; targets and competitors' figures are named after measures
    "regions": Contract(
        {
            "region": Field("text", needed=True),
            **dict.fromkeys(("market_share", "staff", "stores", "stock", "stock_days", "budget"), Field("number")),
        },
        unique="region",
    ),
    # a row is a contract or subscription; without an end, or with one in the future, it is running
    "contracts": Contract(
        {
            "customer_id": _ID,
            "contract_id": Field("id"),
            "started_at": Field("date", needed=True),
            "ended_at": Field("date"),
            "kind": Field("text"),
            "amount_per_month": Field("money", low=0),
        },
        unique="contract_id",
        in_order=(("started_at", "ended_at"),),
    ),
}
assert tuple(CONTRACTS) == TABLES


def contract_of(table: str, config: WaveConfig) -> Contract:
    """Return a table's contract in a wave: the general one, and for responses the wave's questions and weights."""
    general = CONTRACTS[table]
    if table != "responses":
        return general
    asked = {n: Field("whole", low=q.low, high=q.high) for n, q in config.questions.items()}
    weight = {config.response.weight: Field("number", needed=True, above=0)} if config.response.weight else {}
    return Contract({**general.fields, **asked, **weight}, general.unique)


def _time_sql(text: str, kind: Kind, date_format: str | None, timezone: str | None) -> str:
    target = "DATE" if kind == "date" else "TIMESTAMP"
    formats = ", ".join(f"'{f}'" for f in ([date_format] if date_format else TIME_FORMATS))
    # ISO first: it is the usual case and much faster than trying formats
    iso = f"TRY_CAST({text} AS {target})" if date_format is None else "NULL"
    parsed = f"coalesce({iso}, CAST(try_strptime({text}, [{formats}]) AS {target}))"
    # a text that carries a zone is an instant: without a zone to show it in, its local date is not known
    zone = "NULL"
    if timezone:
        zone = f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE '{timezone}' AS {target})"
    return (
        f"CASE WHEN regexp_matches({text}, ':\\d\\d(\\.\\d+)?\\s*(Z|[+-]\\d\\d:?\\d*)$') THEN {zone} ELSE {parsed} END"
    )
