"""Columns against the rest, and against themselves in the wave before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core import InputError
from workbench.estimation import Design, compare_groups, estimate_change
from workbench.tabulation import groups, mean, multiple, nps, scale, single, tabulate

DESIGN = Design(weight="w", stratum="region", psu="store", psu_labels="within_stratum")


@pytest.fixture
def before(answers):
    """The wave before: half of the same people, who said brand b less often, and other people beside them."""
    rng = np.random.default_rng(3)
    told = answers.assign(customer_id=[f"c{i}" for i in range(len(answers))])
    earlier = told.assign(
        customer_id=[f"c{i}" if i % 2 else f"x{i}" for i in range(len(answers))],
        brand=np.where(rng.random(len(answers)) < 0.4, "a", told["brand"]),
        q=np.clip(told["q"] - (rng.random(len(answers)) < 0.3), 1, 5),
    )
    return told, earlier


def test_the_rest_is_everybody_who_is_not_in_the_column(answers):
    data = answers.assign(part=np.where(answers["visits"] > 2, "often", np.where(answers["visits"] > 0, "some", "no")))
    design = Design(weight="w", psu="store")
    found = tabulate(data, design, rows=["brand", mean("spend")], columns="part", against="rest", correction=None)
    assert found.pairs["second"].eq("rest").all() and found.table["letters"].eq("").all()
    told = data.assign(often=np.where(data["part"] == "often", "1 often", "2 rest"))
    for row, column, statistic, level in (("b", "brand", "proportion", "b"), ("Mean", "spend", "mean", None)):
        theirs = compare_groups(
            told, column, design, by="often", statistic=statistic, level=level, adjust=None
        ).pairs.iloc[0]
        ours = found.pairs[(found.pairs["row"] == row) & (found.pairs["first"] == "often")].iloc[0]
        assert abs(ours["estimate"]) == pytest.approx(abs(theirs["estimate"]), rel=1e-9)
        assert ours["std_error"] == pytest.approx(theirs["std_error"], rel=1e-9)
    overlapping = tabulate(answers, rows="app", columns=groups({"c": "card", "l": "loan"}, name="uses"), against="rest")
    assert overlapping.table.query("column == 'c' and row == '1'")["verdict_rest"].tolist() == ["higher"]


def test_changes_are_those_of_estimate_change(before):
    now, earlier = before
    found = tabulate(
        now, Design(weight="w"), rows=["brand", mean("spend"), nps()], columns="region", against="previous",
        previous=(earlier, Design(weight="w")), correction=None,
    )  # fmt: skip
    cells = found.pairs.set_index(["question", "row", "first"])
    for row, told in (
        (("brand", "b"), {"column": "brand", "statistic": "proportion", "level": "b"}),
        (("spend", "Mean"), {"column": "spend"}),
        (("recommend", "NPS"), {"column": "recommend", "statistic": "nps"}),
    ):
        theirs = estimate_change(earlier, now, designs=Design(weight="w"), by="region", adjust=None, **told).table
        for one in theirs.to_dict("records"):
            ours = cells.loc[(*row, one["region"])]
            assert ours["estimate"] == pytest.approx(one["estimate"], rel=1e-9)
            assert ours["std_error"] == pytest.approx(one["std_error"], rel=1e-9)
            assert ours["p_value"] == pytest.approx(one["p_value"], rel=1e-9)
    alone = tabulate(now, rows="brand", against="previous", previous=(earlier, None), id=None)
    assert alone.pairs["std_error"].iloc[0] != pytest.approx(cells.loc[("brand", "a", "total"), "std_error"], rel=1e-3)


def test_the_columns_of_a_row_are_one_family_and_the_total_is_by_itself(before):
    now, earlier = before
    found = tabulate(
        now, rows="brand", columns=["region", "gender"], against=("each other", "rest", "previous"),
        previous=(earlier, None), correction="holm",
    )  # fmt: skip
    row = found.pairs.query("against == 'previous' and row == 'b'").set_index("first")
    assert row.loc["total", "p_adjusted"] == row.loc["total", "p_value"]
    least = row.drop("total")["p_value"].min()
    assert row.drop("total")["p_adjusted"].min() == pytest.approx(min(1, 4 * least))
    html = found.to_html("en")
    assert "↑" in html and "up since the previous wave" in html and "▲" in html and "higher than the rest" in html
    assert "▲ ▼: clearly" in html and "↑ ↓: clearly" in html
    why = found.why("brand", "b", "south", "previous").set_index("what")["value"]
    assert why["comparisons of the row"] == 5 and "previous: n" not in why.index


def test_clusters_that_are_in_both_waves_are_known(before):
    now, earlier = (d.assign(store=d["store"].astype(str), h="all") for d in before)
    design = Design(weight="w", psu="store")
    found = tabulate(now, design, rows=single("brand"), against="previous", previous=(earlier, design))
    theirs = estimate_change(earlier, now, "brand", design, statistic="proportion", level="a", adjust=None).table
    assert found.pairs["std_error"].iloc[0] == pytest.approx(theirs["std_error"].iloc[0], rel=1e-9)


def test_what_a_wave_did_not_ask_or_offer_has_no_change(before):
    now, earlier = before
    fewer = earlier.drop(columns=["q", "web", "gender"]).assign(brand=np.where(earlier["brand"] == "b", "B", "a"))
    found = tabulate(
        now, rows=["brand", scale("q"), multiple({"app": "app", "web": "web"}, name="seen")], columns="gender",
        against="previous", previous=(fewer, None),
    )  # fmt: skip
    wide = found.wide("change")
    assert np.isfinite(wide.loc[("brand", "a"), ("total", "total")])
    assert np.isfinite(wide.loc[("seen", "app"), ("total", "total")])
    for gone in (("brand", "b"), ("q", "Mean"), ("seen", "web")):
        assert np.isnan(wide.loc[gone].to_numpy(dtype=float)).all(), gone
    assert wide["gender"].isna().all().all()
    with pytest.raises(InputError, match="previous="):
        tabulate(now, rows="brand", against="previous")
    with pytest.raises(InputError, match="against"):
        tabulate(now, rows="brand", against="each")


def test_another_scale_is_another_question(before):
    now, earlier = before
    seven = earlier.assign(q=np.where(earlier["q"] > 4, 7, earlier["q"]))
    found = tabulate(now, rows=scale("q"), against="previous", previous=(seven, None))
    assert found.table["change"].isna().all()
    rare = now.assign(q=np.where(now["q"] == 1, 2, now["q"]))
    same = tabulate(rare, rows=scale("q"), against="previous", previous=(earlier.head(40), None))
    assert isinstance(same.table, pd.DataFrame) and same.table["row"].iloc[0] == "Top box (4–5)"
