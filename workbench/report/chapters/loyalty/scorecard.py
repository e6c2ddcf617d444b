"""Chapter 50, regional scorecard: answers, customers, complaints and the table of regions brought together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import pandas as pd

from workbench.core.language import Language, Message, Spoken, message
from workbench.core.membership import among
from workbench.core.names import COLUMNS, CUSTOMER_ID, Column
from workbench.core.results import Note, Result
from workbench.estimation import Design
from workbench.nps import Scorecard, Scored, measures_in, scorecard
from workbench.nps.regions import CONTEXT_COLUMNS
from workbench.nps.scorecard import WideNumber
from workbench.report.chapters.columns import N_BASE
from workbench.report.chapters.loyalty.interactions import interactions_of
from workbench.report.site.blocks import WIDE, Block, Caption, people_of, shown_csv, table
from workbench.sampling.few_of_many import WEIGHT, few_of_many
from workbench.store import Wave
from workbench.weighting import outcome_rates

REGION = "region"
FEWEST_ROWS = 100
MOST_CUSTOMERS = 100_000  # of more, so many are drawn at random
MOST_COLUMNS = 5
MOST_MOVED = 0.5
RANK_SHOWN = (
    "region",
    "estimate",
    "interval",
    "n",
    "change",
    "change_verdict",
    "verdict",
    "ranks",
    "shrunken",
    "place",
)
OUT_SHOWN = ("region", "measure", "estimate", "interval", "n", "verdict", "change", "change_verdict", "place")
TARGET_SHOWN = ("region", "measure", "estimate", "interval", "target", "target_verdict", "competitor")
SPREAD_COLUMNS = {
    "measure": Column(message("Measure")),
    "estimate": Column(message("All regions")),
    "interval": Column(message("Interval ({level:level})")),
    "spread": Column(message("Highest less lowest")),
    "luck": Column(message("Of it by luck alone")),
    "p_adjusted": Column(message("All regions alike (p, corrected)"), "p"),
    "n": N_BASE,
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class WideScorecard(Result):
    """Some measures of a scorecard with one row per region: their estimates or their changes, with intervals."""

    card: Scorecard
    measures: tuple[str, ...]
    show: WideNumber = "estimate"

    caption: ClassVar[Message] = message("Regional scorecard")

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return one row per region and one column per measure."""
        return self.card.wide(language, self.measures, show=self.show)

    def labels(self) -> dict[str, Column]:
        """Return the measures' names as column labels."""
        return {n: Column(self.card.measures[n].label) for n in self.measures}


def wide_tables(card: Scorecard) -> list[tuple[str, Message, WideScorecard]]:
    """Return the scorecard in tables that fit a page: name, caption, table; the changes after the estimates."""
    names = list(card.measures)
    parts = [tuple(names[i : i + MOST_COLUMNS]) for i in range(0, len(names), MOST_COLUMNS)]
    found = []
    for i, part in enumerate(parts):
        name = "scorecard" if not i else f"scorecard-{i + 1}"
        last = card.notes if i + 1 == len(parts) else ()
        wide = WideScorecard(level=card.level, table=card.table, card=card, measures=part, notes=last)
        found.append((name, message("Regional scorecard, part {n:int}", n=i + 1), wide))
    for i, part in enumerate(parts):
        moved = tuple(m for m in part if card.lines(m)["change"].notna().any())
        if moved:
            wide = WideScorecard(level=card.level, table=card.table, card=card, measures=moved, show="change")
            caption = message("Change since the previous wave, part {n:int}", n=i + 1)
            found.append((f"scorecard-change-{i + 1}", caption, wide))
    return found


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MeasureRows(Result):
    """Lines of some measures of a scorecard, without those the reader did not ask for."""

    card: Scorecard

    caption: ClassVar[Message] = message("Regional scorecard")
    columns: ClassVar[Mapping[str, Column]] = Scorecard.columns

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return the lines with numbers in each measure's style."""
        if self.table.empty:  # nothing stands out: the same columns, and no line
            return self.card.shown_table(language).head(0)
        return replace(self.card, table=self.table).shown_table(language)


def make_scorecard(
    wave: Wave,
    answers: pd.DataFrame,
    design: Design,
    before: tuple[pd.DataFrame, Design] | None,
    *,
    id_column: str | None,
    days: int,
) -> Scorecard:
    """Return the scorecard of a wave's regions.

    Parameters
    ----------
    before
        Answers and design of the previous wave.
    id_column
        Column of ids where both waves asked some of the same customers.
    days
        Complaints of so many days before the end of each wave count.
    """
    previous = wave.previous if before is not None else None
    asked = [with_satisfied(wave, t) for t in (answers, *([before[0]] if before else []))]
    sources = [
        Scored(
            asked[0],
            measures_in(asked[0], "nps", "satisfied"),
            design,
            asked[1] if before else None,
            before[1] if before else None,
            id_column,
        )
    ]
    drawn = 0
    for rows, unit in ((asked_rows, None), (customer_rows, "customer_id"), (complaint_rows, None)):
        now = rows(wave, days)
        if now is None or len(now) < FEWEST_ROWS or now[REGION].nunique() < 2:
            continue
        measures = {n: m for n, m in measures_in(now).items() if now[m.column].notna().any()}
        earlier = rows(previous, days) if previous is not None else None
        if measures:
            designs = [None if t is None or WEIGHT not in t else Design(weight=WEIGHT) for t in (now, earlier)]
            sources.append(
                Scored(now, measures, designs[0], earlier, designs[1], unit if earlier is not None else None)
            )
            drawn = len(now) if WEIGHT in now and rows is customer_rows else drawn
    regions = wave.read("regions") if wave.has("regions") else None
    plan = wave.config.loyalty
    card = scorecard(sources, regions=regions, minimum_base=plan.minimum_base, confidence=plan.confidence)
    if not drawn:
        return card
    text = message("What is told of all customers rests on {n:int} of them, drawn at random.", n=drawn)
    return replace(card, notes=(*card.notes, Note(text)))


def with_satisfied(wave: Wave, answers: pd.DataFrame) -> pd.DataFrame:
    """Return answers with ``satisfied`` from the first question: 1 from its top box up, 0 below, else missing."""
    name, question = next(iter(wave.config.questions.items()), (None, None))
    if name is None or question is None or name not in answers:
        return answers
    said = answers[name]
    return answers.assign(satisfied=(said >= question.top_box).astype(float).where(said.notna()))


def asked_rows(wave: Wave, days: int) -> pd.DataFrame | None:  # noqa: ARG001
    """Return everybody asked with ``responded``, where the wave drew its sample itself.

    Its mean is the response rate of chapter 20 (RR1): complete interviews of all asked who turned out eligible, or of
    whom it is not known.
    """
    if not wave.has("sample", "contacts") or REGION not in wave.columns("sample"):
        return None
    final = outcome_rates(wave.read("contacts")).final
    asked = wave.read("sample")[[CUSTOMER_ID, REGION]].merge(final[final["disposition"] != "NE"], on=CUSTOMER_ID)
    return asked.assign(responded=asked["disposition"].eq("I").astype(float))[[REGION, "responded"]]


def customer_rows(wave: Wave, days: int) -> pd.DataFrame | None:
    """Return customers with what other chapters found of them: spending, value, tier, complaints.

    All of them, or, where there are very many, those drawn at random with their ``weight``.
    """
    if not wave.has("customers") or REGION not in wave.columns("customers"):
        return None
    wanted = {"tiers": ("tier", "amount_12m", "orders_12m"), "clv": ("clv", "probability_alive")}
    there = {name: [c for c in columns if c in wave.columns(name)] for name, columns in wanted.items()}
    along = [(wave.table(name), columns) for name, columns in there.items() if columns]
    rows = few_of_many(wave.table("customers"), [REGION], stratum=REGION, most=MOST_CUSTOMERS, along=along)
    only = rows["customer_id"] if WEIGHT in rows else None
    if "orders_12m" in rows:
        rows["active"] = (rows["orders_12m"].fillna(0) > 0).astype(float)
    if "probability_alive" in rows:
        rows["lost"] = 1 - rows["probability_alive"]
    if "tier" in rows and wave.config.tiers:
        rows["top_tier"] = (rows["tier"] == wave.config.tiers[0].name).astype(float)
    cases = recent_complaints(wave, days, only)
    if cases is not None:
        rows["complained"] = among(rows["customer_id"], cases["customer_id"]).astype(float)
    return rows


def complaint_rows(wave: Wave, days: int) -> pd.DataFrame | None:
    """Return the complaints that were closed, with ``days_to_solve`` and the customer's region."""
    if not wave.has("customers", "interactions") or REGION not in wave.columns("customers"):
        return None
    people = few_of_many(wave.table("customers"), [REGION], stratum=REGION, most=MOST_CUSTOMERS)
    cases = recent_complaints(wave, days, people["customer_id"] if WEIGHT in people else None)
    assert cases is not None
    closed = cases[pd.to_datetime(cases["closed_at"]) <= pd.Timestamp(wave.config.as_of)]
    taken = pd.to_datetime(closed["closed_at"]) - pd.to_datetime(closed["opened_at"])
    rows = closed[["customer_id"]].assign(days_to_solve=taken.dt.days.astype(float))
    return rows.merge(people, on="customer_id", how="inner")


def recent_complaints(wave: Wave, days: int, only: pd.Series | None = None) -> pd.DataFrame | None:
    """Return the complaints opened within so many days before the wave's end, None without interactions."""
    if not wave.has("interactions"):
        return None
    there = [c for c in ("customer_id", "opened_at", "closed_at", "kind") if c in wave.columns("interactions")]
    cases = interactions_of(wave, kinds=wave.config.loyalty.complaint_kinds, columns=there, only=only)
    assert cases is not None
    opened = pd.to_datetime(cases["opened_at"])
    end = pd.Timestamp(wave.config.as_of)
    recent = (opened <= end) & (opened > end - pd.Timedelta(days=days))
    return cases[recent]


def rows_of(card: Scorecard, *measures: str) -> MeasureRows:
    """Return the lines of some measures, the best rank first."""
    table = card.table[card.table["measure"].isin(measures)]
    table = table.assign(order=table["rank"].where(table["rank"] > 0, 10**6))
    ordered = table.sort_values(["measure", "order"], kind="stable", ignore_index=True)
    return MeasureRows(level=card.level, table=ordered.drop(columns="order"), card=card)


def rank_tables(card: Scorecard, labels: Mapping[str, Spoken]) -> list[Block]:
    """Return the regions' ranks on their first measure, their targets, and what else is known of them."""
    first = next(iter(card.measures))
    caption = Caption(message("Regions by {measure}, with the ranks they may have", measure=card.measures[first].label))
    found = [table(rows_of(card, first), "ranks", caption, only=RANK_SHOWN, labels=labels)]
    given = card.table["target"].notna() | card.table["competitor"].notna()
    if given.any():
        rows = MeasureRows(level=card.level, table=card.table[given].reset_index(drop=True), card=card)
        found.append(table(rows, "targets", Caption(message("Targets and competitors")), only=TARGET_SHOWN))
    if card.regions.shape[1] > 1:
        caption = Caption(message("What else is known of the regions"))
        found.append(table(card.regions, "regions", caption, columns=CONTEXT_COLUMNS))
    return found


def out_caption(out: MeasureRows) -> Message:
    """Return the caption of what stands out; nothing may."""
    if len(out.table):
        return message("What stands out in the scorecard")
    return message("Nothing stands out in the scorecard: what regions differ by is within chance")


def with_all_lines(block: Block, wide: WideScorecard) -> Block:
    """Return a block whose download holds every line of the scorecard, and which tells on how many each rests."""
    card = wide.card
    bases = {"n": COLUMNS["n"], "n_previous": COLUMNS["n"]}
    people = {**people_of(card.table, bases), WIDE: list(wide.measures)}
    return replace(block, csv=shown_csv(card.table), people=people)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Spreads(Result):
    """How far apart regions lie, and how far luck alone would put them."""

    card: Scorecard

    caption: ClassVar[Message] = message("How far regions lie apart, and how far luck would put them")
    columns: ClassVar[Mapping[str, Column]] = SPREAD_COLUMNS

    def shown_table(self, language: Language) -> pd.DataFrame:
        """Return one row per measure, numbers in its style."""
        from workbench.core.language import format_value

        rows = []
        for _, row in self.table.iterrows():
            measure = self.card.measures[str(row["measure"])]
            plain = measure.style.replace("signed", "dec")
            low, high = (format_value(row[c], measure.style, language) for c in ("ci_low", "ci_high"))
            rows.append(
                {
                    "measure": measure.label.text(language),
                    "estimate": format_value(row["estimate"], measure.style, language),
                    "interval": f"{low} … {high}",
                    "spread": format_value(row["spread"], plain, language),
                    "luck": format_value(row["luck"], plain, language),
                    "p_adjusted": row["p_adjusted"],
                    "n": row["n"],
                }
            )
        return pd.DataFrame(rows)


def standing_out(card: Scorecard) -> MeasureRows:
    """Return the lines that differ clearly from all other regions, or moved where most regions did not."""
    table = card.table
    moved = table["change_verdict"].isin(["up", "down"])
    # what moved nearly everywhere says nothing of one region
    everywhere = moved.groupby(table["measure"]).transform("mean") > MOST_MOVED
    clear = table["verdict"].isin(["higher", "lower"]) | (moved & ~everywhere)
    return MeasureRows(level=card.level, table=table[clear].reset_index(drop=True), card=card)


def spreads(card: Scorecard) -> Spreads:
    """Return how far apart regions lie for every measure that is not a total."""
    rows = card.measures_table.dropna(subset=["scatter"]).reset_index(drop=True)
    return Spreads(level=card.level, table=rows, card=card)


def scorecard_kept(card: Scorecard) -> pd.DataFrame:
    """Return the lines of the scorecard, to be kept."""
    return card.table.assign(**{card.by: card.table[card.by].astype(str)})
