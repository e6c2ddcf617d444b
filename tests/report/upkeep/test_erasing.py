from __future__ import annotations

import gzip
import hashlib
import zipfile

import pandas as pd
import pytest

from tests.report.upkeep.conftest import CUSTOMER, MAIL, PHONE, WORDS, customer_list
from workbench.core.engine.memo import FOLDER
from workbench.core.errors import InputError
from workbench.privacy.access_log import LOG, read_log, verify_log
from workbench.privacy.keys import study_key
from workbench.privacy.tombstones import FILE
from workbench.report.upkeep import erasing
from workbench.report.upkeep.erasing import JOURNAL, erase_customer, find_customer, is_unfinished
from workbench.store import Wave


def fingerprints(*folders):
    files = [f for base in folders for f in sorted(base.rglob("*")) if f.is_file()]
    return {f: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def test_looking_for_a_customer_lists_every_file_and_changes_none(study, reports, hits):
    before = fingerprints(study, reports)
    found = find_customer(study, CUSTOMER, reports=reports)
    there = set(hits())
    assert {str(p.file) for p in found.places} == there and len(there) > 30
    assert not found.done and found.rows > 20
    assert fingerprints(study, reports) == before and not is_unfinished(study)


def test_afterwards_the_customer_stands_nowhere_and_everybody_else_as_before(study, reports, hits):
    there = hits()
    untouched = {
        f: h
        for f, h in fingerprints(study, reports).items()
        if str(f) not in there and "manifest" not in f.parts and not f.name.startswith(("access.", "."))
    }
    done = erase_customer(study, CUSTOMER, reports=reports)
    assert done.done and done.left == () and hits() == []
    # unaffected files are the same to the bit
    now = fingerprints(study, reports)
    assert {f: now.get(f) for f in untouched} == untouched
    raw = study / "w1" / "raw"
    rest = "".join(x for x in customer_list().splitlines(keepends=True) if CUSTOMER not in x)
    assert (raw / "customers.csv").read_bytes() == rest.encode("gb18030")
    assert gzip.decompress((raw / "orders.csv.gz").read_bytes()).count(b"\n") == 12
    assert pd.read_excel(raw / "late.xlsx", dtype=str, engine="calamine")["customer_id"].dropna().tolist() == ["C0003"]
    assert pd.read_parquet(raw / "cases.parquet")["text"].tolist() == ["邻居的电话是[…]，请打"]
    page = (reports / "editions" / "shop.w1.20260701-0" / "index.html").read_text()
    assert page == "<p>NPS 42</p><blockquote>[…]</blockquote>"
    assert WORDS in (reports / "editions" / "other.w1.20260701-0" / "index.html").read_text()


def test_what_chapters_kept_on_their_way_goes_with_everybody_in_it(study, reports):
    kept = study / "w1" / "artefacts" / FOLDER / "days-0a1b2c3d4e5f.parquet"
    kept.parent.mkdir()
    pd.DataFrame({"customer_id": [CUSTOMER, "C0003"], "amount": [1, 2]}).to_parquet(kept)
    other = kept.with_name("answer-0a1b2c3d4e5f.parquet")
    pd.DataFrame({"n": [2]}).to_parquet(other)  # it counts them, and says it of nobody
    places = {p.file: p.fate for p in find_customer(study, CUSTOMER, reports=reports).places}
    assert places[kept] == "deleted" and other not in places and kept.is_file()
    erase_customer(study, CUSTOMER, reports=reports)
    assert not kept.exists() and not other.exists()


def test_the_wave_stands_on_one_answer_less_and_its_sample_on_the_same_draw(study, reports):
    erase_customer(study, CUSTOMER, reports=reports)
    wave = Wave.open(study / "w1")
    assert len(wave.read("responses")) == 1 and len(wave.read("customers")) == 11
    assert len(wave.read("released_sample")) == 4 and wave.read("released_sample")["base_weight"].sum() == 12
    assert len(wave.read("contacts")) == 2 and wave.read("actions").empty
    replaced = {r.name for r in wave.manifest.replacements}
    assert {"customers", "responses", "tiers", "actions", "released_sample"} <= replaced
    assert "tier_sizes" not in replaced


def test_the_next_import_does_not_bring_the_customer_back(study, reports):
    erase_customer(study, CUSTOMER, reports=reports)
    (study / "w2" / "raw" / "customers.csv").write_bytes(customer_list(14).encode())
    wave = Wave.open(study / "w2")
    assert CUSTOMER not in set(wave.read("customers")["customer_id"]) and len(wave.read("customers")) == 13
    report = next(r for r in wave.intake_reports() if r.table == "customers")
    assert [(m.text("en"), n) for m, n in report.left_out_by] == [("of a customer who was erased at their own wish", 1)]


def test_neither_log_nor_memory_nor_journal_tells_whom(study, reports, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(erasing, "_rewrite_files", killed)
    with pytest.raises(KeyboardInterrupt):
        erase_customer(study, CUSTOMER, reports=reports)
    assert is_unfinished(study) and CUSTOMER not in (study / JOURNAL).read_text()
    monkeypatch.undo()
    erase_customer(study, CUSTOMER, reports=reports)
    assert not is_unfinished(study)
    line = read_log(study)[-1]
    assert (line["verb"], line["what"], line["left"]) == ("erased", "customer", 0) and line["rows"] > 20
    told = (study / LOG).read_text() + (study / FILE).read_text()
    assert not [v for v in (CUSTOMER, PHONE, MAIL) if v in told] and verify_log(study).broken is None


@pytest.mark.parametrize("step", [1, 25, 40])
def test_an_erasure_that_was_killed_is_run_again_and_leaves_nothing(study, reports, hits, monkeypatch, step):
    steps = 0

    def counting(inner):
        def step_by_step(*arguments, **options):
            nonlocal steps
            writes = options.get("write", True)
            steps += bool(writes)
            if writes and steps == step:
                raise KeyboardInterrupt
            return inner(*arguments, **options)

        return step_by_step

    monkeypatch.setattr(erasing, "remove_from", counting(erasing.remove_from))
    monkeypatch.setattr(erasing, "rewrite", counting(erasing.rewrite))
    with pytest.raises(KeyboardInterrupt):
        erase_customer(study, CUSTOMER, reports=reports)
    monkeypatch.undo()
    assert hits()
    erase_customer(study, CUSTOMER, reports=reports)
    assert hits() == [] and not is_unfinished(study)


def test_files_that_cannot_be_written_again_are_refused_before_anything_changes_or_deleted(study, reports, hits):
    sealed, spss = study / "w1" / "fieldwork" / "old.xlsx.age", study / "w1" / "exports" / "answers.sav"
    for file, start in ((sealed, b"age-encryption.org/v1"), (spss, b"$FL2@(#)")):
        file.write_bytes(start)
    before = fingerprints(study, reports)
    with pytest.raises(InputError, match=r"2 that cannot.*answers\.sav"):
        erase_customer(study, CUSTOMER, reports=reports)
    now = fingerprints(study, reports)
    assert {f: h for f, h in now.items() if not f.name.endswith(".lock")} == {
        f: h for f, h in before.items() if not f.name.endswith(".lock")
    }
    done = erase_customer(study, CUSTOMER, reports=reports, unwritable="delete")
    assert not sealed.exists() and not spss.exists() and hits() == []
    assert {p.file for p in done.places if p.fate == "deleted"} >= {sealed, spss}


def test_a_stranger_is_in_no_file_and_is_remembered_all_the_same(study, reports):
    before = fingerprints(study / "w1" / "raw", reports)
    done = erase_customer(study, "nobody", reports=reports)
    assert done.places == () and fingerprints(study / "w1" / "raw", reports) == before
    assert len((study / FILE).read_text().split()) == 1


def test_raw_files_that_lie_elsewhere_are_named(study, reports):
    (study / "w1" / "raw" / "contacts.csv").unlink()
    found = find_customer(study, CUSTOMER, reports=reports)
    assert [t for t in found.elsewhere if "w1/contacts: contacts.csv lies elsewhere" in t]


def test_an_archive_keeps_its_other_members(study, reports):
    erase_customer(study, CUSTOMER, reports=reports)
    with zipfile.ZipFile(study / "w1" / "raw" / "responses.zip") as packed:
        assert packed.namelist() == ["answers.csv"] and packed.read("answers.csv").count(b"\n") == 2


def test_a_pull_that_did_not_end_begins_anew_and_a_ledger_loses_the_line(study, reports):
    begun, ledger = study / "w1" / "raw" / ".pulling-customers-crm.jsonl", study / "w1" / "pushes" / "tiers.jsonl"
    ledger.parent.mkdir()
    name = study_key(study).name("crm", CUSTOMER)
    begun.write_text(f'{{"request": 1}}\n{{"rows": [["{CUSTOMER}"], ["C0008"]]}}\n')
    ledger.write_text(f'{{"row": "{name}", "id": "991"}}\n{{"row": "another", "id": "992"}}\n')
    erase_customer(study, CUSTOMER, reports=reports)
    assert not begun.exists() and ledger.read_text() == '{"row": "another", "id": "992"}\n'
