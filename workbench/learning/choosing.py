"""Which candidate to believe: the simplest one, unless another tells later customers better beyond chance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from workbench.core import charts
from workbench.core.errors import InputError
from workbench.core.language import Language, Message, message
from workbench.core.names import Column
from workbench.core.results import Note, Result
from workbench.learning.candidates.boosted_trees import BoostedTrees
from workbench.learning.candidates.buy_till_you_die import BuyTillYouDie
from workbench.learning.candidates.hiatus import Hiatus
from workbench.learning.candidates.penalised_logit import PenalisedLogit
from workbench.learning.columns import BOUGHT, CHOSEN, CI_HIGH, CI_LOW, TOLD
from workbench.learning.features import Floats
from workbench.learning.labels import Lesson
from workbench.learning.ranking import auc, bootstrap_means, log_losses
from workbench.learning.training import FITS, learn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CANDIDATES: Mapping[str, Message] = {k.key: k.label for k in (Hiatus, BuyTillYouDie, PenalisedLogit, BoostedTrees)}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Choice(Result):
    """Candidates held against what customers later did, and the one that is used.

    Attributes
    ----------
    table
        One row per candidate, from the simplest: ``candidate``, ``auc`` with ``auc_low`` and ``auc_high``,
        ``log_loss`` and ``brier`` (mean of all folds; smaller is better), ``against`` (the simpler one that was kept
        until then), ``gain`` (its log-loss less this one's) with ``ci_low`` and ``ci_high``, ``better`` (the interval
        lies above 0), ``chosen``.
    folds
        One row per fold and candidate: ``learnt_on``, ``tested_on``, ``candidate``, ``n``, ``bought`` (share),
        ``told`` (mean chance), ``auc``, ``log_loss``, ``brier``.
    chosen
        Name of the candidate that is used.
    told
        What the chosen one said of the customers of the latest fold: ``probability``, ``bought``.
    """

    folds: pd.DataFrame
    chosen: str
    told: pd.DataFrame

    caption: ClassVar[Message] = message("Candidates held against what customers later did")
    columns: ClassVar[Mapping[str, Column]] = {
        "candidate": Column(message("Candidate")),
        "auc": Column(message("Ranked rightly (AUC)"), "dec3"),
        "auc_low": CI_LOW.styled("dec3"),
        "auc_high": CI_HIGH.styled("dec3"),
        "log_loss": Column(message("Log-loss"), "dec4"),
        "brier": Column(message("Brier score"), "dec4"),
        "against": Column(message("Against")),
        "gain": Column(message("Smaller log-loss by"), "dec4"),
        "ci_low": Column(message("at least"), "dec4"),
        "ci_high": Column(message("at most"), "dec4"),
        "better": Column(message("Better beyond chance")),
        "chosen": CHOSEN,
        "learnt_on": Column(message("Learnt on"), "date"),
        "tested_on": Column(message("Tested on"), "date"),
        "bought": BOUGHT,
        "told": TOLD,
    }

    @property
    def label(self) -> Message:
        """Name of the candidate that is used."""
        return CANDIDATES[self.chosen]

    @property
    def of_chosen(self) -> pd.Series:
        """The row of the candidate that is used."""
        return self.table.loc[self.table["candidate"] == self.chosen].iloc[0]

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the table with candidates in words."""
        return _named(self.table, language, "candidate", "against")

    def shown_folds(self, language: Language) -> pd.DataFrame:
        """Return the folds with candidates in words."""
        return _named(self.folds, language, "candidate")

    def plot(self, language: Language | None = None) -> Figure:
        """Draw how rightly each candidate ranks, with intervals."""

        def draw(ax: Axes) -> None:
            at = np.arange(len(self.table))[::-1]
            ax.hlines(at, self.table["auc_low"], self.table["auc_high"], color=charts.ACCENT)
            ax.plot(self.table["auc"], at, "o", color=charts.ACCENT)
            ax.set_yticks(at, [charts.text(CANDIDATES[c], language) for c in self.table["candidate"]])
            ax.set_xlabel(charts.text(message("Ranked rightly (AUC)"), language))

        return charts.draw_figure(draw)


def _named(table: pd.DataFrame, language: Language, *columns: str) -> pd.DataFrame:
    words = {c: [CANDIDATES[v].text(language) if v in CANDIDATES else "" for v in table[c]] for c in columns}
    return table.assign(**words)


def choose_candidate(
    folds: Sequence[tuple[Lesson, Lesson]], *, level: float = 0.95, replicates: int = 500, seed: int = 1
) -> Choice:
    """Learn every candidate on the past, test it on what came later, and say which one to use.

    Parameters
    ----------
    folds
        Pairs of what is learnt from and what is tested on, the latest first; of the same customers, as
        `workbench.learning.outlook.outlook_folds` makes them.
    level
        Level of the intervals. Those of gains are as wide as the number of comparisons asks for (Bonferroni).
    replicates
        Draws of the bootstrap.
    seed
        Its seed.

    Returns
    -------
    Choice
        From the simplest candidate on, another one takes its place where the paired bootstrap of log-loss over
        customers lies above 0.

    Raises
    ------
    InputError
        If there are no folds, what is tested on is not later than what is learnt from, or customers are too few.

    Notes
    -----
    Customers are drawn with all their folds, because they are the same in each. Efron & Tibshirani (1993), *An
    Introduction to the Bootstrap*, ch. 13.3, for percentile intervals.

    Examples
    --------
    >>> import datetime as dt
    >>> from workbench.learning import outlook_folds
    >>> rng = np.random.default_rng(1)
    >>> rows = [(str(i), day) for i in range(400) for day in rng.integers(0, 600 if i % 2 else 200, 6)]
    >>> orders = pd.DataFrame(rows, columns=["customer_id", "day"]).assign(amount=10.0)
    >>> orders["ordered_at"] = pd.Timestamp("2024-06-01") + pd.to_timedelta(orders.pop("day"), unit="D")
    >>> made = outlook_folds(orders, as_of=dt.date(2026, 1, 15))
    >>> choose_candidate(made.folds, replicates=50).table["candidate"].tolist()
    ['hiatus', 'btyd', 'logit', 'trees']
    """
    _check(folds)
    rows, losses = [], []
    told: dict[str, Floats] = {}
    for number, (learnt, tested) in enumerate(folds):
        fitted, bought, lost = learn(learnt), tested.bought, {}
        for name, candidate in fitted.items():
            chance = candidate.probability(tested.known)
            lost[name] = log_losses(chance, bought)
            if number == 0:
                told[name] = chance
            rows.append(
                {
                    "learnt_on": learnt.features.cut,
                    "tested_on": tested.features.cut,
                    "candidate": name,
                    "n": len(bought),
                    "bought": float(bought.mean()),
                    "told": float(chance.mean()),
                    **dict(zip(("auc", "auc_low", "auc_high"), auc(chance, bought, level=level), strict=True)),
                    "log_loss": float(lost[name].mean()),
                    "brier": float(((chance - bought) ** 2).mean()),
                }
            )
        losses.append(pd.DataFrame(lost, index=pd.Index(tested.rows["k"])))
    found = pd.DataFrame(rows)
    names = [n for n in FITS if all(n in part for part in losses)]
    per_customer = pd.concat(losses)[names].groupby(level=0).mean()
    table, chosen = _climb(per_customer, found, names, level, replicates, seed)
    latest = folds[0][1]
    return Choice(
        table=table,
        level=level,
        folds=found[found["candidate"].isin(names)].drop(columns=["auc_low", "auc_high"]).reset_index(drop=True),
        chosen=chosen,
        told=pd.DataFrame({"probability": told[chosen], "bought": latest.bought}),
        notes=_notes(folds, chosen),
    )


def _climb(
    per_customer: pd.DataFrame, found: pd.DataFrame, names: list[str], level: float, replicates: int, seed: int
) -> tuple[pd.DataFrame, str]:
    """Go from the simplest candidate up, and keep what is better beyond chance."""
    lost = per_customer.to_numpy(dtype=float)
    means = bootstrap_means(lost, replicates=replicates, seed=seed)
    tail = (1 - level) / max(len(names) - 1, 1) / 2
    current, rows = 0, []
    for i, name in enumerate(names):
        own = found[found["candidate"] == name]
        first = own.iloc[0]
        row = {c: first[c] for c in ("candidate", "auc", "auc_low", "auc_high")}
        row |= {c: float(own[c].mean()) for c in ("log_loss", "brier")}
        row |= {"against": "", "gain": np.nan, "ci_low": np.nan, "ci_high": np.nan, "better": False}
        if i:
            gains = means[:, current] - means[:, i]
            low, high = np.quantile(gains, [tail, 1 - tail])
            row |= {
                "against": names[current],
                "gain": float((lost[:, current] - lost[:, i]).mean()),
                "ci_low": float(low),
                "ci_high": float(high),
                "better": bool(low > 0),
            }
            current = i if low > 0 else current
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.assign(chosen=table["candidate"] == names[current]), names[current]


def _check(folds: Sequence[tuple[Lesson, Lesson]]) -> None:
    if not folds:
        raise InputError(
            message("What is learnt on the past is tested on what came later."),
            found=message("a history too short for both"),
            fix=message("Come back with a longer history, or with a shorter outlook.horizon_days."),
            where="transactions",
        )
    for learnt, tested in folds:
        end = learnt.features.cut + dt.timedelta(days=learnt.horizon_days)
        if tested.features.cut < end or learnt.horizon_days != tested.horizon_days:
            raise InputError(
                "What is tested on begins when what was learnt from has ended, with the same horizon.",
                found=f"learnt until {end}, tested from {tested.features.cut}",
                fix="Make folds with outlook_folds.",
                where="folds",
            )


def _notes(folds: Sequence[tuple[Lesson, Lesson]], chosen: str) -> tuple[Note, ...]:
    learnt, tested = folds[0]
    text = message(
        "Learnt from what was known on {learnt:date} and what customers did in the {days:int} days after; tested on "
        "the {days:int} days after {tested:date}, which no candidate has seen.",
        learnt=learnt.features.cut,
        tested=tested.features.cut,
        days=learnt.horizon_days,
    )
    kept = message("{name} is used: no other candidate is better beyond chance.", name=CANDIDATES[chosen])
    return (Note(text), Note(kept))
