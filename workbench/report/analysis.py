"""What a wave answers in one line of a notebook: its respondents with all that is known, tables, the NPS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.core.names import RECOMMEND
from workbench.estimation import Design
from workbench.nps import NetPromoterScore, net_promoter_score
from workbench.report.chapters.response.design import survey_design
from workbench.report.export.answers import joined_answers, require_answers
from workbench.report.questions import question_rows
from workbench.report.steps import chapters_of
from workbench.report.waves import answers_over_waves, ids_of, waves_back
from workbench.store import Wave, show_study_words
from workbench.store.manifest import read_manifest
from workbench.store.scratch import kept_for_good, run_token, scratch_of
from workbench.store.sets import with_sets
from workbench.tabulation import Tabulation, Trend, tabulate, trend

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def respondents_of(wave: Wave) -> pd.DataFrame:
    """Return the answers of a wave with weights, its sets of answers and everything that is known of who gave them.

    Raises
    ------
    InputError
        If there are no weighted answers yet.
    """
    return with_sets(joined_answers(wave), wave.config)


def design_of(wave: Wave) -> Design:
    """Return how a wave's respondents were drawn and weighted."""
    require_answers(wave)
    return survey_design(wave)


def tabulate_wave(wave: Wave, rows: Any, by: Any = (), **options: Any) -> Tabulation:
    """Return questions by groups of a wave, under its design; questions go by the names of the study.

    Against the previous wave it finds that wave by itself. Where a report runs it, columns of fewer people than may be
    shown are left out.

    Raises
    ------
    InputError
        If the table is to be against the previous wave and there is none, or it has no weighted answers yet.
    """
    show_study_words(wave.config)
    sides = options.get("against", ())
    if "previous" in ([sides] if isinstance(sides, str) else sides) and "previous" not in options:
        before = wave.previous
        if before is None:
            raise InputError(
                message("There is a wave before this one."),
                found=message("wave.yaml names no 'previous'"),
                fix=message("Name it there, or compare columns with each other or the rest."),
                where=str(wave.folder),
            )
        options = {"previous": (respondents_of(before), survey_design(before)), "id": ids_of([before, wave]), **options}
    options = _hiding(wave) | options
    answers = respondents_of(wave)
    named = question_rows(wave.config, rows, answers)
    return tabulate(answers, survey_design(wave), rows=named, columns=by, **options)


def trend_of(wave: Wave, rows: Any, waves: int = 8, by: Any = (), **options: Any) -> Trend:
    """Return questions over the last waves of a study, under the design of each, the waves found by themselves.

    Parameters
    ----------
    wave
        The newest wave.
    rows, by, **options
        ``rows``, ``columns`` and the others of `workbench.tabulation.trend`.
    waves
        Of how many waves, this one included; those without weighted answers are left out.

    Raises
    ------
    InputError
        If this wave has no weighted answers yet.
    """
    require_answers(wave)
    show_study_words(wave.config)
    chosen = waves_back(wave, waves)
    told = answers_over_waves(chosen, respondents_of)
    options = _hiding(wave) | {"id": ids_of(chosen), **options}
    return trend(told, rows=question_rows(wave.config, rows, told[-1].data), columns=by, **options)


def nps_of(wave: Wave, by: Any = None, **options: Any) -> NetPromoterScore:
    """Return the NPS of a wave's respondents, or of groups of them, under its design."""
    return net_promoter_score(respondents_of(wave), RECOMMEND, survey_design(wave), by=by, **options)


def plot_of(wave: Wave, rows: Any, by: Any = (), waves: int = 1, row: str | None = None, **options: Any) -> Figure:
    """Return a picture of a question by groups, or over the last waves, with intervals."""
    made = tabulate_wave(wave, rows, by, **options) if waves < 2 else trend_of(wave, rows, waves, by, **options)
    return made.plot(row=row)


def adopt(wave: Wave, name: str) -> Path:
    """Keep for good in a wave what this notebook has kept by hand; no chapter of the report goes by it.

    Raises
    ------
    InputError
        If nothing is kept by hand under the name, or a chapter keeps something under it.
    """
    kept = scratch_of(wave.artefacts).artefacts
    if name not in kept:
        raise InputError(
            message("What is adopted was kept by hand, with wave.keep, in the same notebook."),
            found=message("{name}; kept by hand: {names}", name=name, names=", ".join(kept) or "–"),
            fix=message("Run the cell that keeps it first."),
            where=str(wave.folder),
        )
    chapters = chapters_of(wave.folder.parent)
    makes = {made: c.name for c in chapters for made in (*c.makes, *(m for s in c.sections for m in s.makes))}
    there = read_manifest(wave.artefacts).artefacts.get(name)
    maker = makes.get(name) or (there.made_by if there is not None and there.made_by != kept[name].made_by else None)
    if maker is not None:
        raise InputError(
            message("A report stands on what its chapters make, and on nothing kept by hand."),
            found=message("{name}, which {chapter} keeps", name=name, chapter=maker),
            fix=message("Keep it under a name of its own: wave.keep('my_{name}', …).", name=name),
            where=str(wave.folder),
        )
    with kept_for_good("adopted"):
        path = wave.keep(name, pd.read_parquet(kept[name].file), made_by=kept[name].made_by)
    kept.pop(name)
    return path


def _hiding(wave: Wave) -> dict[str, Any]:
    """Return what keeps columns of few people off pages: a report shows them to others, a notebook to its analyst."""
    return {} if run_token() is None else {"hide_below": wave.config.privacy.minimum_cell}
