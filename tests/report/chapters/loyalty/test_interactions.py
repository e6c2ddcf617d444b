import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.engine.collecting import VARIABLE
from workbench.report.chapters.loyalty import interactions
from workbench.report.chapters.loyalty.interactions import has_kind, interactions_of
from workbench.store import Wave

TABLES = WAVE.replace("tables:\n", "tables:\n  interactions: {file: raw/interactions.csv}\n")
CASES = pd.DataFrame(
    {
        "customer_id": ["c001", "c002", "c003"],
        "opened_at": "2026-06-01",
        "closed_at": "",
        "kind": ["complaint", "call", "call"],
        "text": ["too dear", "", ""],
    }
)


@pytest.fixture
def wave(make_wave):
    return Wave.open(make_wave(wave_yaml=TABLES, interactions=CASES.to_csv(index=False)))


def test_only_some_kinds_and_customers_are_read(wave):
    assert len(interactions_of(wave)) == 3
    assert interactions_of(wave, kinds=["call"], columns=["customer_id"])["customer_id"].tolist() == ["c002", "c003"]
    assert interactions_of(wave, kinds=["call"], only=pd.Series(["c003"]))["customer_id"].tolist() == ["c003"]
    assert has_kind(wave, ["complaint"], text=True) and has_kind(wave, ["call"])
    assert not has_kind(wave, ["call"], text=True) and not has_kind(wave, ["post"])


def test_without_kinds_all_of_them_count(make_wave):
    plain = CASES.drop(columns=["kind", "text"]).to_csv(index=False)
    wave = Wave.open(make_wave(wave_yaml=TABLES, interactions=plain))
    assert len(interactions_of(wave, kinds=["complaint"])) == 3
    assert interactions_of(Wave.open(make_wave(folder="w0"))) is None


def test_a_report_reads_as_many_as_are_stated(wave, monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    assert len(interactions_of(wave)) == 3
    monkeypatch.setattr(interactions, "CASES_MOST", 2)
    with pytest.raises(Exception, match="interactions has 3"):
        interactions_of(wave)
    assert len(interactions_of(wave, kinds=["call"])) == 2
