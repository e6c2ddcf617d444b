from __future__ import annotations

import stat

from workbench.connect.tokens import Tokens, token_folder


def teller(now, folder):
    asked = []

    def ask():
        asked.append(1)
        return {"token": f"t{len(asked)}", "seconds": 3600.0, "ea": "shop"}

    return asked, Tokens("zoho app", ask, lambda: now[0], folder)


def test_a_token_is_kept_for_all_processes_until_it_is_old(tmp_path):
    now = [1000.0]
    asked, tokens = teller(now, tmp_path)
    assert tokens.current()["token"] == "t1"
    other = Tokens("zoho app", lambda: 1 / 0, lambda: now[0], tmp_path)
    assert other.current() == {"token": "t1", "seconds": 3600.0, "ea": "shop", "until": 4600.0}
    now[0] = 4600.0 - 60
    assert tokens.current()["token"] == "t2" and len(asked) == 2


def test_a_refused_token_is_asked_for_anew_once(tmp_path):
    now = [0.0]
    asked, tokens = teller(now, tmp_path)
    second = Tokens("zoho app", lambda: 1 / 0, lambda: now[0], tmp_path)
    bad = tokens.current()["token"]
    second.current()
    assert tokens.renew(bad)["token"] == "t2"
    assert second.renew(bad)["token"] == "t2" and len(asked) == 2


def test_it_lies_outside_the_study_and_only_its_owner_reads_it(tmp_path, monkeypatch):
    _, tokens = teller([0.0], tmp_path / "kept")
    tokens.current()
    file = next(p for p in (tmp_path / "kept").iterdir() if p.suffix == ".json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and "zoho" not in file.name
    monkeypatch.setenv("WORKBENCH_TOKENS", str(tmp_path / "else"))
    assert token_folder() == tmp_path / "else"


def test_a_broken_file_is_not_believed(tmp_path):
    _, tokens = teller([0.0], tmp_path)
    tokens.current()
    next(p for p in tmp_path.iterdir() if p.suffix == ".json").write_text("{")
    _, fresh = teller([0.0], tmp_path)
    assert fresh.current()["token"] == "t1"
