from __future__ import annotations

import pytest

from workbench.core.engine import DuckDBEngine
from workbench.store.formats.layout import Layout
from workbench.store.formats.questions import describe
from workbench.store.formats.reading import Reading, values_of
from workbench.store.proposing.evidence import CUSTOMER, REGION, Evidence


def evidence(**columns):
    rows = ", ".join(str(row).replace(",)", ")") for row in zip(*columns.values(), strict=True))
    names = tuple(columns)
    engine = DuckDBEngine()
    item = f"(SELECT * FROM (VALUES {rows}) AS t({', '.join(map(engine.dialect.quote, names))}))"
    values = values_of(item, names, engine)
    book = describe(values, Layout(names, 1, 1, 2), tool="", special={}).book
    return Evidence(values, Reading(book), engine)


def test_ratings_are_told_by_question_words_or_battery():
    answers = ["1", "2", "3", "4", "5"] * 2
    words = ["满意", "非常满意", "一般", "不满意", "满意"] * 2
    found = evidence(
        **{
            "How satisfied": answers,
            "word": words,
            "q1": answers,
            "q2": answers,
            "children": ["0", "1", "2", "3", "1"] * 2,
        }
    )
    sure, maybe = found.ratings(set())
    assert set(sure) == {"How satisfied", "word", "q1", "q2"} and set(maybe) == {"children"}
    assert sure["word"] == "answers in the words of a scale"


def test_an_id_names_somebody_only_where_it_tells_people_apart():
    assert evidence(customer_id=["a", "b", "c"]).person().origin == "customer_id"
    assert evidence(customer=["new", "old", "new", "new"]).person() is None


@pytest.mark.parametrize(
    ("name", "pattern", "fits"),
    [
        ("Customer no.", CUSTOMER, True),
        ("member_id", CUSTOMER, True),
        ("Kundennummer", CUSTOMER, True),
        ("income of all members", CUSTOMER, False),
        ("US Region", REGION, True),
        ("regional sales", REGION, False),
        ("所在省份", REGION, True),
    ],
)
def test_names_are_read_whole(name, pattern, fits):
    assert bool(pattern.search(name)) is fits


def test_several_ids_in_a_cell_are_seen():
    found = evidence(customer_id=["51;58", "58"])
    assert found.has_several(found.known[0])
