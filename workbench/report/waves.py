"""The waves of a study as trends need them: answers, designs, field dates, what changed in which question."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pandas as pd

from workbench.core.language import Spoken, message
from workbench.core.names import CUSTOMER_ID, RECOMMEND
from workbench.report.chapters.response.design import survey_design
from workbench.report.export.answers import joined_answers
from workbench.store import Wave
from workbench.store.config import WaveConfig
from workbench.store.earlier import earlier_waves
from workbench.tabulation import WaveAnswers

MEASURES = {"nps": RECOMMEND}  # what a mark breaks, by the names that marks have for columns


def waves_back(wave: Wave, most: int) -> list[Wave]:
    """Return a wave and those before it that have weighted answers, the oldest first, no more than `most`."""
    answered = [w for w in earlier_waves(wave) if w.has("respondents")]
    return [wave, *answered[: most - 1]][::-1]


def answers_over_waves(waves: list[Wave], read: Callable[[Wave], pd.DataFrame] = joined_answers) -> list[WaveAnswers]:
    """Return the answers of waves, the oldest first, and what changed between them by the newest ``wave.yaml``.

    Parameters
    ----------
    waves
        The waves.
    read
        Returns the answers of one.
    """
    newest = waves[-1].config
    found = []
    for i, wave in enumerate(waves):
        answers = read(wave)
        changed = changed_before(wave.config, waves[i - 1].config if i else None, newest)
        found.append(
            WaveAnswers(
                wave.config.wave, answers, survey_design(wave), _ended(wave, answers), changed, _recipe(wave.config)
            )
        )
    return found


def ids_of(waves: list[Wave]) -> str | None:
    """Return the column by which common customers are found, None where waves cannot be put together by it.

    Replicates that were made in different ways, or that weighed each wave anew, show nothing of what waves have in
    common, nor do clusters that were named for one wave only.
    """
    replicates = [w.config.response.replicates for w in waves]
    alike = all(r == replicates[0] for r in replicates) and not any(w.has("weight_replicates") for w in waves)
    return CUSTOMER_ID if alike and all(w.config.response.psu is None for w in waves) else None


def changed_before(config: WaveConfig, before: WaveConfig | None, newest: WaveConfig) -> dict[str, Spoken | str]:
    """Return question → what changed in it before a wave: said in ``wave.yaml``, or another scale than the wave before.

    Parameters
    ----------
    config, before
        The wave, and the one before it.
    newest
        The newest wave, whose ``questions: … since:`` and ``marks:`` count.
    """
    name = config.wave
    changed: dict[str, Spoken | str] = {}
    for mark in newest.marks:
        if mark.wave == name:
            changed |= {MEASURES.get(b, b): mark.what for b in mark.breaks}
    for question, rating in newest.questions.items():
        if rating.since == name:
            changed[question] = rating.changed or message("asked in this way since {wave}", wave=name)
    if before is None:
        return changed
    for question, rating in config.questions.items():
        earlier = before.questions.get(question)
        if earlier is not None and (earlier.low, earlier.high) != (rating.low, rating.high):
            scales = {"old": f"{earlier.low}–{earlier.high}", "new": f"{rating.low}–{rating.high}"}
            changed.setdefault(question, message("scale {old} became {new}", **scales))
    if before.recommend.scale != config.recommend.scale and None not in (
        before.recommend.scale,
        config.recommend.scale,
    ):
        changed.setdefault(RECOMMEND, message("asked on another scale"))
    return changed


def _ended(wave: Wave, answers: pd.DataFrame) -> dt.date:
    """Return the last day of fieldwork: that of the last answer, else the wave's own day."""
    if "submitted_at" in answers:
        days = pd.to_datetime(answers["submitted_at"], errors="coerce").dropna()
        if len(days):
            return days.max().date()
    return wave.config.as_of


def _recipe(config: WaveConfig) -> str:
    """Return how a wave's weights are made, as a text that is the same where it is the same."""
    plan = config.response
    told = {name: getattr(plan, name) for name in ("weight", "adjust_by", "method", "samples", "trim")}
    strata = sorted(config.population.strata) if not plan.adjust_by and plan.weight is None else []
    return json.dumps({**told, "strata": strata, "design": config.sample.design}, sort_keys=True, default=str)
