"""Any row of any table over waves: estimates, what moved, how surely, from the full covariance of the waves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import InputError, nearest
from workbench.core.language import Spoken, message
from workbench.core.names import column_label
from workbench.estimation.comparisons import Adjust
from workbench.estimation.intervals import check_confidence
from workbench.tabulation.columns import Banner, Columns, Groups, Nested, read_columns, thin_columns
from workbench.tabulation.filters import rows_where
from workbench.tabulation.measured import Base, Measured, Rows
from workbench.tabulation.rows import as_rows, different_names
from workbench.tabulation.trend_lines import Asked, OfQuestion, trend_lines
from workbench.tabulation.trend_notes import trend_notes
from workbench.tabulation.trend_result import Trend
from workbench.tabulation.trend_tests import verdicts_over_waves
from workbench.tabulation.wave_rows import WaveRows, WaveSamples
from workbench.tabulation.waves import WaveAnswers, WaveTables

TESTS = ("design", "linearised_t")


def trend(
    waves: Sequence[WaveAnswers],
    *,
    rows: Rows | str | Iterable[Rows | str],
    columns: Banner | Iterable[Banner] = (),
    filter: str | None = None,  # noqa: A002 - the field's own word
    base: Base = "answered",
    id: str | None = "customer_id",  # noqa: A002
    test: str = "design",
    correction: Adjust | None = "bh",
    level: float = 0.95,
    minimum_base: int = 30,
    small_base: int = 100,
    rolling: int | None = None,
    hide_below: int | None = None,
) -> Trend:
    r"""Follow rows of a table over waves.

    Parameters
    ----------
    waves
        The oldest first; one is enough, and then nothing is compared.
    rows, columns, filter, base
        As of `workbench.tabulation.tabulate`; rows and columns are those of the newest wave that has the question.
    id
        Column of customer ids, by which common customers are found; common clusters are found by their labels. Waves
        without the column count as independent.
    test
        ``design``: shares by the pooled test with the design's effect, others by t; ``linearised_t``: all by t on the
        design's variance.
    correction
        How p-values are corrected over the columns of a row; the total is by itself.
    level
        Coverage of intervals and level of verdicts.
    minimum_base, small_base
        Cells with fewer answers are not compared; with fewer than the second they are marked.
    rolling
        Of how many waves a rolling mean is taken; None for none.
    hide_below
        Columns with fewer answers are left out, and cells of earlier waves emptied, each with the smallest other one
        where it could be told from the total.

    Returns
    -------
    Trend
        ``.table`` (a line per cell and wave), ``.tests`` (against the wave before, a year ago and the first wave,
        slope, whether anything moved), ``.covariance()``, ``.plot()``.

    Raises
    ------
    InputError
        If there is no wave, no wave has a question, or an argument is unknown.

    Notes
    -----
    Between two waves of a stratum with n₁ and n₂ units of N, n₁₂ in both, the covariance is
    :math:`(n_{12} - n_1 n_2 / N) \, s_{12}` (`workbench.estimation.overlap.cross_covariance`). Sums of waves
    :math:`a'y`, such as changes, slopes and rolling means, have the variance :math:`a'Va` with the full covariance V;
    whether anything moved is Wald's F (`workbench.tabulation.wave_tests.anything_moved`). Where a question changed,
    nothing is compared across it, and tests rest on the waves from there on. An answer that nobody gave in a wave where
    ten would be expected was not offered there.

    Examples
    --------
    >>> old = pd.DataFrame({"q": ["yes", "no"] * 50})
    >>> new = pd.DataFrame({"q": ["yes"] * 70 + ["no"] * 30})
    >>> found = trend([WaveAnswers("q1", old), WaveAnswers("q2", new)], rows="q", id=None)
    >>> found.table.query("row == 'yes'")[["estimate", "change"]].round(2).to_numpy().tolist()
    [[0.5, nan], [0.7, 0.2]]
    >>> found.tests.query("row == 'yes'")["verdict"].iloc[0]
    'up'
    """
    _check(waves, test, level, rolling)
    asked = Asked(
        names=tuple(w.name for w in waves),
        ended=tuple(w.ended for w in waves),
        test=test,
        correction=correction,
        level=level,
        minimum=minimum_base,
        small=small_base,
        rolling=rolling,
    )
    banner = [columns] if isinstance(columns, str | Groups | Nested) else list(columns)
    tables = WaveTables(waves, filter=filter)
    questions = [tables.one_scale(q) for q in _questions(rows, waves, tables)]
    newest = waves[-1].data
    inside = np.ones(len(newest), dtype=bool) if filter is None else rows_where(newest, filter)
    read = read_columns(newest, banner, inside)
    known = [_newest(q, tables, base) for q in questions]
    if hide_below is not None:
        answered = np.max([read.members[who].sum(axis=0) for _, who in known], axis=0)
        read = read.only(~thin_columns(answered, read.group, hide_below))
    samples = WaveSamples(waves, tables.columns(banner, read), id)
    parts, tests, covariances = [], [], {}
    names = different_names(questions)
    missing: list[tuple[str, str, str]] = []
    for name, question, (measured, _) in zip(names, questions, known, strict=True):
        aligned = tables.align(question, measured, base)
        fitted = samples.fit(aligned)
        if hide_below is not None:
            fitted = fitted.without(_hidden(fitted, read, hide_below))
        breaks = np.array([question.name in w.changed for w in waves])
        one = OfQuestion(name, aligned.waves[-1], fitted, read, breaks)
        parts.append(trend_lines(one, asked))
        tests += verdicts_over_waves(one, asked)
        covariances[name] = fitted.covariance
        missing += [
            (name, measured.names[k], asked.names[w])
            for w, k in np.argwhere(aligned.missing & (fitted.n.max(axis=1) > 0))
        ]
    labels: dict[str, tuple[Spoken | str, tuple[Spoken | str, ...]]] = {
        n: (q.label or column_label(n), m.labels) for n, q, (m, _) in zip(names, questions, known, strict=True)
    }
    changed = {
        (n, w.name): w.changed[q.name]
        for n, q in zip(names, questions, strict=True)
        for w in waves
        if q.name in w.changed
    }
    return Trend(
        table=pd.concat(parts, ignore_index=True),
        tests=pd.DataFrame(tests),
        columns_key=read.key,
        column_labels=dict(read.labels),
        row_labels=labels,
        waves=asked.names,
        changed=changed,
        covariances=covariances,
        level=level,
        notes=trend_notes(asked, waves, changed, missing, labels, samples.in_common, condition=filter),
    )


def _questions(rows: Rows | str | Iterable[Rows | str], waves: Sequence[WaveAnswers], tables: WaveTables) -> list[Rows]:
    """Return rows as they were given; a name is what its column is in the newest wave that has answers to it."""
    given: list[Any] = [rows] if isinstance(rows, str) or hasattr(rows, "measure") else list(rows)
    found: list[Rows] = []
    for one in given:
        have = [w.data for w in waves if isinstance(one, str) and one in w.data and w.data[one].notna().any()]
        found += as_rows([one], have[-1] if have else tables.data)
    return found


def _newest(question: Rows, tables: WaveTables, base: Base) -> tuple[Measured, np.ndarray]:
    """Return the rows a question has in the newest wave that somebody answered it in, and who answered it in the last.

    Raises
    ------
    InputError
        If nobody answered it in any wave.
    """
    whole = question.measure(tables.data, base).only(tables.inside)
    have = [i for i, r in enumerate(tables.rows) if whole.answered[r].any()]
    if not have:
        raise InputError(
            message("A trend is of a question that somebody answered."),
            found=message("no answers in any wave: {columns}", columns=question.name),
            fix=message("Choose another question, or another filter."),
            where=question.name,
        )
    return question.measure(tables.waves[have[-1]].data, base), whole.answered[tables.rows[-1]]


def _hidden(fitted: WaveRows, read: Columns, least: int) -> np.ndarray:
    """Say which cells of which wave have fewer people than may be shown: waves × columns."""
    return np.stack([thin_columns(n, read.group, least) for n in fitted.n.max(axis=2)])


def _check(waves: Sequence[WaveAnswers], test: str, level: float, rolling: int | None) -> None:
    check_confidence(level)
    names = [w.name for w in waves]
    if not names or len(set(names)) < len(names):
        raise InputError(
            message("A trend is over waves that have a name each."),
            found=", ".join(names) or message("no wave"),
            fix=message("Give every wave once, the oldest first."),
            where="waves",
        )
    if test not in TESTS:
        raise InputError(
            f"test is one of {', '.join(TESTS)}.",
            found=repr(test),
            fix=f"Write one of them{nearest(test, TESTS)}.",
            where="test",
        )
    if rolling is not None and rolling < 2:
        raise InputError(
            "A rolling mean is of two waves or more.", found=str(rolling), fix="Name a number from 2.", where="rolling"
        )
