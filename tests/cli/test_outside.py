from __future__ import annotations

import pytest

from tests.connect.fakes import fake_class, serve
from tests.connect.fakes.people import people
from tests.report.outside.conftest import reported
from workbench.cli import app
from workbench.core.errors import ConfigError

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


@pytest.fixture
def shop(tmp_path, monkeypatch):
    fake = fake_class("hubspot")()
    made = people(12)
    for p in made:
        p["opt_out"] = "false"
    fake.load(made)
    monkeypatch.setenv("WORKBENCH_HUB_TOKEN", fake.SECRETS["TOKEN"])
    monkeypatch.setenv("WORKBENCH_TOKENS", str(tmp_path / "tokens"))
    monkeypatch.setenv("WORKBENCH_KEYS", str(tmp_path / "keys"))
    folder = tmp_path / "shop" / "w1"
    folder.mkdir(parents=True)
    with serve(fake) as served:
        push = "push:\n  tiers: {to: hub, kind: contacts, key: customer_id, fields: {tier: tier}}\n"
        (folder / "wave.yaml").write_text(WAVE.format(url=served.url) + push, encoding="utf-8")
        app(["pull", str(folder)], standalone_mode=False)
        reported(folder, [p["customer_id"] for p in made])
        yield fake, folder, tmp_path


def test_push_says_what_it_would_do_then_does_it_and_no_secret_is_left(shop, capsys):
    fake, folder, place = shop
    app(["push", str(folder), "--to", "hub", "--what", "tiers"], standalone_mode=False)
    said = capsys.readouterr().out
    assert "tiers to HubSpot (hub), contacts: 12 new" in said and "Nothing was written" in said
    app(["push", str(folder), "--to", "hub", "--what", "tiers", "--send"], standalone_mode=False)
    assert "12 written" in capsys.readouterr().out
    token = fake.SECRETS["TOKEN"].encode()
    assert not [f for f in place.rglob("*") if f.is_file() and token in f.read_bytes()]
    assert not [s for s in fake.journal if token.decode() in s.path + str(s.query)]


def test_a_connection_is_tried_from_the_command_line(shop, capsys):
    _, folder, _ = shop
    app(["connect", "test", "hub", str(folder)], standalone_mode=False)
    said = capsys.readouterr().out
    assert "ok  token of HubSpot" in said and "calls are left today of 250,000" in said
    text = (folder / "wave.yaml").read_text(encoding="utf-8")
    (folder / "wave.yaml").write_text(text.replace("tier: tier", "tier: teir"), encoding="utf-8")
    app(["connect", "test", "hub", str(folder)], standalone_mode=False)
    assert "NO  fields of push tiers in contacts" in (told := capsys.readouterr().out) and "did you mean 'tier'" in told


def test_what_nobody_described_is_not_pushed(shop):
    _, folder, _ = shop
    with pytest.raises(ConfigError, match="nothing for nps to hub"):
        app(["push", str(folder), "--to", "hub", "--what", "nps"], standalone_mode=False)
