"""Columns that several results of loyalty share: each is named once, and a result picks it from here."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

CALLED: Final = Column(message("Called"), "dec2")
CHANGE: Final = Column(message("Change"), "signed1")
CHANGE_POINTS: Final = Column(message("Change, points"), "signedpoints1")
CI_HIGH: Final = Column(message("High ({level:level})"), "pct1")
CI_LOW: Final = Column(message("Low ({level:level})"), "pct1")
COMMENTS: Final = Column(message("Comments"), "people")
COMMENTS_READ: Final = Column(message("Comments read"), "base")
CURRENT: Final = Column(message("Current wave"), "pct1")
DEPARTMENT: Final = Column(message("Department"))
DETRACTORS: Final = Column(message("Detractors"), "pct1")
DRIVER: Final = Column(message("Driver"))
ESTIMATE_DIFFERENCE: Final = Column(message("Difference"), "signed2")
ESTIMATE: Final = Column(message("Estimate"))
MEAN: Final = Column(message("Mean"), "dec2")
MEAN_STD_ERROR: Final = Column(message("Standard error of the mean"), "dec2")
MENTIONS: Final = Column(message("Mentions"), "some")
N: Final = Column(message("Comments"), "base")
NPS: Final = Column(message("NPS"), "signed1")
PASSIVES: Final = Column(message("Passives"), "pct1")
PERFORMANCE: Final = Column(message("Mean"), "dec2")
PLACE: Final = Column(message("Against luck"))
PREVIOUS: Final = Column(message("Previous wave"), "pct1")
PROMOTERS: Final = Column(message("Promoters"), "pct1")
P_ADJUSTED: Final = Column(message("p-value, adjusted"), "p")
RANK: Final = Column(message("Rank"), "int")
RANK_HIGH: Final = Column(message("Worst rank"), "int")
RANK_LOW: Final = Column(message("Best rank"), "int")
SEED_AGREEMENT: Final = Column(message("Agreement between seeds"), "pct")
SHARE: Final = Column(message("Share"), "pct1")
STD_ERROR: Final = Column(message("Standard error"), "pct1")
TOPIC: Final = Column(message("Topic"))
VERDICT: Final = Column(message("Verdict"))
