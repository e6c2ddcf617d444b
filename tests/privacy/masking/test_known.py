from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.privacy.masking import Masker, known, known_values

SURNAMES, GIVEN = "王李张刘陈", ["晓燕", "志远", "文静", "嘉豪", "思雨"]
PEOPLE = pd.DataFrame(
    {
        "customer_id": [f"K{i:04d}X" for i in range(25)],
        "name": [s + g for s in SURNAMES for g in GIVEN],
        "phone": [f"+86 155 {i:04d} 00{i:02d}" for i in range(25)],
        "email": [f"Person{i}@Example.com" for i in range(25)],
        "english": [f"Orla{chr(97 + i)} Quint{chr(97 + i)}" for i in range(25)],
        "number": [700000 + i for i in range(25)],
    }
)
COLUMNS = list(PEOPLE.columns)


def wrapped(values):
    return [f"上次{v}来过了,不错" if i % 2 else f"it was {v}, right" for i, v in enumerate(map(str, values))]


@pytest.mark.parametrize("column", COLUMNS)
def test_every_value_of_the_waves_own_tables_is_masked(column, tmp_path):
    file = tmp_path / "customers.parquet"
    pq.write_table(pa.Table.from_pandas(PEOPLE, preserve_index=False), file)
    texts = wrapped(PEOPLE[column])
    mask = Masker(known_values(texts, [(file, COLUMNS)]))
    for value, text in zip(PEOPLE[column].map(str), texts, strict=True):
        assert value not in mask(text) and mask(text).count("[") == 1


def test_other_spellings_are_the_same_value():
    texts = ["k 0003 x", "K-0003-X", "155-0003-0003", "0086 15500030003", "PERSON3@example.COM", "Ｋ０００３Ｘ"]
    mask = Masker(known_values(texts, [(PEOPLE, COLUMNS)]))
    assert [mask(t) for t in texts] == ["[customer]"] * len(texts)


def test_short_numbers_and_everyday_words_need_a_word_beside_them():
    table = pd.DataFrame({"customer_id": ["1042", "17850", "gold", "vip01"]})
    texts = ["paid 1042", "customer number 1042", "花了17850元", "17850 again", "a gold card", "member gold", "vip01"]
    mask = Masker(known_values(texts, [(table, ["customer_id"])]))
    assert [("[customer]" in mask(t)) for t in texts] == [False, True, False, True, False, True, True]


def test_a_name_that_these_texts_use_as_a_word_is_none():
    table = pd.DataFrame({"name": ["安然", "王静"]})
    texts = [f"安然入睡{i}" for i in range(20)] + ["王静在", "我叫安然"]
    mask = Masker(known_values(texts, [(table, ["name"])]))
    assert mask(texts[0]) == texts[0] and mask("王静在") == "[customer]在" and "安然" not in mask("我叫安然")


def test_ids_kept_as_numbers_and_names_of_interviewers():
    table = pd.DataFrame({"customer_id": [178501.0, None, 9.5]})
    found = known_values(["178501 here", "Orlando Vex called"], [(table, ["customer_id"])], more=["Orlando Vex"])
    assert found.telling == {"178501", "orlando vex"}


def test_candidates_are_looked_up_a_part_at_a_time(monkeypatch):
    monkeypatch.setattr(known, "AT_ONCE", 5)
    texts = wrapped(PEOPLE["customer_id"])
    assert len(known_values(texts, [(PEOPLE, ["customer_id"])]).telling) == 25


def test_without_tables_nothing_is_known():
    assert known_values(["C0012"]) == known.KnownValues() and not list(known.KnownValues().spans("C0012"))
