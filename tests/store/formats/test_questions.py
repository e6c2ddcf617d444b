from __future__ import annotations

from workbench.core.engine import DuckDBEngine
from workbench.store.formats.layout import Layout
from workbench.store.formats.questions import bare_text, describe
from workbench.store.formats.reading import values_of


def book(cells, separator=", "):
    rows = ", ".join(f"('{c}')" for c in cells)
    found = values_of(f"(SELECT * FROM (VALUES {rows}) AS t(q))", ("q",), DuckDBEngine())
    return describe(found, Layout(("q",), 1, 1, 2), tool="t", special={}, separator=separator).book


def test_commas_split_choices_and_not_sentences():
    assert book(["shop, app", "shop", "app"] * 5).sets[0].columns == ("q(shop)", "q(app)")
    assert not book(["it was slow, and dear", "good, I liked it", "fine"] * 5).sets
    assert not book(["$50,000 - $99,999", "$0 - $24,999"] * 8, separator=",").sets
    assert not book(["shop, app", "shop", "app"]).sets  # too few to tell


def test_columns_that_only_say_chosen_make_a_set_and_others_do_not():
    rows = "('1', '', '5'), ('', '1', '4')"
    names = ("q_1", "q_2", "q_3")
    found = values_of(f"(SELECT * FROM (VALUES {rows}) AS t(q_1, q_2, q_3))", names, DuckDBEngine())
    layout = Layout(names, 1, 1, 2, labels=("Which? - Shop", "Which? - App", "How? - Price"))

    def part(name, label):
        question, _, choice = label.partition(" - ")
        return (question, question, choice)

    made = describe(found, layout, tool="t", special={}, part_of=part).book
    assert [(s.name, s.columns) for s in made.sets] == [("Which?", ("q_1", "q_2"))]
    assert made.column("q_1").question("en") == "Shop"


def test_signs_of_layout_are_no_words():
    assert bare_text("<p>How&nbsp;likely?</p>") == "How likely?"
