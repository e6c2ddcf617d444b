from __future__ import annotations

import pandas as pd

from workbench.core.findings import said
from workbench.core.language import message
from workbench.nps.satisfaction_change import SatisfactionChange
from workbench.report.chapters.loyalty import question_words

NAMES = {"service": message("Region"), "price": message("City")}


class Worth:
    table = pd.DataFrame(
        {"driver": ["service", "price"], "worth": [12.0, 8.0], "ci_low": [9.0, 4.0], "ci_high": [15.0, 12.0], "n": 500}
    )


def kept(**given):
    base = {"driver": ["service", "price"], "rank_low": [1, 2], "rank_high": [1, 2], "clear": [True, True]}
    base |= {"worth_rank_low": [1, 2], "worth_rank_high": [1, 2]}
    return pd.DataFrame({**base, **given})


def ids(found):
    return [f.id for f in said(found)]


def test_a_driver_is_first_only_where_its_place_is_certain():
    assert ids(question_words.driver_findings(kept(), Worth, NAMES)) == ["driver.first", "driver.worth"]
    shared = question_words.driver_findings(kept(rank_low=[1, 1], rank_high=[2, 2]), Worth, NAMES)
    assert ids(shared) == ["driver.first"] and "within chance" in shared[0].message.text("en")
    # it explains most for certain, but a point on the other may be worth as much
    close = question_words.driver_findings(kept(worth_rank_low=[1, 1], worth_rank_high=[2, 2]), Worth, NAMES)
    assert ids(close) == ["driver.first"] and "within chance" in close[0].message.text("en")


def test_nothing_above_noise_is_no_driver():
    assert question_words.driver_findings(kept(clear=[False, False]), Worth, NAMES) == []
    assert question_words.driver_findings(kept().iloc[:0], Worth, NAMES) == []


def test_the_headline_question_is_said_elsewhere():
    table = pd.DataFrame(
        {
            "question": ["service", "price"],
            "current": 0.6,
            "estimate": [0.1, -0.1],
            "ci_low": 0.0,
            "ci_high": 0.2,
            "p_adjusted": [0.001, 0.02],
            "n": 300,
            "n_previous": 300,
        }
    )
    found = question_words.question_findings(SatisfactionChange(table=table, family=1), NAMES, "service")
    assert ids(found) == ["question.moved:price"] and found[0].tone == "bad"
