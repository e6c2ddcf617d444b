import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling import Frame, Stratified, Systematic, draw
from workbench.sampling.stratum_sizes import reserve_size

FRAME = Frame(
    pd.DataFrame({"customer_id": [f"C{i:03d}" for i in range(100)], "region": ["n", "n", "n", "s"] * 25}),
    stratum="region",
)


def test_used_reserve_is_a_larger_sample():
    small = draw(FRAME, Stratified({"n": 6, "s": 4}, reserve=0.5), salt="s")
    large = draw(FRAME, Stratified({"n": 8, "s": 4}), salt="s")
    used = small.with_reserve({"n": 2})
    pd.testing.assert_frame_equal(used.table, large.table)
    assert used.strata["reserve"].tolist() == [1, 2]
    assert len(used.reserve) == 3
    assert small.n == 10
    with pytest.raises(InputError, match="no more reserve"):
        small.with_reserve({"s": 3})


def test_customers_are_not_shown():
    sample = draw(FRAME, Stratified({"n": 6, "s": 4}), salt="s")
    for text in (sample.to_html("en"), sample.to_html("zh-CN"), repr(sample)):
        assert not any(i in text for i in sample.table["customer_id"])
    assert sample.plot("en").axes
    assert "分层" in sample.to_html("zh-CN") or "样本" in sample.to_html("zh-CN")
    assert sample.population == 100


def test_a_reserve_ends_with_the_population():
    assert reserve_size(10, 12, 3.0) == 2


def test_other_designs_have_no_simple_reserve():
    sample = draw(FRAME, Systematic(8), salt="s")
    with pytest.raises(InputError, match="simple random samples"):
        sample.with_reserve({})
