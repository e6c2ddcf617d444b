from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import ConfigError
from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode, MultipleSet
from workbench.store.codebook.coded import KINDS, MEASURES, MISSING_KINDS

WORDS = st.text(max_size=12)
NAMES = st.text(min_size=1, max_size=8)
CODES = st.one_of(st.integers(-999, 999), st.floats(allow_nan=False), WORDS)
TEXTS = st.dictionaries(st.sampled_from(["en", "zh-CN", "und", "de"]), WORDS, max_size=3)
RANGES = st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)).map(sorted)
MISSING = st.one_of(
    st.builds(MissingCode, CODES, st.sampled_from(MISSING_KINDS)),
    st.builds(lambda r, k: MissingCode(kind=k, low=r[0], high=r[1]), RANGES, st.sampled_from(MISSING_KINDS)),
)


@st.composite
def books(draw):
    names = draw(st.lists(NAMES, unique=True, max_size=5))
    columns = tuple(
        CodedColumn(
            name,
            draw(TEXTS),
            draw(st.sampled_from(KINDS)),
            tuple(Choice(c, draw(TEXTS)) for c in draw(st.lists(CODES, unique=True, max_size=4))),
            tuple(draw(st.lists(MISSING, max_size=3))),
            draw(st.none() | NAMES),
            draw(st.none() | WORDS),
            draw(st.none() | st.sampled_from(MEASURES)),
        )
        for name in names
    )
    sets = ()
    if names:
        chosen = st.lists(st.sampled_from(names), unique=True, min_size=1)
        set_names = draw(st.lists(NAMES, unique=True, max_size=2))
        sets = tuple(MultipleSet(n, draw(TEXTS), tuple(draw(chosen)), draw(st.none() | CODES)) for n in set_names)
    weight = draw(st.none() | st.sampled_from(names)) if names else None
    return Codebook(columns, sets, tuple(draw(st.lists(WORDS, max_size=2))), draw(WORDS), weight, draw(TEXTS))


@settings(max_examples=60, derandomize=True)
@given(books())
def test_nothing_is_lost_on_the_way_through_the_file(book):
    assert Codebook.from_yaml(book.to_yaml()) == book


def test_a_person_may_write_answers_without_quotes():
    book = Codebook.from_yaml(
        "columns:\n  Q1:\n    choices: {yes: Ja, 2026-01-31: last day, 1: {en: One, zh-CN: 一}}\n"
    )
    assert book.column("Q1").labels("zh-CN") == {"yes": "Ja", "2026-01-31": "last day", 1: "一"}


def test_a_column_stands_in_few_lines():
    choices = tuple(Choice(i, {"und": w}) for i, w in enumerate("abcde"))
    text = Codebook((CodedColumn("Q1", {"und": "How?"}, "scale", choices),)).to_yaml()
    assert "choices: {0: a, 1: b, 2: c, 3: d, 4: e}" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {Q1: {knid: text}}", "did you mean 'kind'"),
        ("columns: {Q1: {kind: txet}}", "Q1: kind is one of"),
        ("columns: [Q1]", "Keys with values"),
        ("columns: {Q1: {missing: [{kind: skipped}]}}", "one code, or a range"),
        ("columns: {Q1: {choices: {null: a}}}", "a number or a text"),
        ("sets: {S: {label: x, columns: Q1}}", "A list is needed"),
        ("columns: {Q1: {text: [a]}}", "one text, or one per language"),
        ("columns: {", "is YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place(text, said):
    with pytest.raises(ConfigError, match=r"codebook\.yaml") as caught:
        Codebook.from_yaml(text)
    assert said in str(caught.value)
