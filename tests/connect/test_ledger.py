from __future__ import annotations

import stat

from workbench.connect import Verdict
from workbench.connect.ledger import Ledger, values_hash
from workbench.core.language import message


def opened(path):
    return Ledger(path, name=lambda key: f"keyed-{key[::-1]}", clock=lambda: 5.0)


def test_it_remembers_the_last_word_about_each_row_and_nobody(tmp_path):
    path = tmp_path / "push" / "tiers.jsonl"
    ledger = opened(path)
    ledger.write("planned", {"alice": "h1", "bob": "h2"})
    ledger.write("sent", {"alice": "h1", "bob": "h2"})
    no = Verdict("bob", "refused", reason=message("{why}", why="no"))
    ledger.settle([Verdict("alice", "updated", "7"), no, Verdict("carol", "unclear")], {"alice": "h1", "bob": "h2"})
    again = opened(path)
    assert again.is_done("alice", "h1") and not again.is_done("alice", "h3") and again.of("alice").id == "7"
    assert again.of("bob").state == "refused" and again.of("bob").reason == "no" and again.of("carol") is None
    assert "alice" not in path.read_text() and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_that_was_cut_is_forgotten_and_what_was_sent_stays_unclear(tmp_path):
    path = tmp_path / "tiers.jsonl"
    opened(path).write("sent", {"a": "h"})
    with path.open("ab") as handle:
        handle.write(b'{"row": "keyed-a", "hash": "h", "state": "do')
    ledger = opened(path)
    assert ledger.is_unclear("a")
    ledger.settle([Verdict("a", "created", "1")], {"a": "h"})
    assert opened(path).is_done("a", "h")


def test_rows_are_known_by_their_keyed_names_too(tmp_path):
    ledger = opened(tmp_path / "list.jsonl")
    inside = values_hash("in")
    ledger.settle([Verdict("a", "added", "1"), Verdict("b", "added", "2")], {"a": inside, "b": inside})
    assert set(ledger.those_done(inside)) == {ledger.own_key("a"), ledger.own_key("b")}
    ledger.settle([Verdict(ledger.own_key("a"), "removed", "1")], {ledger.own_key("a"): values_hash("out")})
    assert list(ledger.those_done(inside).values()) == ["2"] and not ledger.is_done("a", inside)
