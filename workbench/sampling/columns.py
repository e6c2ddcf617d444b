"""Columns that several results of sampling share: each is named once, and a result picks it from here."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

BASE_WEIGHT: Final = Column(message("Base weight"), "dec2")
COMPLETES: Final = Column(message("Completed interviews"), "int")
COST: Final = Column(message("Cost"), "money")
DOMAIN: Final = Column(message("Domain"))
INCLUSION_PROBABILITY: Final = Column(message("Inclusion probability"), "pct2")
INVITED: Final = Column(message("Invited"), "people")
MARGIN: Final = Column(message("Margin of error (±)"), "dec3")
N: Final = Column(message("Sample"), "people")
