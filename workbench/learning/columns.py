"""Columns that several results of learning share."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

AT_STAKE: Final = Column(message("At stake"), "money")
BOUGHT: Final = Column(message("Bought"), "pct1")
CHOSEN: Final = Column(message("Used"))
EXPECTED_SPEND: Final = Column(message("Expected spend"), "money")
CI_HIGH: Final = Column(message("High ({level:level})"), "pct1")
CI_LOW: Final = Column(message("Low ({level:level})"), "pct1")
KNOWN_ON: Final = Column(message("Known on"), "date")
TOLD: Final = Column(message("Told"), "pct1")
