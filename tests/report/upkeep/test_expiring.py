from __future__ import annotations

import datetime as dt
import shutil

import pytest

from workbench.core.errors import ConfigError, InputError
from workbench.privacy.access_log import read_log
from workbench.report.upkeep import expiring
from workbench.report.upkeep.expiring import let_go, past_their_days
from workbench.store import Wave

AFTER, BEFORE = dt.date(2026, 9, 29), dt.date(2026, 9, 28)


@pytest.fixture
def kept(study):
    """Keep what is in the first wave for ninety days, and in the second for good."""
    file = study / "w1" / "wave.yaml"
    file.write_text(file.read_text().replace("{purpose: satisfaction}", "{purpose: satisfaction, keep_days: 90}"))
    return study


@pytest.fixture
def editions(reports):
    """Let the standing edition of the first wave follow one with quotes, one without, and one its pages lead to."""
    folder = reports / "editions"
    first = folder / "shop.w1.20260701-0"
    (first / "downloads" / "50_loyalty-quotes.csv").write_text("quote\n")
    for name in ("shop.w1.20260801-0", "shop.w1.20260901-0"):
        shutil.copytree(first, folder / name)
    (folder / "shop.w1.20260715-0").mkdir()
    (folder / "shop.w1.20260901-0" / "index.html").write_text('<a href="../../editions/shop.w1.20260801-0/x.html">')
    (reports / "shop").mkdir()
    (reports / "shop" / "w1").symlink_to("../editions/shop.w1.20260901-0")
    return reports


def listed(found):
    return {(p.wave, p.what) for p in found}


def test_on_the_last_day_everything_is_kept_and_on_the_next_it_is_listed(kept, editions):
    assert past_their_days(kept, reports=editions, day=BEFORE) == []
    found = past_their_days(kept, reports=editions, day=AFTER)
    raw = {("w1", f"raw/{t}") for t in ("customers", "transactions", "contacts", "responses", "interactions")}
    assert listed(found) == raw | {("w1", w) for w in ("lists", "exports", "superseded", "editions")}
    assert all(p.path.exists() for p in found)


def test_what_is_past_its_days_goes_and_tables_and_aggregates_stay(kept, editions, monkeypatch):
    statement = kept / "w1" / "fieldwork" / "sampling_statement.en.txt"
    statement.write_text("drawn")
    later = {p for p in (kept / "w2").rglob("*") if p.is_file() and "manifest" not in p.parts}
    found = let_go(kept, reports=editions, day=AFTER)
    assert not [p.path for p in found if p.path.exists()] and statement.exists()
    assert {p.name for p in (editions / "editions").iterdir()} == {
        "shop.w1.20260715-0",
        "shop.w1.20260801-0",
        "shop.w1.20260901-0",
        "other.w1.20260701-0",
    }
    assert later <= {p for p in (kept / "w2").rglob("*") if p.is_file()}
    wave = Wave.open(kept / "w1")
    assert wave.has("customers", "responses", "tiers", "tier_sizes") and wave.absent == {}
    assert wave.manifest.expired["raw/customers"] == "2026-09-29" and wave.manifest.expired["lists"] == "2026-09-29"
    line = [x for x in read_log(kept) if x["verb"] == "expired"][-1]
    assert line["wave"] == "w1" and line["files"] == len(found) and line["purpose"] == "satisfaction"
    # another version of the program does not take what stays for missing
    monkeypatch.setattr("workbench.store.taking.hash_source", lambda *_: "another version")
    assert Wave.open(kept / "w1").has("customers", "responses")
    assert let_go(kept, reports=editions, day=AFTER) == []


def test_tables_go_where_that_is_asked_and_the_wave_says_since_when(kept, editions):
    let_go(kept, reports=editions, day=AFTER, tables=True)
    wave = Wave.open(kept / "w1")
    assert not wave.has("customers") and not wave.has("tiers") and wave.has("tier_sizes")
    assert "let go on 2026-09-29" in wave.absent["responses"].text("en")
    with pytest.raises(InputError, match="its days are over"):
        wave.read("responses")
    assert not list(wave.artefacts.glob("customers-*.parquet"))


def test_one_that_was_killed_is_run_again(kept, editions, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(expiring.shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        let_go(kept, reports=editions, day=AFTER, tables=True)
    monkeypatch.undo()
    assert Wave.open(kept / "w1").absent
    let_go(kept, reports=editions, day=AFTER, tables=True)
    assert past_their_days(kept, reports=editions, day=AFTER, tables=True) == []


def test_what_is_still_to_come_is_shown_and_not_done(kept, editions):
    day = dt.date.today() + dt.timedelta(days=400)
    assert past_their_days(kept, reports=editions, day=day)
    with pytest.raises(ConfigError, match="still to come"):
        let_go(kept, reports=editions, day=day)
