"""Columns that several results of segments share: each is named once, and a result picks it from here."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

CI_HIGH: Final = Column(message("High ({level:level})"), "pct")
CI_LOW: Final = Column(message("Low ({level:level})"), "pct")
