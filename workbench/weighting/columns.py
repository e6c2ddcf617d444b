"""Columns that several results of weighting share: each is named once, and a result picks it from here."""

from __future__ import annotations

from typing import Final

from workbench.core.language import message
from workbench.core.names import Column

ASKED: Final = Column(message("Asked"), "people")
RESPONDENTS: Final = Column(message("Respondents"), "people")
RESPONSE_RATE: Final = Column(message("Response rate"), "pct1")
