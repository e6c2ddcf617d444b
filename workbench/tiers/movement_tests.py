"""Did the sizes of the tiers change, and was the movement one-sided? Tests of paired tiers and of movement itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.bulk import in_engine
from workbench.core.engine import Engine, Table, as_table
from workbench.core.errors import InputError, require_columns
from workbench.core.language import Message, message, plural
from workbench.core.names import CUSTOMER_ID, TIER, Column
from workbench.core.results import Note, Result
from workbench.tiers.grading import Grades, refuse_ids
from workbench.tiers.migration import Migration

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MigrationTests(Result):
    """Tests of movement.

    Attributes
    ----------
    table
        One row per test: ``test``, ``question``, ``statistic``, ``df``, ``p_value``.
    """

    caption: ClassVar[Message] = message("Is the movement more than chance?")
    columns: ClassVar[Mapping[str, Column]] = {
        "test": Column(message("Test")),
        "question": Column(message("Question tested")),
        "statistic": Column(message("Statistic"), "dec2"),
        "df": Column(message("Degrees of freedom"), "int"),
    }


def migration_tests(
    moved: Migration | npt.ArrayLike,
    earlier: Migration | npt.ArrayLike | None = None,
    *,
    paths: npt.ArrayLike | None = None,
) -> MigrationTests:
    """Test whether tiers changed size, and whether movement was symmetric, as earlier, and without memory.

    Parameters
    ----------
    moved
        A migration, or its square table of counts (tier before × tier now).
    earlier
        Movement of an earlier period, or of another group, to compare the rates with.
    paths
        Customers by tier in three waves (first × second × third), from `migration_paths`, to test whether the tier
        before last still matters once the last one is known.

    Returns
    -------
    MigrationTests
        Stuart–Maxwell and Bhapkar (equal sizes before and now), Bowker (symmetric movement) and, with `earlier`, the
        likelihood ratio and Pearson's statistic of equal rates; with `paths`, the likelihood ratio of a Markov chain of
        first against second order (Anderson & Goodman 1957, Ann. Math. Statistics 28, eq. 4.9).

    Raises
    ------
    InputError
        If a table is not square, has negative counts, or the tables differ in size.

    Notes
    -----
    With d the differences of the margins and V their covariance without change, Stuart–Maxwell is d'V⁻¹d (Stuart 1955,
    Biometrika 42; Maxwell 1970, Br. J. Psychiatry 116); Bhapkar (1966, JASA 61) is W = S / (1 − S / n), with S that of
    Stuart–Maxwell. Tiers that nobody moved into or out of carry no information and take a degree of freedom each; tiers
    whose margins merely happen to be equal stay in.

    Examples
    --------
    >>> migration_tests([[20, 10], [5, 40]]).table["p_value"].round(3).tolist()
    [0.197, 0.192, 0.197]
    """
    counts = _counts(moved)
    n = float(counts.sum())
    stuart, df = _stuart_maxwell(counts)
    lines = [
        ("Stuart–Maxwell", message("Are the tiers as large as before?"), stuart, df),
        (
            "Bhapkar",
            message("Are the tiers as large as before?"),
            stuart / (1 - stuart / n) if n > stuart else np.inf,
            df,
        ),
        ("Bowker", message("Do as many customers move up as down, pair by pair?"), *_bowker(counts)),
    ]
    if earlier is not None:
        before = _counts(earlier)
        if before.shape != counts.shape:
            raise InputError(
                "Both periods have the same tiers.",
                found=f"{len(before)} and {len(counts)} tiers",
                fix="Grade all waves by the same rules.",
                where="earlier",
            )
        ratio, pearson, rate_df = _homogeneity(before, counts)
        question = message("Are the rates as in the earlier period?")
        lines += [("G²", question, ratio, rate_df), ("Pearson", question, pearson, rate_df)]
    if paths is not None:
        question = message("Does the tier before last still matter?")
        lines.append(("G² (Markov)", question, *_markov_order(np.asarray(paths, dtype=np.float64), len(counts))))
    notes = (
        Note(
            plural(
                "Based on {n:people} customer who is in both waves.",
                "Based on {n:people} customers who are in both waves.",
                n=int(n),
            )
        ),
    )
    return MigrationTests(table=_table(lines), notes=notes)


def _table(lines: Sequence[tuple[str, Message, float, int]]) -> pd.DataFrame:
    from scipy.stats import chi2

    table = pd.DataFrame(
        {
            "test": [line[0] for line in lines],
            "question": pd.Series([line[1] for line in lines], dtype=object),
            "statistic": [float(line[2]) for line in lines],
            "df": [int(line[3]) for line in lines],
        }
    )
    table["p_value"] = [
        float(chi2.sf(s, d)) if d else 1.0 for s, d in zip(table["statistic"], table["df"], strict=True)
    ]
    return table


def _counts(moved: Migration | npt.ArrayLike) -> Floats:
    counts = np.asarray(moved.counts if isinstance(moved, Migration) else moved, dtype=np.float64)
    square = counts.ndim == 2 and counts.shape[0] == counts.shape[1] > 1
    if not square or not np.isfinite(counts).all() or (counts < 0).any() or counts.sum() == 0:
        raise InputError(
            "Movement is a square table of counts.",
            found=f"a table of shape {counts.shape}",
            fix="Pass a migration, or tier before × tier now.",
            where="moved",
        )
    return counts


def _stuart_maxwell(counts: Floats) -> tuple[float, int]:
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    difference = rows - columns
    covariance = -(counts + counts.T)
    np.fill_diagonal(covariance, rows + columns - 2 * np.diag(counts))
    moving = np.diag(covariance) > 0
    if moving.sum() < 2:
        return 0.0, 0
    part = covariance[np.ix_(moving, moving)]
    # the pseudo-inverse leaves out the direction in which margins cannot differ, one per group of linked tiers
    df = int(np.linalg.matrix_rank(part))
    return float(difference[moving] @ np.linalg.pinv(part, hermitian=True) @ difference[moving]), df


def _bowker(counts: Floats) -> tuple[float, int]:
    upper = np.triu_indices(len(counts), 1)
    one, other = counts[upper], counts.T[upper]
    some = one + other > 0
    return float(((one - other)[some] ** 2 / (one + other)[some]).sum()), int(some.sum())


def _markov_order(paths: Floats, tiers: int) -> tuple[float, int]:
    if paths.shape != (tiers, tiers, tiers) or not np.isfinite(paths).all() or (paths < 0).any() or not paths.sum():
        raise InputError(
            "Paths are counts by tier in three waves.",
            found=f"a table of shape {paths.shape}",
            fix=f"Pass counts of {tiers} tiers from migration_paths.",
            where="paths",
        )
    ratio, df = 0.0, 0
    for j in range(tiers):
        part = paths[:, j]
        part = part[part.sum(axis=1) > 0][:, part.sum(axis=0) > 0]
        if min(part.shape, default=0) < 2:
            continue
        expected = np.outer(part.sum(axis=1), part.sum(axis=0)) / part.sum()
        ratio += 2 * float((part * np.log(np.where(part > 0, part / expected, 1))).sum())
        df += (part.shape[0] - 1) * (part.shape[1] - 1)
    return ratio, df


def migration_paths(
    first: Grades | pd.DataFrame | Table | str | Path,
    second: Grades | pd.DataFrame | Table | str | Path,
    third: Grades | pd.DataFrame | Table | str | Path,
    *,
    tiers: Sequence[str],
    engine: Engine | None = None,
) -> Floats:
    """Count customers who are in three waves by their three tiers, inside the engine.

    Parameters
    ----------
    first, second, third
        Grades of three waves in order, or tables with ``customer_id`` and ``tier``.
    tiers
        Names of the tiers, the highest first.
    engine
        Engine for DataFrames and paths.

    Returns
    -------
    ndarray
        Counts, first × second × third.

    Raises
    ------
    InputError
        If a column is missing, an id is not unique, or a wave has another tier.

    Examples
    --------
    >>> wave = pd.DataFrame({"customer_id": ["a", "b"], "tier": ["A", "B"]})
    >>> migration_paths(wave, wave, wave, tiers=["A", "B"])[0, 0].tolist()
    [1.0, 0.0]
    """
    tables = [w.source if isinstance(w, Grades) else as_table(w, engine) for w in (first, second, third)]
    for table, where in zip(tables, ("first", "second", "third"), strict=True):
        require_columns(table.columns, [CUSTOMER_ID, TIER], where=where)
        refuse_ids(table, where=where)
    one, two, three = (in_engine(t, tables[2].engine) for t in tables)
    found = tables[2].engine.rows(
        f"SELECT a.{TIER} AS i, b.{TIER} AS j, c.{TIER} AS k, count(*) AS n FROM {one.source} AS a "
        f"JOIN {two.source} AS b ON b.{CUSTOMER_ID} = a.{CUSTOMER_ID} "
        f"JOIN {three.source} AS c ON c.{CUSTOMER_ID} = a.{CUSTOMER_ID} GROUP BY 1, 2, 3"
    )
    place = {name: i for i, name in enumerate(tiers)}
    other = sorted({str(v) for c in "ijk" for v in found[c]} - set(place))
    if other:
        raise InputError(
            "All waves have the same tiers.",
            found=f"{', '.join(other)} beside {', '.join(tiers)}",
            fix="Grade all waves by the same rules.",
            where="tiers",
        )
    counts = np.zeros((len(tiers),) * 3)
    for i, j, k, n in found[["i", "j", "k", "n"]].itertuples(index=False):
        counts[place[str(i)], place[str(j)], place[str(k)]] = n
    return counts


def _homogeneity(before: Floats, now: Floats) -> tuple[float, float, int]:
    ratio = pearson = 0.0
    df = 0
    for one, other in zip(before, now, strict=True):
        both = np.stack([one, other])
        both = both[:, both.sum(axis=0) > 0]
        if (both.sum(axis=1) == 0).any() or both.shape[1] < 2:
            continue
        expected = np.outer(both.sum(axis=1), both.sum(axis=0)) / both.sum()
        ratio += 2 * float((both * np.log(np.where(both > 0, both / expected, 1))).sum())
        pearson += float(((both - expected) ** 2 / expected).sum())
        df += both.shape[1] - 1
    return ratio, pearson, df
