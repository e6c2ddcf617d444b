"""Tables: any questions by any groups, weighted, tested and lettered under the design of the sample."""

from workbench.tabulation.answers import multiple, single
from workbench.tabulation.columns import groups, nested
from workbench.tabulation.ratings import mean, nps, scale
from workbench.tabulation.result import Tabulation
from workbench.tabulation.tabulate import tabulate
from workbench.tabulation.trend import trend
from workbench.tabulation.trend_result import Trend
from workbench.tabulation.waves import WaveAnswers

__all__ = [
    "Tabulation",
    "Trend",
    "WaveAnswers",
    "groups",
    "mean",
    "multiple",
    "nested",
    "nps",
    "scale",
    "single",
    "tabulate",
    "trend",
]
