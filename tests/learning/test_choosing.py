from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.core.engine import as_table
from workbench.core.errors import InputError
from workbench.learning import choose_candidate, outlook_folds

DATA = Path("/").joinpath("work", "shared", "data")


def test_the_model_that_made_the_data_is_found_and_nothing_dearer(choice):
    assert choice.chosen == "btyd", "customers buy at random and leave: nothing more is to be learnt"
    rows = choice.table.set_index("candidate")
    assert rows.loc["btyd", "better"] and rows.loc["btyd", "against"] == "hiatus"
    assert (rows.loc[["logit", "trees"], "against"] == "btyd").all() and not rows.loc[
        ["logit", "trees"], "better"
    ].any()
    assert choice.table["chosen"].sum() == 1 and choice.of_chosen["auc"] > 0.75


def test_it_is_tested_on_what_came_later_only(folds, choice):
    assert (choice.folds["tested_on"] > choice.folds["learnt_on"]).all()
    assert choice.folds["tested_on"].nunique() == 2
    with pytest.raises(InputError, match="begins when"):
        choose_candidate([(folds.latest, folds.latest)])
    with pytest.raises(InputError, match="tested on what came later"):
        choose_candidate([])


def test_of_candidates_that_tell_nothing_the_simplest_stays(folds):
    def shuffled(lesson, seed):
        mixed = np.random.default_rng(seed).permutation(lesson.rows["bought"].to_numpy())
        return dataclasses.replace(lesson, rows=lesson.rows.assign(bought=mixed))

    pairs = [(shuffled(a, i), shuffled(b, 10 + i)) for i, (a, b) in enumerate(folds.folds)]
    assert choose_candidate(pairs, replicates=200).chosen == "hiatus"


def test_it_shows_itself_in_words(choice):
    assert "Boosted trees" in choice.to_html("en") and "提升树" in choice.to_html("zh-CN")
    assert choice.shown_folds("en")["candidate"].iloc[0] == "Tuned hiatus"
    assert choice.plot("en").axes and str(choice.label) == "Model of purchases (BTYD)"


@pytest.mark.parametrize(
    ("name", "until", "low", "high", "chosen"),
    [
        ("cdnow", "1998-06-30", 0.80, 0.85, {"logit", "trees"}),
        ("online_retail", "2011-12-09", 0.73, 0.76, {"btyd", "logit"}),
    ],
)
def test_open_data_agree_with_what_others_found(name, until, low, high, chosen):
    if not (DATA / name).is_dir():
        pytest.skip(f"{name} is not on this machine")
    if name == "cdnow":
        orders = pd.read_csv(DATA / name / "cdnow_master.csv", dtype={"customer_id": str})
        orders = orders.rename(columns={"date": "ordered_at", "dollars": "amount"})
        orders["ordered_at"] = pd.to_datetime(orders["ordered_at"])
    else:
        lines = pd.read_parquet(DATA / name / "online_retail.parquet").dropna(subset=["CustomerID"])
        orders = pd.DataFrame(
            {
                "customer_id": lines["CustomerID"].astype(int).astype(str),
                "ordered_at": lines["InvoiceDate"],
                "amount": lines["Quantity"] * lines["UnitPrice"],
            }
        )
    made = outlook_folds(as_table(orders), as_of=pd.Timestamp(until).date(), horizon_days=90, most=8_000)
    found = choose_candidate(made.folds, replicates=200)
    rows = found.table.set_index("candidate")
    assert low <= rows.loc["logit", "auc"] <= high and found.chosen in chosen
