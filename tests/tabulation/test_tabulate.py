from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.estimation import Design, compare_groups, estimate_mean, estimate_proportion
from workbench.tabulation import groups, mean, multiple, nested, scale, tabulate


def test_cells_are_the_estimates_of_their_domains(answers):
    design = Design(weight="w", psu="store")
    found = tabulate(answers, design, rows=["brand", mean("spend")], columns=["region", nested("region", "gender")])
    shares = estimate_proportion(answers, "brand", design, by="region").table
    wide = found.wide()
    for row in shares.itertuples():
        assert wide.loc[("brand", row.level), ("region", row.region)] == pytest.approx(row.estimate, rel=1e-12)
    limits = found.table.query("question == 'brand' and group == 'region'")
    merged = limits.merge(shares, left_on=["row", "column"], right_on=["level", "region"])
    for column in ("std_error", "ci_low", "ci_high", "n"):
        np.testing.assert_allclose(merged[f"{column}_x"], merged[f"{column}_y"], rtol=1e-9)
    spend = estimate_mean(answers, "spend", design, by=["region", "gender"]).table
    np.testing.assert_allclose(wide.loc[("spend", "Mean"), "region × gender"].to_numpy(), spend["estimate"])


def test_pairs_are_those_of_compare_groups(answers):
    design = Design(weight="w", psu="store")
    ours = tabulate(answers, design, rows="brand", columns="region", correction=None).pairs.iloc[0]
    theirs = compare_groups(
        answers, "brand", design, by="region", statistic="proportion", level="a", adjust=None
    ).pairs.iloc[0]
    assert ours["p_value"] == pytest.approx(theirs["p_value"], rel=1e-9)
    assert ours["std_error"] == pytest.approx(theirs["std_error"], rel=1e-9)


def test_a_filter_is_a_domain_of_the_whole_design(answers):
    design = Design(weight="w", psu="store")
    found = tabulate(answers, design, rows="brand", filter="visits >= 2")
    domain = answers.assign(inside=(answers["visits"] >= 2).astype(int))
    told = estimate_proportion(domain, "brand", design, by="inside").table.query("inside == 1")
    np.testing.assert_allclose(found.table["std_error"], told["std_error"], rtol=1e-10)
    assert found.table["n"].iloc[0] == domain["inside"].sum()
    assert any("visits >= 2" in n.message.text("en") for n in found.notes)
    with pytest.raises(InputError, match="nobody"):
        tabulate(answers, rows="brand", filter="visits > 99")


def test_the_higher_cell_carries_the_letter_capital_or_small(answers):
    found = tabulate(answers, rows=["brand", scale("q")], columns="region")
    letters = found.wide("letters")
    assert letters.loc[("brand", "b"), ("region", "south")] == "A"
    assert letters.loc[("brand", "b"), ("region", "north")] == ""
    assert letters.loc[("q", "Mean"), ("region", "north")] == "B"
    small = tabulate(
        answers.head(120), rows="gender", columns=groups({"x": "card", "y": "loan"}, name="g"), levels=(0.95, 0.2)
    )
    assert set("".join(small.table["letters"])) <= set("abAB")


def test_thin_columns_are_marked_or_hidden_and_letters_close_ranks(answers):
    data = pd.concat([answers.head(12).assign(region="aaa"), answers])
    marked = tabulate(data, rows="brand", columns="region")
    assert marked.table.query("column == 'aaa'")["flag"].eq("**").all()
    hidden = tabulate(data, rows="brand", columns="region", hide_below=30)
    # the smallest of the others goes with it: else the hidden one could be told from the total
    assert hidden.columns_key[["column", "letter"]].to_numpy().tolist() == [["total", ""], ["south", "A"]]
    two = pd.concat([data, answers.head(9).assign(region="aab")])
    both = tabulate(two, rows="brand", columns="region", hide_below=30)
    assert both.columns_key["column"].tolist() == ["total", "north", "south"]


def test_numbers_far_from_zero_keep_their_digits(answers):
    far = answers.assign(spend=answers["spend"] + 1e9)
    here, there = (tabulate(d, Design(weight="w"), rows=mean("spend"), columns="region") for d in (answers, far))
    np.testing.assert_allclose(there.table["std_error"], here.table["std_error"], rtol=1e-6)
    np.testing.assert_allclose(there.pairs["std_error"], here.pairs["std_error"], rtol=1e-6)


def test_a_plain_table_needs_nothing_but_answers():
    data = pd.DataFrame({"q": [1, 5, 3]})
    found = tabulate(data, rows="q")
    assert found.table["n"].eq(3).all() and found.pairs.empty and "Mean" in repr(found)
    one = tabulate(data.head(1), rows="q")
    assert one.table["std_error"].isna().all()


def test_the_same_question_twice_has_two_names(answers):
    found = tabulate(answers, rows=["brand", "brand"])
    assert found.questions == ["brand", "brand (2)"]


def test_nothing_of_the_answers_is_changed(answers):
    before = answers.copy()
    tabulate(
        answers,
        Design(weight="w"),
        rows=["brand", multiple({"app": "app"})],
        columns=["region", nested("region", "gender")],
    )
    pd.testing.assert_frame_equal(answers, before)
