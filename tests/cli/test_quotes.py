from __future__ import annotations

import json

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from workbench.cli import app, quotes
from workbench.report.quotes import quote_hash, read_choices
from workbench.store import Wave

KEPT = pd.DataFrame({"topic": ["price", "staff"], "class": ["promoters", ""], "quote": ["dear", "kind"]})


@pytest.fixture
def wave(make_wave):
    opened = Wave.open(make_wave())
    opened.keep("quotes", KEPT)
    return opened


def run(*arguments):
    return CliRunner().invoke(app, ["quotes", *map(str, arguments)])


def test_quotes_are_shown_released_and_kept_back(wave):
    assert "2 waiting" in run(wave.folder).output and quote_hash("dear") in run(wave.folder).output
    assert "1 released" in run(wave.folder, "--accept", quote_hash("dear")).output
    told = json.loads(run(wave.folder, "--reject", quote_hash("dear"), "--json").output)
    assert [q["state"] for q in told["quotes"]] == ["rejected", "waiting"]
    run(wave.folder, "--accept-all")
    assert read_choices(wave.folder).accepted == {quote_hash("kind")}


def test_a_hash_nobody_knows_is_refused(wave):
    done = run(wave.folder, "--accept", "0000")
    assert "0000" in str(done.exception) and not (wave.folder / "quotes.yaml").exists()


def test_a_person_is_asked_one_after_the_other(monkeypatch, capsys):
    answers = iter(["a", "x", "q"])
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(answers))
    waiting = pd.concat([KEPT, KEPT]).assign(hash=["1", "2", "3", "4"])
    assert quotes._asked(waiting) == (["1"], [])
    assert "price, promoters" in capsys.readouterr().out
