import ast
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from workbench.core.findings import findings_from, findings_table
from workbench.core.language import catalogue, message
from workbench.report.chapters.response import words as words
from workbench.report.steps import find_notebooks
from workbench.weighting import field_progress, outcome_rates, weight_report
from workbench.weighting.pictures import reached_bars, share_gaps


@pytest.fixture
def bias():
    return pd.DataFrame(
        {
            "variable": ["region", "region", "channel", "channel"],
            "level": ["north", "south", "web", "(missing)"],
            "frame_share": [0.5, 0.5, 0.9, 0.1],
            "answered_share": [0.7, 0.3, 0.8, 0.2],
            "weighted_share": [0.5, 0.5, 0.85, 0.15],
            "gap_before": [0.2, -0.2, -0.1, 0.1],
            "gap_after": [0.0, 0.0, -0.05, 0.06],
            "respondents": [70, 30, 80, 20],
            "used": [True, True, False, False],
        }
    )


@pytest.fixture
def reached():
    return pd.DataFrame(
        {
            "variable": ["mode", "mode"],
            "level": ["phone", "web"],
            "asked": [400, 400],
            "reached": [300, 200],
            "answered": [200, 100],
            "CON1": [0.75, 0.5],
            "COOP1": [0.67, 0.5],
            "RR1": [0.5, 0.25],
        }
    )


@pytest.fixture
def report():
    return weight_report({"base": pd.Series([1.0, 2.0, 3.0])})


def rates_and_progress():
    contacts = pd.DataFrame({"customer_id": list("abc"), "stratum": "s", "disposition": ["I", "R", "I"]})
    return outcome_rates(contacts), field_progress(contacts, {"s": 2})


def test_findings_carry_what_they_rest_on(bias, reached, report):
    rates, progress = rates_and_progress()
    told = [
        *words.rate_findings(rates),
        *words.reached_findings(reached, {}),
        *words.progress_findings(progress),
        *words.bias_findings(bias, {}),
        *words.weight_findings(report),
    ]
    found = {f.id: f for f in told}
    assert found.keys() == {f"response.{i}" for i in ("rate", "contrast", "plan", "gap", "check", "cost")}
    assert all(f.is_said for f in told)
    assert found["response.rate"].evidence.estimate == pytest.approx(2 / 3)
    assert found["response.contrast"].state == "clear" and found["response.contrast"].evidence.family == 1
    assert found["response.gap"].evidence.estimate == 0.2 and found["response.check"].evidence.estimate == 0.06
    assert [f.id for f in findings_from(findings_table(told))] == [f.id for f in told]


def test_small_differences_in_response_are_not_said(reached, report):
    (alike,) = words.reached_findings(reached.assign(answered=[200, 195], RR1=[0.5, 0.4875]), {})
    assert not alike.is_said
    assert words.reached_findings(reached.head(1), {}) == []


def test_small_gaps_and_weights_without_cost_are_not_said(bias):
    close = bias.assign(gap_before=0.01, gap_after=0.001, used=True)
    assert not any(f.is_said for f in words.bias_findings(close, {}))
    assert words.bias_findings(close.head(0), {}) == []
    equal = weight_report({"base": pd.Series([1.0, 1.0, 1.0])})
    assert not words.weight_findings(equal)[0].is_said


def test_variables_and_levels_read_in_both_languages(bias):
    shown = words.shown_levels(bias, {"region": message("Region")})
    assert shown["variable"].iloc[0].text("zh-CN") == "地区"
    assert shown["level"].iloc[3].text("zh-CN") == "无记录"
    assert shown["used"].iloc[0].text("zh-CN") == "是"
    assert bias["used"].dtype == bool


def test_pictures(bias, reached, report):
    for language in ("en", "zh-CN"):
        assert share_gaps(words.named_levels(bias), language).axes[0].get_yticklabels()[3].get_text().endswith("*")
        assert len(reached_bars(words.named_levels(reached), language).axes[0].get_yticks()) == 2
        assert words.draw_weights(report, language).axes


def test_cards_without_contacts(report):
    assert len(words.weight_cards(report)) == 2
    assert words.rate_card(rates_and_progress()[0]).detail is not None


def sources():
    room, notebook = Path(words.__file__).parent, find_notebooks() / "20_response.ipynb"
    yield from ((room / f"{name}.py").read_text("utf-8") for name in ("chapter", "words"))
    yield "\n".join(c["source"] for c in nbformat.read(notebook, 4).cells if c["cell_type"] == "code")


@pytest.mark.parametrize("source", list(sources()), ids=["chapter", "words", "notebook"])
def test_every_sentence_is_literal_and_translated(source):
    calls = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "message"
    ]
    assert calls and all(isinstance(c.args[0], ast.Constant) for c in calls)
    said = {c.args[0].value for c in calls}
    plain = {s for s in said if any(w.isalpha() and len(w) > 2 for w in s.replace("{", " ").replace("}", " ").split())}
    assert not {s for s in plain if s not in catalogue("zh-CN")}
