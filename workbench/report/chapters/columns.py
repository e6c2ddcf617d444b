"""Columns that several results of the chapters share: each is named once, and a result picks it from here."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

CHANGE: Final = Column(message("Change"), "signed1")
CHANGE_POINTS: Final = Column(message("Change, points"), "signedpoints1")
CHANGE_STATE: Final = Column(message("Verdict on the change"))
CI_HIGH: Final = Column(message("High ({level:level})"), "signed1")
CI_LOW: Final = Column(message("Low ({level:level})"), "signed1")
CURRENT: Final = Column(message("Current wave"), "signed1")
CUSTOMERS: Final = Column(message("Customers"), "people")
ESTIMATE: Final = Column(message("Estimate"), "money")
ESTIMATE_NPS: Final = Column(message("NPS"), "signed1")
ESTIMATE_SATISFIED: Final = Column(message("Satisfied"), "pct1")
LEVEL: Final = Column(message("Group"))
MEAN: Final = Column(message("Mean"), "dec2")
NAME_QUESTION: Final = Column(message("Question"))
NAME_SEGMENT: Final = Column(message("Segment"))
N_BASE: Final = Column(message("Base"), "base")
N_CUSTOMERS: Final = Column(message("Customers"), "people")
N_DRAWN: Final = Column(message("Drawn"), "people")
PREVIOUS: Final = Column(message("Previous wave"), "signed1")
P_VALUE: Final = Column(message("p-value"), "p")
STD_ERROR: Final = Column(message("Standard error"), "dec3")
TABLE: Final = Column(message("Table"))
VALUE_AFTER: Final = Column(message("Spending now"), "money")
VALUE_BEFORE: Final = Column(message("Spending before"), "money")
WAVE: Final = Column(message("Wave"))
