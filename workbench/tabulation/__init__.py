"""Tables: any questions by any groups, weighted, tested and lettered under the design of the sample."""

from workbench.tabulation.answers import multiple, single
from workbench.tabulation.columns import groups, nested
from workbench.tabulation.ratings import mean, nps, scale
from workbench.tabulation.result import Tabulation
from workbench.tabulation.tabulate import tabulate

__all__ = ["Tabulation", "groups", "mean", "multiple", "nested", "nps", "scale", "single", "tabulate"]
