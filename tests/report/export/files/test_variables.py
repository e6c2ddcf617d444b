from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from tests.report.export.files.made import BOOK, TABLE
from workbench.core.errors import InputError
from workbench.report.export.files import naming
from workbench.report.export.files.variables import Limits, prepare
from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode, MultipleSet

LIMITS = Limits(naming.SPSS, label=256, value_label=120, text=50)


def test_texts_become_numbers_in_the_order_of_the_codebook_and_others_come_after():
    ready = prepare(TABLE, BOOK, LIMITS, "en")
    region = ready.variables[1]
    assert ready.table["region"].tolist()[:2] == [1, 2] and ready.table["region"][3] == 3
    assert region.values == {1: "East", 2: "South", 3: "北"}
    assert any("1 = 华东 · 2 = 华南 · 3 = 北" in m.text("en") for m in ready.lost)


def test_codes_that_are_numbers_as_texts_stay_the_numbers_they_are():
    book = Codebook((CodedColumn("q", kind="scale", choices=(Choice(1), Choice(5))),))
    ready = prepare(pd.DataFrame({"q": ["5", "1", "2.5", "none", None]}), book, LIMITS, "en")
    assert ready.table["q"].tolist()[:4] == [5, 1, 2.5, 6] and ready.table["q"].isna().tolist()[4]


def test_texts_that_mean_no_answer_are_empty():
    book = Codebook((CodedColumn("q", choices=(Choice("a"), Choice("N/A")), missing=(MissingCode("N/A"),)),))
    ready = prepare(pd.DataFrame({"q": ["a", "N/A"]}), book, LIMITS, "en")
    assert ready.table["q"].isna().tolist() == [False, True]


def test_a_set_that_counts_a_text_counts_its_number():
    book = Codebook(
        (CodedColumn("a", kind="multiple"), CodedColumn("b", kind="multiple")),
        (MultipleSet("s", {"en": "S"}, ("a", "b"), "Yes"),),
    )
    ready = prepare(pd.DataFrame({"a": ["Yes", "No"], "b": ["No", None]}), book, LIMITS, "en")
    counted = ready.sets[0].counted
    assert (ready.table["a"] == counted).tolist() == [True, False]


def test_a_set_without_one_of_its_columns_is_left_out_and_said():
    ready = prepare(TABLE.drop(columns="a2"), BOOK, LIMITS, "en")
    assert not ready.sets and any("media" in m.text("en") for m in ready.lost)


def test_long_texts_are_cut_and_counted_and_nothing_changes_its_input():
    table = pd.DataFrame({"comment": ["好" * 40, "short"]})
    before = table.copy()
    ready = prepare(table, Codebook(), LIMITS, "en")
    assert ready.table["comment"].tolist() == ["好" * 16, "short"]
    assert any("50 bytes (1 of them)" in m.text("en") for m in ready.lost)
    pd.testing.assert_frame_equal(table, before)


def test_decimals_whole_numbers_with_gaps_and_zones_are_numbers_and_times():
    table = pd.DataFrame(
        {
            "d": [Decimal("1.5"), None],
            "i": pd.array([3, None], dtype="Int64"),
            "t": pd.to_datetime(["2026-01-01 09:00", None]).tz_localize("Asia/Shanghai"),
        }
    )
    ready = prepare(table, Codebook(), LIMITS, "en")
    assert [v.kind for v in ready.variables] == ["number", "number", "time"]
    assert ready.table["t"][0] == pd.Timestamp("2026-01-01 09:00")
    assert any("Asia/Shanghai" in m.text("en") for m in ready.lost)


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(InputError, match="a twice"):
        prepare(pd.DataFrame([[1, 2]], columns=["a", "a"]), Codebook(), LIMITS, "en")
