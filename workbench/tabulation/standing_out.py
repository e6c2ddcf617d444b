"""What stands out in a table: the comparison that is clearest, after correction for all that could have been named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.estimation.comparisons import adjust_p
from workbench.tabulation.result import Tabulation


@dataclass(frozen=True)
class StandingOut:
    """The clearest comparison of a table.

    Attributes
    ----------
    question, row, group
        Where it stands.
    place
        Which of the question's rows it is, from 0.
    higher, lower
        The two columns.
    high, low
        Their estimates.
    p_value
        p after Benjamini and Hochberg's correction over every comparison of the question that was tested.
    family
        How many those were.
    n
        Answers behind the smaller of the two columns.
    kind
        Kind of row: ``answer``, ``net``, ``mean`` or ``nps``.
    """

    question: str
    row: str
    group: str
    place: int
    higher: str
    lower: str
    high: float
    low: float
    p_value: float
    family: int
    n: int
    kind: str


def standing_out(table: Tabulation, question: str | None = None) -> StandingOut | None:
    """Return the clearest comparison of a question, whatever row and group it is in.

    Letters are corrected within their row. A sentence that names the clearest of all rows was picked from all of them,
    so it is corrected for all of them.

    Parameters
    ----------
    table
        A table.
    question
        One of its questions; the first by default.

    Returns
    -------
    StandingOut or None
        None where nothing was tested. Whether it is clear follows from its p.

    Raises
    ------
    InputError
        If the table has no such question.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the false discovery rate, JRSS B 57, 289-300.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.tabulation import tabulate
    >>> asked = pd.DataFrame({"brand": ["A", "B"] * 100, "shop": ["north"] * 100 + ["south"] * 100, "weight": 1.0})
    >>> asked.loc[asked.index < 90, "brand"] = "A"
    >>> found = standing_out(tabulate(asked, rows="brand", columns="shop"))
    >>> found.row, found.higher, found.lower, round(found.high, 2), found.p_value < 0.001
    ('A', 'north', 'south', 0.95, True)
    """
    of_one = table[question or table.questions[0]]
    name = of_one.questions[0]
    pairs = of_one.pairs[of_one.pairs["p_value"].notna()].reset_index(drop=True)
    if pairs.empty:
        return None
    adjusted = adjust_p(pairs["p_value"].to_numpy(dtype=float), "bh")
    # of equally clear ones the larger difference, of equal ones the first: two answers of a question mirror each other
    differences, clear = pairs["estimate"].abs().to_numpy().round(9), adjusted.round(9)
    best = int(np.lexsort((np.arange(len(pairs)), -differences, clear))[0])
    pair = pairs.iloc[best]
    ends = (str(pair["first"]), str(pair["second"]))
    higher, lower = ends if pair["estimate"] > 0 else ends[::-1]
    cells = of_one.table
    cells = cells[(cells["row"] == pair["row"]) & (cells["group"] == pair["group"])].set_index("column")
    rows = list(dict.fromkeys(of_one.table["row"]))
    return StandingOut(
        question=name,
        row=str(pair["row"]),
        group=str(pair["group"]),
        place=rows.index(pair["row"]),
        higher=higher,
        lower=lower,
        high=float(cells.loc[higher, "estimate"]),
        low=float(cells.loc[lower, "estimate"]),
        p_value=float(adjusted[best]),
        family=len(pairs),
        n=int(cells.loc[[higher, lower], "n"].min()),
        kind=str(cells.loc[higher, "kind"]),
    )
