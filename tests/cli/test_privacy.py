from __future__ import annotations

import os
import re

import openpyxl
import pandas as pd
import pyrage
import pytest
import typer.testing

from tests.conftest import WAVE
from workbench.cli import app, privacy
from workbench.cli.privacy import passwords_of_lists, study_of
from workbench.core.errors import ConfigError, InputError
from workbench.privacy.access_log import LOG, note
from workbench.privacy.encrypt import VARIABLE
from workbench.report.export.people import write_people
from workbench.store import Wave


def run(*arguments):
    return typer.testing.CliRunner().invoke(app, [str(a) for a in arguments], standalone_mode=False)


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(privacy, "_has_terminal", lambda: True)


def test_the_log_is_shown_and_its_chain_read_again(make_wave):
    place = make_wave()
    study = place.parent
    note(study, "made", "call_list.xlsx", wave="w1", rows=3)
    note(study, "opened", "wave")
    shown = run("log", place)
    assert "made call_list.xlsx  wave=w1 rows=3" in shown.output and "opened wave" in shown.output
    head = re.search(r"2 lines, none changed. Head: ([0-9a-f]{64})", run("log", study, "--verify").output)
    assert head
    (study / LOG).write_text((study / LOG).read_text().replace("3", "4"))
    refused = run("log", study, "--verify").exception
    assert (isinstance(refused, InputError) and "line 1 of 2" in str(refused)) or "line 2 of 2" in str(refused)


def test_a_workbook_is_locked_and_opened_again(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    book.save(tmp_path / "list.xlsx")
    monkeypatch.setenv(VARIABLE, "geheim und lang")
    assert run("encrypt", tmp_path / "list.xlsx").exception is None
    locked = tmp_path / "list.locked.xlsx"
    assert run("decrypt", locked, "--into", tmp_path / "again.xlsx").exception is None
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "list.xlsx").read_bytes()
    assert (tmp_path / "again.xlsx").stat().st_mode & 0o077 == 0


def test_any_file_is_sealed_to_recipients_and_noted(make_wave, tmp_path):
    study = make_wave().parent
    person = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(str(person))
    (tmp_path / "list.csv").write_text("007")
    assert run("encrypt", tmp_path / "list.csv", "--to", person.to_public(), "--study", study).exception is None
    sealed = tmp_path / "list.csv.age"
    assert isinstance(run("decrypt", sealed, "--into", tmp_path / "x").exception, ConfigError)
    done = run("decrypt", sealed, "--into", tmp_path / "x", "--identity", tmp_path / "key.txt", "--study", study)
    assert done.exception is None and (tmp_path / "x").read_text() == "007"
    shown = run("log", study).output
    assert "encrypted list.csv.age" in shown and "decrypted list.csv.age" in shown
    assert isinstance(run("encrypt", tmp_path / "nothing.csv").exception, ConfigError)


def test_a_password_is_shown_once_and_only_for_files_that_carry_it(make_wave, terminal, capsys, monkeypatch):
    place = make_wave(wave_yaml=WAVE + "privacy: {encrypt_lists: xlsx}\n")
    with passwords_of_lists([place]):
        password = os.environ[VARIABLE]
        note(place.parent, "encrypted", "call_list.xlsx", wave="w1", recipient="password")
    assert VARIABLE not in os.environ
    shown = capsys.readouterr().out
    assert shown.count(password) == 1 and "w1/call_list.xlsx" in shown
    with passwords_of_lists([place]):
        pass
    assert "Password" not in capsys.readouterr().out
    monkeypatch.setenv(VARIABLE, "geheim und lang")
    with passwords_of_lists([place]):
        note(place.parent, "encrypted", "call_list.xlsx", wave="w1", recipient="password")
    assert "Password" not in capsys.readouterr().out


def test_without_a_terminal_no_password_is_made_up(make_wave, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    place = make_wave(wave_yaml=WAVE + "privacy: {encrypt_lists: xlsx}\n")
    with pytest.raises(ConfigError, match="no terminal"), passwords_of_lists([place]):
        pass
    with passwords_of_lists([make_wave(folder="w2")]):
        assert VARIABLE not in os.environ


def test_a_study_is_named_by_itself_or_by_a_wave(make_wave):
    place = make_wave()
    assert study_of(place) == study_of(place.parent) == place.parent.resolve()
    with pytest.raises(ConfigError):
        study_of(place / "raw")


def test_an_erasure_is_listed_first_and_done_when_told(make_wave, tmp_path):
    place = make_wave()
    Wave.open(place)
    arguments = ("erase", place.parent, "--customer", "003", "--reports", tmp_path / "reports")
    shown = run(*arguments).output
    assert "would be rewritten" in shown and "raw/responses.csv" in shown and "Nothing was changed" in shown
    assert "003" in (place / "raw/customers.csv").read_text()
    done = run(*arguments, "--do")
    assert done.exception is None and "Done." in done.output and "003" not in done.output
    assert "003" not in (place / "raw/customers.csv").read_text() and "erased customer" in run("log", place).output
    assert "0 files, 0 rows" in run(*arguments).output


def test_what_is_past_its_days_is_listed_first(make_wave, tmp_path):
    place = make_wave(wave_yaml=WAVE + "privacy: {keep_days: 30}\n")
    Wave.open(place)
    arguments = ("expire", place.parent, "--reports", tmp_path / "reports", "--as-of")
    assert "0 past their days on 2026-07-30." in run(*arguments, "2026-07-30").output
    assert "3 past their days" in run(*arguments, "2026-07-31").output and (place / "raw/customers.csv").is_file()
    assert "Let go." in run(*arguments, "2026-07-31", "--do").output and not (place / "raw/customers.csv").exists()
    assert isinstance(run(*arguments, "tomorrow").exception, ConfigError)


def test_lists_that_are_plain_from_before_are_named(make_wave, monkeypatch, capsys):
    monkeypatch.setenv(VARIABLE, "geheim und lang")
    place = make_wave(wave_yaml=WAVE + "privacy: {encrypt_lists: xlsx}\n")
    with passwords_of_lists([place]):
        write_people(
            Wave.open(place),
            "new",
            {"list": pd.DataFrame({"customer_id": ["001"]})},
            use="survey",
            folder=place / "fieldwork",
        )
        (place / "fieldwork" / "call_list.csv").write_text("invitation_id")
        (place / "fieldwork" / "sampling_statement.en.txt").write_text("drawn")
    assert capsys.readouterr().out.startswith("Plain from before in w1: fieldwork/call_list.csv. Remove")
    with passwords_of_lists([make_wave()]):
        pass
    assert capsys.readouterr().out == ""
