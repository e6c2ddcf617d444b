"""Chapter 55: questions by groups, as ``crosstabs:`` of ``wave.yaml`` asks for them, on the page and in a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from workbench.core.errors import InputError, nearest
from workbench.core.language import LANGUAGES, Message, Spoken, message
from workbench.core.names import RECOMMEND
from workbench.core.value_names import show_value_names
from workbench.estimation import Design
from workbench.report.chapter import Chapter, ChapterParameters, Section
from workbench.report.chapters.loyalty.chapter import answers_of, group_names
from workbench.report.export.tables_workbook import Sheet, write_tables
from workbench.report.questions import set_row
from workbench.report.waves import answers_over_waves, ids_of, waves_back
from workbench.store import Wave
from workbench.store.config.crosstabs import CrosstabsPlan, TablePlan
from workbench.store.earlier import earlier_waves
from workbench.store.scratch import run_token
from workbench.tabulation import Tabulation, Trend, groups, multiple, nested, nps, scale, single, tabulate, trend
from workbench.tabulation.columns import Banner
from workbench.tabulation.measured import Rows
from workbench.tabulation.rows import as_rows

NAME = "55_tables"
MOST_ON_PAGE = 10
FIRST_ON_PAGE = 3
NONE: Mapping[str, Trend] = MappingProxyType({})


class TablesParameters(ChapterParameters):
    """Parameters of the notebook."""


def _left_out(wave: Wave) -> Message | None:
    if wave.config.crosstabs is None:
        return message("No tables are asked for; 'crosstabs: {{}}' in wave.yaml gives every question by every group.")
    if not wave.has("respondents"):
        return message("There are no answers.")
    return None if plans_of(wave) else message("There is no question to put into a table.")


CHAPTER = Chapter(
    name=NAME,
    title=message("Tables"),
    parameters=TablesParameters,
    reads=("respondents", "raking_totals", "weight_replicates", "segments", "segment_names", "tiers"),
    makes=("crosstabs", "crosstab_numbers", "crosstab_waves"),
    after=("20_response", "30_segments", "60_tiers"),
    left_out=_left_out,
    settings=(
        "title",
        "languages",
        "labels",
        "values",
        "questions",
        "sets",
        "response",
        "sample",
        "loyalty.by",
        "recommend",
        "marks",
        "population.strata",
        "tiers",
        "privacy.minimum_cell",
        "crosstabs",
    ),
    sections=(
        Section("page", message("Tables")),
        Section("waves", message("Over the waves")),
        Section("workbook", message("The workbook")),
    ),
)


def plan_of(wave: Wave) -> CrosstabsPlan:
    """Return what ``wave.yaml`` says about tables, the defaults where it says nothing."""
    return wave.config.crosstabs or CrosstabsPlan()


def plans_of(wave: Wave) -> list[TablePlan]:
    """Return the tables of a wave: those of ``wave.yaml``, else one for every question that came with the answers."""
    plan, there = plan_of(wave), wave.columns("respondents")
    if plan.tables:
        return plan.tables
    sets = [n for n, s in wave.config.sets.items() if set(s.columns) & set(there)]
    asked = [q for q in dict.fromkeys([*wave.config.questions, RECOMMEND]) if q in there]
    answers = wave.read("respondents", columns=asked) if asked else pd.DataFrame()
    return [TablePlan(question=q) for q in [*(q for q in asked if answers[q].notna().any()), *sets]]


def banner_of(wave: Wave, answers: pd.DataFrame) -> list[Banner]:
    """Return the columns of all tables.

    Raises
    ------
    InputError
        If ``wave.yaml`` names a column that the answers do not have; the nearest is proposed.
    """
    plan = plan_of(wave)
    if not plan.banner:
        return [c for c in wave.config.loyalty.by if c in answers and len(answers[c].dropna().unique()) > 1]
    found: list[Banner] = []
    for name, group in plan.banner.items():
        if group.groups:
            found.append(groups(group.groups, name=name, label=group.label))
        elif group.nested:
            found.append(nested(*group.nested, name=name, label=group.label))
        else:
            _require(name, answers, "banner")
            found.append(name)
    return found


def row_of(wave: Wave, plan: TablePlan, answers: pd.DataFrame) -> Rows:
    """Return the question of a table.

    Raises
    ------
    InputError
        If ``wave.yaml`` names a column that the answers do not have; the nearest is proposed.
    """
    if plan.multiple is not None:
        return multiple(
            plan.multiple,
            name=plan.name,
            label=plan.label,
            none=plan.none,
            nets=plan.nets,
            sort=plan.sort,
            asked=plan.asked,
        )
    column = str(plan.question)
    if column in wave.config.sets:
        several = wave.config.sets[column]
        label = plan.label or several.label
        changed = several.model_copy(update={"label": label, "none": plan.none or several.none})
        return set_row(
            wave.config, plan.name or column, changed, answers, nets=plan.nets, sort=plan.sort, asked=plan.asked
        )
    _require(column, answers, "tables")
    rating = wave.config.questions.get(column)
    if column == RECOMMEND:
        return nps(column, name=plan.name, label=plan.label or (rating.label if rating else None), asked=plan.asked)
    if rating is not None and pd.api.types.is_numeric_dtype(answers[column]):
        top = rating.high - rating.top_box + 1
        return scale(
            column,
            name=plan.name,
            label=plan.label or rating.label,
            boxes=(top, top),
            low=rating.low,
            high=rating.high,
            asked=plan.asked,
        )
    if plan.nets or plan.sort or not pd.api.types.is_numeric_dtype(answers[column]):
        return single(column, name=plan.name, label=plan.label, sort=plan.sort, nets=plan.nets, asked=plan.asked)
    (found,) = as_rows(column, answers)
    return found


def wave_table(wave: Wave, plan: TablePlan, answers: pd.DataFrame, design: Design) -> Tabulation:
    """Return a table of a wave; columns of fewer people than may be shown are left out."""
    told = plan_of(wave)
    return tabulate(
        answers,
        design,
        rows=row_of(wave, plan, answers),
        columns=banner_of(wave, answers),
        filter=plan.filter,
        test=told.test,
        correction=None if told.correction == "none" else told.correction,
        levels=told.levels,
        minimum_base=told.minimum_base,
        hide_below=wave.config.privacy.minimum_cell,
    )


def trends_of(wave: Wave, tables: Mapping[str, Tabulation]) -> dict[str, Trend]:
    """Return the questions that ``wave.yaml`` asks for over waves, each by the name of its table.

    Columns are named in every wave as in this one; those of fewer people than may be shown are left out.
    """
    plans = dict(zip(tables, plans_of(wave), strict=True))
    longest = max((p.waves for p in plans.values() if p.waves), default=0)
    if not longest:
        return {}
    back = waves_back(wave, longest)
    told = answers_over_waves(back, named_answers)
    plan_all, answers = plan_of(wave), told[-1].data
    found = {}
    for name, plan in plans.items():
        if plan.waves:
            found[name] = trend(
                told[-plan.waves :],
                rows=row_of(wave, plan, answers),
                columns=banner_of(wave, answers),
                filter=plan.filter,
                id=ids_of(back),
                correction=None if plan_all.correction == "none" else plan_all.correction,
                level=plan_all.levels[0],
                minimum_base=plan_all.minimum_base,
                hide_below=wave.config.privacy.minimum_cell,
            )
    return found


def waves_table(wave: Wave) -> pd.DataFrame:
    """Return the waves that trends can rest on, to be kept: a change of an early one then reaches the later ones.

    Returns
    -------
    DataFrame
        ``wave``, ``answers`` (the hash of its answers), the newest first.
    """
    rows = []
    for one in (wave, *earlier_waves(wave)):
        kept = one.manifest.artefacts.get("respondents")
        rows.append((one.config.wave, kept.sha256 if kept else ""))
    return pd.DataFrame(rows, columns=["wave", "answers"])


def by_name(made: list[Tabulation]) -> dict[str, Tabulation]:
    """Return tables of one question each by its name; of those of one name the later ones with a number."""
    found: dict[str, Tabulation] = {}
    for table in made:
        n, name = 1, table.questions[0]
        while name in found:
            n += 1
            name = f"{table.questions[0]} ({n})"
        found[name] = table
    return found


def numbers_of(wave: Wave, names: list[str]) -> dict[str, int]:
    """Return the number of each table: that of the wave before where it had one, else the next ones."""
    before = wave.previous
    known: dict[str, int] = {}
    if before is not None and before.has("crosstab_numbers"):
        table = before.read("crosstab_numbers")
        known = dict(zip(table["table"], table["number"].astype(int), strict=True))
    free = max(known.values(), default=0)
    for name in names:
        if name not in known:
            free += 1
            known[name] = free
    return known


def flat_table(tables: Mapping[str, Tabulation], numbers: Mapping[str, int]) -> pd.DataFrame:
    """Return the cells of all tables, a line each, with the table's number."""
    parts = [t.table.assign(number=numbers[n]) for n, t in tables.items()]
    return pd.concat(parts, ignore_index=True)[["number", *parts[0].columns.drop("number")]]


def numbers_table(numbers: Mapping[str, int]) -> pd.DataFrame:
    """Return the numbers of tables, to be kept: ``table``, ``number``."""
    return pd.DataFrame({"table": list(numbers), "number": list(numbers.values())}).astype({"number": "int64"})


def on_page(wave: Wave, names: list[str]) -> list[str]:
    """Return which tables stand on the page: those ``wave.yaml`` marks, else the first three."""
    marked = [n for n, p in zip(names, plans_of(wave), strict=True) if p.page or p.waves]
    return (marked or names[:FIRST_ON_PAGE])[:MOST_ON_PAGE]


def written(
    wave: Wave, tables: Mapping[str, Tabulation], numbers: Mapping[str, int], trends: Mapping[str, Trend] = NONE
) -> list[str]:
    """Write the workbook in every language of the wave into its folder; outside a run nothing is written.

    Returns
    -------
    list of str
        Names of the files.
    """
    names = {language: f"tables-{wave.config.wave}.{language}.xlsx" for language in LANGUAGES}
    if run_token() is not None:
        sheets = [Sheet(numbers[n], t, trends.get(n)) for n, t in tables.items()]
        title: Spoken = wave.config.title
        for language, name in names.items():
            write_tables(sheets, wave.folder / "exports" / name, title=title, wave=wave.config.wave, language=language)
    return list(names.values())


def named_answers(wave: Wave) -> pd.DataFrame:
    """Return the answers with tier and segment by the names that readers know them by."""
    answers = answers_of(wave)
    names = group_names(wave)
    told_as: dict[str, Mapping[str, Any]] = {}
    for column in ("segment", "tier"):
        told = names.get(column, {})
        told_as[column] = {words.text("en"): words for words in told.values()}
        if column in answers and told:
            answers[column] = [told[v].text("en") if v in told else v for v in answers[column]]
    # in the language of every page and workbook, as the values of wave.yaml are
    show_value_names({**wave.config.values, **told_as})
    return answers


def _require(column: str, answers: pd.DataFrame, key: str) -> None:
    if column not in answers:
        there = [str(c) for c in answers.columns]
        raise InputError(
            "Tables are made of columns of the answers.",
            found=f"{column!r}{nearest(column, there)}",
            fix=f"Correct crosstabs: {key}: in wave.yaml.",
            where="wave.yaml: crosstabs",
        )
