"""Rows of tables over waves as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError, nearest
from workbench.core.forms import lines_over_waves
from workbench.core.language import Language, Message, Spoken, current_language, format_value, is_spoken, message
from workbench.core.names import Column
from workbench.core.results import Result
from workbench.tabulation.layout import Labels, headline_rows, style_of
from workbench.tabulation.trend_layout import change_text, head_of, shown_tests, trend_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Trend(Result):
    """Rows of tables over waves.

    Attributes
    ----------
    table
        One line per cell and wave: ``question``, ``row``, ``kind``, ``group``, ``column``, ``wave``, ``estimate``,
        ``std_error``, ``ci_low``, ``ci_high``, ``n``, ``weighted_base``, ``n_effective``, ``degrees_of_freedom``,
        ``breaks`` (whether it cannot be compared with what came before), ``change``, ``change_low``, ``change_high``,
        ``p_change`` (since the wave before, not corrected), ``rolling``, ``rolling_low``, ``rolling_high``, ``flag``.
    tests
        One line per cell and test: ``test`` (``previous``, ``a year ago``, ``first``, ``slope``, ``any``), ``since``,
        ``until``, ``waves``, ``estimate``, ``std_error``, ``ci_low``, ``ci_high``, ``statistic``, ``df``, ``df_error``,
        ``p_value``, ``p_adjusted``, ``verdict`` (up, down, moved, no clear change, base too small), ``reason`` (why
        there is none). Of the newest wave only: what moved earlier is not told again every time.
    columns_key, column_labels, row_labels
        As of `workbench.tabulation.Tabulation`.
    waves
        Names of the waves, the oldest first.
    changed
        Question and wave → what changed in the question before that wave.
    covariances
        Question → covariance of its waves: waves × waves × columns × rows.
    """

    tests: pd.DataFrame
    columns_key: pd.DataFrame
    column_labels: Mapping[str, Spoken | str]
    row_labels: Labels
    waves: tuple[str, ...]
    changed: Mapping[tuple[str, str], Spoken | str]
    covariances: Mapping[str, Floats]

    caption: ClassVar[Message] = message("Trend")
    columns: ClassVar[Mapping[str, Column]] = {
        "question": Column(message("Question")),
        "row": Column(message("Row")),
        "group": Column(message("Group")),
        "column": Column(message("Column")),
    }

    @property
    def questions(self) -> list[str]:
        """Names of the questions."""
        return list(self.row_labels)

    def __getitem__(self, question: str) -> Trend:
        """Return the trend of one question alone."""
        self._known(question, self.row_labels, "question")
        tests = self.tests[self.tests["question"] == question].reset_index(drop=True) if len(self.tests) else self.tests
        return replace(
            self,
            table=self.table[self.table["question"] == question].reset_index(drop=True),
            tests=tests,
            row_labels={question: self.row_labels[question]},
        )

    def rows_of(self, question: str) -> list[str]:
        """Return the names of a question's rows; those that stand for it are `headlines`."""
        self._known(question, self.row_labels, "question")
        return list(dict.fromkeys(self.table.loc[self.table["question"] == question, "row"]))

    def headlines(self, question: str) -> list[str]:
        """Return the rows that stand for a question: the score, the top box and the mean, else all answers."""
        rows = self.rows_of(question)
        mine = self.table[self.table["question"] == question].drop_duplicates("row")
        return [rows[i] for i in headline_rows(mine["kind"].tolist())]

    def covariance(self, question: str, row: str | None = None, column: str | None = None) -> pd.DataFrame:
        """Return the covariance of the waves in one cell, waves by waves.

        Parameters
        ----------
        question, row, column
            The cell; the first headline row and the total where they are left out. Columns of one name in several
            groups: the first.

        Raises
        ------
        InputError
            If there is no such question, row or column.
        """
        rows = self.rows_of(question)
        if row is not None:
            self._known(row, rows, "row")
        names = self.columns_key["column"].tolist()
        if column is not None:
            self._known(column, names, "column")
        k = rows.index(row if row is not None else self.headlines(question)[0])
        j = names.index(column) if column is not None else 0
        found = self.covariances[question][:, :, j, k]
        return pd.DataFrame(found, index=list(self.waves), columns=list(self.waves))

    def of(self, question: str, row: str | None = None, column: str = "total") -> pd.DataFrame:
        """Return one cell over waves, as `workbench.core.forms.trend` draws it.

        Parameters
        ----------
        question, row, column
            The cell; the first headline row and the total where they are left out.
        """
        chosen = row if row is not None else self.headlines(question)[0]
        self._known(chosen, self.rows_of(question), "row")
        self._known(column, self.columns_key["column"].tolist(), "column")
        mine = self.table[self.table["question"] == question]
        mine = mine[(mine["row"] == chosen) & (mine["column"] == column)].drop_duplicates("wave")
        mark = pd.Series([self.changed.get((question, w)) for w in mine["wave"]], index=mine.index, dtype=object)
        return mine.assign(mark=mark).reset_index(drop=True)

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return headline rows as texts: columns down, waves across, then what changed."""
        lines = []
        for question in self.questions:
            for row in self.headlines(question):
                lines += self._shown_lines(question, row, language)
        return pd.DataFrame(lines).fillna("")

    def _shown_lines(self, question: str, row: str, language: Language) -> list[dict[str, str]]:
        mine = self.table[(self.table["question"] == question) & (self.table["row"] == row)]
        tests = self.tests
        if len(tests):
            tests = tests[(tests["question"] == question) & (tests["row"] == row)]
        kind = str(mine["kind"].iloc[0])
        lines = []
        for group, column in self.columns_key[["group", "column"]].itertuples(index=False, name=None):
            cells = mine[(mine["group"] == group) & (mine["column"] == column)]
            line = {
                message("Row").text(language): row,
                message("Column").text(language): message("Total").text(language) if group == "total" else column,
            }
            for wave, value in zip(cells["wave"], cells["estimate"], strict=True):
                line[wave] = format_value(float(value), style_of(kind), language) if np.isfinite(value) else ""
            for name, since in shown_tests(tests):
                told = tests[(tests["test"] == name) & (tests["group"] == group) & (tests["column"] == column)]
                if len(told):
                    shown = change_text(told.iloc[0].to_dict(), kind, language)[0]
                    line[head_of(name, since).text(language)] = shown
            lines.append(line)
        return lines

    def to_html(self, language: Language | None = None) -> str:
        """Return the trend of headline rows: waves across, intervals on hover, changes with arrows, a key below."""
        return trend_html(
            self.table,
            self.tests,
            self.columns_key,
            self.column_labels,
            self.row_labels,
            self.waves,
            self.changed,
            [n.message for n in self.notes],
            language or current_language(),
        )

    def plot(self, language: Language | None = None, *, question: str | None = None, row: str | None = None) -> Figure:
        """Draw a row over waves, a line with its interval for each column; the first headline row by default."""
        chosen = question if question is not None else self.questions[0]
        wanted = row if row is not None else self.headlines(chosen)[0]
        self._known(wanted, self.rows_of(chosen), "row")
        mine = self.table[(self.table["question"] == chosen) & (self.table["row"] == wanted)]
        spoken = language or current_language()
        groups = self.columns_key["group"]
        several = len(set(groups) - {"total"}) > 1

        def name_of(group: str, column: str) -> str:
            if group == "total":
                return message("Total").text(spoken)
            told = self.column_labels[group]
            label = told.text(spoken) if is_spoken(told) else told
            value = format_value(column, "text", spoken)
            return f"{label}: {value}" if several else value

        names = [name_of(g, c) for g, c in zip(mine["group"], mine["column"], strict=True)]
        kind = style_of(str(mine["kind"].iloc[0]))
        least, within, axis = {
            "pct": (0.2, (0.0, 1.0), "pct"),
            "signed1": (20.0, (-100.0, 100.0), "signed0"),
        }.get(kind, (0.5, (-np.inf, np.inf), "dec1"))
        shown = mine.assign(name=names)
        trusted = shown["flag"] != "**"
        if trusted.any():
            # what rests on too few answers would stretch the scale of all
            limits = ["estimate", "ci_low", "ci_high"]
            shown[limits] = shown[limits].where(trusted)
        return lines_over_waves(shown, spoken, style=kind, axis=axis, least=least, within=within)

    def _known(self, name: str, known: object, what: str) -> None:
        names = list(known)  # type: ignore[call-overload]
        if name not in names:
            raise InputError(
                "A trend is asked for what is in it.",
                found=f"{name!r}{nearest(name, names)}",
                fix=f"There are {', '.join(names[:10])}.",
                where=what,
            )
