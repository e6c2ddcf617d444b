from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

from tests.connect.fakes import FAKES, fake_class, serve
from tests.connect.fakes.people import people


def test_a_fake_is_a_command_too(root: Path):
    command = [sys.executable, "-m", "tests.connect.fakes", "hubspot", "--port", "0", "--customers", "5"]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)}
    ) as run:
        try:
            url = run.stdout.readline().split()[1]
            token = run.stdout.readline().strip().partition("=")[2]
            told = httpx.get(
                f"{url}/crm/objects/2026-09/contacts", headers={"authorization": f"Bearer {token}"}, trust_env=False
            )
            assert len(told.json()["results"]) == 5
        finally:
            run.terminate()


def test_the_same_seed_fails_at_the_same_places():
    def faults(seed):
        fake = fake_class("zoho")(seed=seed, faults=0.3)
        fake.load(people(3))
        for _ in range(40):
            fake.answer("GET", "/crm/v8/Contacts?fields=id", {}, b"")
        return [s.fault for s in fake.journal]

    assert faults(1) == faults(1) != faults(2)


def test_a_reset_is_a_reset_over_the_network():
    for name in FAKES:
        fake = fake_class(name)()
        fake.script = ["reset_before", "html200"]
        with serve(fake) as served, httpx.Client(trust_env=False) as client:
            try:
                client.get(served.url)
            except httpx.TransportError:
                pass
            else:
                raise AssertionError(name)
            assert client.get(served.url).text.startswith("<!DOCTYPE html>")


def test_work_makes_every_second_call():
    zoho = fake_class("zoho")()
    for i in range(4):
        zoho.add("Tasks", {"Subject": str(i), "Status": "Not Started"})
    zoho.work()
    assert [t["Status"] for t in zoho.modules["Tasks"].values()] == ["Completed", "Not Started"] * 2
