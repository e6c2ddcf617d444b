"""Questions of a wave as rows of tables, by the names that ``wave.yaml`` gives them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from workbench.core.names import RECOMMEND
from workbench.store.config import WaveConfig
from workbench.store.config.sets import SetPlan
from workbench.tabulation import multiple, nps, scale
from workbench.tabulation.measured import Rows


def question_row(config: WaveConfig, name: str, answers: pd.DataFrame) -> Rows | str:
    """Return a question as the row of a table: ratings on their scale, the recommendation as the NPS.

    Parameters
    ----------
    config
        The wave's ``wave.yaml``.
    name
        A column of the answers.
    answers
        The answers.

    Returns
    -------
    Rows or str
        The name itself, where ``wave.yaml`` says nothing about it.
    """
    rating = config.questions.get(name)
    label = rating.label if rating is not None and rating.label.en != name else None
    plan = config.sets.get(name)
    if plan is not None:
        return set_row(config, name, plan, answers)
    if name == RECOMMEND:
        return nps(name, label=label)
    if rating is not None and name in answers and pd.api.types.is_numeric_dtype(answers[name]):
        top = rating.high - rating.top_box + 1
        return scale(name, label=label, boxes=(top, top), low=rating.low, high=rating.high)
    return name


def set_row(config: WaveConfig, name: str, plan: SetPlan, answers: pd.DataFrame, **options: Any) -> Rows:
    """Return a set of answers as the row of a table.

    Parameters
    ----------
    config, name, plan
        The wave's ``wave.yaml``, and the set.
    answers
        The answers, with their sets (`workbench.store.sets.with_sets`).
    **options
        As of `workbench.tabulation.multiple`.
    """
    label = plan.label or config.labels.get(name)
    if plan.column is not None:
        return multiple(plan.column, name=name, label=label, none=plan.none, **{"separator": plan.separator, **options})
    there = {c: column for c, column in plan.choices.items() if column in answers}
    none = plan.none if plan.none in answers else None
    return multiple(there, name=name, label=label, none=none, **options)


def question_rows(config: WaveConfig, rows: Any, answers: pd.DataFrame) -> list[Rows | str]:
    """Return rows as a notebook gives them, one or several, those that are names as the wave knows them."""
    listed: Iterable[Any] = [rows] if isinstance(rows, str) or hasattr(rows, "measure") else rows
    return [question_row(config, r, answers) if isinstance(r, str) else r for r in listed]
