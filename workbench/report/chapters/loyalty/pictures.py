"""The tables that the drawings of chapter 50 are made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.core.language import Message, Spoken, message
from workbench.core.names import RECOMMEND
from workbench.core.people import is_few
from workbench.nps import Satisfaction
from workbench.nps.satisfaction_change import SatisfactionChange
from workbench.report.chapters.loyalty.chapter import HEADLINE
from workbench.store import Wave
from workbench.store.config.questions import Rating
from workbench.store.earlier import earlier_waves

CLASSES: Mapping[str, Message] = {
    "detractors": message("Detractors"),
    "passives": message("Passives"),
    "promoters": message("Promoters"),
}
# a share's axis: at least twenty percentage points, and nothing outside 0 to 1
SHARE_AXIS: dict[str, Any] = {"style": "pct1", "axis": "pct", "least": 0.2, "within": (0.0, 1.0)}
BROKEN_BY = {"nps": "nps", "satisfied": "satisfaction"}
# standard errors of a change that is found in four of five samples at the 5 % level
DETECTED = 2.8
CHANGES = ("change", "change_low", "change_high")
ARTEFACTS = {"nps": "loyalty", "satisfied": "ratings"}


def over_waves(wave: Wave, measure: str, now: pd.DataFrame) -> pd.DataFrame:
    """Return a headline number over all waves of a study, the oldest first.

    Parameters
    ----------
    wave
        The newest wave.
    measure
        ``nps`` or ``satisfied``.
    now
        Its row in this wave, as `headline` makes it.

    Returns
    -------
    DataFrame
        ``wave``, ``estimate``, ``std_error``, ``ci_low``, ``ci_high``, ``n``, ``change``, ``change_low``,
        ``change_high`` (since the wave before), ``detectable`` (smallest change that would reliably show), ``mark``
        (what changed before the wave) and ``breaks`` (whether it cannot be compared with the one before).
    """
    rows = [(wave.config.wave, now)]
    for before in earlier_waves(wave):
        if before.has(ARTEFACTS[measure]):
            kept = before.read(ARTEFACTS[measure])
            mine = kept[kept["measure"] == measure] if "measure" in kept else kept.iloc[:0]
            if len(mine):
                rows.append((before.config.wave, mine))
    marks = {m.wave: m for m in wave.config.marks}
    lines = []
    for name, row in reversed(rows):
        one = row.iloc[0]
        mark = marks.get(name)
        lines.append(
            {
                "wave": name,
                **{c: float(one[c]) for c in ("estimate", "std_error", "ci_low", "ci_high")},
                "n": int(one["n"]),
                **{c: float(one[c]) if c in one else float("nan") for c in CHANGES},
                "detectable": DETECTED * float(one["change_error"]) if "change_error" in one else float("nan"),
                "mark": mark.what if mark else None,
                "breaks": bool(mark and BROKEN_BY[measure] in mark.breaks),
            }
        )
    return pd.DataFrame(lines)


def is_broken(waves: pd.DataFrame) -> bool:
    """Tell whether the newest wave cannot be compared with the one before."""
    return bool(waves["breaks"].iloc[-1])


def answer_shares(answers: pd.DataFrame, weight: str = "weight") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the weighted share of each answer 0–10, and of detractors, passives and promoters."""
    known = answers[answers[RECOMMEND].notna()]
    share = known.groupby(known[RECOMMEND].astype(int))[weight].sum().reindex(range(11), fill_value=0.0)
    part = [0] * 7 + [1] * 2 + [2] * 2
    table = pd.DataFrame({"answer": range(11), "share": (share / share.sum()).to_numpy(), "part": part})
    sums = table.groupby("part")["share"].sum()
    return table, pd.DataFrame({"name": pd.Series(list(CLASSES.values()), dtype=object), "share": sums.to_numpy()})


def rating_rows(ratings: Satisfaction, questions: Mapping[str, Rating]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one line per question with its share of good ratings, and how its answers are spread."""
    names = ratings.table["question"].tolist()
    rows = pd.DataFrame(
        {
            "name": pd.Series([questions[q].label for q in names], dtype=object),
            "estimate": ratings.table["top_box"],
            "ci_low": ratings.table["ci_low"],
            "ci_high": ratings.table["ci_high"],
        }
    )
    spread = ratings.distribution.sort_values(["question", "answer"])
    tops = {q: questions[q].top_box for q in names}
    answers = pd.DataFrame(
        {
            "question": [names.index(q) for q in spread["question"]],
            "share": spread["share"].to_numpy(),
            "best": [a >= tops[q] for q, a in zip(spread["question"], spread["answer"], strict=True)],
        }
    )
    return rows, answers


def driver_rows(kept: pd.DataFrame, names: Mapping[str, Spoken]) -> pd.DataFrame:
    """Return one line per driver with what a point on it is worth; only a place that is certain is marked."""
    rows = kept.sort_values("worth", ascending=False, kind="stable", ignore_index=True)
    certain = (rows["rank_high"] == 1) & (rows["worth_rank_high"] == 1) & rows["clear"].astype(bool)
    return pd.DataFrame(
        {
            "name": pd.Series([names.get(d, Message(str(d))) for d in rows["driver"]], dtype=object),
            "estimate": rows["worth"],
            "ci_low": rows["worth_low"],
            "ci_high": rows["worth_high"],
            "first": certain,
            "share": rows["good"],
        }
    )


def topic_table(kept: pd.DataFrame) -> pd.DataFrame:
    """Return one line per topic that enough mention to be told: its share, and how those who mention it score."""
    # a share of a known number of comments is a count
    rows = kept[(kept["mentions"] > 0) & ~kept["mentions"].map(is_few).astype(bool)]
    names = [_Named(en, zh) for en, zh in zip(rows["en"], rows["zh"], strict=True)]
    return pd.DataFrame(
        {
            "name": pd.Series(names, index=rows.index, dtype=object),
            "share": rows["estimate"],
            "estimate": rows["gap"],
            "ci_low": rows["gap_low"],
            "ci_high": rows["gap_high"],
            "state": rows["gap_state"],
        }
    ).reset_index(drop=True)


class _Named:
    """A name in both languages, as an artefact kept it."""

    def __init__(self, en: str, zh: str) -> None:
        self._words = {"en": en, "zh-CN": zh}

    def text(self, language: str) -> str:
        return self._words.get(language, self._words["en"])

    def __str__(self) -> str:
        return self._words["en"]


def kept_ratings(ratings: Satisfaction, changes: SatisfactionChange, headline: pd.DataFrame) -> pd.DataFrame:
    """Return what is kept of the questions: the headline number's row, and one row per question."""
    rows = ratings.table.rename(columns={"top_box": "estimate"}).assign(measure="question")
    if len(changes.table):
        moved = changes.table.rename(
            columns={
                "estimate": "change",
                "std_error": "change_error",
                "ci_low": "change_low",
                "ci_high": "change_high",
            }
        )
        rows = rows.merge(
            moved[["question", "change", "change_error", "change_low", "change_high", "p_adjusted", "state"]],
            on="question",
            how="left",
        )
    columns = ["question", *HEADLINE, "mean", "p_adjusted", "state"]
    first = headline.assign(question=ratings.table["question"].iloc[0])
    return pd.concat([first, rows], ignore_index=True).reindex(columns=columns)


def rating_numbers(ratings: Satisfaction, changes: SatisfactionChange, names: Mapping[str, Spoken]) -> pd.DataFrame:
    """Return the numbers behind the ratings: one row per question under its name."""
    rows = ratings.table.rename(columns={"top_box": "estimate"})
    known = changes.table.set_index("question")
    moved = known["estimate"].astype(float)
    named = pd.Series([names.get(q, Message(str(q))) for q in rows["question"]], index=rows.index, dtype=object)
    rows = rows.assign(name=named, change=moved.reindex(rows["question"]).to_numpy())
    rows["state"] = known["state"].reindex(rows["question"]).to_numpy()
    told = ["change", "state"] if rows["change"].notna().any() else []
    return rows[["name", "estimate", "ci_low", "ci_high", *told, "mean", "n"]]
