from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from workbench.nps import net_promoter_score
from workbench.report.own.showing import MOST_ROWS, Shower, register
from workbench.report.site.blocks import MIME
from workbench.tabulation import tabulate

ANSWERS = pd.DataFrame({"recommend": [9, 10, 3, 7] * 20, "region": ["n", "s"] * 40, "weight": 1.0})


def test_results_become_blocks_each_with_an_address_of_its_own():
    shower = Shower()
    first = shower.result(net_promoter_score(ANSWERS, by="region"))[MIME]
    second = shower.frame(ANSWERS.groupby("region")[["recommend"]].mean())[MIME]
    assert (first["name"], second["name"]) == ("table-1", "table-2")
    assert first["people"]["n"] == ["base", [40.0, 40.0]], "few people are hidden with those of the edition"
    assert '"region","recommend"' in second["csv"]
    crossed = shower.result(tabulate(ANSWERS, rows="region"))[MIME]
    assert 'id="t901"' in crossed["html"]["en"] and set(crossed["html"]) >= {"en", "zh-CN"}


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"customer_id": ["1"], "x": [1]}), "customer_id"),
        (pd.DataFrame({"Email": ["a@b.c"]}), "Email"),
        (pd.DataFrame({"x": range(MOST_ROWS + 1)}), "200"),
    ],
)
def test_tables_of_single_people_are_no_blocks(frame, said):
    shown = Shower().frame(frame)
    assert MIME not in shown and said in shown["text/plain"]


def test_pictures_that_a_cell_draws_are_shown_once(monkeypatch):
    shower, shown = Shower(), []
    monkeypatch.setattr("IPython.display.display", shown.append)
    figure, axes = plt.subplots()
    axes.plot([1, 2], color="red")
    shower.pictures_left()
    assert shown == [figure] and not plt.get_fignums()
    again, _ = plt.subplots()
    content = shower.picture(again)[MIME]
    shower.pictures_left()
    assert shown == [figure], "a returned figure was shown by being returned"
    assert content["html"]["en"].startswith('<figure id="picture-1"') and "data:image/png" in content["html"]["zh-CN"]


def test_axes_show_nothing_of_their_own():
    assert Shower().axes(None)[MIME]["html"] == {"en": "", "zh-CN": ""} | Shower().axes(None)[MIME]["html"]


def test_the_kinds_that_cells_return_are_registered():
    class Formatter:
        def __init__(self):
            self.kinds = {}

        def for_type(self, kind, function):
            self.kinds[kind] = function

    formatter = Formatter()
    register(formatter)
    made = formatter.kinds[pd.DataFrame](pd.DataFrame({"x": [1.5]}), include=None, exclude=None)
    assert made[MIME]["kind"] == "table" and len(formatter.kinds) == 4
