import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import comment_topics


def survey(n=400):
    rng = np.random.default_rng(1)
    themes = [
        ["排队太久", "收银排队", "排队等候很长"],
        ["价格太贵", "价格偏高", "价格不便宜"],
        ["店员热情", "店员服务好", "店员专业热情"],
    ]
    theme = rng.integers(0, 3, n)
    tails = ["".join(chr(0x4E00 + c) for c in rng.integers(0, 20000, 2)) for _ in range(n)]
    texts = ["".join(rng.permutation(themes[t])[:2]) + "," + tail for t, tail in zip(theme, tails, strict=True)]
    return pd.DataFrame({"c": texts, "theme": theme})


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_themes_are_found_and_stable():
    data = survey()
    found = comment_topics(data, "c", topics=3, seed=1)
    crossed = pd.crosstab(data["theme"], found.topics)
    assert (crossed.max(axis=1) / crossed.sum(axis=1)).min() > 0.95
    assert found.table["comments"].sum() == 400
    assert found.table["agreement"].between(0, 1).all()
    assert found.plot("zh-CN").axes


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_topics_do_not_depend_on_the_seed_of_the_comparison():
    one, two = (comment_topics(survey(), "c", topics=3, seed=s, seeds=2) for s in (1, 9))
    pd.testing.assert_series_equal(one.topics, two.topics)


def test_errors():
    with pytest.raises(InputError, match="at least 100 different"):
        comment_topics(pd.DataFrame({"c": ["a", "b"]}), "c", seed=1)
    with pytest.raises(InputError, match="two topics"):
        comment_topics(survey(), "c", topics=1, seed=1)


def test_emoji_and_numbers_are_no_topics():
    odd = pd.DataFrame({"c": [f"\U0001f600\U0001f621 {i}" for i in range(200)]})
    with pytest.raises(InputError, match="more different words"):
        comment_topics(odd, "c", seed=1)
