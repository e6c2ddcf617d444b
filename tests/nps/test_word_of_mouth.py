import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.estimation import Design, estimate_proportion
from workbench.nps import word_of_mouth


def survey(n=600):
    rng = np.random.default_rng(1)
    answers = pd.DataFrame(
        {
            "customer_id": [f"{i}" for i in range(n)],
            "recommend": rng.integers(0, 11, n).astype(float),
            "w": rng.uniform(1, 3, n),
        }
    )
    answers.loc[:9, "recommend"] = np.nan
    refers = rng.random(n) < np.where(answers["recommend"] >= 9, 0.4, 0.05)
    told = pd.DataFrame({"customer_id": answers.loc[refers, "customer_id"], "kind": "referral"})
    return answers, pd.concat([told, told.head(3), pd.DataFrame({"customer_id": ["x"], "kind": ["visit"]})])


def test_promoters_refer_and_the_shares_are_those_of_the_survey():
    answers, told = survey()
    result = word_of_mouth(answers, told, Design(weight="w"))
    table = result.table.set_index("group")
    assert set(result.table["kind"]) == {"referral"} and table["n"].sum() == 590
    assert table.loc["promoters", "estimate"] > 3 * table.loc["detractors", "estimate"]
    assert (table["p_value"] < 0.001).all()
    marked = answers.assign(
        did=answers["customer_id"].isin(told["customer_id"]).astype(int), top=answers["recommend"] >= 9
    )
    marked["top"] = marked["top"].where(answers["recommend"].notna())
    alone = estimate_proportion(marked, "did", Design(weight="w"), level=1, by="top").table.set_index("top")
    assert table.loc["promoters", "ci_low"] == pytest.approx(alone.loc[True, "ci_low"])
    assert "推荐者" in result.to_html("zh-CN") and result.plot("zh-CN").axes


def test_silence_is_said():
    answers, told = survey()
    with pytest.raises(InputError, match="word of mouth to count"):
        word_of_mouth(answers, told.assign(kind="visit"))
