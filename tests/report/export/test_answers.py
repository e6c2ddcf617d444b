from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import InputError
from workbench.report.export.answers import answers_of, described, pseudonyms
from workbench.store import Wave
from workbench.store.codebook import Choice, Codebook, CodedColumn, MultipleSet
from workbench.store.manifest import commit

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


def test_what_the_file_says_of_its_columns_comes_along(make_wave, root):
    wave = Wave.open(make_wave())
    book = Codebook(
        (
            CodedColumn(
                "satisfaction", {"und": "?"}, "scale", tuple(Choice(w) for w in ("bad", "poor", "so", "good", "best"))
            ),
            CodedColumn("used_1", {"en": "Shop"}, "multiple", (Choice(0), Choice(1)), set_name="used"),
            CodedColumn("used_2", {"en": "App"}, "multiple", (Choice(0), Choice(1)), set_name="used"),
            CodedColumn("ticket", {"en": "Ticket"}, "id"),
            CodedColumn("visits", {"en": "Visits"}, "number"),
        ),
        (MultipleSet("used", {"en": "What did you use?"}, ("used_1", "used_2"), 1),),
    )
    place = wave.artefacts / "codebook_responses-0.yaml"
    place.write_text(book.to_yaml(), encoding="utf-8")
    entry = wave.manifest.tables["responses"]
    commit(wave.artefacts, lambda m: m.with_table("responses", entry.model_copy(update={"codebook": place.name})))
    more = {"used_1": ["1", "0"], "used_2": ["0", None], "ticket": ["T1", "T2"], "visits": ["3", "12"]}
    wave.keep("respondents", wave.read("responses").assign(weight=1.0, **more))
    answers = answers_of(wave)
    assert answers.codebook.column("satisfaction").labels("en")[5] == "best"
    assert answers.codebook.sets[0].columns == ("used_1", "used_2") and answers.table["ticket"][0] != "T1"
    assert answers.codebook.column("visits").kind == "number"


def test_words_are_masked_however_few_they_are(wave):
    few = pd.DataFrame({"customer_id": ["001", "003"], "comment": ["call me on 138 1234 5678", "fine"]})
    answers = described(few, wave)
    assert answers.table["comment"].tolist() == ["call me on [phone]", "fine"]
    assert "1 text" in answers.notes[0].text("en")


def test_who_may_not_be_contacted_is_said_beside_their_ids_and_not_beside_pseudonyms(make_wave):
    customers = "customer_id,region,do_not_contact\n001,north,yes\n002,south,no\n003,north,no\n"
    wave = Wave.open(make_wave(WAVE, customers=customers))
    found = described(wave.read("responses"), wave, ids="customer")
    assert found.table["no_contact"].tolist() == ["do_not_contact", None]
    assert found.notes[-1].text("en") == "1 customer may not be contacted."
    assert "no_contact" not in described(wave.read("responses"), wave).table
