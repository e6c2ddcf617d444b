"""The four fields that features of customers come from: geography, demography, purchases, attitudes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workbench.core.language import Message, message

GEOGRAPHY, DEMOGRAPHY = message("geography"), message("demography")
PURCHASES, ATTITUDES, OTHER = message("purchases"), message("attitudes"), message("other")

_NAMES: Final[Mapping[Message, tuple[str, ...]]] = {
    GEOGRAPHY: ("region", "city", "province", "country", "district", "postcode", "store", "primary_unit", "branch"),
    DEMOGRAPHY: ("gender", "age", "age_band", "occupation", "income", "education", "marital", "household", "kidhome"),
    PURCHASES: (
        "recency",
        "frequency",
        "monetary",
        "tenure",
        "trend",
        "season",
        "share",
        "channel",
        "category",
        "refund",
        "amount",
        "orders",
        "basket",
        "clv",
        "signup",
    ),
    ATTITUDES: ("satisfaction", "recommend", "effort", "interest", "rating", "attitude", "value_of", "importance", "q"),
}


def field_of(name: str) -> Message:
    """Return the field a column belongs to, from its name.

    Examples
    --------
    >>> [str(field_of(n)) for n in ("region", "age_band", "recency_days", "satisfaction", "shoe")]
    ['geography', 'demography', 'purchases', 'attitudes', 'other']
    """
    words = name.lower().split(":")[0].rstrip("s").split("_")
    for field, starts in _NAMES.items():
        if name.lower() in starts or words[0] in starts or words[-1] in starts:
            return field
    return OTHER
