from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.language import message
from workbench.nps import nps_by_groups
from workbench.report.chapters.loyalty import group_words, words


def result(low=None, previous=None):
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"region": rng.choice(["n", "s", "w"], 600), "recommend": rng.choice([3, 8, 10], 600)})
    data.loc[data["region"] == low, "recommend"] = 2
    return nps_by_groups(data, by=["region"], previous=previous)


def title(found):
    told = words.group_findings(found, {"region": {"s": message("South")}}, {"region": message("Region")})
    return group_words.groups_title(told, "region", message("Region")).text("en")


def test_the_title_names_who_stands_out_else_that_nobody_does():
    assert title(result(low="s")).startswith("South scores")
    assert "No Region stands out" in title(result())


def test_the_strip_says_whether_there_was_a_wave_before():
    before = result().table  # any frame without the columns is no wave before
    assert "last wave" not in group_words.strip_measure(result()).text("en")
    rng = np.random.default_rng(4)
    earlier = pd.DataFrame({"region": rng.choice(["n", "s", "w"], 600), "recommend": rng.choice([3, 8, 10], 600)})
    assert "last wave" in group_words.strip_measure(result(previous=earlier)).text("en")
    assert len(before) == 3


def test_numbers_carry_names_and_verdicts_in_words():
    numbers = group_words.GroupNumbers.of(result(low="s"), "region", {"region": {"s": message("South")}})
    html = numbers.to_html("en")
    assert "South" in html and "clear" in html and "within chance" not in numbers.to_html("zh-CN")
