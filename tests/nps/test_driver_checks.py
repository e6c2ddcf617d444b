import numpy as np
import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps.driver_checks import check_drivers, check_values

DATA = pd.DataFrame({"y": [1.0], "a": [1.0], "b": [1.0]})


@pytest.mark.parametrize(
    ("drivers", "method", "missing", "bootstrap", "rule"),
    [
        (["a", "b"], "forest", "complete", 50, "method is one of"),
        (["a", "b"], "johnson", "drop", 50, "missing is one of"),
        (["a", "a"], "johnson", "complete", 50, "two different columns"),
        (["a", "y"], "johnson", "complete", 50, "without the outcome"),
        (["a", "b"], "johnson", "complete", 5, "at least 20"),
        (["a", "c"], "johnson", "complete", 50, "is needed"),
        (["a", "b"], "ordinal", "pairwise", 50, "without missing answers"),
    ],
)
def test_choices_are_checked(drivers, method, missing, bootstrap, rule):
    with pytest.raises(InputError, match=rule):
        check_drivers(DATA, "y", drivers, method, missing, bootstrap)


def test_a_constant_outcome_and_few_rows_are_refused():
    values = np.column_stack([np.arange(40.0), np.ones(40)])
    with pytest.raises(InputError, match="outcome varies"):
        check_values(values, np.ones(40, dtype=bool), ["a", "y"])
    with pytest.raises(InputError, match="ten complete rows"):
        check_values(values, np.arange(40) < 5, ["a", "y"])
