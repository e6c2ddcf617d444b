"""What a table was made from, for what is asked of it afterwards: joint tests, covariances of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.estimation.domains import Domains
from workbench.estimation.freedom import degrees_of_freedom
from workbench.estimation.independence import rao_scott
from workbench.estimation.sample import Sample
from workbench.estimation.variance import covariance_of_totals
from workbench.tabulation.columns import Columns
from workbench.tabulation.measured import Base, Measured, Rows

JOINT = ["question", "row", "group", "statistic", "df", "df_error", "p_value", "reason"]


@dataclass(frozen=True, eq=False)
class Source:
    """The sample, columns and questions of a table.

    Attributes
    ----------
    sample, columns, inside, base, data
        As the table was made.
    questions
        Question → its rows.
    """

    sample: Sample
    columns: Columns
    inside: np.ndarray
    base: Base
    data: pd.DataFrame
    questions: Mapping[str, Rows]

    def measured(self, question: str) -> Measured:
        """Return a question as numbers, those outside the table left out."""
        return self.questions[question].measure(self.data, self.base).only(self.inside)

    def covariance(self, question: str, row: int) -> Floats:
        """Return the design covariance of a row's cells, columns × columns; missing where a cell has no error."""
        m = self.measured(question)
        members = self.columns.members
        base = m.base[:, min(row, m.base.shape[1] - 1)]
        w = self.sample.weights
        below = (members * (w * base)[:, None]).sum(axis=0)
        above = (members * (w * m.values[:, row])[:, None]).sum(axis=0)
        divisor = np.where(below > 0, below, 1.0)
        scores = np.where(members, (m.values[:, row, None] - above / divisor * base[:, None]) / divisor, 0.0)
        found = covariance_of_totals(self.sample, scores)
        unknown = below <= 0
        found[unknown] = np.nan
        found[:, unknown] = np.nan
        return found

    def joint(self, questions: list[str]) -> pd.DataFrame:
        """Return, for each question and group of columns, whether answers depend on the group at all."""
        lines = []
        groups = [g for g in dict.fromkeys(self.columns.key["group"]) if g != "total"]
        for question in questions:
            m = self.measured(question)
            answers = [k for k, kind in enumerate(m.kinds) if kind == "answer" and m.are_shares[k]]
            shares = m.values[:, answers]
            counts = m.base[:, 0] > 0
            # several answers a person are no table of one against the other: each is one by itself
            apart = bool(answers) and not np.array_equal(shares.sum(axis=1), counts.astype(float))
            parts = [[a] for a in answers] if apart else [answers]
            for group in groups:
                for part in parts if answers else []:
                    named = m.names[part[0]] if apart else ""
                    lines.append((question, named, group, *self._tested(m.values[:, part], counts, group, alone=apart)))
        return pd.DataFrame(lines, columns=JOINT)

    def _tested(self, shares: Floats, counts: np.ndarray, group: str, *, alone: bool) -> tuple[object, ...]:
        nothing = (np.nan,) * 4
        members = self.columns.members[:, (self.columns.key["group"] == group).to_numpy()]
        if (members.sum(axis=1) > 1).any():
            return (*nothing, "groups overlap")
        values = np.hstack([shares, counts[:, None] - shares]) if alone else shares
        inside = members & counts[:, None]
        there = inside.any(axis=0)
        given = (values * inside.any(axis=1)[:, None]).any(axis=0)
        if there.sum() < 2 or given.sum() < 2:
            return (*nothing, "no spread")
        code = np.where(inside[:, there].any(axis=1), inside[:, there].argmax(axis=1), -1)
        told = np.where(counts[:, None], values[:, given], np.nan)
        domains = Domains(code.astype(np.int64), pd.DataFrame({"g": range(int(there.sum()))}))
        df = float(degrees_of_freedom(self.sample)[0])
        found = rao_scott(self.sample, domains, told, ~np.isnan(told), df).iloc[0]
        return (found["statistic"], found["df"], found["df_error"], found["p_value"], "")
