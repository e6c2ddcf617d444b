import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.estimation.scores import read_scale


def scale(values, **options):
    return read_scale(pd.DataFrame({"r": values}), "r", **options)


@given(st.lists(st.integers(0, 10), min_size=1))
def test_points(values):
    points = scale(values).points
    assert points.tolist() == [100.0 if v >= 9 else 0.0 if v >= 7 else -100.0 for v in values]


@pytest.mark.parametrize("bad", [11, -1, 7.5])
def test_anything_else_is_refused_by_name(bad):
    with pytest.raises(InputError, match=rf"{bad:g} \(1 rows\)"):
        scale([10, bad])


def test_text_and_other_scales():
    with pytest.raises(InputError, match="十分"):
        scale(pd.Series([10, "十分"], dtype=object))
    with pytest.raises(InputError, match="0–100 scale"):
        scale(list(range(0, 101, 5)))
    with pytest.raises(InputError, match="at least one answer"):
        scale([np.nan, 99], not_answered=[99])
    with pytest.raises(InputError, match="outside 0–10"):
        scale([1, 2], not_answered=[10])


def test_codes_for_no_answer_are_counted_never_scored():
    answers = scale([10, 98, 99, None, 7], not_answered=(98, 99))
    assert (answers.not_answered, answers.missing) == (2, 1)
    assert np.isnan(answers.points).sum() == 3
    assert "2 answers to r" in answers.notes("r")[0].message.text("en")


def test_nullable_integers():
    assert scale(pd.array([10, None, 0], dtype="Int64")).points[[0, 2]].tolist() == [100.0, -100.0]
