"""Labels of the tables of chapter 50."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from workbench.core.language import Message, Spoken, message
from workbench.core.names import Column
from workbench.core.results import Note
from workbench.estimation import Design
from workbench.nps import Kano, MixEffect, Reliability, nps_change
from workbench.nps.mix_effect import PARTS
from workbench.report.chapters.columns import (
    CHANGE,
    CHANGE_POINTS,
    CHANGE_STATE,
    CI_HIGH,
    CI_LOW,
    CURRENT,
    ESTIMATE_NPS,
    ESTIMATE_SATISFIED,
    MEAN,
    N_BASE,
    NAME_QUESTION,
    P_VALUE,
    PREVIOUS,
    WAVE,
)

VERDICT = Column(message("Verdict"))
WAVE_COLUMNS = {
    "wave": WAVE,
    "estimate": ESTIMATE_NPS,
    "ci_low": CI_LOW,
    "ci_high": CI_HIGH,
    "change": CHANGE,
    "change_low": Column(message("Change, low ({level:level})"), "signed1"),
    "change_high": Column(message("Change, high ({level:level})"), "signed1"),
    "detectable": Column(message("Detectable change"), "dec1"),
    "n": N_BASE,
}
IN_POINTS = {"signed1": "signedpoints1", "dec1": "points1"}
SHARE_COLUMNS = {
    **{n: Column(c.label, IN_POINTS.get(c.style, c.style)) for n, c in WAVE_COLUMNS.items()},
    "estimate": ESTIMATE_SATISFIED,
    "ci_low": CI_LOW.styled("pct1"),
    "ci_high": CI_HIGH.styled("pct1"),
    "change": CHANGE_POINTS,
}
WAVE_SHOWN = list(WAVE_COLUMNS)
RATING_COLUMNS = {
    "name": NAME_QUESTION,
    "estimate": ESTIMATE_SATISFIED,
    "ci_low": CI_LOW.styled("pct1"),
    "ci_high": CI_HIGH.styled("pct1"),
    "change": CHANGE_POINTS,
    "state": CHANGE_STATE,
    "mean": MEAN,
}
DRIVER_COLUMNS = {
    "name": NAME_QUESTION,
    "estimate": Column(message("Points of NPS for one point more"), "signed1"),
    "ci_low": CI_LOW,
    "ci_high": CI_HIGH,
    "share": Column(message("Rate it good"), "pct"),
    "first": Column(message("Certainly first")),
}
TOPIC_NAME = Column(message("Topic"))
TOPIC_COLUMNS = {
    "name": TOPIC_NAME,
    "share": Column(message("Share of comments"), "pct1"),
    "estimate": Column(message("NPS less that of other commenters"), "signed1"),
    "ci_low": CI_LOW,
    "ci_high": CI_HIGH,
    "state": VERDICT,
}
MIX_COLUMNS = {
    "held": Column(message("Composition held by")),
    "part": Column(message("Part of the change")),
    "estimate": Column(message("Points of NPS"), "signed1"),
    "ci_low": CI_LOW,
    "ci_high": CI_HIGH,
    "p_value": P_VALUE,
}
METHODS: Mapping[str, Message] = {
    "unweighted": message("every answer counts once"),
    "weighted": message("weighted, answers taken as independent"),
    "design": message("weighted, sampling design respected (reported)"),
}
METHOD_COLUMNS = {
    "method": Column(message("How it is computed")),
    "previous": PREVIOUS,
    "current": CURRENT,
    "estimate": Column(message("Change"), "signed1"),
    "ci_low": CI_LOW,
    "ci_high": CI_HIGH,
}
METHODS_SHOWN = [*METHOD_COLUMNS, "p_value"]


def mix_table(found: Mapping[str, MixEffect], labels: Mapping[str, Spoken]) -> pd.DataFrame:
    """Return the parts of the change for every breakdown, one row each."""
    rows = []
    for column, mix in found.items():
        held = labels.get(column, Message(column))
        parts = mix.table.iloc[1:].to_dict("records")
        rows += [{**{str(k): v for k, v in p.items()}, "held": held, "part": PARTS[str(p["part"])]} for p in parts]
    return pd.DataFrame(rows, columns=list(MIX_COLUMNS))


def compare_methods(
    previous: pd.DataFrame, current: pd.DataFrame, designs: tuple[Design, Design], *, confidence: float
) -> pd.DataFrame:
    """Return the change of the NPS computed three ways, so that a reader sees what weights and design do.

    Returns
    -------
    DataFrame
        ``method``, ``previous``, ``current``, ``estimate``, ``ci_low``, ``ci_high``, ``p_value``.
    """
    ways = {"unweighted": None, "weighted": Design(weight="weight"), "design": designs}
    lines = []
    for name, way in ways.items():
        row = nps_change(previous, current, way, adjust=None, confidence=confidence).table.iloc[0]
        lines.append({"method": METHODS[name], **{c: row[c] for c in METHODS_SHOWN if c != "method"}})
    return pd.DataFrame(lines)


ITEM_COLUMNS = {
    "item": Column(message("Question")),
    "mean": MEAN,
    "item_rest": Column(message("Correlation with the rest"), "dec2"),
    "alpha_without": Column(message("Alpha without the item"), "dec3"),
}


def item_table(found: Reliability, names: Mapping[str, Spoken]) -> pd.DataFrame:
    """Return the items of a battery under the questions' names."""
    named = [names.get(str(i), Message(str(i))) for i in found.table["item"]]
    return found.table.assign(item=pd.Series(named, dtype=object))[list(ITEM_COLUMNS)]


def battery_note(found: Reliability) -> Note:
    """Say how well the battery holds together, where there are answers enough to tell."""
    if not math.isfinite(found.alpha_low) or not math.isfinite(found.krippendorff):
        return Note(message("There are too few answers to tell whether the questions belong together."))
    text = message(
        "Cronbach's alpha {alpha:dec2} ({low:dec2} to {high:dec2}), Krippendorff's alpha {agreement:dec2}: the first "
        "says whether the questions move together, the second whether they say the same.",
        alpha=found.alpha,
        low=found.alpha_low,
        high=found.alpha_high,
        agreement=found.krippendorff,
    )
    return Note(text)


def named_features(found: Kano, labels: Mapping[str, Spoken]) -> Kano:
    """Return the Kano categories under the features' names."""
    named = pd.Series([labels.get(str(f), f) for f in found.table["feature"]], dtype=object)
    return replace(found, table=found.table.assign(feature=named))
