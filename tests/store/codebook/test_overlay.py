from __future__ import annotations

import pytest

from workbench.core.errors import ConfigError
from workbench.store.codebook import Choice, Codebook, CodedColumn, MissingCode, MultipleSet
from workbench.store.codebook.overlay import overlaid

BOOK = Codebook(
    (CodedColumn("Q1", {"und": "How?"}, "number", (Choice(1, {"und": "a"}),), (MissingCode(-1),)), CodedColumn("Q2")),
    (MultipleSet("S", {"und": "Which?"}, ("Q1", "Q2"), 1),),
    tool="spss",
)


def test_what_is_said_counts_and_the_rest_stays():
    told = overlaid(BOOK, "columns: {Q1: {kind: scale}}\nsets: {S: {label: Welche?, columns: [Q2]}}\nweight: Q2\n")
    assert told.column("Q1").kind == "scale" and told.column("Q1").question("en") == "How?"
    assert told.column("Q1").missing == BOOK.column("Q1").missing
    assert (told.sets[0].label, told.sets[0].columns, told.sets[0].counted) == ({"und": "Welche?"}, ("Q2",), 1)
    assert (told.weight, told.tool) == ("Q2", "spss")


def test_columns_may_be_called_as_in_the_wave():
    told = overlaid(BOOK, "columns: {score: {kind: scale}}\nsets: {S: {columns: [score]}}", renamed={"Q1": "score"})
    assert told.column("Q1").kind == "scale" and told.sets[0].columns == ("Q1",)


def test_an_empty_one_changes_nothing_and_a_wrong_one_is_told():
    assert overlaid(BOOK, "") == BOOK
    with pytest.raises(ConfigError, match="Q3: no such column"):
        overlaid(BOOK, "columns: {Q3: {}}")
    with pytest.raises(ConfigError, match="did you mean 'kind'"):
        overlaid(BOOK, "columns: {Q1: {kin: scale}}")
