"""Any questions by any groups, weighted, tested and lettered under the design of the sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.names import column_label
from workbench.estimation.chosen import checked_design
from workbench.estimation.comparisons import Adjust
from workbench.estimation.design import Design
from workbench.estimation.intervals import check_confidence
from workbench.estimation.sample import read_sample
from workbench.tabulation.beside import TheRest, TheWaveBefore
from workbench.tabulation.cells import CellMaker, Cells
from workbench.tabulation.columns import Banner, Groups, Nested, read_columns, thin_columns
from workbench.tabulation.comparisons import (
    EACH_OTHER,
    PREVIOUS,
    REST,
    Against,
    Compared,
    Family,
    Test,
    check_choices,
    compare,
    corrected,
)
from workbench.tabulation.filters import rows_where
from workbench.tabulation.footnotes import footnotes
from workbench.tabulation.lines import Comparisons, cell_lines, joined, letters_of, pair_lines
from workbench.tabulation.measured import Base, Measured, Rows
from workbench.tabulation.result import Tabulation
from workbench.tabulation.rows import as_rows, different_names
from workbench.tabulation.source import Source


def tabulate(
    data: pd.DataFrame,
    design: Design | None = None,
    *,
    rows: Rows | str | Iterable[Rows | str],
    columns: Banner | Iterable[Banner] = (),
    filter: str | None = None,  # noqa: A002 - the field's own word
    base: Base = "answered",
    against: Against | Sequence[Against] = EACH_OTHER,
    previous: tuple[pd.DataFrame, Design | None] | None = None,
    id: str | None = "customer_id",  # noqa: A002
    test: Test = "design",
    correction: Adjust | None = "bh",
    family: Family = "row",
    levels: Sequence[float] = (0.95, 0.90),
    minimum_base: int = 30,
    small_base: int = 100,
    hide_below: int | None = None,
) -> Tabulation:
    r"""Put questions by groups into a table: shares and means with errors, bases, and letters of what differs.

    Parameters
    ----------
    data
        One row per respondent.
    design
        How the sample was drawn and weighted; None counts every answer once.
    rows
        Questions: names of columns, or `single`, `scale`, `multiple`, `mean`, `nps`.
    columns
        The banner: names of columns, `groups` that may overlap, `nested` columns. The total comes first by itself.
    filter
        Condition of who is in the table, such as ``visits >= 1``. Others stay in the design, as a domain.
    base
        What shares are of: who ``answered``, was ``asked`` (a row's own condition), or ``all``.
    against
        What columns are compared with, one or several of: ``each other`` (letters), the ``rest``, which is everybody
        in the table who is not in the column (▲ ▼), and the ``previous`` wave (↑ ↓).
    previous, id
        Answers and design of the previous wave, and the column of customer ids by which common customers are found
        (None, or a column that is not there: waves drawn independently).
    test
        ``design``, ``linearised_t``, or one of the field's older formulas by name
        (`workbench.tabulation.comparisons.compare`), which know neither strata nor clusters.
    correction, family
        How p-values are corrected, and over what: all pairs of a row (``row``), those of one group of columns
        (``group``), or all of the table (``table``).
    levels
        A column's letter stands at those it is clearly higher than: capitals at the first level, small letters at the
        second.
    minimum_base, small_base
        Columns with fewer answers are not compared; with fewer than the second they are marked.
    hide_below
        Columns with fewer answers to every question are left out, and where that is one of its group alone, the
        smallest of the others with it: else it could be told from the total.

    Returns
    -------
    Tabulation
        ``.table`` (a line per cell), ``.pairs`` (a line per comparison), ``.wide()``, ``.why()``.

    Raises
    ------
    InputError
        If a column is missing, nobody is in the table, or an argument is unknown.

    Notes
    -----
    Estimates are ratios of weighted totals in domains of the whole sample, with linearised variances. Shares are
    compared by :math:`t = d / \sqrt{V_e \rho}`, :math:`V_e = P(1-P)(1/e_1 + 1/e_2 - 2e_0/(e_1 e_2))` with Kish's
    effective bases, :math:`\rho` the design's variance of the difference over that of the weights alone, and the
    degrees of freedom of the thinner column; means and the NPS by Student's t on the design's variance. Rao and Scott
    (1984), Annals of Statistics 12, 46–60; Benjamini and Hochberg (1995), JRSS B 57, 289–300.
    The rest is compared in the same way. Changes are those of `workbench.estimation.estimate_change`, corrected over
    the columns of a row. An answer that nobody gave in the previous wave, where ten would be expected, was not offered
    there and has no change.

    Examples
    --------
    >>> data = pd.DataFrame({"brand": list("aab") * 60 + list("bba") * 60, "region": ["n"] * 180 + ["s"] * 180})
    >>> table = tabulate(data, rows="brand", columns="region")
    >>> table.table[["row", "column", "estimate", "n", "letters"]].round(2).head(3).to_numpy().tolist()
    [['a', 'total', 0.5, 360, ''], ['a', 'n', 0.67, 180, 'B'], ['a', 's', 0.33, 180, '']]
    """
    sides = [against] if isinstance(against, str) else list(against)
    check_choices(test, family, sides)
    for level in levels:
        check_confidence(level)
    # one answer is a table, too: it has no error, and says so by having none
    chosen = checked_design(design) if design is not None else Design(lonely_psu="certainty")
    sample = read_sample(data, chosen)
    inside = np.ones(len(data), dtype=bool) if filter is None else rows_where(data, filter)
    if not inside.any():
        raise InputError(
            message("Somebody is in the table."),
            found=message("nobody meets {condition}", condition=str(filter)),
            fix=message("Correct the condition."),
            where="filter",
        )
    banner = [columns] if isinstance(columns, str | Groups | Nested) else list(columns)
    questions = as_rows(rows, data)
    read = read_columns(data, banner, inside)
    earlier = None
    if PREVIOUS in sides:
        earlier = TheWaveBefore(data, chosen, previous, banner, read, filter=filter, id=id)
        questions = [earlier.on_its_scale(q) for q in questions]
    if hide_below is not None:
        answered = (q.measure(data, base).only(inside).answered for q in questions)
        most = np.max([read.members[who].sum(axis=0) for who in answered], axis=0)
        read = read.only(~thin_columns(most, read.group, hide_below))
        if earlier is not None:
            earlier = TheWaveBefore(data, chosen, previous, banner, read, filter=filter, id=id)
    nobody = np.zeros(0, dtype=np.int64)
    maker = CellMaker(sample, read, None if EACH_OTHER in sides else (nobody, nobody))
    rest = TheRest(sample, read) if REST in sides else None
    told: dict[str, Any] = {"test": test, "minimum_base": minimum_base}
    made: list[tuple[Measured, Cells, Compared, dict[str, Comparisons]]] = []
    for question in questions:  # one after the other: the answers to hundreds would fill the memory
        m = question.measure(data, base).only(inside)
        c = maker.cells(m)
        beside: dict[str, Comparisons] = {}
        if rest is not None:
            beside[REST] = rest.compare(m, correction=correction, **told)
        if earlier is not None:
            beside[PREVIOUS] = earlier.compare(question, m, base=base, correction=correction, **told)
        made.append((m.heads, c, compare(c, maker.first, maker.second, m.are_shares, **told), beside))
    adjusted = corrected([found.p_value for _, _, found, _ in made], read.group[maker.first], correction, family)
    names = different_names(questions)
    lines, pairs = [], []
    for name, (m, c, found, beside), p in zip(names, made, adjusted, strict=True):
        each = Comparisons(EACH_OTHER, maker.first, maker.second, found, p)
        letters = letters_of(read, each, levels)
        lines.append(
            cell_lines(name, m, c, read, letters, beside, level=levels[0], minimum=minimum_base, small=small_base)
        )
        shown = [each] if EACH_OTHER in sides else []
        pairs += [pair_lines(name, m, read, t, levels[0]) for t in (*shown, *beside.values())]
    return Tabulation(
        table=joined(lines),
        pairs=joined(pairs),
        columns_key=read.key,
        column_labels=dict(read.labels),
        row_labels={
            n: (q.label or column_label(n), m.labels) for n, q, (m, *_) in zip(names, questions, made, strict=True)
        },
        levels=tuple(levels),
        minimum_base=minimum_base,
        small_base=small_base,
        against=tuple(sides),
        source=Source(sample, read, inside, base, data, dict(zip(names, questions, strict=True))),
        level=levels[0],
        notes=footnotes(
            against=sides,
            test=test,
            correction=correction,
            family=family,
            levels=levels,
            minimum_base=minimum_base,
            small_base=small_base,
            condition=filter,
            base=base,
        ),
    )
