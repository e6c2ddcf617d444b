"""Any questions by any groups, weighted, tested and lettered under the design of the sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from workbench.core.checks import Floats
from workbench.core.errors import InputError
from workbench.core.language import Message, message
from workbench.core.results import Note
from workbench.estimation.chosen import checked_design
from workbench.estimation.comparisons import Adjust
from workbench.estimation.design import Design
from workbench.estimation.intervals import check_confidence, quantile_t, share_interval
from workbench.estimation.letters import letter
from workbench.estimation.sample import read_sample
from workbench.tabulation.cells import CellMaker, Cells
from workbench.tabulation.columns import Banner, Columns, Groups, Nested, read_columns
from workbench.tabulation.comparisons import FEW, TESTED, Compared, Family, Test, check_choices, compare, corrected
from workbench.tabulation.filters import rows_where
from workbench.tabulation.measured import Base, Measured, Rows
from workbench.tabulation.result import Tabulation
from workbench.tabulation.rows import as_rows


def tabulate(
    data: pd.DataFrame,
    design: Design | None = None,
    *,
    rows: Rows | str | Iterable[Rows | str],
    columns: Banner | Iterable[Banner] = (),
    filter: str | None = None,  # noqa: A002 - the field's own word
    base: Base = "answered",
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
    test
        ``design``, or one of the field's older formulas by name (`workbench.tabulation.comparisons.compare`), which
        know neither strata nor clusters.
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

    Examples
    --------
    >>> data = pd.DataFrame({"brand": list("aab") * 60 + list("bba") * 60, "region": ["n"] * 180 + ["s"] * 180})
    >>> table = tabulate(data, rows="brand", columns="region")
    >>> table.table[["row", "column", "estimate", "n", "letters"]].round(2).head(3).to_numpy().tolist()
    [['a', 'total', 0.5, 360, ''], ['a', 'n', 0.67, 180, 'B'], ['a', 's', 0.33, 180, '']]
    """
    check_choices(test, family)
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
    measured = [_inside(q.measure(data, base), inside) for q in questions]
    read = read_columns(data, banner, inside)
    if hide_below is not None:
        read = _without_thin(read, measured, hide_below)
    maker = CellMaker(sample, read)
    cells = [maker.cells(m) for m in measured]
    compared = [
        compare(c, maker.first, maker.second, m.are_shares, test=test, minimum_base=minimum_base)
        for c, m in zip(cells, measured, strict=True)
    ]
    adjusted = corrected([c.p_value for c in compared], read.group[maker.first], correction, family)
    names = _names(questions)
    parts = zip(names, measured, cells, compared, adjusted, strict=True)
    lines, pairs = [], []
    for name, m, c, found, p in parts:
        letters = _letters(read, maker, found, p, levels)
        lines.append(_cells_table(name, m, c, read, letters, levels[0], minimum_base, small_base))
        pairs.append(_pairs_table(name, m, read, maker, found, p, levels[0]))
    return Tabulation(
        table=_joined(lines),
        pairs=_joined(pairs),
        columns_key=read.key,
        column_labels=dict(read.labels),
        row_labels={n: (q.label or n, m.labels) for n, q, m in zip(names, questions, measured, strict=True)},
        levels=tuple(levels),
        minimum_base=minimum_base,
        small_base=small_base,
        level=levels[0],
        notes=tuple(_notes(test, correction, family, levels, minimum_base, small_base, filter, base)),
    )


def _joined(parts: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Return the tables of all questions as one: made at once, as making hundreds costs more than their numbers."""
    return pd.DataFrame({name: np.concatenate([p[name] for p in parts]) for name in parts[0]})


def _inside(measured: Measured, inside: np.ndarray) -> Measured:
    if inside.all():
        return measured
    rows = inside[:, None]
    people = None if measured.people is None else measured.people * rows
    return Measured(
        measured.labels, measured.kinds, measured.values * rows, measured.base * rows, measured.part_of, people
    )


def _without_thin(read: Columns, measured: list[Measured], least: int) -> Columns:
    most = np.max([read.members[m.answered].sum(axis=0) for m in measured], axis=0)
    thin = (most < least) & (read.group > 0)
    for group in range(1, int(read.group.max(initial=0)) + 1):
        places = np.flatnonzero(read.group == group)
        hidden = places[thin[places]]
        shown = places[~thin[places]]
        # one column alone could be told from the total and the others
        if len(hidden) == 1 and most[hidden[0]] > 0 and len(shown):
            thin[shown[np.argmin(most[shown])]] = True
    kept = np.flatnonzero(~thin)
    key = read.key.iloc[kept].reset_index(drop=True)
    key["letter"] = ["", *(letter(i) for i in range(len(key) - 1))]
    return Columns(key, read.labels, read.members[:, kept], read.group[kept])


def _names(questions: list[Rows]) -> list[str]:
    names: list[str] = []
    for question in questions:
        n, name = 1, question.name
        while name in names:
            n += 1
            name = f"{question.name} ({n})"
        names.append(name)
    return names


def _letters(read: Columns, maker: CellMaker, found: Compared, p: Floats, levels: Sequence[float]) -> list[list[str]]:
    """Return, column by column and row by row, the letters of the columns it is clearly higher than."""
    letters = read.key["letter"].tolist()
    texts = [["" for _ in range(p.shape[1])] for _ in letters]
    capital, small = 1 - levels[0], 1 - levels[1] if len(levels) > 1 else 0.0
    with np.errstate(invalid="ignore"):
        clear = np.argwhere(p <= max(capital, small))
    for pair, k in clear:
        a, b = int(maker.first[pair]), int(maker.second[pair])
        winner, loser = (a, b) if found.difference[pair, k] > 0 else (b, a)
        told = letters[loser] if p[pair, k] <= capital else letters[loser].lower()
        texts[winner][k] = f"{texts[winner][k]} {told}".strip()
    return texts


def _cells_table(
    name: str,
    measured: Measured,
    c: Cells,
    read: Columns,
    letters: list[list[str]],
    level: float,
    minimum: int,
    small: int,
) -> dict[str, np.ndarray]:
    wide, rows = c.estimate.shape
    error = np.sqrt(c.variance)
    low, high = c.estimate - quantile_t(level, c.freedom) * error, c.estimate + quantile_t(level, c.freedom) * error
    shares = np.broadcast_to(measured.are_shares, c.estimate.shape)
    filled = np.nan_to_num(c.estimate)
    limits = share_interval(filled, error, c.n, c.kish, c.freedom, confidence=level, interval="logit")
    low, high = (np.where(shares, s, t) for s, t in zip(limits, (low, high), strict=True))
    unknown = np.isnan(c.estimate)
    flags = np.where(c.n < minimum, "**", np.where(c.n < small, "*", ""))

    def by_row(values: Floats) -> Floats:
        return values.T.ravel()

    return {
        "question": np.full(rows * wide, name, dtype=object),
        "row": np.repeat(np.array(measured.names, dtype=object), wide),
        "kind": np.repeat(np.array(measured.kinds, dtype=object), wide),
        "group": np.tile(read.key["group"].to_numpy(), rows),
        "column": np.tile(read.key["column"].to_numpy(), rows),
        "estimate": by_row(c.estimate),
        "std_error": by_row(error),
        "ci_low": by_row(np.where(unknown, np.nan, low)),
        "ci_high": by_row(np.where(unknown, np.nan, high)),
        "n": by_row(c.n).astype(np.int64),
        "weighted_base": by_row(c.mass),
        "n_effective": by_row(c.kish),
        "degrees_of_freedom": by_row(c.freedom),
        "letters": np.array([letters[j][k] for k in range(rows) for j in range(wide)], dtype=object),
        "flag": by_row(flags),
    }


def _pairs_table(
    name: str, measured: Measured, read: Columns, maker: CellMaker, found: Compared, p: Floats, level: float
) -> dict[str, np.ndarray]:
    rows = found.difference.shape[1]
    column = read.key["column"].to_numpy()
    clear = np.where(np.nan_to_num(p, nan=1.0) <= 1 - level, np.sign(found.difference), 0)
    verdict = np.select([found.reason == FEW, clear > 0, clear < 0], [FEW, "higher", "lower"], "no clear difference")
    return {
        "question": np.full(rows * len(maker.first), name, dtype=object),
        "row": np.repeat(np.array(measured.names, dtype=object), len(maker.first)),
        "group": np.tile(read.key["group"].to_numpy()[maker.first], rows),
        "first": np.tile(column[maker.first], rows),
        "second": np.tile(column[maker.second], rows),
        "estimate": found.difference.T.ravel(),
        "std_error": found.std_error.T.ravel(),
        "statistic": np.where(found.reason == TESTED, found.statistic, np.nan).T.ravel(),
        "df": found.freedom.T.ravel(),
        "p_value": found.p_value.T.ravel(),
        "p_adjusted": p.T.ravel(),
        "reason": found.reason.T.ravel(),
        "verdict": verdict.T.ravel(),
    }


def _notes(
    test: Test,
    correction: Adjust | None,
    family: Family,
    levels: Sequence[float],
    minimum: int,
    small: int,
    condition: str | None,
    base: Base,
) -> list[Note]:
    told: list[Message] = [
        message(
            "A letter stands at the higher of two columns of one group: capitals {high:level}{second}.",
            high=levels[0],
            second=message(", small letters {low:level}", low=levels[1]) if len(levels) > 1 else "",
        ),
        message(
            "Not compared: fewer than {minimum:int} answers (**). Marked: fewer than {small:int} (*). No letter does "
            "not mean that columns are alike.",
            minimum=minimum,
            small=small,
        ),
    ]
    if correction is None:
        told.append(message("p-values are not corrected for the number of comparisons."))
    else:
        over = {
            "row": message("all pairs of a row"),
            "group": message("the pairs of a row within a group of columns"),
            "table": message("all pairs of the table"),
        }[family]
        how = {"bh": message("Benjamini and Hochberg"), "holm": message("Holm")}[correction]
        told.append(message("p-values are corrected over {over} ({how}).", over=over, how=how))
    if test != "design":
        told.append(message("The test of shares ({test}) ignores strata and clusters.", test=test))
    if condition is not None:
        told.append(message("Only who meets: {condition}.", condition=condition))
    if base != "answered":
        words = {"asked": message("all who were asked"), "all": message("everybody, asked or not")}[base]
        told.append(message("Shares are of {base}.", base=words))
    told.append(message("Shares may add up to 99 % or 101 % after rounding."))
    return [Note(t) for t in told]
