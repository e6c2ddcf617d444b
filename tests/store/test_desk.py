from __future__ import annotations

from workbench.store import Wave


def test_a_wave_names_what_it_can_be_asked_and_hands_it_on(make_wave, monkeypatch):
    wave = Wave.open(make_wave())
    seen = []
    monkeypatch.setattr("workbench.report.analysis.tabulate_wave", lambda *a, **k: seen.append((a[1:], k)))
    wave.tabulate("recommend", "region", filter="x > 1")
    assert seen == [(("recommend", "region"), {"filter": "x > 1"})]
    assert {"tabulate", "nps", "respondents", "design", "export"} <= set(dir(wave))
