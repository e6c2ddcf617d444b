"""What every system is held to: nothing lost and nothing doubled, whatever happens meanwhile."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from tests.connect.fakes import FAKES
from tests.connect.fakes.people import people
from workbench.core.engine import DuckDBEngine
from workbench.store.config.parts import Source
from workbench.store.pulled import known_ids, lay_over

KIND = {"fxiaoke": "AccountObj", "zoho": "Contacts", "hubspot": "contacts", "marketo": "leads"}
KEY = {"fxiaoke": "workbench_id__c", "zoho": "Workbench_Id", "hubspot": "customer_id", "marketo": "workbenchId"}
CITY = {"fxiaoke": "city__c", "zoho": "Mailing_City", "hubspot": "city", "marketo": "city"}
FLAG = {"do_not_contact": "no_contact__c"}


def columns(name):
    return {"customer_id": KEY[name], "city": CITY[name]} | (FLAG if name == "fxiaoke" else {})


class Company:
    """The records of a fake, whatever it calls its ways."""

    def __init__(self, name, fake):
        self.name, self.fake = name, fake
        self.records = {
            "fxiaoke": lambda: fake.objects["AccountObj"],
            "zoho": lambda: fake.modules["Contacts"],
            "hubspot": lambda: fake.objects["contacts"],
            "marketo": lambda: fake.leads,
        }[name]

    def new(self, key):
        values = {KEY[self.name]: key, CITY[self.name]: "新城"}
        kind = () if self.name == "marketo" else (KIND[self.name],)
        self.fake.add(*kind, values, self.fake.clock())

    def move(self, number):
        kind = () if self.name == "marketo" else (KIND[self.name],)
        self.fake.change(*kind, number, {CITY[self.name]: "搬家"})

    def drop(self, number):
        kind = () if self.name == "marketo" else (KIND[self.name],)
        self.fake.delete(*kind, number)

    def truth(self):
        found = (r.get("properties", r) for r in self.records().values())
        return {r[KEY[self.name]]: r[CITY[self.name]] for r in found}


@pytest.mark.parametrize("name", FAKES)
def test_what_happens_during_a_pull_is_there_after_the_next(met, name, tmp_path):
    crm = met(name, faults=0.05, seed=9)
    crm.wire.took = 1.0
    made = people(700)
    crm.fake.load(made, modified=crm.clock.now - 40 * 86400)
    company, chosen, asked = Company(name, crm.fake), random.Random(4), 0

    def meanwhile(request):
        nonlocal asked
        asked += 1
        if 3 <= asked <= 12:
            numbers = list(company.records())
            company.new(f"new{asked:05d}")
            company.move(chosen.choice(numbers))
            company.drop(chosen.choice(numbers[:600]))

    started = crm.clock.now
    crm.wire.before = meanwhile
    first = crm.pull(KIND[name], columns(name))
    crm.wire.before = lambda request: None
    crm.clock.sleep(120)
    since = dt.datetime.fromtimestamp(started - crm.system.overlap, dt.UTC).isoformat()
    known = known_ids([first.file])
    second = crm.pull(KIND[name], columns(name), since=since, changed=True, known=lambda: known)
    engine, target = DuckDBEngine(), tmp_path / "laid.parquet"
    lay_over([first.file, second.file], Source(pull="crm", columns=columns(name)), target, engine)
    rows = engine.rows(f"SELECT {KEY[name]} AS k, {CITY[name]} AS c FROM '{target}' WHERE _overlaid IS NULL")
    assert dict(zip(rows["k"], rows["c"], strict=True)) == company.truth() and len(rows) == len(company.truth())


@pytest.mark.parametrize("name", FAKES)
def test_a_pull_that_dies_anywhere_goes_on_to_the_same_end(met, name):
    crm = met(name)
    made = people(450)
    crm.fake.load(made, modified=crm.clock.now - 86400)
    chosen, runs, pulled = random.Random(2), 0, None
    while pulled is None:
        left = chosen.randrange(1, 9)

        def die(request):
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt

        crm.wire.before = die
        runs += 1
        try:
            pulled = crm.pull(KIND[name], columns(name))
        except KeyboardInterrupt:
            crm = crm.again()
    rows = crm.rows(pulled)
    assert sorted(r[KEY[name]] for r in rows) == sorted(p["customer_id"] for p in made)
    assert pulled.receipt["doubled"] <= 100 * runs and runs > 1


@pytest.mark.parametrize("name", FAKES)
def test_no_secret_is_left_anywhere_and_no_other_host_is_asked(met, name, tmp_path, caplog):
    crm = met(name, faults=0.1)
    crm.fake.load(people(120))
    with caplog.at_level("DEBUG"):
        crm.pull(KIND[name], columns(name))
    for secret in crm.fake.SECRETS.values():
        held = [f for f in tmp_path.rglob("*") if f.is_file() and secret.encode() in f.read_bytes()]
        assert not held and secret not in caplog.text and secret not in repr(crm.system.caller)
        # Marketo's token alone is asked for with the secret in the address: so it wants it
        told = [s for s in crm.fake.journal if secret in str(s.query) and "/identity/" not in s.path]
        assert not told
    assert crm.wire.hosts == {"crm.example"}
