"""Questions of which several answers could be ticked as columns of a wave's answers, ready for every breakdown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.core.choices import choices_of, listed
from workbench.store.answer_words import TICKED
from workbench.store.config import WaveConfig
from workbench.store.config.sets import SetPlan


def with_sets(answers: pd.DataFrame, config: WaveConfig) -> pd.DataFrame:
    """Return answers with a column for each set of ``sets:``, whose cells list what was ticked.

    Parameters
    ----------
    answers
        The answers of a wave.
    config
        Its ``wave.yaml``.

    Returns
    -------
    DataFrame
        A new table. A cell lists the choices (`workbench.core.choices`); it is empty but not missing where the question
        was answered and nothing ticked, and missing where it was not answered. Columns of choices are numbers: 1, 0
        where another choice was ticked or the answer is no, missing where the question was not answered. A set of which
        no column is there is left out.

    Examples
    --------
    >>> from workbench.store.wave_file import parse_wave
    >>> head = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}
    >>> config = parse_wave({**head, "sets": {"seen": {"choices": {"app": "a", "web": "b"}}}}, where="wave.yaml")
    >>> found = with_sets(pd.DataFrame({"a": [1, 0, None], "b": [1, None, None]}), config)
    >>> found["seen"].tolist(), found["b"].tolist()[:2]
    (['app┋web┋', '┋', None], [1.0, 0.0])
    """
    made: dict[str, pd.Series] = {}
    for name, plan in config.sets.items():
        ticked = ticked_of(answers, plan)
        if not ticked:
            continue
        made[name] = listed({c: v.to_numpy() for c, v in ticked.items()}, index=answers.index)
        if plan.column is None:
            made |= {plan.choices[c]: v for c, v in ticked.items()}
    return answers.assign(**made)


def ticked_of(answers: pd.DataFrame, plan: SetPlan) -> dict[str, pd.Series]:
    """Return choice → 1 where it was ticked, 0 where not, missing where the question was not answered.

    Choices of which the answers have no column are left out; so is "none of these", which is no choice but an answer.
    """
    if plan.column is not None:
        if plan.column not in answers:
            return {}
        cells = answers[plan.column]
        told = cells.notna()
        listed_in = [{p.strip() for p in str(v).split(plan.separator)} for v in cells]
        names = [c for c in choices_of(cells, plan.separator) if c != plan.none]
        return {n: pd.Series([float(n in t) for t in listed_in], index=cells.index).where(told) for n in names}
    columns = {c: column for c, column in plan.choices.items() if column in answers}
    numbers = {c: _numbers(answers[column], plan.counted) for c, column in columns.items()}
    answered = [v.notna() for v in numbers.values()]
    if plan.none is not None and plan.none in answers:
        answered.append(_numbers(answers[plan.none], plan.counted).notna())
    if not answered:
        return {}
    anything = np.logical_or.reduce([a.to_numpy(dtype=bool) for a in answered])
    known = pd.Series(anything, index=answers.index)
    return {c: v.fillna(0.0).where(known) for c, v in numbers.items()}


def _numbers(values: pd.Series, counted: str | None) -> pd.Series:
    """Return 1 for ticked, 0 for any other answer, missing for none."""
    if counted is None and pd.api.types.is_numeric_dtype(values):
        return pd.Series(np.where(values.notna(), (values == 1).astype(float), np.nan), index=values.index)
    wanted = {counted.lower()} if counted is not None else set(TICKED)
    texts = ["" if v is None or v != v else str(v).strip().lower().removesuffix(".0") for v in values]
    numbers = [float(t in wanted) if t else np.nan for t in texts]
    return pd.Series(numbers, index=values.index)


def set_items(config: WaveConfig, name: str) -> Mapping[str, str]:
    """Return choice → column of a set with a column for each choice; nothing for other names."""
    plan = config.sets.get(name)
    return plan.choices if plan is not None else {}
