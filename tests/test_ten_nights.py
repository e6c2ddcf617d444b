"""Ten nights of a scheduled run, one after the other: each ends with the code, the message and the page it should."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from workbench.report.operations.record import read_records
from workbench.store.manifest import commit, read_manifest

WAVE = """\
study: shop
wave: {wave}
title: {{en: Shop, zh-CN: 商店}}
as_of: {as_of}{previous}
tables:
  customers: {{file: raw/customers.csv}}
  responses: {{file: raw/responses.csv}}
questions:
  satisfaction: {{label: {{en: Satisfaction, zh-CN: 满意度}}, low: 1, high: 5, top_box: 4}}
loyalty: {{by: [region]}}
notify: {{file: told.jsonl, on: [published, unchanged, failed, alert]}}
"""


@dataclass
class Schedule:
    """A study's scheduled run: what a crontab calls, night by night."""

    root: Path

    @property
    def study(self) -> Path:
        return self.root / "data" / "shop"

    def start(self, as_of: str, **how) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "workbench.cli", "report", "data/shop", "--newest", "--as-of", as_of]
        return subprocess.Popen(line, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)

    def night(self, as_of: str, **how) -> tuple[int, str]:
        process = self.start(as_of, **how)
        _, err = process.communicate(timeout=1800)
        return process.returncode, err

    def wave(self, name: str, as_of: str, previous: str = "") -> Path:
        place = self.study / name
        (place / "raw").mkdir(parents=True)
        before = f"\nprevious: {previous}" if previous else ""
        (place / "wave.yaml").write_text(WAVE.format(wave=name, as_of=as_of, previous=before), encoding="utf-8")
        return place

    def told(self, wave: str) -> list[dict[str, str]]:
        """What somebody was told of since the last time."""
        file = self.study / wave / "told.jsonl"
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
        file.unlink(missing_ok=True)
        return lines

    def page(self, wave: str, name: str = "index.en") -> str:
        text = (self.root / "reports" / "shop" / wave / f"{name}.html").read_text(encoding="utf-8")
        assert text.rstrip().endswith("</html>")
        return text

    def edition(self, wave: str) -> Path:
        return (self.root / "reports" / "shop" / wave).resolve()


def people(seed: int, answered: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    ids = np.array([f"K{i:04d}" for i in range(300)])
    customers = pd.DataFrame({"customer_id": ids, "region": rng.choice(["east", "west"], 300)})
    chosen = rng.permutation(300)[:answered]
    score = np.clip(np.round(8 + 1.5 * rng.standard_normal(answered)), 0, 10).astype(int)
    rated = np.clip(score // 2, 1, 5)
    return customers, pd.DataFrame({"customer_id": ids[chosen], "recommend": score, "satisfaction": rated})


@pytest.fixture(scope="module")
def schedule(tmp_path_factory, root) -> Schedule:
    place = tmp_path_factory.mktemp("nights")
    (place / "notebooks").symlink_to(root / "notebooks")
    return Schedule(place)


@pytest.mark.slow
def test_ten_nights(schedule):
    wave = schedule.wave("2026q3", "2026-09-30")
    customers, answers = people(1, 160)
    raw = wave / "raw"

    # 1: the quarter has not ended and nothing has come
    code, said = schedule.night("2026-09-01")
    assert code == 0 and "not run: it is due on 2026-09-30, and none of its files is there" in said
    assert not (schedule.root / "reports" / "shop").exists() and schedule.told("2026q3") == []

    # 2: it has ended, the list of customers is there, and the answers are late
    customers.to_csv(raw / "customers.csv", index=False)
    code, said = schedule.night("2026-10-01")
    assert code == 0 and "pages published" in said, said
    assert "50_loyalty left out" in said and [n["event"] for n in schedule.told("2026q3")] == ["published"]

    # 3: the answers come
    answers.to_csv(raw / "responses.csv", index=False)
    code, said = schedule.night("2026-10-02")
    assert code == 0, said
    assert "(it has not run yet)" in said, said
    assert [n["event"] for n in schedule.told("2026q3")] == ["published"]
    good, nps = schedule.edition("2026q3"), pages_nps(schedule)

    # 4: the same file is delivered again, and nothing is new
    answers.to_csv(raw / "responses.csv", index=False)
    code, said = schedule.night("2026-10-03")
    assert code == 0 and [n["event"] for n in schedule.told("2026q3")] == ["unchanged"], said
    assert schedule.edition("2026q3") == good

    # 5: a delivery that broke: the file is an empty shell
    (raw / "responses.csv").write_bytes(b"")
    code, said = schedule.night("2026-10-04")
    assert code == 2 and "responses.csv" in said, said
    (notice,) = schedule.told("2026q3")
    assert notice["event"] == "failed" and notice["exit_code"] == 2 and "responses.csv" in notice["text"]
    assert schedule.edition("2026q3") == good, "the last good report stands"

    # 6: the answers come twice in one file, with some more
    _, more = people(1, 200)
    more = pd.concat([answers, more.iloc[160:], answers], ignore_index=True)
    more.to_csv(raw / "responses.csv", index=False)

    def full_disk() -> None:
        # no file may grow beyond 40 kB, as where the disk is full; Python ignores the signal and gets an error
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    # … on a night when the disk is full
    code, said = schedule.night("2026-10-05", preexec_fn=full_disk)
    assert code in (4, 6) and "large" in said, (code, said)
    assert "failed" in [n["event"] for n in schedule.told("2026q3")]
    assert schedule.edition("2026q3") == good or code == 4

    # 7: there is room again, and it is said why chapters run
    code, said = schedule.night("2026-10-06")
    assert code == 0, said
    assert [n["event"] for n in schedule.told("2026q3")] == ["published"]
    taken = read_manifest(wave / "artefacts").tables["responses"]
    assert taken.clean.rows + taken.quarantine.rows == 360 and taken.clean.rows == 200
    assert pages_nps(schedule) != nps

    # 8: killed while it works, then another that finds it at work
    later = more.assign(satisfaction=(more["satisfaction"] - 1).clip(lower=1))
    later.to_csv(raw / "responses.csv", index=False)
    before = schedule.edition("2026q3")
    process = schedule.start("2026-10-07")
    for line in process.stderr:
        if "50_loyalty started" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()
    assert schedule.edition("2026q3") == before and schedule.page("2026q3")
    with FileLock(next((wave / "artefacts").rglob("*.lock"))):
        code, said = schedule.night("2026-10-07")
    assert code == 5 and schedule.told("2026q3") == [], said
    code, said = schedule.night("2026-10-08")
    assert code == 0 and "20_response unchanged" in said, said
    schedule.told("2026q3")

    # 9: another release of the program was put there
    def of_an_earlier_release(manifest):
        chapters = {
            n: c.model_copy(update={"key": "other", "parts": {**c.parts, "package workbench": "0.0.9"}})
            for n, c in manifest.chapters.items()
        }
        return manifest.model_copy(update={"chapters": chapters})

    commit(wave / "artefacts", of_an_earlier_release)
    nps = pages_nps(schedule)
    code, said = schedule.night("2026-10-09")
    assert code == 0 and "another version of workbench 0.0.9 → " in said, said
    assert pages_nps(schedule) == nps

    # 10: the next quarter has begun; the old wave's file was broken by an editor
    new = schedule.wave("2026q4", "2026-12-31", "")
    customers.to_csv(new / "raw" / "customers.csv", index=False)
    people(2, 150)[1].to_csv(new / "raw" / "responses.csv", index=False)
    (wave / "wave.yaml").write_text("study: shop\nwave 2026q3\n", encoding="utf-8")
    code, said = schedule.night("2027-01-02")
    assert code == 2 and "2026q3" in said, said
    events = [(n["event"], n["wave"]) for n in schedule.told("2026q4")]
    assert ("published", "2026q4") in events and ("failed", "2026q3") in events
    assert schedule.page("2026q4") and schedule.page("2026q3")
    codes = [r.exit_code for r in read_records(schedule.study)][::-1]
    assert codes[:5] == [0, 0, 0, 0, 2] and codes[-1] == 2


def pages_nps(schedule: Schedule) -> str:
    """The headline of the report as its reader sees it."""
    edition = json.loads((schedule.edition("2026q3") / "edition.json").read_text(encoding="utf-8"))
    return next(m["estimate"] for m in edition["measures"] if m["measure"] == "nps")
