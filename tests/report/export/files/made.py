"""Codebooks and answers made up for tests of files."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode, MultipleSet

BOOK = Codebook(
    (
        CodedColumn(
            "性别",
            {"zh-CN": "您的性别是？", "en": "Your sex?"},
            "single",
            (
                Choice(1, {"en": "male", "zh-CN": "男"}),
                Choice(2, {"en": "female", "zh-CN": "女"}),
                Choice(9, {"en": "refused"}),
            ),
            (MissingCode(9, "refused"),),
        ),
        CodedColumn(
            "region", {"en": "Region"}, "single", (Choice("华东", {"en": "East"}), Choice("华南", {"en": "South"}))
        ),
        CodedColumn("a1", {"en": "Paper"}, "multiple", (Choice(0, {"en": "no"}), Choice(1, {"en": "yes"}))),
        CodedColumn("a2", {"en": "Radio"}, "multiple"),
        CodedColumn("comment", {"en": "Words"}, "text"),
        CodedColumn("w", {"en": "Weight"}, "weight"),
    ),
    (MultipleSet("media", {"en": "Media used", "zh-CN": "使用的媒体"}, ("a1", "a2"), 1),),
    weight="w",
)
TABLE = pd.DataFrame(
    {
        "性别": [1, 2, 9, None],
        "region": ["华东", "华南", None, "北"],
        "a1": [1, 0, 1, 0],
        "a2": [1, 1, 0, None],
        "comment": ['he said "hi"', "a\nb", "客,户", None],
        "w": [0.5, 1.25, 2, 0.75],
        "day": [dt.date(2026, 1, 5), None, dt.date(2026, 2, 6), dt.date(1999, 12, 31)],
        "customer id": ["007", "01", "a", "b"],
        "at": pd.to_datetime(["2026-01-05 10:11:12", None, "2026-03-04 00:00:00", "2026-03-04 00:00:01"]),
        "ok": [True, False, True, None],
    }
)

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=60
).filter(lambda t: t == t.strip())
codes = st.integers(-99, 999)


@st.composite
def coded_tables(draw) -> tuple[pd.DataFrame, Codebook]:
    """Draw a table of coded answers with its codebook: numbers, texts, codes of no answer, and a set of several answers."""
    columns, values = [], {}
    rows = draw(st.integers(1, 5))
    for i in range(draw(st.integers(1, 4))):
        known = draw(st.lists(codes, min_size=1, max_size=5, unique=True))
        missing = tuple(MissingCode(c) for c in draw(st.lists(st.sampled_from(known), max_size=4, unique=True)))
        choices = tuple(Choice(c, {"en": draw(words)}) for c in known)
        columns.append(CodedColumn(f"q{i}", {"en": draw(words)}, "single", choices, missing))
        values[f"q{i}"] = [draw(st.sampled_from([*known, None])) for _ in range(rows)]
    values["comment"] = [draw(st.none() | words) for _ in range(rows)]
    columns.append(CodedColumn("comment", {"en": draw(words)}))
    ticks = [f"t{i}" for i in range(draw(st.integers(1, 3)))]
    for name in ticks:
        columns.append(CodedColumn(name, {"en": draw(words)}, "multiple", set_name="s"))
        values[name] = [draw(st.sampled_from([0, 1])) for _ in range(rows)]
    group = MultipleSet("s", {"en": draw(words)}, tuple(ticks), 1)
    return pd.DataFrame(values), Codebook(tuple(columns), (group,))


def numbers(values) -> list[float | None]:
    """Return numbers with None where there is none, so that they can be compared."""
    return [None if v is None or (isinstance(v, float) and np.isnan(v)) else float(v) for v in values]
