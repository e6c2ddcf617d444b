"""The few forms that findings are drawn in, each from a tidy table, at one width, legible on a phone."""

from workbench.core.forms.bars import bar_list, paired_bars, waterfall
from workbench.core.forms.diverging import diverging_bars
from workbench.core.forms.lines import lines_over_waves
from workbench.core.forms.lollipop import lollipop
from workbench.core.forms.shares import answer_bars, stacked_shares
from workbench.core.forms.strip import strip
from workbench.core.forms.topics import topic_rows
from workbench.core.forms.trend import trend

__all__ = [
    "answer_bars",
    "bar_list",
    "diverging_bars",
    "lines_over_waves",
    "lollipop",
    "paired_bars",
    "stacked_shares",
    "strip",
    "topic_rows",
    "trend",
    "waterfall",
]
