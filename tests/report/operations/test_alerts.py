from __future__ import annotations

import datetime as dt

import pytest

from tests.report.operations.conftest import finding
from workbench.core.findings import Evidence, Finding, findings_table
from workbench.core.language import message
from workbench.report.operations.alerts import alerts_of, not_yet_told, remember_told

DAY = dt.date(2026, 6, 30)


def ids(wave, day=DAY):
    return [a.id for a in alerts_of(wave, wave.config.notify, day)]


def test_only_what_is_clear_and_for_the_worse_is_an_alert(told_wave):
    found = [
        finding("nps.moved:region=East", 0.01),
        finding("nps.moved:region=West", 0.07),
        finding("nps.moved:region=North", 0.01, tone="good"),
        finding("topic.score:price", 0.001),
    ]
    assert ids(told_wave("{file: told.jsonl}", found)) == ["nps.moved:region=East"]
    assert ids(told_wave("{file: t, alerts: ['topic.*']}", found, folder="w2")) == ["topic.score:price"]


def test_too_few_answers_are_an_alert(told_wave):
    proof = Evidence(source="rates", estimate=0.21)
    rate = Finding(id="response.rate", message=message("x"), evidence=proof, claim="count")
    wave = told_wave("{file: t, response_at_least: 0.25}")
    wave.keep("findings_response", findings_table([rate]))
    (alert,) = alerts_of(wave, wave.config.notify, DAY)
    assert alert.text.text("en") == "21.0% of those asked have answered; at least 25.0% should."
    again = told_wave("{file: t, response_at_least: 0.2}", folder="w2")
    again.keep("findings_response", findings_table([rate]))
    assert ids(again) == []


@pytest.mark.parametrize(
    ("day", "calls", "expected"),
    [
        (dt.date(2026, 6, 13), "", []),  # answered on the 11th: three days are not over
        (dt.date(2026, 6, 15), "", ["detractors.uncalled"]),
        (dt.date(2026, 6, 15), "003,2026-06-12,,call\n", []),
        (dt.date(2026, 6, 15), "003,2026-06-01,,call\n", ["detractors.uncalled"]),
        (dt.date(2026, 6, 15), "003,2026-06-12,,complaint\n", ["detractors.uncalled"]),
    ],
)
def test_detractors_who_wait_too_long_are_an_alert(make_wave, told_wave, listed, day, calls, expected):
    wave = told_wave("{file: t, uncalled_days: 3}")
    text = (wave.folder / "wave.yaml").read_text(encoding="utf-8")
    text = text.replace("tables:\n", "tables:\n  interactions: {file: raw/interactions.csv}\n")
    place = make_wave(
        wave_yaml=text, interactions=f"customer_id,opened_at,closed_at,kind\n002,2026-05-01,,call\n{calls}"
    )
    wave = type(wave).open(place)
    wave.keep("actions", listed)
    assert ids(wave, day) == expected


def test_an_alert_is_told_once_and_again_when_it_is_another(told_wave, tmp_path):
    wave = told_wave("{file: t}", [finding("nps.change", 0.01)])
    found = alerts_of(wave, wave.config.notify, DAY)
    assert not_yet_told(tmp_path, "w1", found) == found
    remember_told(tmp_path, "w1", found)
    assert not_yet_told(tmp_path, "w1", found) == []
    assert not_yet_told(tmp_path, "w2", found) == found
    wave.keep("findings_loyalty", findings_table([finding("nps.change", 0.01, estimate=-12.0)]))
    assert not_yet_told(tmp_path, "w1", alerts_of(wave, wave.config.notify, DAY)) != []
