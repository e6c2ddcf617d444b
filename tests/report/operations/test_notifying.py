from __future__ import annotations

import datetime as dt
import json
import sys

import httpx
import pytest

from tests.report.operations.conftest import finding
from workbench.core.errors import ConfigError
from workbench.report.operations.notifying import address_of, notices_of, send
from workbench.report.operations.record import RunRecord
from workbench.store.config.notify import NotifyPlan

DAY = dt.date(2026, 6, 30)


def record(state="published", chapters=None, **others):
    told = RunRecord("workbench report x", "2026-10-02T06:15:00.000+00:00")
    told.waves = {"w1": {"state": state, "front": "reports/shop/w1/index.html", "chapters": chapters or {}}, **others}
    return told


def events(wave, told, **more):
    return [n.event for n in notices_of(wave, told, DAY, **more)]


def test_what_is_asked_for_is_told(told_wave):
    bad = [finding("nps.change", 0.01)]
    wave = told_wave("{file: told.jsonl, on: [published, unchanged, failed, alert]}", bad)
    assert events(wave, record()) == ["published", "alert"]
    assert events(wave, record("unchanged")) == ["unchanged", "alert"]
    assert events(wave, record(chapters={"50_loyalty": {"state": "failed"}})) == ["failed", "alert"]
    broken = record(w0={"state": "not read", "reason": "wave.yaml: no such key"})
    assert events(wave, broken, for_study=True) == ["published", "alert", "failed"]
    quiet = told_wave("{file: told.jsonl, on: [failed]}", bad, folder="w2")
    assert events(quiet, RunRecord("x", "y", waves={"w2": record().waves["w1"]})) == []


def test_a_line_is_added_to_a_file_and_alerts_are_told_once(told_wave):
    wave = told_wave("{file: log/told.jsonl}", [finding("nps.change", 0.01)])
    assert send(wave, notices_of(wave, record(), DAY)) == []
    lines = [json.loads(x) for x in (wave.folder / "log" / "told.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [x["event"] for x in lines] == ["published", "alert"]
    assert lines[1]["finding"] == "nps.change" and lines[0]["front"].endswith("index.html") and "at" in lines[0]
    assert events(wave, record()) == ["published"]


def test_a_program_reads_the_message(told_wave, tmp_path):
    code = f"import sys; open({str(tmp_path / 'got')!r}, 'a').write(sys.stdin.read())"
    wave = told_wave(json.dumps({"command": [sys.executable, "-c", code]}))
    assert send(wave, notices_of(wave, record(), DAY)) == []
    assert json.loads((tmp_path / "got").read_text())["text"] == "shop/w1: report published"
    failing = told_wave(json.dumps({"command": [sys.executable, "-c", "raise SystemExit('no')"]}), folder="w2")
    told = RunRecord("x", "y", waves={"w2": record().waves["w1"]})
    (fault,) = send(failing, notices_of(failing, told, DAY))
    assert fault.startswith("notify: command: it ended with 1")


@pytest.mark.parametrize(("status", "faults"), [(200, 0), (500, 1), (None, 1)])
def test_a_webhook_is_sent_what_happened_and_a_silent_one_ends_no_run(told_wave, monkeypatch, status, faults):
    sent = []

    def post(url, **given):
        sent.append((url, given["json"]))
        if status is None:
            raise httpx.ConnectError("https://hooks.example/secret is down")
        return httpx.Response(status)

    monkeypatch.setattr(httpx, "post", post)
    monkeypatch.setenv("HOOK", "https://hooks.example/secret")
    wave = told_wave("{webhook: 'env:HOOK'}", [finding("nps.change", 0.01)])
    found = send(wave, notices_of(wave, record(), DAY))
    assert sent[0][0] == "https://hooks.example/secret" and sent[0][1]["event"] == "published"
    assert len(found) == 2 * faults and "secret" not in " ".join(found)
    assert ("alert" in events(wave, record())) == bool(faults), "what did not get through is told again"


def test_an_address_is_read_from_the_environment_alone(monkeypatch):
    monkeypatch.delenv("NOWHERE", raising=False)
    with pytest.raises(ConfigError, match="NOWHERE"):
        address_of(NotifyPlan(webhook="env:NOWHERE"))


def test_a_wave_without_a_word_of_it_tells_nobody(make_wave):
    from workbench.store import Wave

    wave = Wave.open(make_wave())
    assert notices_of(wave, record(), DAY) == [] and send(wave, []) == []
