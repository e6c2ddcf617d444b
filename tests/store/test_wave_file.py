from __future__ import annotations

import json
import re

import pytest
from pydantic import ValidationError

from workbench.core.errors import ConfigError
from workbench.store.config.parts import Population
from workbench.store.wave_file import parse_wave, read_wave_file, wave_schema

LEAST = {"study": "s", "wave": "w", "title": {"en": "a", "zh-CN": "b"}, "as_of": "2026-01-01", "tables": {}}


def test_numbers_may_name_waves():
    assert parse_wave({**LEAST, "wave": 2018, "previous": 2017}, where="x").previous == "2017"


def test_all_mistakes_are_told_at_once_with_the_nearest_key():
    broken = {**LEAST, "titel": 1, "sample": {"margn": 5}, "tables": {"responses": {"fiel": "x"}}}
    with pytest.raises(ConfigError) as caught:
        parse_wave(broken, where="wave.yaml")
    text = str(caught.value)
    for part in (
        "titel: not a known key; did you mean 'title'",
        "sample.margn",
        "did you mean 'margin'",
        "tables.responses.fiel: not a known key; did you mean 'file'",
        "tables.responses.file: is needed",
    ):
        assert part in text


def test_a_configuration_is_frozen():
    config = parse_wave(LEAST, where="x")
    with pytest.raises(ValidationError, match="frozen"):
        config.study = "other"


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "wave.yaml").write_text("\ufeff" + json.dumps(LEAST), encoding="utf-8")
    assert read_wave_file(tmp_path).study == "s"


def test_the_schema_knows_every_key_and_refuses_others(root):
    schema = json.loads(wave_schema())
    assert schema["additionalProperties"] is False
    assert {"study", "tables", "tiers"} <= set(schema["properties"])
    assert (root / "docs" / "wave.schema.json").read_text(encoding="utf-8") == wave_schema()


@pytest.mark.parametrize("place", ["sfo/2017", "sfo/2018", "online_retail/2011q4"])
def test_the_examples_are_valid(root, place):
    config = read_wave_file(root / "data" / "examples" / place)
    assert f"{config.study}/{config.wave}" == place


def test_reasons_of_exclusion_are_given_in_one_language_or_in_both():
    plain = Population(eligible={"spent nothing": "amount > 0"})
    assert plain.exclusions == {"spent nothing": "amount > 0"}
    both = Population(eligible=[{"reason": {"en": "spent nothing", "zh-CN": "无消费"}, "keep": "amount > 0"}])
    reason = next(iter(both.exclusions))
    assert (reason.text("zh-CN"), both.exclusions[reason]) == ("无消费", "amount > 0")


@pytest.mark.parametrize(
    ("eligible", "said"),
    [
        ({"x": 3}, "population.eligible.x: Input should be a valid string (found 3)"),
        ([{"reason": {"en": "a"}, "keep": "b"}], "population.eligible.0.reason.zh-CN: is needed"),
        ("amount > 3", "population.eligible: Input should be a valid dictionary"),
    ],
)
def test_of_a_key_with_two_forms_only_the_one_meant_is_spoken_of(eligible, said):
    with pytest.raises(ConfigError) as caught:
        parse_wave({**LEAST, "population": {"eligible": eligible}}, where="x")
    assert said in str(caught.value) and "list[" not in str(caught.value) and "; " not in caught.value.found


def test_margins_say_what_they_differ_by():
    with pytest.raises(ConfigError, match="terms_by"):
        parse_wave(LEAST | {"value": {"margins": {"A": 0.3}}}, where="x")
    plan = parse_wave(LEAST | {"value": {"margins": {"A": 0.3}, "terms_by": "tier"}}, where="x").value
    assert plan.contract_gap_days == 30 and plan.renewal_months is None


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"columns": {"amount": "= (SELECT content FROM read_text('/etc/passwd'))"}}, "a query of its own"),
        ({"keep_where": "true) TO 'x'; COPY (SELECT 1"}, "tables.transactions.keep_where"),
        ({"keep_where": "amount > 0 --"}, "a remark"),
        ({"file": []}, "name a file"),
        ({"file": ["a.csv", "a.csv"]}, "a.csv is listed twice"),
    ],
)
def test_what_would_do_more_than_read_a_row_is_refused(tables, said):
    with pytest.raises(ConfigError, match=re.escape(said)):
        parse_wave(LEAST | {"tables": {"transactions": {"file": "a.csv", **tables}}}, where="x")


def test_an_unknown_time_zone_is_told_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'Asia/Shanghai'"):
        parse_wave(LEAST | {"timezone": "Asia/Shangai"}, where="x")


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path):
    (tmp_path / "wave.yaml").write_text("study: a\nwave: w\nstudy: b\n")
    with pytest.raises(ConfigError, match="'study' stands twice") as caught:
        read_wave_file(tmp_path)
    assert "line 3" in caught.value.fix
