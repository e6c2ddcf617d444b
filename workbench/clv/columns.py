"""Columns that several results of customer value share: each is named once, and a result picks it from here."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

ALIVE: Final = Column(message("Still customers (expected)"), "pct1")
AT_RISK: Final = Column(message("Value at risk"), "money")
CI_HIGH_AFTER_12_MONTHS__HIGH: Final = Column(message("after 12 months, high ({level:level})"), "pct1")
CI_HIGH_HIGH: Final = Column(message("High ({level:level})"), "dec3")
CI_LOW_AFTER_12_MONTHS__LOW: Final = Column(message("after 12 months, low ({level:level})"), "pct1")
CI_LOW_LOW: Final = Column(message("Low ({level:level})"), "dec3")
CLV: Final = Column(message("Value"), "money")
ENDED: Final = Column(message("Ended"), "people")
ERROR: Final = Column(message("Mean error"), "dec2")
ESTIMATE: Final = Column(message("Estimate"), "dec3")
METHOD: Final = Column(message("Method"))
PARAMETER: Final = Column(message("Parameter"))
SQUARED_ERROR: Final = Column(message("Root of the mean squared error"), "dec2")
SHARE: Final = Column(message("Share of all value"), "pct1")
STD_ERROR: Final = Column(message("Standard error"), "dec3")
VALUE: Final = Column(message("Value"), "money")
