from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import ConfigError
from workbench.privacy.access_log import read_log
from workbench.privacy.encrypt import open_workbook
from workbench.report.run.locks import wave_lock
from workbench.report.run.release import (
    ASSUMED,
    RELEASED,
    recall_sample,
    release_sample,
    safe_name,
)
from workbench.store import Wave
from workbench.store.invitations import KEY, invited_of

FIELDWORK = """\
fieldwork:
  columns: [phone]
  interviewers: [王芳, Li/B]
  mode: phone
  modes: {region: {south: web}}
  split_by: interviewer
"""


def sample(ids, **columns):
    table = pd.DataFrame(
        {
            "customer_id": ids,
            "stratum": "=cmd",
            "order": range(1, len(ids) + 1),
            "reserve": [False] * (len(ids) - 1) + [True],
            "region": "+86",
        }
    )
    return table.assign(**columns)


def read(path):
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def test_lists_carry_no_customer_id_and_start_no_formula(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("sample", sample(["0001", "0002", "0003"]))
    folder = release_sample(wave)
    book = pd.read_excel(folder / "call_list.xlsx", dtype=str, keep_default_na=False)
    lines = read(folder / "call_list.csv")
    assert book["stratum"].tolist() == ["=cmd", "=cmd"]
    assert lines["stratum"].tolist() == ["'=cmd", "'=cmd"]
    assert lines["region"].tolist() == ["'+86", "'+86"]
    assert "customer_id" not in [*book.columns, *lines.columns]
    assert not [f for f in folder.rglob("*_list*") if b"0001" in f.read_bytes()]
    assert len(read(folder / "reserve_list.csv")) == 1
    assert not list(folder.glob(".*"))


def leading_back(wave):
    """Return invitation → customer, as the wave computes it."""
    return invited_of(wave.manifest, wave.artefacts, "w1").pairs().set_index("invitation_id")["customer_id"]


def test_nothing_beside_the_lists_leads_back_and_computing_does(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("sample", sample(["0001", "0002", "0003"]))
    folder = release_sample(wave)
    (folder / "key.csv").write_text("invitation_id,customer_id\n")  # of an earlier version
    folder = release_sample(wave)
    assert not (folder / "key.csv").exists() and not wave.has(KEY)
    key = leading_back(wave)
    assert key[read(folder / "call_list.csv")["invitation_id"]].tolist() == ["0001", "0002"]
    assert key[read(folder / "reserve_list.csv")["invitation_id"]].tolist() == ["0003"]
    ids = [i.encode() for i in key.index]
    assert not [f for f in wave.artefacts.rglob("*.*") if f.is_file() and any(i in f.read_bytes() for i in ids)]


def test_lists_are_their_owners_alone(make_wave):
    wave = Wave.open(make_wave(wave_yaml=WAVE + FIELDWORK))
    wave.keep("sample", sample(["1", "2", "3"]))
    folder = release_sample(wave)
    open_to_others = [p for p in [folder, *folder.rglob("*")] if p.stat().st_mode & 0o077]
    assert not open_to_others


def test_a_released_sample_is_frozen_until_it_is_recalled(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("sample", sample(["1", "2"]))
    wave.keep("sample_assumptions", pd.DataFrame({"stratum": ["all"], "promoters": [0.5]}))
    release_sample(wave)
    wave.keep("sample", sample(["3", "4"]))
    assert wave.read(RELEASED)["customer_id"].tolist() == ["1", "2"]
    assert wave.has(ASSUMED)
    recall_sample(wave, discard=2)
    assert not wave.has(RELEASED) and not wave.has(ASSUMED)
    release_sample(wave)
    assert wave.read(RELEASED)["customer_id"].tolist() == ["3", "4"] and not wave.manifest.recalled


def test_a_recall_is_refused_once_answers_are_in_unless_their_number_is_named(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("sample", sample(["1", "2"]))
    release_sample(wave)
    for discard in (None, 1):
        with pytest.raises(ConfigError, match="--discard 2"):
            recall_sample(wave, discard=discard)
    assert wave.has(RELEASED)


def test_a_recall_that_leads_to_no_release_is_put_back(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("sample", sample(["1", "2"]))
    release_sample(wave)
    recall_sample(wave, discard=2)  # and the process dies
    with wave_lock(wave):
        assert wave.read(RELEASED)["customer_id"].tolist() == ["1", "2"]


def test_lists_by_interviewer_and_mode(make_wave):
    wave = Wave.open(make_wave(wave_yaml=WAVE + FIELDWORK))
    region = ["north", "south", "north", "south", "north"]
    wave.keep("sample", sample(list("abcde"), region=region, phone="+86 1", stratum="s"))
    folder = release_sample(wave)
    calls = read(folder / "call_list.csv")
    assert calls["mode"].tolist() == ["phone", "web", "phone", "web"]
    assert calls["phone"].tolist() == ["'+86 1"] * 4
    parts = [read(f) for f in sorted((folder / "by_interviewer").glob("*.csv"))]
    assert [f.stem for f in sorted((folder / "by_interviewer").glob("*.xlsx"))] == ["call_list_Li_B", "call_list_王芳"]
    assert sorted(pd.concat(parts)["invitation_id"]) == sorted(calls["invitation_id"])
    (folder.parent / "wave.yaml").write_text(WAVE, encoding="utf-8")
    release_sample(Wave.open(folder.parent))
    assert not (folder / "by_interviewer").exists()


def test_panel_and_spot_check_have_lists_of_their_own(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("sample", sample(["1", "2"]))
    wave.keep("frame", pd.DataFrame({"customer_id": ["1", "8", "9"], "region": ["=n", "s", "s"]}))
    members = {"customer_id": ["8", "9"], "joined_wave": "w0", "rotation_group": "1", "status": ["stays", "inactive"]}
    wave.keep("panel_members", pd.DataFrame(members))
    wave.keep(
        "panel_rewards",
        pd.DataFrame({"customer_id": ["8"], "answers": [2], "earned": [35.0], "paid": [10.0], "due": [25.0]}),
    )
    wave.keep("spot_check", pd.DataFrame({"customer_id": ["1"], "risk_score": [5.0], "base_weight": [2.5]}))
    folder = release_sample(wave)
    panel, check = read(folder / "panel_list.csv"), read(folder / "spot_check_list.csv")
    assert panel[["status", "due", "region"]].to_numpy().tolist() == [["stays", "25.0", "s"]]
    assert check["region"].tolist() == ["'=n"]
    # the same customer has the same invitation on both lists
    assert check["invitation_id"].tolist() == [read(folder / "call_list.csv")["invitation_id"][0]]
    wave.forget("panel_members")
    release_sample(wave)
    assert not (folder / "panel_list.csv").exists()


def test_the_statement_is_written_in_every_language(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("sample", sample(["1", "2"]))
    wave.keep("sampling_statement", pd.DataFrame({"language": ["zh-CN", "en"], "text": ["样本\n", "sample\n"]}))
    folder = release_sample(wave, released_on=dt.date(2026, 7, 2))
    english = (folder / "sampling_statement.en.txt").read_text("utf-8-sig")
    assert english == "Released to the field on 2026-07-02.\nsample\n"
    assert "2026年7月2日" in (folder / "sampling_statement.zh-CN.txt").read_text("utf-8-sig")


def test_answers_come_back_by_invitation(make_wave):
    place = make_wave()
    wave = Wave.open(place)
    wave.keep("sample", sample(["001", "002", "003"]))
    folder = release_sample(wave)
    sent = leading_back(wave)
    assert set(read(folder / "call_list.csv")["invitation_id"]) < set(sent.index)
    lines = [f"{i.upper()},{9 - k}" for k, i in enumerate(sent.index)]
    (place / "raw/responses.csv").write_text("\n".join(["invitation_id,recommend", *lines, "nobody,5"]) + "\n")
    again = Wave.open(place)
    assert again.read("responses")["customer_id"].tolist() == sent.tolist()
    refused = again.quarantine("responses")
    assert refused.loc[refused["column"] == "invitation_id", "value"].tolist() == ["nobody"]
    recall_sample(again, discard=len(again.read("responses")))
    # the sample that is taken back leads back until another one is there
    assert len(Wave.open(place).read("responses")) == len(lines)


def test_contacts_by_invitations_of_another_sample_wait_and_answers_count(make_wave):
    place = make_wave()
    wave = Wave.open(place)
    wave.keep("sample", sample(["001", "002", "003"]))
    release_sample(wave)
    (place / "raw/responses.csv").write_text("invitation_id,recommend\nelse,9\nwhere,3\n")
    (place / "raw/contacts.csv").write_text("invitation_id,disposition\nelse,1.1\nwhere,1.1\n")
    document = (place / "wave.yaml").read_text().replace("tables:", "tables:\n  contacts: {file: raw/contacts.csv}", 1)
    (place / "wave.yaml").write_text(document)
    again = Wave.open(place)
    assert again.read("responses")["customer_id"].tolist() == ["else", "where"]
    assert "are not those of the sample" in again.absent["contacts"].text("en")


def test_names_of_files_are_safe():
    assert [safe_name(n) for n in ("../x", "王 芳", "///", "")] == ["x", "王_芳", "list", "list"]
    assert np.all([c not in safe_name('a<b>:"|?*') for c in '<>:"|?*'])


def test_who_refuses_contact_is_in_the_sample_and_on_no_list(make_wave):
    customers = "customer_id,region,do_not_contact\n001,north,no\n002,south,yes\n003,north,no\n"
    wave = Wave.open(make_wave(wave_yaml=WAVE + FIELDWORK, customers=customers))
    wave.keep("sample", sample(["001", "002", "003", "004"]))
    wave.keep("frame", pd.DataFrame({"customer_id": ["001", "002"], "region": "n"}))
    wave.keep("spot_check", pd.DataFrame({"customer_id": ["001", "002"], "risk_score": 5.0, "base_weight": 2.5}))
    wave.keep("sampling_statement", pd.DataFrame({"language": ["zh-CN", "en"], "text": ["样本\n", "sample\n"]}))
    folder = release_sample(wave)
    assert len(read(folder / "call_list.csv")) == 2 and len(read(folder / "spot_check_list.csv")) == 1
    assert sum(len(read(f)) for f in (folder / "by_interviewer").glob("*.csv")) == 2
    assert wave.read(RELEASED)["customer_id"].tolist() == ["001", "002", "003", "004"]
    assert "1 customer is not on the list" in (folder / "sampling_statement.en.txt").read_text("utf-8-sig")
    lines = read_log(folder.parent.parent)
    assert {x["what"]: x.get("held_back") for x in lines if x["what"].endswith("_list.csv")} == {
        "call_list.csv": 1,
        "reserve_list.csv": 1,
        "spot_check_list.csv": 1,
    }
    assert (lines[-1]["verb"], lines[-1]["rows"], lines[-1]["for"]) == ("released", 3, "fieldwork")


def test_encrypted_lists_leave_no_plain_one(make_wave, monkeypatch):
    monkeypatch.setenv("WORKBENCH_LIST_PASSWORD", "geheim und lang")
    text = WAVE + FIELDWORK
    wave = Wave.open(make_wave(wave_yaml=text))
    wave.keep("sample", sample(["001", "002", "003"], phone="+86 1"))
    release_sample(wave)
    (wave.folder / "wave.yaml").write_text(text + "privacy: {encrypt_lists: xlsx}\n", encoding="utf-8")
    folder = release_sample(Wave.open(wave.folder))
    lists = [f for f in folder.rglob("*list*") if f.is_file()]
    assert {f.suffix for f in lists} == {".xlsx"} and len(lists) == 4
    book = pd.read_excel(io.BytesIO(open_workbook(lists[0].read_bytes(), "geheim und lang")), dtype=str)
    assert set(book["phone"]) == {"+86 1"} and not [f for f in lists if b"PK" in f.read_bytes()[:4]]
