"""Chapter 90: its panels, each a finding of another chapter with the drawing that proves it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.clv.value.at_risk import RiskBands
from workbench.clv.value.bridge import ValueBridge
from workbench.core.forms import diverging_bars, paired_bars, trend, waterfall
from workbench.core.language import Message, message, plural
from workbench.core.money import currency_words
from workbench.core.names import Column
from workbench.report.chapters.columns import (
    CI_HIGH,
    CI_LOW,
    CUSTOMERS,
    N_CUSTOMERS,
    NAME_SEGMENT,
)
from workbench.report.chapters.loyalty import pictures, tables
from workbench.report.chapters.loyalty.chapter import question_names
from workbench.report.chapters.loyalty.titles import change_title
from workbench.report.chapters.summary.chapter import Found
from workbench.report.chapters.summary.words import LAST_YEAR, carried_on
from workbench.report.site.blocks import Block
from workbench.report.site.panels import panel
from workbench.store import Wave
from workbench.store.config.parts import Words
from workbench.tiers import Migration

LOYALTY = ("50_loyalty", message("Loyalty"))
VALUE = ("40_value", message("Value"))
TIERS = ("60_tiers", message("Tiers"))
SEGMENTS = ("30_segments", message("Segments"))
RATIO = 1.5
PRICE_TIMES = 1.5
MOVE_COLUMNS = {
    "name": Column(message("Tier before")),
    "n": N_CUSTOMERS,
    "left": Column(message("Fell"), "pct1"),
    "left_n": Column(message("Fell, customers"), "people"),
    "right": Column(message("Rose"), "pct1"),
    "right_n": Column(message("Rose, customers"), "people"),
}
SHARE_COLUMNS = {
    "name": NAME_SEGMENT,
    "first": Column(message("Share of customers"), "pct1"),
    "second": Column(message("Share of what they bring"), "pct1"),
}


def score_panels(wave: Wave, found: Found) -> list[Block]:
    """Return the trends of NPS and satisfaction."""
    blocks = []
    rows, targets = found.table("loyalty"), wave.config.targets
    if rows is not None:
        waves = pictures.over_waves(wave, "nps", rows)
        blocks.append(
            panel(
                "nps-trend",
                title=change_title(found.findings, "nps"),
                measure=message(
                    "NPS: share giving 9–10 less share giving 0–6; bar = {level:pct} interval",
                    level=wave.config.loyalty.confidence,
                ),
                draw=lambda language: trend(waves, language, target=targets.bounds("nps")),
                note=_note(found, "nps"),
                numbers=waves[tables.WAVE_SHOWN],
                columns=tables.WAVE_COLUMNS,
                level=wave.config.loyalty.confidence,
                to=LOYALTY,
            )
        )
    rated = found.table("ratings")
    if rated is not None:
        shares = pictures.over_waves(wave, "satisfied", rated[rated["measure"] == "satisfied"])
        question = str(rated["question"].iloc[0])
        label = question_names(wave).get(question, Message(question))
        blocks.append(
            panel(
                "satisfaction-trend",
                title=change_title(found.findings, "satisfied"),
                measure=message(
                    "{question}: share of good ratings; bar = {level:pct} interval",
                    question=label,
                    level=wave.config.loyalty.confidence,
                ),
                draw=lambda language: trend(
                    shares, language, **pictures.SHARE_AXIS, target=targets.bounds("satisfied")
                ),
                note=_note(found, "satisfied"),
                numbers=shares[tables.WAVE_SHOWN],
                columns=tables.SHARE_COLUMNS,
                level=wave.config.loyalty.confidence,
                to=LOYALTY,
            )
        )
    return blocks


def _note(found: Found, measure: str) -> Message | None:
    finding = found.finding(f"{measure}.trend", f"{measure}.change", f"{measure}.unchanged", f"{measure}.no_trend")
    return finding.text if finding is not None else None


def bridge_panel(wave: Wave, bridge: ValueBridge) -> Block:
    """Return how the value of the last wave became this wave's."""
    steps = bridge.table.set_index("step")["value"]
    before, now = float(steps["before"]), float(steps["now"])
    known, new = float(steps.get("known", 0.0)), float(steps.get("new", 0.0))
    if now > before and known < 0 < new:
        title = message("The base is worth more only because it grew")
    elif now > before:
        title = message("The base is forecast to be worth more")
    else:
        title = message("The base is forecast to be worth less")
    return panel(
        "value-bridge",
        title=title,
        measure=message(
            "Expected value, next {h:int} months, {currency}",
            h=wave.config.value.horizon_months,
            currency=currency_words(wave.config.currency),
        ),
        draw=bridge,
        note=message("Some decline of those known before is normal, as customers drift away."),
        numbers=bridge,
        to=VALUE,
    )


def value_panel(wave: Wave, found: Found) -> Block:
    """Return what all customers are worth, with its interval."""
    row = found.tables["value_summary"].iloc[0]
    shown = pd.DataFrame(
        {
            "name": pd.Series([message("This wave")], dtype=object),
            "value": [float(row["clv"])],
            "total": [True],
            "ci_low": [float(row["ci_low"])],
            "ci_high": [float(row["ci_high"])],
        }
    )
    columns = {
        "clv": Column(message("Value"), "money"),
        "ci_low": CI_LOW.styled("money"),
        "ci_high": CI_HIGH.styled("money"),
        "customers": CUSTOMERS,
    }
    currency = currency_words(wave.config.currency)
    title = message("Customers are worth {v:money} over {h:int} months", v=row["clv"], h=row["horizon_months"])
    measure = message("Expected value, {currency}, with its interval", currency=currency)
    if row.get("basis") == LAST_YEAR:
        title = carried_on(row)
        measure = message("Last year's amounts, {currency}; a rule without an interval", currency=currency)
    return panel(
        "value-now",
        title=title,
        measure=measure,
        draw=lambda language: waterfall(shown, language),
        numbers=found.tables["value_summary"].head(1)[list(columns)],
        columns=columns,
        level=float(row["level"]),
        to=VALUE,
    )


def risk_panel(wave: Wave, bands: RiskBands) -> Block:
    """Return how much value can still be saved, and how much has probably gone."""
    title = message("{a:money} can still be saved; {b:money} has probably gone", a=bands.savable, b=bands.gone)
    return panel(
        "value-at-risk",
        title=title,
        measure=message(
            "By how likely the customer still is one, {currency}", currency=currency_words(wave.config.currency)
        ),
        draw=bands,
        numbers=bands,
        to=VALUE,
    )


def movement_panel(wave: Wave, moved: Migration) -> Block:
    """Return how many customers rose and fell, by the tier they came from."""
    rows = movement_rows(wave, moved)
    rose, fell = int(rows["right_n"].sum()), int(rows["left_n"].sum())
    values = {"rose": rose, "fell": fell, "k": max(rose, fell) / max(min(rose, fell), 1)}
    if not rose and not fell:
        title = message("Nobody changed tier")
    elif rose >= RATIO * fell:
        title = Message(message("{rose:people} customers rose a tier, {fell:people} fell").template, values)
    elif fell >= RATIO * rose:
        title = Message(message("{fell:people} customers fell a tier, {rose:people} rose").template, values)
    else:
        title = Message(
            message("About as many customers rose a tier ({rose:people}) as fell ({fell:people})").template, values
        )
    both = int(rows["n"].sum())
    return panel(
        "tier-movement",
        title=title,
        measure=plural(
            "Of {n:people} customer of both waves, by tier last wave",
            "Of {n:people} customers of both waves, by tier last wave",
            n=both,
        ),
        draw=lambda language: diverging_bars(rows, language, heads=(message("fell"), message("rose"))),
        numbers=rows,
        columns=MOVE_COLUMNS,
        to=TIERS,
    )


def movement_rows(wave: Wave, moved: Migration) -> pd.DataFrame:
    """Return one line per former tier: how many there were, fell and rose."""
    labels = {t.name: t.label for t in wave.config.tiers}
    rows = []
    for tier in moved.tiers:
        mine = moved.table[moved.table["from_tier"] == tier]
        n = int(mine["customers"].sum())
        if not n:
            continue
        fell, rose = (int(mine.loc[mine["direction"] == d, "customers"].sum()) for d in ("fell", "rose"))
        label = labels.get(tier)
        name = message("{tier} {label}", tier=tier, label=label) if label else Message(str(tier))
        rows.append({"name": name, "n": n, "left": fell / n, "left_n": fell, "right": rose / n, "right_n": rose})
    return pd.DataFrame(rows, columns=list(MOVE_COLUMNS))


def segment_panel(sizes: pd.DataFrame, names: pd.DataFrame, worth: pd.DataFrame | None) -> Block:
    """Return what the segments are of all customers, and what they bring of the value to come (or of spending)."""
    rows = sizes.merge(names, on="segment")
    to_come = worth is not None
    if worth is not None:
        rows = rows.merge(worth[["segment", "share"]].rename(columns={"share": "second"}), on="segment")
    else:
        rows = rows.rename(columns={"value_share": "second"})
    rows = rows.sort_values("second", ascending=False, kind="stable", ignore_index=True)
    said = [Words.model_validate({"en": str(r["en"]), "zh-CN": str(r["zh"])}) for _, r in rows.iterrows()]
    shown = pd.DataFrame({"name": pd.Series(said, dtype=object), "first": rows["share"], "second": rows["second"]})
    top = shown.iloc[int((shown["second"] - shown["first"]).to_numpy().argmax())]
    values = {"c": top["first"], "v": top["second"]}
    if top["second"] >= PRICE_TIMES * top["first"] and to_come:
        title = Message(message("{c:pct} of customers hold {v:pct} of the value to come").template, values)
    elif top["second"] >= PRICE_TIMES * top["first"]:
        title = Message(message("{c:pct} of customers bring {v:pct} of the spending").template, values)
    else:
        title = message("What each segment brings")
    brings = message("of value") if to_come else message("of spending")
    return panel(
        "segments",
        title=title,
        measure=message("All {n:int} customers", n=int(sizes["customers"].sum())),
        draw=lambda language: paired_bars(shown, language, labels=(message("of customers"), brings)),
        numbers=shown,
        columns=SHARE_COLUMNS,
        to=SEGMENTS,
    )


def shown_together(blocks: Sequence[Block]) -> None:
    """Show panels one after the other; a page sets them side by side."""
    from IPython.display import display

    for block in blocks:
        display(block)  # type: ignore[no-untyped-call]
