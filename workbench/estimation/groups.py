"""Groups against each other: one joint test, every pair, and the letters market researchers print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np
import pandas as pd
import scipy

from workbench.core import charts
from workbench.core.calls import takes_columns
from workbench.core.checks import Floats, number_column
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.estimation.columns import CI_HIGH, CI_LOW, P_ADJUSTED, VERDICT
from workbench.estimation.comparisons import Adjust, adjust_p
from workbench.estimation.design import Design
from workbench.estimation.domains import Domains, read_domains
from workbench.estimation.estimates import finish
from workbench.estimation.independence import rao_scott, shares_jointly
from workbench.estimation.intervals import check_confidence, quantile_t
from workbench.estimation.letters import letter
from workbench.estimation.pairs import every_pair
from workbench.estimation.proportions import indicators
from workbench.estimation.ratios import Ratio, fit_ratio
from workbench.estimation.sample import Sample, read_sample
from workbench.estimation.scores import read_scale
from workbench.estimation.words import ALIKE, HIGHER, LOWER, in_words, verdicts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GroupStatistic = Literal["mean", "proportion", "nps"]
Against = Literal["each other", "rest"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GroupComparison(Result):
    """Groups compared with each other.

    Attributes
    ----------
    table
        One row per group: columns of `by`, ``variable``, ``estimate``, ``std_error``, ``ci_low``, ``ci_high``, ``n``,
        ``n_effective``, ``letter`` (its name in the next column), ``above`` (letters of the groups it is clearly
        higher than).
    pairs
        One row per comparison: ``group``, ``other``, ``estimate`` (difference), ``std_error``, ``ci_low``,
        ``ci_high``, ``p_value``, ``p_adjusted``, ``verdict`` (``higher``, ``lower``, ``no clear difference``,
        ``base too small``).
    test
        Joint test that all groups are alike: ``test``, ``statistic``, ``df``, ``df_error``, ``p_value``.
    """

    pairs: pd.DataFrame
    test: pd.DataFrame

    caption: ClassVar[Message] = message("Groups compared")
    columns: ClassVar[Mapping[str, Column]] = {
        "letter": Column(message("Letter")),
        "above": Column(message("Clearly higher than")),
        "other": Column(message("Compared with")),
        "verdict": VERDICT,
        "p_adjusted": P_ADJUSTED,
    }

    def pairs_result(self) -> GroupPairs:
        """Return the comparisons as a result of their own."""
        return GroupPairs(level=self.level, table=self.pairs, notes=self.notes)

    def plot(self, language: Language | None = None) -> Figure:
        """Draw each group with its interval and base."""
        stop = list(self.table.columns).index("variable")
        label = self.table[list(self.table.columns[:stop])].astype(str).agg(" · ".join, axis=1)
        shown = self.table.assign(label=label)

        def draw(ax: Axes) -> None:
            charts.interval_rows(ax, shown, label="label", style="dec1", language=language)

        return charts.draw_figure(draw, height=max(1.8, 0.5 * len(shown) + 0.8))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GroupPairs(Result):
    """The comparisons of a `GroupComparison`."""

    caption: ClassVar[Message] = message("Differences between groups")
    columns: ClassVar[Mapping[str, Column]] = {
        **GroupComparison.columns,
        "estimate": Column(message("Difference"), "signed2"),
        "ci_low": CI_LOW,
        "ci_high": CI_HIGH,
    }

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with its verdicts in `language`."""
        return in_words(self.table, language)


@takes_columns("column", many=["by"])
def compare_groups(
    data: pd.DataFrame,
    column: str,
    design: Design,
    *,
    by: str | Sequence[str],
    statistic: GroupStatistic = "mean",
    level: object = None,
    against: Against = "each other",
    adjust: Adjust | None = "holm",
    confidence: float = 0.95,
    minimum_base: int = 30,
    not_answered: Sequence[float] = (),
) -> GroupComparison:
    """Compare groups with each other, or each with the rest, under a design.

    Parameters
    ----------
    data
        All rows of the sample.
    column
        The answer. With ``statistic="proportion"`` a 0/1 column, or a category with `level`; a category without
        `level` is compared as a whole (Rao–Scott test of independence, no pairs).
    design
        The sampling design.
    by
        Column or columns of the groups.
    statistic
        ``mean``, ``proportion``, or ``nps`` (points of the 0–10 scale).
    level
        The answer whose share is compared.
    against
        ``each other`` (every pair), or ``rest`` (each group against all other rows, which do not overlap with it as
        the total would).
    adjust
        ``holm`` or ``bh`` over all comparisons made.
    confidence
        Coverage of the intervals.
    minimum_base
        Fewest answers per side for a verdict.
    not_answered
        For ``nps``: codes for no answer.

    Returns
    -------
    GroupComparison

    Raises
    ------
    InputError
        If there are fewer than two groups, or nobody answered at all.

    Notes
    -----
    Joint test of means and NPS: adjusted Wald, F = (ν - k + 2) / ((k - 1) ν) · d'V⁻¹d with k groups and ν first-stage
    units minus strata (Korn and Graubard 1990, The American Statistician 44, 270–276). Shares and categories: Rao and
    Scott (1984), Annals of Statistics 12, 46–60, second-order correction with F as in Thomas and Rao (1987). Pairs:
    `workbench.estimation.mean_test.means_alike`, of shares `workbench.estimation.share_test.shares_alike`; the interval
    takes their error where it is the larger one. Degrees of freedom of a pair are those of the thinner group:
    first-stage units with answers minus their strata. A group without answers stays in the table; comparisons without a
    verdict belong to no family.

    Examples
    --------
    >>> data = pd.DataFrame({"g": ["a", "b"] * 40, "y": [1, 5] * 40, "z": [0, 1, 2, 3] * 20})
    >>> compared = compare_groups(data.assign(y=data["y"] + data["z"] / 4), "y", Design(), by="g")
    >>> compared.table[["g", "estimate", "letter", "above"]]
       g  estimate letter above
    0  a      1.25      A
    1  b      5.50      B     A
    """
    check_confidence(confidence)
    for name, value, allowed in (("statistic", statistic, GroupStatistic), ("against", against, Against)):
        if value not in get_args(allowed):
            raise InputError(
                f"{name} is one of {', '.join(get_args(allowed))}.", found=repr(value), fix="Choose one.", where=name
            )
    sample, domains = read_sample(data, design), read_domains(data, by)
    if domains.size < 2:
        raise InputError(
            message("A comparison has at least two groups."),
            found=message("{n:int} in '{by}'", n=domains.size, by=by),
            fix=message("Choose another column."),
            where="by",
        )
    values, names, notes = _values(data, column, statistic, level, not_answered)
    seen = ~np.isnan(values)
    filled = np.where(seen, values, 0.0)
    fit = fit_ratio(sample, domains, filled, seen.astype(float), seen, names)
    table = finish(domains, fit, names, confidence, None).table
    everybody = Domains(None, pd.DataFrame(index=[0]))
    whole = float(fit_ratio(sample, everybody, filled, seen.astype(float), seen, names).df[0, 0])
    if len(names) > 1:
        table.insert(domains.levels.shape[1] + 1, "level", np.tile(np.asarray(names, dtype=object), domains.size))
        test = rao_scott(sample, domains, values, seen, whole)
        return GroupComparison(
            level=confidence, table=table, pairs=_no_pairs(), test=test, notes=(*notes, *fit.notes, *domains.notes)
        )
    labels = domains.labels
    share = statistic == "proportion"
    if against == "each other":
        pairs = every_pair(sample, domains, fit, labels, minimum_base, share=share)
    else:
        pairs = pd.concat(
            [
                _one_against_rest(sample, domains, g, filled, seen, names, labels, minimum_base, share=share)
                for g in range(domains.size)
            ],
            ignore_index=True,
        )
    pairs = _with_p(pairs, adjust, confidence, minimum_base)
    joint = shares_jointly(sample, domains, fit, values, whole) if share else None
    joint = _wald(fit, whole) if joint is None else joint
    letters = [letter(i) for i in range(domains.size)]
    table["letter"] = letters
    clear = pairs[pairs["verdict"].isin([HIGHER, LOWER])]
    winner = np.where(clear["verdict"] == HIGHER, clear["group"], clear["other"])
    loser = np.where(clear["verdict"] == HIGHER, clear["other"], clear["group"])
    letter_of = dict(zip(labels, letters, strict=True))
    wins = [(a, letter_of[b]) for a, b in zip(winner, loser, strict=True) if b in letter_of]
    table["above"] = [" ".join(sorted((b for a, b in wins if a == g), key=letters.index)) for g in labels]
    family = int(pairs["p_adjusted"].notna().sum())
    count = message("p-values are adjusted over the {n:int} comparisons made.", n=family)
    notes = (*notes, *fit.notes, *domains.notes, *([Note(count)] if adjust and family else []))
    return GroupComparison(level=confidence, table=table, pairs=pairs, test=joint, notes=notes)


def _values(
    data: pd.DataFrame, column: str, statistic: GroupStatistic, level: object, not_answered: Sequence[float]
) -> tuple[Floats, list[str], tuple[Note, ...]]:
    if statistic == "nps":
        answers = read_scale(data, column, not_answered=not_answered)
        return answers.points[:, None], [column], answers.notes(column)
    if statistic == "mean":
        return number_column(data, column, where="data")[:, None], [column], ()
    values, levels = indicators(data, column, level)
    values = np.where(data[column].isna().to_numpy()[:, None], np.nan, values)
    return values, [column] if len(levels) == 1 else [str(v) for v in levels], ()


def _no_pairs() -> pd.DataFrame:
    names = ["group", "other", "estimate", "std_error", "ci_low", "ci_high", "p_value", "p_adjusted", "verdict"]
    return pd.DataFrame({n: [] for n in names})


def _one_against_rest(
    sample: Sample,
    domains: Domains,
    group: int,
    filled: Floats,
    seen: np.ndarray,
    names: list[str],
    labels: list[str],
    minimum: int,
    *,
    share: bool,
) -> pd.DataFrame:
    assert domains.code is not None
    code = np.where(domains.code < 0, -1, np.where(domains.code == group, 0, 1))
    rest = message("all others").text("en")
    two = Domains(code.astype(np.int64), pd.DataFrame({"group": [labels[group], rest]}), domains.notes)
    fit = fit_ratio(sample, two, filled, seen.astype(float), seen, names)
    many = max(1, domains.size)
    return every_pair(sample, two, fit, [labels[group], rest], minimum, share=share, family=many)


def _with_p(pairs: pd.DataFrame, adjust: Adjust | None, confidence: float, minimum: int) -> pd.DataFrame:
    difference = pairs["estimate"].to_numpy()
    reach = quantile_t(confidence, pairs["df"].to_numpy(dtype=float)) * pairs["error_used"].to_numpy()
    enough = (pairs["n"] >= minimum).to_numpy()
    # a comparison that gets no verdict belongs to no family
    adjusted = adjust_p(np.where(enough, pairs["p_value"], np.nan), adjust)
    columns = [*pairs.columns[:4], "ci_low", "ci_high", "n", "p_value", "p_adjusted", "verdict"]
    return pairs.assign(
        ci_low=difference - reach,
        ci_high=difference + reach,
        p_adjusted=adjusted,
        verdict=verdicts(difference, adjusted, enough, confidence, (HIGHER, LOWER, ALIKE)),
    )[columns]


def _wald(fit: Ratio, df: float) -> pd.DataFrame:
    known = np.flatnonzero(np.isfinite(np.diag(fit.covariance)))
    groups = len(known)
    if groups < 2:
        unknown = {"statistic": [np.nan], "df": [0.0], "df_error": [df], "p_value": [np.nan]}
        return pd.DataFrame({"test": ["adjusted Wald"], **unknown})
    contrast = np.hstack([-np.ones((groups - 1, 1)), np.eye(groups - 1)])
    difference = contrast @ fit.estimate[known, 0]
    covariance = contrast @ fit.covariance[np.ix_(known, known)] @ contrast.T
    rank = int(np.linalg.matrix_rank(covariance, tol=1e-12 * max(1e-300, np.abs(covariance).max())))
    wald = float(difference @ np.linalg.pinv(covariance, rcond=1e-12) @ difference)
    error = df - rank + 1
    statistic = error / (rank * df) * wald if rank and df > 0 else np.nan
    p = float(scipy.stats.f.sf(statistic, rank, error)) if rank and error > 0 else np.nan
    return pd.DataFrame(
        {"test": ["adjusted Wald"], "statistic": [statistic], "df": [float(rank)], "df_error": [error], "p_value": [p]}
    )
