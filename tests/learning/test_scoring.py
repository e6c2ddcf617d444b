from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow.parquet as pq
import pytest

from workbench.core.errors import InputError
from workbench.learning import Teller, fit_next_purchase, fit_spend, learn, score_customers
from workbench.learning.training import FITS


def teller(folds, kind, spend=True):
    learned = learn(folds.latest, [kind])[kind]
    dates = fit_next_purchase(folds.latest, learned.probability(folds.latest.known))
    return Teller(learned, dates, fit_spend(folds.latest) if spend else None)


@pytest.mark.parametrize("kind", list(FITS))
def test_everybody_is_told_what_the_candidate_says(folds, kind, tmp_path):
    told = teller(folds, kind)
    path = tmp_path / "scores.parquet"
    scores = score_customers(told, folds.now, path=path)
    known = folds.now.table
    assert scores.table["customer_id"].tolist() == known["customer_id"].tolist()
    np.testing.assert_allclose(scores.table["probability"], told.learned.probability(folds.now.matrix(known)))
    np.testing.assert_allclose(scores.table["leaving"], 1 - scores.table["probability"])
    assert scores.summary["expected_spend"].iloc[0] == pytest.approx(scores.table["expected_spend"].sum())
    assert scores.reasons["customers"].sum() == scores.table["reason"].notna().sum()
    score_customers(told, folds.now, path=tmp_path / "again.parquet")
    assert path.read_bytes() == (tmp_path / "again.parquet").read_bytes()
    assert pq.read_schema(path).names == scores.table.columns.tolist()


def test_without_learnt_amounts_last_year_is_carried_on(folds):
    scores = score_customers(teller(folds, "hiatus", spend=False), folds.now)
    year = folds.now.table["amount_365"]
    assert (scores.table.loc[year == 0, "expected_spend"] == 0).all() and scores.table["expected_spend"].sum() > 0
    late = scores.table["next_late"].dropna()
    assert all(str(d) > "2025-12-31" for d in late)


def test_other_features_are_refused(folds):
    other = dataclasses.replace(folds.now, names=folds.now.names[1:])
    with pytest.raises(InputError, match="purchases in another order"):
        score_customers(teller(folds, "hiatus"), other)
