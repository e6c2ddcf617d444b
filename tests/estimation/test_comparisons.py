import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from workbench.core.errors import InputError
from workbench.estimation import adjust_p


# statsmodels takes a tenth of a second for each
@settings(max_examples=15)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from([("holm", "holm"), ("bh", "fdr_bh")]))
def test_statsmodels_agrees(p, names):
    np.testing.assert_allclose(adjust_p(np.array(p), names[0]), multipletests(p, method=names[1])[1], atol=1e-12)


def test_missing_values_do_not_count():
    np.testing.assert_allclose(adjust_p(np.array([0.01, np.nan, 0.5]), "holm"), [0.02, np.nan, 0.5])
    assert adjust_p(np.array([0.2]), None).tolist() == [0.2]
    with pytest.raises(InputError):
        adjust_p(np.array([0.2]), "bonferroni")
