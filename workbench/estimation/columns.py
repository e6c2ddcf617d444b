"""Columns that several results of estimation share: each is named once, and a result picks it from here."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

CI_HIGH: Final = Column(message("High ({level:level})"), "signed2")
CI_LOW: Final = Column(message("Low ({level:level})"), "signed2")
ESTIMATE: Final = Column(message("Estimate"), "pct1")
P_ADJUSTED: Final = Column(message("p-value, adjusted"), "p")
STD_ERROR: Final = Column(message("Standard error"), "pct1")
VERDICT: Final = Column(message("Verdict"))
