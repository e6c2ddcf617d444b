import ast
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from workbench.core.language import catalogue, message
from workbench.report.chapters.response import words as words
from workbench.report.steps import find_notebooks
from workbench.weighting import field_progress, outcome_rates, weight_report


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


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_findings_follow_from_the_numbers(bias, reached, report, language):
    rates, progress = rates_and_progress()
    found = [f.text.text(language) for f in words.response_findings(rates, reached, bias, progress, report, {})]
    text = "\n".join(found)
    assert all(number in text for number in ("66.7%", "50.0%", "25.0%", "70.0%", "10.0%", "5.5%", "6.0%"))
    assert ("电话" in text and "无记录" in text) if language == "zh-CN" else ("phone" in text and "no value" in text)


def test_small_differences_in_response_are_not_findings(reached, report):
    alike = reached.assign(RR1=[0.5, 0.48])
    found = words.response_findings(None, alike, None, None, report, {})
    assert len(found) == 1


def test_variables_and_levels_read_in_both_languages(bias):
    shown = words.shown_levels(bias, {"region": message("Region")})
    assert shown["variable"].iloc[0].text("zh-CN") == "地区"
    assert shown["level"].iloc[3].text("zh-CN") == "无记录"
    assert shown["used"].iloc[0].text("zh-CN") == "是"
    assert bias["used"].dtype == bool


def test_pictures(bias, reached, report):
    for language in ("en", "zh-CN"):
        assert words.draw_bias(bias, language).axes[0].get_yticklabels()[3].get_text().endswith("*")
        assert len(words.draw_reached(reached, language).axes[0].get_yticks()) == 2
        assert words.draw_weights(report, language).axes


def test_cards_without_contacts(report):
    assert len(words.response_cards(None, report)) == 2
    assert len(words.response_cards(rates_and_progress()[0], report)) == 3


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
