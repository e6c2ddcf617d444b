"""The contracts of the tables that come in: which columns, of which kind, and the rule each value must keep.

A contract is written as SQL over text columns: each column has an expression that gives its typed value, or NULL where
the text breaks the rule.

A bad value costs that value: it becomes missing and is listed. It costs the row where the row cannot do without it: an
id, a needed column, and a column whose emptiness says something of its own (a contract without an end is running).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from workbench.core.language import Message, message
from workbench.core.names import RECOMMEND, TABLES
from workbench.store.answer_words import NO, STEPS, TICKED, UNTICKED, YES
from workbench.store.config import WaveConfig
from workbench.store.moments import quoted, time_sql

Kind = Literal["id", "text", "date", "time", "money", "number", "whole", "yes_no", "ticked"]


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
        Least and greatest whole number; least number or amount of money.
    above
        A number must be greater than this.
    telling
        An empty value says something of its own, so that a bad one cannot simply become missing.
    numbers
        Answer as the file has it → the number it counts as.
    ticked
        Values that mean ticked, where they are not the usual ones.
    """

    kind: Kind
    needed: bool = False
    low: int | None = None
    high: int | None = None
    above: float | None = None
    telling: bool = False
    numbers: Mapping[str, int] = field(default_factory=dict)
    ticked: tuple[str, ...] = ()

    @property
    def costs_row(self) -> bool:
        """Whether a bad value costs the row rather than only the value."""
        return self.needed or self.telling or self.kind == "id"

    @property
    def is_scale(self) -> bool:
        """Whether its values are answers on a scale."""
        return self.kind == "whole" and self.low is not None

    @property
    def rule(self) -> Message:
        """The rule in words."""
        if self.kind == "whole" and self.low is not None:
            return message("a whole number from {low} to {high}", low=self.low, high=self.high)
        if self.above is not None:
            return message("a number above {above}", above=self.above)
        if self.kind == "number" and self.low is not None:
            return message("a number, {low} or more", low=self.low)
        if self.kind == "money" and self.low is not None:
            return message("an amount of money, {low} or more", low=self.low)
        return RULES[self.kind]

    def text(self, column: str) -> str:
        """Return the SQL of what this kind reads of a quoted text column: narrow letters without blanks around them."""
        return _narrow(column) if self.kind in ("text", "yes_no", "whole", "ticked") else column

    def value(self, column: str, text: str) -> str:
        """Return the SQL of the amount or number before its bounds, in bounds or not; NULL where it is none.

        `text` is the SQL of what `text` says of the column. A whole number or scale point is read as it is; else what
        `numbers` says; else, on a scale, the number that the text begins with (``10 - extremely likely``, ``8分``), and
        on a scale of five steps the usual words of both languages. Kinds without a number have NULL.
        """
        if self.kind in ("money", "number"):
            return _cast(column, "DECIMAL(18, 4)" if self.kind == "money" else "DOUBLE")
        return self._whole(text) if self.kind == "whole" else "NULL"

    def typed(self, column: str, text: str, value: str, *, date_format: str | None, timezone: str | None) -> str:
        """Return the SQL of the typed value of a quoted text column, NULL where the rule is broken.

        `text` and `value` are the SQL of what `text` and `value` say of the column. A query of many columns computes
        them once in an inner query: written out in place, a scale's expression would hold itself a hundred times.
        """
        if self.kind == "id":
            return column
        if self.kind == "text":
            return f"nullif({text}, '')"
        if self.kind in ("date", "time"):
            return time_sql(f"trim({column})", self.kind, date_format, timezone)
        if self.kind == "yes_no":
            yes, no = (", ".join(f"'{w}'" for w in words) for words in (YES, NO))
            return f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
        if self.kind == "ticked":
            # counted where a set names the value that means ticked; what it does not name is then a no
            yes, no = (", ".join(f"'{quoted(w)}'" for w in words) for words in (self.ticked or TICKED, UNTICKED))
            other = "1 = 1" if self.ticked else f"lower({text}) IN ({no})"
            return f"CASE WHEN lower({text}) IN ({yes}) THEN 1 WHEN {text} <> '' AND {other} THEN 0 END"
        if self.kind == "money":
            # what is there and would be kept as nothing is no amount
            lost = f"{value} = 0 AND TRY_CAST(trim({column}) AS DOUBLE) <> 0"
            least = "" if self.low is None else f"WHEN {value} < {self.low} THEN NULL "
            return f"CASE WHEN {lost} THEN NULL {least}ELSE {value} END"
        if self.kind == "number":
            least = "" if self.above is None else f" AND {value} > {self.above}"
            least += "" if self.low is None else f" AND {value} >= {self.low}"
            return f"CASE WHEN isfinite({value}){least} THEN {value} END"
        # 7.0 is a whole number, 7.5 is not
        bounds = "" if self.low is None else f" AND {value} BETWEEN {self.low} AND {self.high}"
        return f"CASE WHEN {value} = floor({value}){bounds} THEN CAST({value} AS BIGINT) END"

    def _whole(self, text: str) -> str:
        value = f"TRY_CAST({text} AS DOUBLE)"
        if not self.is_scale:
            return value
        begun = f"TRY_CAST(nullif(regexp_extract({text}, '{BEGINS_WITH_NUMBER}', 1), '') AS DOUBLE)"
        parts = [value, begun]
        if self.numbers:
            cases = " ".join(f"WHEN '{quoted(k)}' THEN {v}" for k, v in self.numbers.items())
            whole = f"CAST(CAST(TRY_CAST({text} AS DOUBLE) AS BIGINT) AS VARCHAR)"
            parts = [f"CASE {text} {cases} END", f"CASE {whole} {cases} END", *([] if self.converts else parts)]
        assert self.low is not None and self.high is not None
        if self.usual_words:
            cases = " ".join(f"WHEN '{quoted(w)}' THEN {v}" for w, v in self.usual_words.items())
            parts.append(f"CASE lower({text}) {cases} END")
        return f"CAST(coalesce({', '.join(parts)}) AS DOUBLE)"

    @property
    def usual_words(self) -> dict[str, int]:
        """Which point of a scale the usual words of both languages stand for: of five, unless numbers convert."""
        if self.low is None or self.high is None or self.high - self.low != len(STEPS) - 1 or self.converts:
            return {}
        return {word: self.low + i for i, step in enumerate(STEPS) for word in step}

    @property
    def converts(self) -> bool:
        """Whether numbers stand for other numbers: what is not named counts as nothing then."""
        return any(k.lstrip("-").isdigit() and int(k) != v for k, v in self.numbers.items())


def _narrow(column: str) -> str:
    """Return the SQL of a text without blanks around it, its full-width letters, digits and blanks as narrow ones."""
    text = f"trim({column}, {BLANKS})"
    # `translate` is slow: only texts that have something beyond ASCII, and of these only those that need it
    wide = f"strlen({column}) > length({column}) AND regexp_matches({text}, '[{WIDE}]')"
    plain = f"ascii({column}) > 32 AND strlen({column}) = length({column}) AND ascii({column}[-1]) > 32"
    return f"CASE WHEN {plain} THEN {column} WHEN {wide} THEN translate({text}, '{WIDE}', '{NARROW}') ELSE {text} END"


def _cast(column: str, kind: str) -> str:
    # the narrow form is made only where the text as it is says nothing
    return f"coalesce(TRY_CAST({column} AS {kind}), TRY_CAST({_narrow(column)} AS {kind}))"


BLANKS = "' \t\r\n\u00a0\u3000'"
NARROW = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz "
WIDE = "".join(chr(ord(c) + 0xFEE0) for c in NARROW[:-1]) + "\u3000"
BEGINS_WITH_NUMBER = r"^(-?\d+)\s*(?:[-–—:：.、,，=()（）|]|分|星|点|points?|stars?)\s*(?:[^\d\s].*)?$"


RULES: Mapping[Kind, Message] = {
    "id": message("an id, as text"),
    "text": message("text"),
    "date": message("a date, year first (2026-01-31)"),
    "time": message("a date with or without a time, year first (2026-01-31 09:30)"),
    "money": message("an amount of money, digits and a decimal point only, 0 or 0.0001 at least"),
    "number": message("a number"),
    "whole": message("a whole number"),
    "yes_no": message("yes or no"),
    "ticked": message("1 where it was ticked, 0 where not"),
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
    exclusive
        Column "none of these", and the columns of which none is ticked beside it.
    lists
        Column whose cells list choices, the choice "none of these", and what stands between choices.
    """

    fields: Mapping[str, Field] = field(default_factory=dict)
    unique: str | None = None
    in_order: tuple[tuple[str, str], ...] = ()
    exclusive: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lists: tuple[tuple[str, str, str], ...] = ()


_ID = Field("id", needed=True)
CONTRACTS: Mapping[str, Contract] = {
    "customers": Contract(
        {
            "customer_id": _ID,
            "signup_date": Field("date"),
            "do_not_contact": Field("yes_no", telling=True),
            "consent_date": Field("date"),
            "consent_for": Field("text"),
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
        {"customer_id": _ID, "opened_at": Field("time", needed=True), "closed_at": Field("time", telling=True)},
    ),
    "panel": Contract(
        {
            "customer_id": _ID,
            "joined_wave": Field("text", needed=True),
            # what the member was paid so far
            "rewards": Field("number"),
        },
        unique="customer_id",
    ),
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
            "ended_at": Field("date", telling=True),
            "kind": Field("text"),
            "amount_per_month": Field("money", low=0),
        },
        unique="contract_id",
        in_order=(("started_at", "ended_at"),),
    ),
    # a row is a post or review outside; text, platform and the competitor it names are words
    "posts": Contract({"posted_at": Field("time", needed=True), "stars": Field("number", low=0)}),
}
assert tuple(CONTRACTS) == TABLES


def contract_of(table: str, config: WaveConfig) -> Contract:
    """Return a table's contract in a wave: the general one, with the wave's questions and weights."""
    general = CONTRACTS[table]
    if table != "responses":
        return general
    asked = {n: Field("whole", low=q.low, high=q.high, numbers=q.codes) for n, q in config.questions.items()}
    recommend = replace(general.fields["recommend"], numbers=config.recommend.numbers)
    given = config.response
    # with replicates a row of main weight 0 stays: it counts in some of them
    kind = Field("number", needed=True, low=0) if given.replicates else Field("number", needed=True, above=0)
    weight = {given.weight: kind} if given.weight else {}
    several: dict[str, Field] = {}
    exclusive: list[tuple[str, tuple[str, ...]]] = []
    lists: list[tuple[str, str, str]] = []
    for plan in config.sets.values():
        if plan.column is None:
            ticked = Field("ticked", ticked=(plan.counted.lower(),) if plan.counted is not None else ())
            several |= dict.fromkeys(plan.columns, ticked)
            if plan.none is not None:
                exclusive.append((plan.none, tuple(plan.choices.values())))
        elif plan.none is not None:
            lists.append((plan.column, plan.none, plan.separator))
    fields = {**general.fields, RECOMMEND: recommend, **several, **asked, **weight}
    return Contract(fields, general.unique, exclusive=tuple(exclusive), lists=tuple(lists))
