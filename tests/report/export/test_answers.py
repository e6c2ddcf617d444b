from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import InputError
from workbench.report.export.answers import answers_of, described, pseudonyms
from workbench.store import Wave

MORE = """\
values:
  region: {north: {en: North, zh-CN: 北}, south: {en: South, zh-CN: 南}}
tiers:
  - {name: a, label: {en: High, zh-CN: 高}, minimum: {amount_12m: 10}}
  - {name: b, label: {en: Basic, zh-CN: 普通}}
"""
CUSTOMERS = (
    "customer_id,region,signup_date,full_name,phone,interests\n001,north,2025-01-31,Ann Lee,555,web;shop\n"
    "002,south,2025-02-01,Bo Yu,556,shop\n003,north,2025-03-01,Cy Wu,557,web\n"
)


@pytest.fixture
def wave(make_wave):
    wave = Wave.open(make_wave(WAVE + MORE, customers=CUSTOMERS))
    answers = wave.read("responses").assign(weight=[1.5, 0.5], psu=["001", "003"], u=0.1)
    wave.keep("respondents", answers)
    wave.keep("frame", wave.read("customers"))
    wave.keep("tiers", pd.DataFrame({"customer_id": ["001", "003"], "tier": ["a", "b"]}))
    wave.keep("segments", pd.DataFrame({"customer_id": ["001", "003"], "segment": [2, 1]}))
    wave.keep("segment_names", pd.DataFrame({"segment": [1, 2], "en": ["New", "Loyal"], "zh": ["新客", "忠诚"]}))
    return wave


def test_answers_carry_what_is_known_of_who_gave_them_and_what_it_means(wave):
    answers = answers_of(wave)
    table, book = answers.table, answers.codebook
    assert table["tier"].tolist() == ["a", "b"] and table["segment"].tolist() == [2, 1]
    assert book.weight == "weight" and book.column("weight").kind == "weight" and "u" not in table
    assert book.column("region").labels("zh-CN") == {"north": "北", "south": "南"}
    assert book.column("tier").labels("en") == {"a": "High", "b": "Basic"}
    assert book.column("segment").labels("zh-CN") == {1: "新客", 2: "忠诚"}
    assert book.column("satisfaction").question("zh-CN") == "满意度"
    assert list(book.column("recommend").labels("en")) == list(range(11))


def test_nobody_is_named_unless_it_is_asked_for(wave):
    answers = answers_of(wave)
    everything = answers.table.astype(str).to_csv()
    assert not any(word in everything for word in ("001", "003", "Ann", "557"))
    assert answers.table["customer_id"].tolist() == answers.table["psu"].tolist(), "an id is one wherever it stands"
    assert "full_name, phone" in answers.notes[0].text("en")
    assert {"full_name", "phone"} <= set(answers_of(wave, ids="customer").table)


def test_several_choices_in_a_cell_are_a_set_of_columns(wave):
    ids = [f"{i:03d}" for i in range(9)]
    many = pd.DataFrame({"customer_id": ids, "interests": ["web;shop", "shop", "web"] * 3})
    answers = described(many, wave)
    assert answers.codebook.sets[0].columns == ("interests_1", "interests_2")
    assert answers.table["interests_1"].tolist()[:3] == [1, 1, 0] and answers.table["interests_2"].tolist()[:3] == [
        1,
        0,
        1,
    ]
    assert answers.codebook.column("interests_1").question("en") == "shop"


def test_without_weighted_answers_it_says_what_to_do(make_wave):
    with pytest.raises(InputError, match="workbench report"):
        answers_of(Wave.open(make_wave()))


def test_a_pseudonym_is_the_same_for_the_same_customer_and_key():
    ids = pd.Series(["C1", "C2", "C1"])
    one, other = pseudonyms(ids, "a" * 16), pseudonyms(ids, "b" * 16)
    assert one[0] == one[2] != one[1] and not set(one) & set(other)
