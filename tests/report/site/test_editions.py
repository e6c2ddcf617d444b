import pandas as pd
import pytest

from workbench.report.site import editions
from workbench.report.site.render import Page
from workbench.store import Wave


def page(csv="a\n1\n"):
    return Page((), (), {"t": csv}, {})


def measures(nps=31.0):
    return [{"measure": "nps", "estimate": nps}, {"measure": "own", "estimate": nps}]


def facts(wave, **changed):
    return editions.facts_of(wave, {("90_summary", n): page(**changed) for n in wave.config.languages})


@pytest.fixture
def wave(make_wave):
    return Wave.open(make_wave())


def edition(wave, **changed):
    return {"facts": facts(wave, **changed), "measures": measures()}


def said(before, now, **changed):
    lines = editions.changes_since(before, now, measures(**changed), "en")
    return [line.text("en") for line in lines]


def test_nothing_changed_is_said(wave):
    assert said(edition(wave), facts(wave)) == ["No table that was there has other numbers.", "The data are the same."]
    assert editions.changes_since({}, facts(wave), [], "en") == []


def test_numbers_that_changed_are_named(wave):
    lines = said(edition(wave), facts(wave, csv="a\n2\n"), nps=28.04)
    assert lines[:2] == ["NPS: +31.0 became +28.0.", "1 of 1 tables have other numbers (chapters 90_summary)."]
    assert facts(wave)["fingerprint"] != facts(wave, csv="a\n2\n")["fingerprint"]


def test_numbers_that_read_the_same_have_not_changed(wave):
    assert said(edition(wave), facts(wave), nps=31.01)[0].startswith("No table")


def test_data_settings_and_program_that_changed_are_named(wave, make_wave):
    before = edition(wave)
    text = (wave.folder / "wave.yaml").read_text(encoding="utf-8").replace("top_box: 4", "top_box: 5")
    other = Wave.open(make_wave(text, responses="customer_id,recommend,satisfaction\n001,3,3\n"))
    now = facts(other)
    now["versions"] = {**now["versions"], "numpy": "99"}
    text = " ".join(said(before, now))
    assert "responses ← responses.csv" in text
    assert "questions.satisfaction.top_box: 4 became 5" in text
    assert "→ 99" in text
    now["versions"], now["source"] = before["facts"]["versions"], "other"
    assert "The program has changed." in said(before, now)


def test_a_signature_changes_no_setting(wave, make_wave):
    signed = 'signed: [{name: Li, date: 2026-07-01, numbers: "abc"}]\n'
    text = (wave.folder / "wave.yaml").read_text(encoding="utf-8") + signed
    assert facts(Wave.open(make_wave(text)))["settings"] == edition(wave)["facts"]["settings"]


def test_a_wave_is_planned_in_the_field_or_reported(wave, make_wave):
    assert editions.status_of(wave) == "reported"
    text = (wave.folder / "wave.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.strip().startswith("responses:")]
    planned = Wave.open(make_wave("\n".join(lines) + "\n"))
    assert editions.status_of(planned) == "planned"
    planned.keep("released_sample", pd.DataFrame({"customer_id": ["1"]}))
    assert editions.status_of(planned) == "in_field"


def test_what_is_not_an_edition_is_empty(tmp_path):
    assert editions.read_edition(tmp_path) == {}
    (tmp_path / "edition.json").write_text("{ broken")
    assert editions.read_edition(tmp_path) == {}
