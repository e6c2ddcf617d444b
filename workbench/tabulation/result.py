"""A table as a result: its cells, its comparisons, and how it lies on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError, nearest
from workbench.core.language import Language, Message, Spoken, current_language, format_value, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.tabulation.layout import Labels, headline_rows, marks_text, style_of, table_html
from workbench.tabulation.source import Source

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Tabulation(Result):
    """Questions by groups.

    Attributes
    ----------
    table
        One line per cell: ``question``, ``row``, ``kind`` (answer, net, mean, nps), ``group``, ``column``,
        ``estimate``, ``std_error``, ``ci_low``, ``ci_high``, ``n``, ``weighted_base``, ``n_effective``,
        ``degrees_of_freedom``, ``letters`` (of the columns it is clearly higher than), ``verdict_rest`` (against
        everybody who is not in the column), ``change``, ``p_change`` (corrected), ``verdict_change`` (since the
        previous wave), ``flag`` (``*`` small base, ``**`` too small to compare). What was not asked for is empty.
    pairs
        One line per comparison: ``question``, ``row``, ``group``, ``first``, ``second`` (``rest`` or ``previous`` where
        it is no column), ``against``, ``estimate`` (first less second), ``std_error``, ``statistic``, ``df``,
        ``p_value``, ``p_adjusted``, ``reason`` (why it was not tested), ``verdict``.
    columns_key
        ``group``, ``column``, ``letter``.
    column_labels, row_labels
        Groups of columns, and questions with their rows, as readers know them.
    levels, minimum_base, small_base
        What letters and marks mean.
    against
        What columns were compared with.
    source
        What the table was made from.
    """

    pairs: pd.DataFrame
    columns_key: pd.DataFrame
    column_labels: Mapping[str, Spoken | str]
    row_labels: Labels
    levels: tuple[float, ...]
    minimum_base: int
    small_base: int
    against: tuple[str, ...] = ("each other",)
    source: Source | None = None

    caption: ClassVar[Message] = message("Table")
    columns: ClassVar[Mapping[str, Column]] = {
        "question": Column(message("Question")),
        "row": Column(message("Row")),
        "letters": Column(message("Higher than")),
    }

    @property
    def questions(self) -> list[str]:
        """Names of the questions."""
        return list(self.row_labels)

    def __getitem__(self, question: str) -> Tabulation:
        """Return the table of one question alone."""
        self._known(question)
        return replace(
            self,
            table=self.table[self.table["question"] == question].reset_index(drop=True),
            pairs=self.pairs[self.pairs["question"] == question].reset_index(drop=True),
            row_labels={question: self.row_labels[question]},
        )

    def wide(self, measure: str = "estimate") -> pd.DataFrame:
        """Return one measure with questions and rows down and columns across.

        Parameters
        ----------
        measure
            A column of `table`.

        Returns
        -------
        DataFrame
            Index ``question``, ``row``; columns ``group``, ``column``.
        """
        across = list(self.columns_key[["group", "column"]].itertuples(index=False, name=None))
        down = list(dict.fromkeys(self.table[["question", "row"]].itertuples(index=False, name=None)))
        values = self.table[measure].to_numpy().reshape(len(down), len(across))
        return pd.DataFrame(
            values,
            index=pd.MultiIndex.from_tuples(down, names=["question", "row"]),
            columns=pd.MultiIndex.from_tuples(across, names=["group", "column"]),
        )

    @cached_property
    def joint(self) -> pd.DataFrame:
        """Whether answers depend on the columns at all: one line per question and group of columns.

        Rao and Scott's second-order test (`workbench.estimation.compare_groups` has the same): ``question``, ``row``
        (of several answers each by itself), ``group``, ``statistic`` (F), ``df``, ``df_error``, ``p_value``,
        ``reason`` (why there is none: groups that overlap, no spread). Means and boxes are not in it.
        """
        return self._made_from().joint(self.questions)

    def covariance(self, question: str, row: str | None = None) -> pd.DataFrame:
        """Return the covariance of a row's cells under the design, columns by columns.

        Parameters
        ----------
        question, row
            A row of the table; the first of the question where it is left out.

        Raises
        ------
        InputError
            If there is no such question or row.
        """
        self._known(question)
        names = list(dict.fromkeys(self.table.loc[self.table["question"] == question, "row"]))
        if row is not None and row not in names:
            raise InputError(
                "A covariance is of one of the question's rows.",
                found=f"{row!r}{nearest(row, names)}",
                fix=f"There are {', '.join(names[:10])}.",
                where="row",
            )
        across = pd.MultiIndex.from_frame(self.columns_key[["group", "column"]])
        place = names.index(row) if row is not None else 0
        return pd.DataFrame(self._made_from().covariance(question, place), index=across, columns=across)

    def _made_from(self) -> Source:
        assert self.source is not None, "a table is made by tabulate"
        return self.source

    def why(self, question: str, row: str, first: str, second: str) -> pd.DataFrame:
        """Return what a comparison rests on: both cells, the difference, its test, and how many it was corrected for.

        Parameters
        ----------
        question, row
            A row of the table.
        first, second
            Two columns of one group; or a column and ``rest`` or ``previous``, where the table was made against them.

        Raises
        ------
        InputError
            If there is no such row or no such pair.
        """
        self._known(question)
        of_row = self.pairs[(self.pairs["question"] == question) & (self.pairs["row"] == row)]
        pair = of_row[
            ((of_row["first"] == first) & (of_row["second"] == second))
            | ((of_row["first"] == second) & (of_row["second"] == first))
        ]
        if pair.empty:
            known = sorted({*of_row["first"], *of_row["second"]})
            raise InputError(
                "A comparison is of two columns of one group.",
                found=f"{row!r}: {first!r} and {second!r}",
                fix=f"Columns are {', '.join(known[:10])}." if known else "Name a row of the question.",
                where=question,
            )
        found = pair.iloc[0]
        cells = self.table[(self.table["question"] == question) & (self.table["row"] == row)].set_index("column")
        lines: list[tuple[str, object]] = []
        for side in (found["first"], found["second"]):
            if side not in cells.index:  # the rest, or the wave before
                continue
            cell = cells.loc[side]
            cell = cell if isinstance(cell, pd.Series) else cell[cell["group"] == found["group"]].iloc[0]
            lines += [(f"{side}: {c}", cell[c]) for c in ("estimate", "n", "n_effective", "degrees_of_freedom")]
        lines += [(c, found[c]) for c in ("estimate", "std_error", "statistic", "df", "p_value", "p_adjusted")]
        lines += [
            (
                "comparisons of the row",
                int((of_row["p_value"].notna() & (of_row["against"] == found["against"])).sum()),
            )
        ]
        lines += [("verdict", found["verdict"]), ("reason", found["reason"])]
        return pd.DataFrame(lines, columns=["what", "value"])

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the cells as texts, with letters, questions and rows down and columns across."""
        shown = self.wide().astype(object)
        texts = [
            _cell(e, k, letters, verdicts, language)
            for e, k, letters, *verdicts in self.table[
                ["estimate", "kind", "letters", "verdict_rest", "verdict_change"]
            ].itertuples(index=False, name=None)
        ]
        shown.iloc[:, :] = np.array(texts, dtype=object).reshape(shown.shape)
        across = self.columns_key[["group", "column"]].itertuples(index=False)
        shown.columns = pd.Index([c if g != "total" else message("Total").text(language) for g, c in across])
        return shown.reset_index()

    def to_html(self, language: Language | None = None) -> str:
        """Return the table as market researchers read it: spanners, letters, bases, a key below."""
        return table_html(
            self.table,
            self.columns_key,
            self.column_labels,
            self.row_labels,
            [n.message for n in self.notes],
            language or current_language(),
        )

    def headlines(self, question: str) -> list[str]:
        """Return the rows that stand for a question: the score, the top box and the mean, else all answers."""
        self._known(question)
        mine = self.table[self.table["question"] == question].drop_duplicates("row")
        return [str(mine["row"].iloc[i]) for i in headline_rows(mine["kind"].tolist())]

    def plot(self, language: Language | None = None, *, question: str | None = None, row: str | None = None) -> Figure:
        """Draw a row in every column, with intervals; the first headline row of the first question by default."""
        chosen = question if question is not None else self.questions[0]
        wanted = row if row is not None else self.headlines(chosen)[0]
        mine = self.table[(self.table["question"] == chosen) & (self.table["row"] == wanted)]
        if mine.empty:
            rows = self.table.loc[self.table["question"] == chosen, "row"].unique()
            raise InputError(
                "A table is drawn by one of its rows.",
                found=f"{wanted!r}{nearest(wanted, rows)}",
                fix=f"There are {', '.join(map(str, rows[:10]))}.",
                where="row",
            )
        spoken = language or current_language()
        total = message("Total").text(spoken)
        names = [total if g == "total" else c for g, c in zip(mine["group"], mine["column"], strict=True)]
        shown, style = mine.assign(label=names), style_of(str(mine["kind"].iloc[0]))

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style=style, language=spoken)

        return charts.draw_figure(draw, height=max(1.8, 0.4 * len(shown) + 0.8))

    def _known(self, question: str) -> None:
        if question not in self.row_labels:
            raise InputError(
                "A table is asked for one of its questions.",
                found=f"{question!r}{nearest(question, self.row_labels)}",
                fix=f"There are {', '.join(self.questions[:10])}.",
                where="question",
            )


def _cell(estimate: float, kind: str, letters: str, verdicts: Sequence[str], language: Language) -> str:
    if not np.isfinite(estimate):
        return ""
    return f"{format_value(float(estimate), style_of(kind), language)} {marks_text(letters, verdicts)}".strip()
