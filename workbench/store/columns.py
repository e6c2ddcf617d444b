"""Columns that several tables of the store show."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

TABLE: Final = Column(message("Table"))
COLUMN: Final = Column(message("Column"))
KIND: Final = Column(message("Kind"))
QUARANTINED: Final = Column(message("Quarantined"), "int")
CELLS: Final = Column(message("Values made missing"), "int")
LEFT_OUT: Final = Column(message("Left out by rule"), "int")
KEPT: Final = Column(message("Rows kept"), "int")
