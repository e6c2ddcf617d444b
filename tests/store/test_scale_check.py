import pandas as pd
import pytest

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError
from workbench.store.config import WaveConfig
from workbench.store.contracts import Field
from workbench.store.scale_check import FEWEST_JUDGED, Answers, require_scales


def judge(name, values, low, high, **said):
    engine = DuckDBEngine()
    item = engine.register(pd.DataFrame({"given": pd.Series(values, dtype="str")}))
    config = WaveConfig.model_validate(
        {"study": "s", "wave": "w1", "title": {"en": "W", "zh-CN": "W"}, "as_of": "2026-06-30", "tables": {}, **said}
    )
    answers = {name: Answers(item, "given", "TRY_CAST(given AS DOUBLE)")}
    require_scales(answers, {name: Field("whole", low=low, high=high)}, config, engine)


def test_answers_of_the_scale_are_taken_with_blanks_and_a_few_others():
    judge("satisfaction", ["1", "5", None, "3"] * 5 + ["x"], 1, 5)


def test_a_scale_that_answers_go_beyond_is_named():
    with pytest.raises(InputError, match="lie from 1 to 5") as caught:
        judge("satisfaction", [str(v) for v in range(1, 11)] * 4, 1, 5)
    assert "questions.satisfaction" in caught.value.fix


def test_a_recommendation_from_one_to_five_is_another_question_unless_it_is_said():
    values = [str(v) for v in range(1, 6)] * 10
    with pytest.raises(InputError, match="0 to 10"):
        judge("recommend", values, 0, 10)
    judge("recommend", values, 0, 10, recommend={"scale": [0, 10]})


@pytest.mark.parametrize("n", [FEWEST_JUDGED - 1, FEWEST_JUDGED])
def test_of_ten_answers_a_third_must_be_one(n):
    words = ["gut"] * n
    if n < FEWEST_JUDGED:
        judge("satisfaction", words, 1, 5)
        return
    with pytest.raises(InputError, match="At least a third") as caught:
        judge("satisfaction", words, 1, 5)
    assert "'gut' (10)" in caught.value.found
