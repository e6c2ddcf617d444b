"""Columns that several results of tiers share: each is named once, and a result picks it from here."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

AMOUNT: Final = Column(message("Value"), "money")
CI_HIGH: Final = Column(message("High ({level:level})"), "pct1")
CI_LOW: Final = Column(message("Low ({level:level})"), "pct1")
DIRECTION: Final = Column(message("Direction"))
LABEL: Final = Column(message("Name"))
