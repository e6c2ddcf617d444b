from __future__ import annotations

from tests.connect.fakes import fake_class, serve
from tests.connect.fakes.people import people

WAVE = """\
study: shop
wave: w1
title: {{en: Shop, zh-CN: 商店}}
as_of: 2026-06-30
connections: {{hub: {{system: hubspot, secrets: HUB, url: "{url}"}}}}
tables:
  customers: {{pull: hub, kind: contacts, columns: {{customer_id: customer_id}}}}
"""


def test_pull_reads_from_a_server(run_command, tmp_path, monkeypatch):
    fake = fake_class("hubspot")()
    fake.load(people(30))
    monkeypatch.setenv("WORKBENCH_HUB_TOKEN", fake.SECRETS["TOKEN"])
    monkeypatch.setenv("WORKBENCH_TOKENS", str(tmp_path / "tokens"))
    with serve(fake) as served:
        (tmp_path / "wave.yaml").write_text(WAVE.format(url=served.url), encoding="utf-8")
        done = run_command("pull", tmp_path, cwd=tmp_path)
    assert done.returncode == 0 and "customers: 30 contacts (HubSpot)" in done.stdout
    assert not [s for s in fake.journal if s.method != "GET"]
