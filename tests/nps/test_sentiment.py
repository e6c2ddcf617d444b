from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import comment_sentiment

TEXT = Path(__file__).resolve().parents[3] / "shared" / "data" / "text"


@pytest.mark.parametrize(("labels", "least"), [(300, 0.8), (1000, 0.85)])
def test_takeaway_reviews_in_chinese(labels, least):
    path = TEXT / "waimai_10k.csv"
    if not path.exists():
        pytest.skip(f"reviews are not here: {path}")
    data = pd.read_csv(path).dropna().sample(labels, random_state=1)
    row = comment_sentiment(data, "review", "label", positive=1, negative=0, seed=1).table.iloc[0]
    assert row["accuracy"] > least and row["auc"] > row["accuracy"] and row["base_rate"] < 0.7


def survey(n=300):
    rng = np.random.default_rng(1)
    good = rng.random(n) < 0.6
    words = {True: ["great", "friendly", "fast", "clean"], False: ["rude", "dirty", "slow", "broken"]}
    texts = [" ".join(rng.choice(words[bool(g)], 3)) + f" {i}" for i, g in enumerate(good)]
    return pd.DataFrame({"c": texts, "r": np.where(good, 10, 2)}, index=range(7, n + 7))


def test_every_comment_is_read_and_labelled_ones_out_of_fold():
    data = survey()
    data.loc[data.index[:30], "r"] = 8
    data.loc[data.index[30:40], "c"] = None
    result = comment_sentiment(data, "c", "r", seed=2)
    assert result.sentiment.index.equals(data.index)
    assert result.sentiment.isna().sum() == 10
    assert result.table["n"].item() == 260
    assert result.table["accuracy"].item() > 0.95
    again = comment_sentiment(data, "c", "r", seed=2).sentiment
    pd.testing.assert_series_equal(result.sentiment, again)
    assert result.plot("zh-CN").axes and "交叉验证" in result.to_html("zh-CN")


def test_labels_without_meaning_are_said_to_be_useless():
    data = survey()
    data["r"] = np.random.default_rng(3).choice([2, 10], len(data))
    notes = comment_sentiment(data, "c", "r", seed=1).notes
    assert notes[-1].severity == "warning"


def test_the_same_text_never_teaches_itself():
    data = pd.concat([survey(120)] * 3, ignore_index=True)
    data["r"] = np.tile(np.random.default_rng(3).choice([2, 10], 120), 3)
    assert comment_sentiment(data, "c", "r", seed=1).table["accuracy"].item() < 0.65


def test_too_few():
    with pytest.raises(InputError, match="at least 100 different"):
        comment_sentiment(survey(50), "c", "r", seed=1)


TEXTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "text"


@pytest.mark.parametrize(("labels", "low"), [(300, 0.81), (1000, 0.855)])
def test_accuracy_on_labelled_chinese_reviews(labels, low):
    if not TEXTS.exists():
        pytest.skip(f"labelled reviews are not here: {TEXTS}")
    for file in sorted(TEXTS.glob("*.csv")):
        part = pd.read_csv(file).dropna().sample(labels + 2000, random_state=1).reset_index(drop=True)
        known = part.index < labels
        rows = part.assign(score=part["label"].astype(float).where(known))
        found = comment_sentiment(rows, "review", "score", positive=1, negative=0, seed=1)
        right = ((found.sentiment >= 0.5) == (part["label"] == 1))[~known].mean()
        told = found.table.iloc[0]
        assert right > low and told["n"] <= labels and told["base_rate"] < right - 0.1
        assert told["ci_low"] - 0.03 <= right <= told["ci_high"] + 0.03
