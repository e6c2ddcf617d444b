"""All criteria of the number of segments side by side, each on its own scale, with the number each prefers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from workbench.core import charts
from workbench.core.language import Language, Message, message

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES: Final[Mapping[str, Message]] = {
    "silhouette": message("Silhouette"),
    "calinski_harabasz": message("Caliński–Harabasz"),
    "gap": message("Gap"),
    "prediction_strength": message("Prediction strength"),
    "bic": message("BIC"),
}
# line and marker tell the criteria apart without colour
_LOOKS: Final = (("-", "o"), ("--", "s"), ("-.", "^"), (":", "D"), ((0, (6, 2)), "v"))


def draw_criteria(table: pd.DataFrame, best: Mapping[str, int], language: Language) -> Figure:
    """Draw each criterion from its worst (0) to its best value (1) over k; filled markers are what each prefers.

    Parameters
    ----------
    table
        One row per k with the criteria.
    best
        Criterion → the k it prefers; a k that is not in the table is not marked.
    language
        Language of the labels.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"k": [2, 3], "silhouette": [0.2, 0.5], "bic": [90.0, 80.0]})
    >>> len(draw_criteria(table, {"silhouette": 3, "bic": 3}, "en").axes[0].get_lines())
    4
    """
    shown = [c for c in NAMES if c in table]

    def draw(ax: Axes) -> None:
        for place, name in enumerate(shown):
            values = table[name].to_numpy(dtype=float) * (-1 if name == "bic" else 1)
            spread = np.nanmax(values) - np.nanmin(values)
            scaled = (values - np.nanmin(values)) / spread if spread > 0 else np.full(len(values), 0.5)
            line, marker = _LOOKS[place]
            ax.plot(
                table["k"],
                scaled,
                linestyle=line,
                marker=marker,
                color=charts.PALETTE[place],
                markersize=6,
                markerfacecolor=charts.PAPER,
                label=NAMES[name].text(language),
            )
            chosen = table["k"].to_numpy() == best.get(name)
            ax.plot(table["k"][chosen], scaled[chosen], linestyle="", marker=marker, color=charts.INK, markersize=10)
        ax.set_xticks(table["k"].tolist())
        ax.set_yticks([0, 1], [message("worst").text(language), message("best").text(language)])
        ax.set_xlabel(message("Segments").text(language))
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))

    return charts.draw_figure(draw)
