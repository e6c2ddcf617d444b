import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.engine import DUCKDB, as_table
from workbench.core.errors import InputError
from workbench.sampling.random_numbers import (
    SPACE,
    check_salt,
    check_start,
    permanent_random_number,
    prn_sql,
    rotated_sql,
    uniform,
)

VECTORS = {"7919": 3693924308922211, "C000000001": 4277132871884148, "客户甲1": 1856513244015293}


def test_vectors_of_the_recipe():
    assert permanent_random_number(list(VECTORS), "ws2026-q1").tolist() == list(VECTORS.values())
    assert permanent_random_number([7919], "ws2026-q1").tolist() == [VECTORS["7919"]]


@settings(max_examples=20)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), min_size=1),
    st.text("abcäö'-|", min_size=1),
)
def test_the_engine_computes_the_same_integers(ids, salt):
    table = as_table(pd.DataFrame({"i": np.arange(len(ids)), "id": ids}))
    sql = prn_sql(DUCKDB, id_column="id", salt=salt, stored=None)
    found = table.rows(f"SELECT {sql} AS k FROM {{table}} ORDER BY i")["k"]
    assert found.tolist() == permanent_random_number(ids, salt).tolist()


def test_numbers_are_uniform_and_keep_the_index():
    ids = pd.Series([f"C{i}" for i in range(20_000)], index=range(5, 20_005))
    numbers = permanent_random_number(ids, "s")
    assert (numbers.index == ids.index).all()
    u = uniform(numbers)
    counts = np.bincount((u * 20).astype(int), minlength=20)
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # chi-square, 19 degrees of freedom, 0.1 %
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 0.03


@pytest.mark.parametrize("ids", [[None], [1.5], ["a", float("nan")], [True], [pd.NA]])
def test_missing_and_fractional_ids_are_refused(ids):
    with pytest.raises(InputError, match="never missing"):
        permanent_random_number(ids, "s")


@pytest.mark.parametrize("salt", ["", None, 3])
def test_a_salt_is_a_text(salt):
    with pytest.raises(InputError, match="salt"):
        check_salt(salt)


@pytest.mark.parametrize("start", [-0.1, 1.0, float("nan")])
def test_a_start_is_on_the_circle(start):
    with pytest.raises(InputError, match="circle"):
        check_start(start)


def test_rotation_is_exact_integer_arithmetic():
    start = check_start(0.25)
    table = as_table(pd.DataFrame({"k": [0, start, start - 1, SPACE - 1]}))
    found = table.rows(f"SELECT {rotated_sql('k', start)} AS p FROM {{table}}")["p"].tolist()
    assert found == [SPACE - start, 0, SPACE - 1, SPACE - 1 - start]


def test_the_recipe_is_md5_of_salt_bar_id():
    assert permanent_random_number(["x"], "s")[0] == int(hashlib.md5(b"s|x").hexdigest()[:13], 16)
