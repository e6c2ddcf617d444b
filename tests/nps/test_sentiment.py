from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import comment_sentiment

TEXTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "text"


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
    assert result.sentiment.index.equals(data.index) and result.sentiment.isna().sum() == 10
    assert result.calls.isna().equals(result.sentiment.isna())
    row = result.table.iloc[0]
    assert row["n"] == 260 and row["macro_f1"] > 0.95 and row["f1_negative"] > 0.9
    assert row["ci_low"] <= row["macro_f1"] <= row["ci_high"] and row["base_f1"] < 0.5
    again = comment_sentiment(data, "c", "r", seed=2).sentiment
    pd.testing.assert_series_equal(result.sentiment, again)
    assert result.plot("zh-CN").axes and "交叉验证" in result.to_html("zh-CN")


def test_what_is_told_is_read_alike_in_traditional_characters():
    data = pd.DataFrame({"c": [f"服務熱情{i}" for i in range(80)] + [f"态度冷漠{i}" for i in range(80)]})
    data = data.assign(r=[10] * 80 + [1] * 80)
    more = pd.DataFrame({"c": ["服务热情", "態度冷漠"], "r": [np.nan, np.nan]})
    calls = comment_sentiment(pd.concat([data, more], ignore_index=True), "c", "r", seed=1).calls
    assert calls.iloc[-2:].tolist() == ["good", "bad"]


def test_labels_without_meaning_are_said_to_be_useless():
    data = survey()
    data["r"] = np.random.default_rng(3).choice([2, 10], len(data))
    result = comment_sentiment(data, "c", "r", seed=1)
    assert result.notes[-1].severity == "warning" and 0.4 < result.table["auc"].item() < 0.6


def test_the_same_text_never_teaches_itself():
    data = pd.concat([survey(120)] * 3, ignore_index=True)
    data["r"] = np.tile(np.random.default_rng(3).choice([2, 10], 120), 3)
    assert comment_sentiment(data, "c", "r", seed=1).table["macro_f1"].item() < 0.65


def test_too_few():
    with pytest.raises(InputError, match="at least 100 different"):
        comment_sentiment(survey(50), "c", "r", seed=1)


@pytest.mark.parametrize(("labels", "low"), [(300, 0.76), (1000, 0.81)])
def test_macro_f1_on_labelled_chinese_reviews_and_what_is_said_of_it(labels, low):
    if not TEXTS.exists():
        pytest.skip(f"labelled reviews are not here: {TEXTS}")
    from workbench.nps.text.learned import macro_f1

    for file in sorted(TEXTS.glob("*.csv")):
        part = pd.read_csv(file).dropna().sample(labels + 1000, random_state=1).reset_index(drop=True)
        known = part.index < labels
        rows = part.assign(score=part["label"].astype(float).where(known))
        found = comment_sentiment(rows, "review", "score", positive=1, negative=0, seed=1)
        told = found.table.iloc[0]
        called = (found.sentiment > 1 / (1 + np.exp(-told["threshold"])))[~known].to_numpy()
        seen = macro_f1(called, part["label"][~known].to_numpy())[0]
        assert seen > low and told["n"] <= labels
        assert told["ci_low"] - 0.03 <= seen <= told["ci_high"] + 0.03


def test_one_in_twenty_five_unhappy_is_still_found():
    if not TEXTS.exists():
        pytest.skip(f"labelled reviews are not here: {TEXTS}")
    data = pd.read_csv(TEXTS / "waimai_10k.csv").dropna().drop_duplicates("review")
    good, bad = (data[data["label"] == k].sample(n, random_state=1) for k, n in ((1, 1200), (0, 50)))
    found = comment_sentiment(pd.concat([good, bad]), "review", "label", positive=1, negative=0, seed=1).table.iloc[0]
    assert found["f1_negative"] >= 0.35 and found["positive"] == 0.96
