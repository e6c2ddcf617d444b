import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.sampling.stratum_sizes import check_choice, check_sizes, reserve_size, sizes_of


def test_tables_of_sizes_have_each_stratum_once():
    with pytest.raises(InputError, match="one row per stratum"):
        sizes_of(pd.DataFrame({"stratum": ["a", "a"], "n": [1, 2]}))
    with pytest.raises(InputError, match="one row per stratum"):
        sizes_of(pd.DataFrame({"stratum": ["a"]}))


def test_a_stratum_may_get_nobody_but_the_whole_frame_may_not():
    check_sizes({"a": 0})
    with pytest.raises(InputError, match="whole number"):
        check_sizes(0)
    with pytest.raises(InputError, match="not negative"):
        check_sizes({"a": 1.5})


def test_choices_name_the_nearest():
    with pytest.raises(InputError, match="size"):
        check_choice("sise", ("equal", "size"), "clusters")


def test_a_reserve_ends_with_the_population():
    assert [reserve_size(10, n, 0.5) for n in (10, 12, 100)] == [0, 2, 5]
