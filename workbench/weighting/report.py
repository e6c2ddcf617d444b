"""What weighting did, step by step, and what it costs in precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.results import Note
from workbench.weighting.result import Weights, kish_deff, kish_effective

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class WeightReport(Weights):
    """Steps of weighting, one row each.

    Attributes
    ----------
    weights
        The final weights.
    margins
        Margins before and after, of every step that has them (column ``step``).
    largest
        The ten largest factors final / first weight: ``row`` (position), ``first``, ``final``, ``ratio``.
    """

    margins: pd.DataFrame
    largest: pd.DataFrame

    caption: ClassVar[Message] = message("Weights, step by step")

    def plot(self, language: Language | None = None) -> Figure:
        """Draw the effective number of answers after each step."""

        def draw(ax: Axes) -> None:
            charts.bar_rows(
                ax,
                [str(s) for s in self.table["step"]],
                self.table["n_effective"].tolist(),
                style="int",
                language=language,
            )
            ax.set_xlabel(charts.text(message("Effective base"), language))

        return charts.draw_figure(draw)


def weight_report(steps: Mapping[str, Weights | pd.Series]) -> WeightReport:
    """Describe the weights of each step and what unequal weights cost.

    Parameters
    ----------
    steps
        Name of the step → its weights, in order. Rows with weight 0 in a step (those who did not answer) are left out
        of it; the rows of a later step are found in an earlier one by their index.

    Returns
    -------
    WeightReport
        ``.table``: ``step``, ``n``, ``sum``, ``min``, ``median``, ``max``, ``cv``, ``deff`` (Kish), ``n_effective``
        (Kish), ``min_ratio`` and ``max_ratio`` to the step before.

    Raises
    ------
    InputError
        If there is no step, a weight is negative or missing, or a step has rows that the one before has not.

    Notes
    -----
    Kish, Survey Sampling (1965), section 11.7: deff = n Σw² / (Σw)². It is the loss for answers that do not depend on
    the weights; the design effect of an estimate may be smaller or larger.

    Examples
    --------
    >>> weight_report({"base": pd.Series([1.0, 1.0]), "raked": pd.Series([1.0, 3.0])}).table[["step", "deff"]]
        step  deff
    0   base  1.00
    1  raked  1.25
    """
    if not steps:
        raise InputError("A report has at least one step.", found="none", fix="Pass the weights.", where="steps")
    rows = []
    series = {name: w.weights if isinstance(w, Weights) else w for name, w in steps.items()}
    previous: pd.Series | None = None
    for name, current in series.items():
        values = current.to_numpy(dtype=float)
        if np.isnan(values).any() or (values < 0).any():
            raise InputError(
                "Weights are zero or above.",
                found=f"step {name!r}: {int(np.isnan(values).sum())} missing, {int((values < 0).sum())} negative",
                fix="Correct the step that made them.",
                where="steps",
            )
        used = values[values > 0]
        ratio = _ratios(previous, current, name)
        rows.append(
            {
                "step": name,
                "n": len(used),
                "sum": float(used.sum()),
                "min": float(used.min()),
                "median": float(np.median(used)),
                "max": float(used.max()),
                "cv": float(used.std() / used.mean()),
                "deff": kish_deff(used),
                "n_effective": kish_effective(used),
                "min_ratio": float(ratio.min()) if len(ratio) else np.nan,
                "max_ratio": float(ratio.max()) if len(ratio) else np.nan,
            }
        )
        previous = current[values > 0]
    table = pd.DataFrame(rows)
    margins = [w.table.assign(step=name) for name, w in steps.items() if isinstance(w, Weights) and "margin" in w.table]
    return WeightReport(
        weights=list(series.values())[-1],
        table=table,
        margins=pd.concat(margins, ignore_index=True) if margins else pd.DataFrame(),
        largest=_largest(next(iter(series.values())), list(series.values())[-1]),
        notes=_notes(table),
    )


def _ratios(previous: pd.Series | None, current: pd.Series, name: str) -> np.ndarray:
    if previous is None:
        return np.array([])
    current = current[current.to_numpy(dtype=float) > 0]
    place = previous.index.get_indexer(current.index)
    if (place < 0).any():
        raise InputError(
            "A step weighs rows that the step before weighed.",
            found=f"step {name!r} has {int((place < 0).sum())} rows that the step before has not",
            fix="Keep the index of the table through all steps.",
            where="steps",
        )
    return np.asarray(current.to_numpy(dtype=float) / previous.to_numpy(dtype=float)[place])


def _largest(first: pd.Series, final: pd.Series) -> pd.DataFrame:
    final = final[final.to_numpy(dtype=float) > 0]
    place = first.index.get_indexer(final.index)
    start = np.where(place >= 0, first.to_numpy(dtype=float)[place], np.nan)
    table = pd.DataFrame({"row": place + 1, "first": start, "final": final.to_numpy(dtype=float)})
    table["ratio"] = table["final"] / table["first"]
    return table.sort_values(["ratio", "row"], ascending=[False, True]).head(10).reset_index(drop=True)


def _notes(table: pd.DataFrame) -> tuple[Note, ...]:
    last = table.iloc[-1]
    if last["deff"] <= 1 + 1e-9:
        return ()
    notes = [
        Note(
            message(
                "Unequal weights make {n:int} answers worth {effective:int}: a loss of {loss:pct}.",
                n=int(last["n"]),
                effective=float(last["n_effective"]),
                loss=1 - float(last["n_effective"]) / float(last["n"]),
            ),
            "caution" if last["deff"] > 2 else "info",
        )
    ]
    if last["max"] > 10 * last["median"]:
        notes.append(
            Note(
                message(
                    "The largest weight is {times:dec1} times the median: a few answers carry much of the result.",
                    times=float(last["max"] / last["median"]),
                ),
                "caution",
            )
        )
    return tuple(notes)
