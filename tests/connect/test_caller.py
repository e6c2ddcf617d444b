from __future__ import annotations

import logging

import httpx
import pytest

from tests.connect.conftest import URL, Clock, Wire
from tests.connect.fakes.base import Fake, Reply, reply
from workbench.connect import Connection
from workbench.connect.caller import Caller, OutsideError, Pace, UnclearError
from workbench.connect.hubspot import HubSpot
from workbench.connect.secrets import Secrets

TOKEN = "pat-cn1-secret-secret"


class Told(Fake):
    """Answers what it is told to, and "fine" after that."""

    def handle(self, seen):
        return self.told.pop(0) if self.told else reply({"fine": True})


def line(*told, script=()):
    clock = Clock()
    fake = Told(clock=clock)
    fake.told, fake.script = list(told), list(script)
    wire = Wire(fake, clock)
    connection = Connection("hub", "hubspot", "HUB", URL)
    secrets = Secrets({"TOKEN": TOKEN})
    return fake, wire, Caller(HubSpot, connection, secrets, transport=wire, clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize(
    "fault", ["html502", "html200", "redirect", "cut", "reset_before", "reset_after", "unavailable"]
)
def test_what_may_be_repeated_is_repeated(fault):
    fake, _, caller = line(script=[fault, fault])
    assert caller.call("GET", f"{URL}/x").data == {"fine": True}
    assert len(fake.journal) == 3


def test_the_answer_says_how_long_to_wait():
    waits = reply({"policyName": "SECONDLY"}, 429, retry_after="7")
    fake, _, caller = line(waits)
    caller.call("GET", f"{URL}/x")
    assert 7 <= fake.journal[1].at - fake.journal[0].at < 8


@pytest.mark.parametrize("fault", ["html502", "cut", "reset_before", "reset_after"])
def test_what_must_not_be_done_twice_is_not_repeated_when_nobody_knows(fault):
    fake, _, caller = line(script=[fault])
    with pytest.raises(UnclearError):
        caller.call("POST", f"{URL}/x", json={}, repeat=False)
    assert len(fake.journal) == 1


def test_what_must_not_be_done_twice_is_repeated_where_it_certainly_did_nothing():
    fake, wire, caller = line(reply({"policyName": "SECONDLY"}, 429))
    refused = iter([httpx.ConnectError("refused")])

    def once(request):
        for error in refused:
            raise error

    wire.before = once
    assert caller.call("POST", f"{URL}/x", json={}, repeat=False).data == {"fine": True}
    assert len(fake.journal) == 2


def test_redirects_are_not_followed_and_other_hosts_see_nothing():
    away = Reply(302, b"", {"location": "http://elsewhere.example/x"})
    _, wire, caller = line(*[away] * 20)
    with pytest.raises(OutsideError, match="sends us elsewhere"):
        caller.call("GET", f"{URL}/x")
    assert wire.hosts == {"crm.example"}


def test_an_end_to_patience_and_no_secret_in_what_is_said(caplog, capsys):
    echo = reply({"status": "error", "message": f"bad token {TOKEN}"}, 403)
    _, _, caller = line(echo)
    with caplog.at_level(logging.DEBUG), pytest.raises(OutsideError) as told:
        caller.call("GET", f"{URL}/x", params={"k": "v"})
    assert "•••" in str(told.value) and TOKEN not in f"{told.value}{told.value!r}{caplog.text}{caller!r}"
    assert told.value.exit_code == 7 and told.value.where == "hub"
    _, _, caller = line(*[Reply(503)] * 20)
    with pytest.raises(OutsideError, match="in trouble"):
        caller.call("GET", f"{URL}/x")


def test_any_window_holds_what_is_allowed_even_when_a_run_starts_again():
    clock, sent = Clock(), []
    for _ in range(2):
        pace = Pace(100, 20, clock, clock.sleep)
        for _ in range(100):
            pace.wait()
            sent.append(clock.now)
    most = max(sum(t <= s < t + 20 for s in sent) for t in sent)
    assert 80 <= most <= 100
