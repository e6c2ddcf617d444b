import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.errors import InputError
from workbench.privacy.access_log import read_log
from workbench.privacy.keys import open_key
from workbench.privacy.tombstones import set_tombstone
from workbench.store import Wave
from workbench.store.people import gate_of, log, with_refusals

CUSTOMERS = "customer_id,do_not_contact,consent_date\n001,yes,2026-01-01\n002,no,\n003,no,2026-02-01\n"
LIST = pd.DataFrame({"customer_id": ["001", "002", "003"]})


def test_the_gate_of_a_wave_knows_its_customers_its_ground_and_who_was_erased(make_wave):
    wave = Wave.open(make_wave(customers=CUSTOMERS))
    assert gate_of(wave, "survey").let_through(LIST).held_back == {"do_not_contact": 1}
    consent = Wave.open(make_wave(WAVE + "privacy: {ground: consent}\n", folder="w2", customers=CUSTOMERS))
    assert gate_of(consent, "survey").let_through(LIST).table["customer_id"].tolist() == ["003"]
    open_key(wave.folder.parent, "a key that all may know")
    set_tombstone(wave.folder.parent, "003")
    assert gate_of(wave, "survey").let_through(LIST).held_back == {"do_not_contact": 1, "erased": 1}


def test_consent_that_nobody_wrote_down_is_an_error(make_wave):
    wave = Wave.open(make_wave(WAVE + "privacy: {ground: consent}\n"))
    with pytest.raises(InputError, match="consent_date"):
        gate_of(wave, "survey")


def test_a_line_of_the_log_carries_the_purpose(make_wave):
    wave = Wave.open(make_wave(WAVE + "privacy: {purpose: satisfaction}\n"))
    log(wave, "exported", wave.folder / "x.sav", rows=3, recipient="spss")
    line = read_log(wave.folder.parent)[-1]
    assert (line["what"], line["purpose"], line["wave"], line["rows"]) == ("x.sav", "satisfaction", "w1", 3)


def test_a_sample_spares_who_may_not_be_asked(make_wave):
    for text, spared in (("", [True, False, False]), ("privacy: {ground: consent}\n", [True, True, False])):
        wave = Wave.open(make_wave(WAVE + text, folder=f"w{len(text)}", customers=CUSTOMERS))
        people = with_refusals(wave, wave.table("customers"))
        rows = people.to_frame().sort_values("customer_id")
        assert rows["do_not_contact"].tolist() == spared and set(rows) == set(wave.columns("customers"))
    uses = "customer_id,consent_for\n001,marketing\n002,survey\n"
    wave = Wave.open(make_wave(folder="uses", customers=uses))
    assert with_refusals(wave, wave.table("customers")).to_frame()["do_not_contact"].tolist() == [True, False]
