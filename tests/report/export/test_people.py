from __future__ import annotations

import hashlib
import io

import pandas as pd
import pyrage
import pytest

from tests.conftest import WAVE
from workbench.core.errors import InputError
from workbench.privacy.access_log import read_log, verify_log
from workbench.privacy.encrypt import VARIABLE, open_workbook, unseal
from workbench.report.export.people import list_file, refuse_plain_people, remove_list, write_people
from workbench.store import Wave

CUSTOMERS = "customer_id,do_not_contact\n001,yes\n002,no\n003,\n"
LIST = {"list": pd.DataFrame({"customer_id": ["001", "002", "003"], "phone": ["=1", "+86 2", "007"]})}
IDENTITY = pyrage.x25519.Identity.generate()


@pytest.fixture
def study(make_wave):
    """Return a function that opens the wave with what `privacy:` says."""

    def opened(privacy="{}"):
        return Wave.open(make_wave(f"{WAVE}privacy: {privacy}\n", customers=CUSTOMERS))

    return opened


def sheets(content):
    return pd.read_excel(io.BytesIO(content), sheet_name=None, dtype=str, engine="calamine", keep_default_na=False)


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_plain_list_passes_the_gate_says_who_is_missing_and_is_logged(study, tmp_path):
    wave = study("{purpose: q3}")
    made = write_people(wave, "calls", LIST, use="service", lines=True, folder=tmp_path / "lists")
    assert (
        made.rows == 2
        and made.held_back == {"do_not_contact": 1}
        and names(tmp_path / "lists")
        == [
            "calls.csv",
            "calls.xlsx",
        ]
    )
    book = sheets(made.files[0].read_bytes())
    assert list(book) == ["list", "说明"] and book["list"]["phone"].tolist() == ["+86 2", "007"]
    assert "1 位客户未列入名单" in book["说明"].iloc[0, 0]
    assert "'+86 2" in made.files[1].read_text("utf-8-sig")
    assert not [p for p in [tmp_path / "lists", *made.files] if p.stat().st_mode & 0o077]
    line = [x for x in read_log(wave.folder.parent) if x["what"] == "calls.xlsx"][-1]
    assert line["sha256"] == hashlib.sha256(made.files[0].read_bytes()).hexdigest()
    assert {k: line[k] for k in ("verb", "rows", "columns", "purpose", "held_back")} == {
        "verb": "made",
        "rows": 2,
        "columns": ["customer_id", "phone"],
        "purpose": "q3",
        "held_back": 1,
    }
    text = (wave.folder.parent / "access.log").read_text()
    assert "001" not in text and "+86" not in text and verify_log(wave.folder.parent).broken is None


def test_a_list_with_a_password_leaves_no_plain_text_anywhere(study, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    folder = tmp_path / "lists"
    write_people(study(), "calls", LIST, use="service", lines=True, folder=folder)
    wave = study("{encrypt_lists: xlsx}")
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(InputError, match=VARIABLE):
        write_people(wave, "calls", LIST, use="service", lines=True, folder=folder)
    monkeypatch.setenv(VARIABLE, "geheim und lang")
    made = write_people(wave, "calls", LIST, use="service", lines=True, folder=folder)
    # the plain workbook and the CSV of before are gone, and no CSV is written that nobody could seal
    assert names(folder) == ["calls.xlsx"] and list((tmp_path / "tmp").iterdir()) == []
    assert sheets(open_workbook(made.files[0].read_bytes(), "geheim und lang"))["list"]["phone"].tolist()[1] == "007"
    line = read_log(wave.folder.parent)[-1]
    assert (line["verb"], line["for"]) == ("encrypted", "password") and "geheim" not in str(line)
    refuse_plain_people(study("{encrypt_lists: none}"))
    with pytest.raises(InputError, match="pseudonyms"):
        refuse_plain_people(study("{encrypt_lists: xlsx}"))


def test_a_sealed_list_opens_with_the_recipients_key(study, tmp_path):
    key = tmp_path / "key.txt"
    key.write_text(f"{IDENTITY}\n")
    wave = study(f"{{encrypt_lists: age, recipients: [{IDENTITY.to_public()}]}}")
    folder = tmp_path / "lists"
    made = write_people(wave, "calls", LIST, use="service", lines=True, folder=folder)
    assert names(folder) == ["calls.csv.age", "calls.xlsx.age"]
    assert list_file(wave, "calls") == "calls.xlsx.age" and list_file(study(), "calls") == "calls.xlsx"
    assert [b"002" in f.read_bytes() for f in made.files] == [False, False]
    assert b"002" in unseal(made.files[1].read_bytes(), key)
    remove_list(folder, "calls")
    assert names(folder) == []


def test_rows_that_passed_before_are_not_asked_again(study, tmp_path):
    rows = {"list": pd.DataFrame({"invitation_id": ["x", "y"]})}
    made = write_people(study(), "calls", rows, use="survey", held_back={}, folder=tmp_path / "lists")
    assert made.rows == 2 and list(sheets(made.files[0].read_bytes())) == ["list"]
    several = {"A": LIST["list"].head(2), "B": LIST["list"].tail(2)}
    both = write_people(study(), "parts", several, use="service", folder=tmp_path / "lists")
    assert both.rows == 3 and both.held_back == {"do_not_contact": 1}
