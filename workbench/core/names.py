"""Column names of the input tables and of every estimate table, with their labels and number formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from workbench.core.errors import InputError
from workbench.core.language import Message, Spoken, message

CUSTOMER_ID: Final = "customer_id"
INVITATION_ID: Final = "invitation_id"
ORDERED_AT: Final = "ordered_at"
AMOUNT: Final = "amount"
RECOMMEND: Final = "recommend"
STRATUM: Final = "stratum"
PSU: Final = "psu"
WEIGHT: Final = "weight"
BASE_WEIGHT: Final = "base_weight"
INCLUSION_PROBABILITY: Final = "inclusion_probability"
STRATUM_POPULATION: Final = "stratum_population"
SEGMENT: Final = "segment"
TIER: Final = "tier"

# columns that a file of pulled records has beside the fields: what became of a record, and what it was merged into
PULLED_CHANGE: Final = "_change"
PULLED_INTO: Final = "_into"

TABLES: Final = (
    "customers",
    "transactions",
    "contacts",
    "responses",
    "interactions",
    "panel",
    "regions",
    "contracts",
    "posts",
)


@dataclass(frozen=True)
class Column:
    """How a column is shown: its label and the `format_value` style of its numbers."""

    label: Spoken
    style: str = "text"

    def styled(self, style: str) -> Column:
        """Return the column with its numbers in another style.

        Examples
        --------
        >>> Column(message("Change"), "pct1").styled("signed1").style
        'signed1'
        """
        return replace(self, style=style)

    def at(self, level: float | None) -> Column:
        """Return the column as it is labelled where intervals have this level.

        Raises
        ------
        InputError
            If the label names a level and there is none: a table never guesses how sure its intervals are.

        Examples
        --------
        >>> str(Column(message("Low ({level:level})")).at(0.8).label)
        'Low (80 %)'
        """
        if not isinstance(self.label, Message) or "{level:" not in self.label.template or "level" in self.label.values:
            return self
        if level is None:
            raise InputError(
                "A table with intervals says their level.",
                found=f"{self.label.template!r} without a level",
                fix="Give the result its level, or write level=0.95 where a plain table is shown.",
                where="level",
            )
        return replace(self, label=Message(self.label.template, {**self.label.values, "level": level}))


# Columns that mean the same in every room. A Result class adds its own in its `columns`.
COLUMNS: Mapping[str, Column] = {
    "region": Column(message("Region")),
    "city": Column(message("City")),
    "channel": Column(message("Channel")),
    "gender": Column(message("Gender")),
    "age_band": Column(message("Age band")),
    "occupation": Column(message("Occupation")),
    "segment": Column(message("Segment")),
    "tier": Column(message("Tier")),
    "stratum": Column(message("Stratum")),
    "wave": Column(message("Wave")),
    "variable": Column(message("Variable")),
    "group": Column(message("Group")),
    "population": Column(message("Population"), "people"),
    "customers": Column(message("Customers"), "people"),
    "share": Column(message("Share"), "pct1"),
    "estimate": Column(message("Estimate"), "dec2"),
    "std_error": Column(message("Standard error"), "dec2"),
    "ci_low": Column(message("Low ({level:level})"), "dec2"),
    "ci_high": Column(message("High ({level:level})"), "dec2"),
    "n": Column(message("Base"), "base"),
    "n_effective": Column(message("Effective base"), "int"),
    "deff": Column(message("Design effect"), "dec2"),
    "p_value": Column(message("p-value"), "p"),
    "amount": Column(message("Amount"), "money"),
    "amount_class": Column(message("Spending in 12 months")),
    "frequency_class": Column(message("Days with an order in 12 months")),
    "amount_12m": Column(message("Spending in 12 months"), "money"),
    "orders_12m": Column(message("Orders in 12 months"), "dec1"),
    "satisfaction": Column(message("Satisfaction"), "dec1"),
    "recommend": Column(message("Recommendation, 0–10"), "dec1"),
    "effort": Column(message("Ease of doing business"), "dec1"),
    "interest": Column(message("Interest")),
    "mode": Column(message("Mode")),
    "note": Column(message("Note")),
}


def column_label(name: str) -> Spoken | str:
    """Return a column's label where it has one, else its name.

    Examples
    --------
    >>> str(column_label("region")), column_label("shoe_size")
    ('Region', 'shoe_size')
    """
    return COLUMNS[name].label if name in COLUMNS else name
