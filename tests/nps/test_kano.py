import pandas as pd
import pytest

from workbench.core.errors import InputError
from workbench.nps import kano
from workbench.nps.kano import ANSWERS, CATEGORIES, EVALUATION, evaluate


def test_evaluation_table(reference):
    table = reference.numbers("ipa_prca")["kano"]["evaluation_table_rows_functional"]
    assert {answer: list(row) for answer, row in zip(ANSWERS, EVALUATION, strict=True)} == table


def test_cases(reference):
    for case in reference.numbers("ipa_prca")["kano"]["cases"]:
        counts = [case["counts"].get(c, 0) for c in CATEGORIES]
        got = evaluate(counts)
        assert got["better"] == pytest.approx(case["better"])
        assert got["worse"] == pytest.approx(case["worse"])
        assert got["category"] == case["mode_category"]
        assert got["clear"] == case["fong_significant"]


def test_numbers_words_and_missing_answers():
    data = pd.DataFrame({"f": [1, 1, 5, None], "d": ["dislike", "neutral", "like", "like"]})
    result = kano(data, {"delivery": ("f", "d")})
    row = result.table.iloc[0]
    assert (row["O"], row["A"], row["R"], row["n"]) == (1, 1, 1, 3)
    assert "incomplete" in result.notes[0].message.text("en")
    assert result.plot("zh-CN").axes and "魅力" in result.to_html("zh-CN")
    with pytest.raises(InputError, match="'maybe'"):
        kano(data.assign(d="maybe"), {"delivery": ("f", "d")})
