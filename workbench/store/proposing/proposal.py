"""What a file's columns are likely to be: each proposed with its evidence, the doubtful ones to be asked about."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError
from workbench.store.codebook import spoken
from workbench.store.config.parts import Source
from workbench.store.formats.container import container_of
from workbench.store.formats.reading import Values
from workbench.store.proposing.evidence import (
    AMOUNT,
    CITY,
    COMMENT,
    DATE,
    LIKELY,
    MOST_BY,
    NO_CONTACT,
    ORDERED,
    RECOMMEND,
    REGION,
    SIGNED_UP,
    WEIGHT,
    Evidence,
    Guess,
)
from workbench.store.staging import Staged, stage
from workbench.store.understanding import RESPONSES, read_meaning
from workbench.store.workbooks import tables_of


@dataclass(frozen=True)
class Proposal:
    """What a file is likely to be.

    Attributes
    ----------
    file
        The file.
    table
        The table it is; None where that has to be asked.
    what
        What was recognised, in words.
    sheet
        The sheet of a workbook.
    columns, doubtful
        What columns are, and what they may be.
    questions
        Ratings: column → why.
    maybe_questions
        Columns that may be ratings.
    by
        Columns to break numbers down by.
    keep_where, several
        Which rows count, and what a cell with several ids means.
    no_answer
        Column of the wave → codes beyond its scale that mean: no answer.
    weight
        The column the file is weighted by.
    last_day
        Last day of its dates.
    title
        The questionnaire's title.
    """

    file: Path
    table: str | None
    what: tuple[str, ...]
    sheet: str | None = None
    columns: tuple[Guess, ...] = ()
    doubtful: tuple[Guess, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)
    maybe_questions: Mapping[str, str] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    keep_where: str | None = None
    several: str | None = None
    no_answer: Mapping[str, list[str]] = field(default_factory=dict)
    weight: str | None = None
    last_day: str | None = None
    title: str = ""


def propose(path: Path, table: str | None = None) -> list[Proposal]:
    """Look at a file and propose what it is: a table, or one for each sheet of a workbook that needs it.

    Parameters
    ----------
    path
        The file.
    table
        What it is, where somebody says so.

    Raises
    ------
    InputError
        If the file cannot be read, or dates or ids in it have to be asked about.
    """
    sheets: list[str | None] = [None]
    if container_of(path) in ("workbook", "locked workbook"):
        named = tables_of(path)
        try:
            return [_proposed(path, None, table)]
        except InputError:
            if len(named) < 2:
                raise
            sheets = [*named]
    return [_proposed(path, s, table) for s in sheets]


def _proposed(path: Path, sheet: str | None, table: str | None) -> Proposal:
    engine = DuckDBEngine()
    with tempfile.TemporaryDirectory(prefix="look-") as folder:
        source = Source(file=path.name, sheet=sheet)
        staged = stage([path], source, Path(folder), engine, base=path.parent)
        values, reading = read_meaning(table or RESPONSES, staged, engine)
        found = Evidence(values, reading, engine)
        what = _what(staged, values)
        kind = table or _table_of(staged, found)
        if kind is None:
            return Proposal(path, None, what, sheet)
        if kind == RESPONSES:
            return _answers(found, path, what, sheet)
        return _records(found, path, what, sheet, kind)


def _what(staged: Staged, values: Values) -> tuple[str, ...]:
    said = [m.text("en") for m in staged.said]
    if staged.recognised is not None:
        said.insert(0, f"{staged.recognised.format.title.text('en')}: {staged.recognised.why.text('en')}")
    return (*said, f"{values.rows:,} rows, {len(values.columns)} columns")


def _table_of(staged: Staged, found: Evidence) -> str | None:
    """Return what a file is; None where its columns do not tell."""
    recognised = staged.recognised
    if (recognised is not None and RESPONSES in recognised.format.tables) or staged.book is not None:
        return RESPONSES
    if recognised is None and (found.matching(RECOMMEND) or found.reading.book.sets or found.has_ratings()):
        return RESPONSES
    has_amount, has_date = found.matching(AMOUNT), found.dates()
    if has_amount and has_date and (found.first(ORDERED) or found.repeating_id()):
        return "transactions"
    if found.unique_id():
        return "customers"
    return None


def _answers(found: Evidence, path: Path, what: tuple[str, ...], sheet: str | None) -> Proposal:
    columns: list[Guess] = []
    doubtful: list[Guess] = []
    asked = [c for c in found.matching(RECOMMEND) if found.is_nps(c)]
    scales = [c for c in found.scales() if found.steps(c)[-1] == 10]
    worded = [c for c in scales if any(map(LIKELY.search, found.values.of(c.name)))]
    recommend = next(iter([*asked, *worded]), None)
    no_answer: dict[str, list[str]] = {}
    if recommend is not None:
        steps = found.steps(recommend)
        why = "asks about recommending" if asked else "says how likely"
        if codes := found.codes(recommend):
            no_answer["recommend"] = codes
        columns.append(Guess("recommend", recommend.name, f"{why}; answers {steps[0]} to {steps[-1]}"))
    else:
        wide = [c for c in found.scales() if found.steps(c)[-1] == 10 and len(found.steps(c)) >= 6]
        doubtful += [Guess("recommend", c.name, "answers up to 10: is this the recommendation?") for c in wide[:1]]
    person = found.person()
    if person is not None:
        columns.append(person)
    comment = next(iter(found.matching(COMMENT, ("text", "single"))), None) or found.longest_text()
    if comment is not None:
        sure = bool(COMMENT.search(found.text(comment)))
        guess = Guess(
            "comment",
            comment.name,
            "asks for reasons or comments" if sure else "the longest texts: are these the comments?",
        )
        (columns if sure else doubtful).append(guess)
    region = found.first(REGION, ("single", "text"))
    if region is not None and found.is_group(region):
        columns.append(Guess("region", region.name, f"named so; {len(found.values.of(region.name))} values"))
    when = next((c for c in found.dates() if DATE.search(c.name)), None)
    roles = found.reading.roles
    if "submitted_at" not in roles and when is not None:
        columns.append(Guess("submitted_at", when.name, "dates, and named so"))
    last = roles.get("submitted_at") or (found.engine.dialect.quote(when.name) if when is not None else None)
    taken = {g.origin for g in columns}
    questions, maybe = found.ratings(taken)
    weight = found.reading.book.weight
    if weight is None and (named := found.first(WEIGHT)) is not None:
        doubtful.append(
            Guess("weight", named.name, "named so: does it weight the answers? then also response: {weight: weight}")
        )
    by = [
        c.name
        for c in found.known
        if c.name not in taken and c.name not in questions and c.kind == "single" and found.is_group(c)
    ]
    if region is not None and "region" in {g.name for g in columns}:
        by.insert(0, "region")
    own = {"Status", "Finished", "DistributionChannel", "UserLanguage", "startlanguage", "来源"}
    return Proposal(
        path,
        RESPONSES,
        what,
        sheet,
        tuple(columns),
        tuple(doubtful),
        questions,
        maybe,
        tuple(b for b in by if b not in own and not b.endswith("_NPS_GROUP"))[:MOST_BY],
        no_answer=no_answer,
        weight=weight,
        last_day=found.last_day(last) if last else None,
        title=spoken(found.reading.book.title, "en"),
    )


def _records(found: Evidence, path: Path, what: tuple[str, ...], sheet: str | None, table: str) -> Proposal:
    columns: list[Guess] = []
    several = keep = None
    key = found.unique_id() if table == "customers" else found.repeating_id()
    if key is not None:
        columns.append(
            Guess(
                "customer_id",
                key.name,
                "an id, once in each row" if table == "customers" else "names the customer of a row",
            )
        )
        if found.has_several(key):
            several = key.name
    wanted: list[tuple[str, re.Pattern[str], Sequence[str]]] = [("region", REGION, ()), ("city", CITY, ())]
    if table == "customers":
        wanted += [("signup_date", SIGNED_UP, ("date",)), ("do_not_contact", NO_CONTACT, ())]
    if table == "transactions":
        wanted = [("ordered_at", ORDERED, ("date",)), ("ordered_at", DATE, ("date",)), ("amount", AMOUNT, ())]
    for name, pattern, kinds in wanted:
        hit = found.first(pattern, kinds)
        if hit is not None and name not in {g.name for g in columns} and hit.name not in {g.origin for g in columns}:
            columns.append(Guess(name, hit.name, "named so" + (", with dates" if kinds else "")))
    stage_column = next((c for c in found.known if c.name == "Deal Stage"), None)
    if table == "transactions" and stage_column is not None:
        won = [v for v in found.values.of(stage_column.name) if re.search(r"won|赢单", v, re.I)]
        if won:
            keep = f'"Deal Stage" IN ({", ".join(map(found.engine.dialect.literal, won))})'
    dated = next((g.origin for g in columns if g.name == "ordered_at"), None)
    last = found.last_day(found.engine.dialect.quote(dated)) if dated else None
    return Proposal(path, table, what, sheet, tuple(columns), keep_where=keep, several=several, last_day=last)
