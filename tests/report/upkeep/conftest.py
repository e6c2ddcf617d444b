"""A small study in which a customer stands wherever a customer can stand."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.privacy.keys import open_key
from workbench.report.export.lists import workbook_bytes
from workbench.report.run.release import release_sample
from workbench.report.upkeep.leads import leads_to
from workbench.store import Wave
from workbench.store.scratch import kept_for_good

CUSTOMER, WORDS = "C0007", "等了三个小时也没有人回电话，太失望了"
PHONE, MAIL, SHARED = "13912340007", "li.lei@mail.example", "02088880000"
TABLES = """\
tables:
  customers: {file: raw/customers.csv}
  transactions: {file: [raw/orders.csv.gz, raw/late.xlsx]}
  contacts: {file: raw/contacts.csv}
  responses: {file: raw/responses.zip}
  interactions: {file: raw/cases.parquet}
privacy: {purpose: satisfaction}
"""
TEXT = WAVE[: WAVE.index("tables:")] + TABLES + WAVE[WAVE.index("questions:") :]
FEW = re.sub(r"(?m)^  (transactions|contacts|interactions):.*\n", "", TEXT)  # the second wave came with two files


def customer_list(n=12):
    rows = [
        f"C{i:04d},区{i % 2},1391234{i:04d},c{i}@mail.example,{SHARED if i in (7, 8) else f'0{i:010d}'}"
        for i in range(n)
    ]
    rows[7] = rows[7].replace("c7@mail.example", MAIL)
    return "customer_id,region,phone,email,landline\n" + "\n".join(rows) + "\n"


def write_wave(place, name):
    raw = place / "raw"
    raw.mkdir(parents=True)
    text = TEXT if name == "w1" else FEW.replace("wave: w1", f"wave: {name}")
    (place / "wave.yaml").write_text(text, encoding="utf-8")
    (raw / "customers.csv").write_bytes(customer_list().encode("gb18030"))
    orders = "customer_id,ordered_at,amount\n" + "".join(f"C{i:04d},2026-05-0{i % 9 + 1},{i + 1}\n" for i in range(12))
    (raw / "orders.csv.gz").write_bytes(gzip.compress(orders.encode()))
    late = pd.DataFrame({"customer_id": ["C0003", CUSTOMER], "ordered_at": "2026-06-01", "amount": [5, 6]})
    (raw / "late.xlsx").write_bytes(workbook_bytes({"list": late}))
    cases = pd.DataFrame(
        {
            "customer_id": [CUSTOMER, "C0008"],
            "opened_at": "2026-06-01",
            "closed_at": None,
            "kind": "complaint",
            "text": [f"打{PHONE}", f"邻居的电话是{PHONE}，请打"],
        }
    )
    cases.to_parquet(raw / "cases.parquet", index=False)
    wave = Wave.open(place)
    with kept_for_good("10_sample"):
        ids = [f"C{i:04d}" for i in range(5, 9)]
        design = {"stratum": "s", "order": range(4), "reserve": [False, False, False, True], "base_weight": 3.0}
        wave.keep("sample", pd.DataFrame({"customer_id": ids, "region": "区1", "prn": 0.5, **design}))
        wave.keep("tiers", pd.DataFrame({"customer_id": ids, "tier": "A"}))
        wave.keep("tier_sizes", pd.DataFrame({"tier": ["A"], "n": [4]}))
        wave.keep("actions", pd.DataFrame({"customer_id": [CUSTOMER], "reasons": "detractor"}))
    release_sample(wave)
    return wave


@pytest.fixture(scope="package")
def made_once(tmp_path_factory):
    """Make the study `acme` with two waves and everything a customer's data spread to."""
    folder = tmp_path_factory.mktemp("once") / "acme"
    folder.mkdir()
    open_key(folder, "a key that all may know")
    for name in ("w1", "w2"):
        place = folder / name
        wave = write_wave(place, name)
        sent = pd.read_csv(place / "fieldwork" / "call_list.csv", dtype=str)["invitation_id"].tolist()
        answers = f'invitation_id,recommend,comment\n{sent[0]},9,"很好"\n{sent[2]},2,"{WORDS}"\n'
        with zipfile.ZipFile(place / "raw" / "responses.zip", "w") as archive:
            archive.writestr("answers.csv", answers)
        (place / "raw" / "contacts.csv").write_text(
            f"customer_id,disposition,note\n{CUSTOMER},1.1,\nC0008,2.1,kept\nC0005,x,{MAIL}\n"
        )
        wave = Wave.open(place)
        with kept_for_good("60_tiers"):
            wave.keep("tiers", pd.DataFrame({"customer_id": ["C0005", CUSTOMER], "tier": "B"}))  # the one before stays
        notebook = {"cells": [{"outputs": [{"text": f"{CUSTOMER} {PHONE}"}], "source": "wave.read('tiers')"}]}
        (wave.artefacts / "notebooks").mkdir()
        (wave.artefacts / "notebooks" / "60_tiers.ipynb").write_text(json.dumps(notebook))
        (wave.artefacts / "failed").mkdir()
        (wave.artefacts / "failed" / "60_tiers.txt").write_text(f"KeyError: '{CUSTOMER}'")
        (place / "exports").mkdir()
        pd.DataFrame({"customer_id": [CUSTOMER, "C0008"]}).to_csv(place / "exports" / "answers.csv", index=False)
    return folder


@pytest.fixture
def study(made_once, tmp_path):
    """Return a copy of the study that a test may change."""
    return Path(shutil.copytree(made_once, tmp_path / "acme"))


@pytest.fixture
def reports(study, tmp_path):
    """Make an edition of the first wave that quotes the customer, and one of another study."""
    for name in ("shop.w1.20260701-0", "other.w1.20260701-0"):
        edition = tmp_path / "reports" / "editions" / name
        (edition / "downloads").mkdir(parents=True)
        (edition / "index.html").write_text(f"<p>NPS 42</p><blockquote>{WORDS}</blockquote>", encoding="utf-8")
        quotes = pd.DataFrame({"quote": [WORDS, "很好"]})
        (edition / "downloads" / "50_loyalty.xlsx").write_bytes(workbook_bytes({"quotes": quotes}))
    return tmp_path / "reports"


@pytest.fixture
def hits(study, reports):
    """Return a function that finds the files with the customer in them, by looking at their bytes and cells."""
    sought = leads_to(study, [study / "w1", study / "w2"], CUSTOMER)
    needles = [CUSTOMER, PHONE, MAIL, WORDS, *sought.ids]

    def found():
        return [
            str(f)
            for base in (study, reports / "editions" / "shop.w1.20260701-0")
            for f in sorted(base.rglob("*"))
            if f.is_file() and any(n.encode(e) in all_bytes(f) for n in needles for e in ("utf-8", "gb18030"))
        ]

    return found


def all_bytes(file):
    """Return what a file holds, unpacked."""
    data = file.read_bytes()
    if data[:4] == b"PAR1":
        return pd.read_parquet(file).to_csv().encode()
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if data[:2] == b"PK":
        with zipfile.ZipFile(file) as packed:
            return b"".join(packed.read(n) for n in packed.namelist())
    return data
