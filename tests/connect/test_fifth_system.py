"""Adding a system takes one file (toy.py) and one line in the registry; everything else is there."""

from __future__ import annotations

import re

import pytest

from tests.connect.conftest import Wire
from tests.connect.fakes.base import COMMON, Fake, reply
from tests.report.outside.conftest import Outside, reported
from workbench.connect import SYSTEMS
from workbench.report.outside.pulling import pull_wave
from workbench.report.outside.pushing import push_wave
from workbench.report.outside.trying import try_connection
from workbench.store import Wave

WAVE = """\
tables:
  customers: {pull: toy, columns: {customer_id: key, region: city}}
push:
  tiers: {to: toy, key: key, fields: {tier: grade}}
"""


class People(Fake):
    FAULTS = COMMON

    def __init__(self, **options):
        super().__init__(**options)
        self.people = {
            i: {"id": i, "key": f"{i:04d}", "city": "苏州", "silent": i == 2, "modified": "x"} for i in range(1, 36)
        }

    def handle(self, seen):
        if seen.method == "GET":
            after = int(seen.query["after"])
            return reply({"people": [p for n, p in self.people.items() if n > after][:10]})
        number = int(re.search(r"\d+$", seen.path)[0])
        if number == 3:
            return reply({"why": "no"}, 422)
        self.people[number] |= seen.json
        return reply({"ok": True})


@pytest.fixture
def toy(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEYS", str(tmp_path / "keys"))
    monkeypatch.setitem(SYSTEMS, "toy", "tests.connect.toy")
    outside = Outside(tmp_path)
    fake = People(clock=outside.clock, faults=0.1, seed=3)
    outside.wires["toy.example"] = Wire(fake, outside.clock)
    outside.environ["WORKBENCH_TOY_TOKEN"] = "toy-token"
    outside.yaml = "  toy: {system: toy, secrets: TOY, url: https://toy.example}\n"
    return outside, fake


def test_it_is_pulled_pushed_and_tried_like_the_others(toy):
    outside, fake = toy
    folder = outside.wave(WAVE)
    (done,) = pull_wave(folder, line=outside.line)
    assert done.pulled.receipt["rows"] == 35 and done.pulled.receipt["do_not_contact"] == ["silent"]
    assert Wave.open(folder).read("customers")["region"].unique().tolist() == ["苏州"]
    reported(folder, [f"{i:04d}" for i in range(1, 36)])
    _, sent = push_wave(folder, to="toy", what="tiers", send=True, line=outside.line)
    assert dict(sent.sent) == {"updated": 33, "refused": 1} and sent.refused["0002"].text("en").startswith("asked not")
    assert sum("grade" in p for p in fake.people.values()) == 33
    assert all(t.error is None for t in try_connection(folder, "toy", outside.line))
