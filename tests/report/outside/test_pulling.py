from __future__ import annotations

import datetime as dt

import pytest

from tests.connect.fakes.people import people
from workbench.core.errors import ConfigError
from workbench.privacy.access_log import read_log
from workbench.privacy.keys import study_key
from workbench.report.outside.pulling import pull_wave
from workbench.store import Wave

TABLES = """\
tables:
  customers: {pull: hub, kind: contacts, columns: {customer_id: customer_id, region: region, signup_date: signup}}
"""


def test_a_wave_is_pulled_then_only_what_changed_and_read_as_one(outside):
    hub = outside.add("hub", "hubspot", faults=0.1)
    made = people(300)
    hub.load(made)
    folder = outside.wave(TABLES)
    (first,) = pull_wave(folder, line=outside.line)
    assert first.pulled.receipt["rows"] == 300 and first.title == "HubSpot"
    ids = sorted(hub.objects["contacts"])
    outside.clock.sleep(3600)
    hub.change("contacts", ids[0], {"region": "东北"})
    hub.delete("contacts", ids[1])
    outside.clock.sleep(60)
    (second,) = pull_wave(folder, line=outside.line)
    assert (second.pulled.receipt["rows"], second.pulled.receipt["deleted"]) == (1, 1)
    customers = Wave.open(folder).read("customers").set_index("customer_id")
    assert len(customers) == 299 and customers.loc["00000001", "region"] == "东北"
    assert customers["do_not_contact"].sum() == sum(
        p["opt_out"] == "true" for p in made if p["customer_id"] != "00000002"
    )


def test_a_day_a_connection_and_everything_again(outside):
    hub = outside.add("hub", "hubspot")
    hub.load(people(20), modified=outside.clock.now - 100 * 86400)
    hub.load(people(3), modified=outside.clock.now - 86400)
    folder = outside.wave(TABLES)
    day = dt.datetime.fromtimestamp(outside.clock.now - 5 * 86400, dt.UTC).date()
    (some,) = pull_wave(folder, since=day, line=outside.line)
    assert some.pulled.receipt["rows"] == 3
    outside.clock.sleep(5)
    (every,) = pull_wave(folder, full=True, connection="hub", line=outside.line)
    assert every.pulled.receipt["rows"] == 23 and every.pulled.receipt["mode"] == "full"
    with pytest.raises(ConfigError, match="no table of the connection 'other'"):
        list(pull_wave(folder, connection="other", line=outside.line))


def test_a_new_column_reads_everything_again(outside):
    outside.add("hub", "hubspot").load(people(5))
    folder = outside.wave(TABLES)
    list(pull_wave(folder, line=outside.line))
    outside.clock.sleep(5)
    outside.wave(TABLES.replace("region: region", "region: region, city: city"))
    (again,) = pull_wave(folder, line=outside.line)
    assert again.pulled.receipt["rows"] == 5 and "everything was read again" in again.said[0].text("en")


def test_a_pull_stands_in_the_access_log_and_brings_nobody_back_who_was_erased(outside):
    outside.add("hub", "hubspot").load(people(5))
    folder = outside.wave(TABLES)
    key = study_key(folder.parent)
    (folder.parent / "erased.txt").write_text(key.name("tombstone", "00000003") + "\n")
    (done,) = pull_wave(folder, line=outside.line)
    assert (done.pulled.receipt["rows"], done.pulled.receipt["erased"]) == (4, 1)
    assert b"00000003" not in done.pulled.file.read_bytes()
    line = read_log(folder.parent)[-1]
    assert (line["verb"], line["rows"], line["for"]) == ("pulled", 4, "HubSpot (hub)")
    assert line["sha256"] == done.pulled.receipt["sha256"]
