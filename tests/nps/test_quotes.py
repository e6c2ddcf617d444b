from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.core.language import LANGUAGES
from workbench.nps import code_comments, score_classes, typical_quotes
from workbench.privacy.masking import mask_personal


def written(texts):
    rng = np.random.default_rng(5)
    angry = rng.random(300) < 0.4
    said = np.where(angry, texts[0], rng.choice(texts[1:], 300))
    return pd.DataFrame(
        {
            "comment": [f"{t} {i}" for i, t in enumerate(said)],
            "recommend": np.where(angry, 3, rng.choice([8, 9, 10], 300)),
        }
    )


DATA = written(["价格太贵了，打13812345678", "服务很好，谢谢", "排队久", "the staff is friendly"])
CODED = code_comments(DATA, "comment", "retail")


def test_quotes_are_masked_from_both_sides_and_none_comes_twice():
    found = typical_quotes(CODED, score_classes(DATA["recommend"]), mask=mask_personal)
    table = found.table
    assert not table["quote"].str.contains("13812345678").any()
    assert set(table["class"]) == {"promoters", "detractors"}
    assert table["quote"].is_unique
    for _, row in table.iterrows():
        shown = found.shown_table("en")
        assert len(shown) == len(table) and row["topic"] in CODED.codes
    assert len({found.shown_table(x)["class"].iloc[0] for x in LANGUAGES}) == len(LANGUAGES)
    assert len(found.plot("en").axes[0].patches) == table["topic"].nunique()


def test_quotes_are_in_the_language_most_customers_write():
    assert not typical_quotes(CODED, mask=str).table["quote"].str.contains("friendly").any()
    english = written(["far too expensive", "the staff is friendly", "nice staff", "价格太贵了"])
    quotes = typical_quotes(code_comments(english, "comment", "retail"), mask=str).table["quote"]
    assert len(quotes) and not quotes.str.contains("价格").any()


def test_without_classes_one_quote_of_each_topic_stands_by_itself():
    table = typical_quotes(CODED, mask=str, topics=3).table
    assert set(table["class"]) == {""} and table["topic"].is_unique and len(table) <= 3
    with pytest.raises(InputError, match="class"):
        typical_quotes(CODED, pd.Series(["promoters"]), mask=str)


def test_the_input_stays_as_it_was():
    before = CODED.comments.copy()
    typical_quotes(CODED, score_classes(DATA["recommend"]), mask=mask_personal)
    pd.testing.assert_series_equal(CODED.comments, before)


def test_classes_of_scores():
    scores = pd.Series([0, 6, 7, 8, 9, 10, None], index=list("abcdefg"))
    found = score_classes(scores)
    assert found.tolist()[:6] == ["detractors"] * 2 + ["passives"] * 2 + ["promoters"] * 2
    assert found.index.equals(scores.index) and found.isna().sum() == 1
    assert score_classes(pd.Series(["9", "3"])).tolist() == ["promoters", "detractors"]
    for wrong in (11, -1, "often"):
        with pytest.raises(InputError, match="0 to 10"):
            score_classes(pd.Series([9, wrong]))


def test_more_quotes_to_choose_from_leave_the_first_of_each_as_it_was():
    classes = score_classes(DATA["recommend"])
    one = typical_quotes(CODED, classes, mask=mask_personal).table
    more = typical_quotes(CODED, classes, mask=mask_personal, each=3).table
    assert more["quote"].is_unique and len(more) > len(one)
    assert more.drop_duplicates(["topic", "class"])["quote"].tolist() == one["quote"].tolist()
