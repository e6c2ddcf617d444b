import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.core.results import Result
from workbench.weighting import base_weights


def test_inverse_probability_and_index():
    sample = pd.DataFrame({"inclusion_probability": [0.1, 0.5]}, index=[7, 3])
    result = base_weights(sample)
    assert result.weights.to_dict() == {7: 10.0, 3: 2.0}
    assert result.table["sum"].tolist() == [12.0]
    assert base_weights(Result(table=sample)).weights.to_dict() == {7: 10.0, 3: 2.0}


def test_stratum_population(reference):
    data = reference("apistrat_fpc").data("apistrat")
    sample = data.rename(columns={"stype": "stratum", "fpc": "stratum_population"})
    np.testing.assert_allclose(base_weights(sample).weights, data["pw"], rtol=1e-7)


@pytest.mark.parametrize("bad", [0, 1.5, -0.1, np.nan])
def test_probabilities_are_probabilities(bad):
    with pytest.raises(InputError, match="inclusion probability"):
        base_weights(pd.DataFrame({"inclusion_probability": [0.5, bad]}))


def test_population_below_sample_and_unequal_population():
    with pytest.raises(InputError, match="population 1, sample 2"):
        base_weights(pd.DataFrame({"stratum": ["a", "a"], "stratum_population": [1, 1]}))
    with pytest.raises(InputError, match="from 5 to 6"):
        base_weights(pd.DataFrame({"stratum": ["a", "a"], "stratum_population": [5, 6]}))
    with pytest.raises(InputError, match="has the column"):
        base_weights(pd.DataFrame({"x": [1]}))
