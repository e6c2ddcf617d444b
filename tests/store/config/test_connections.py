from __future__ import annotations

import pytest

from workbench.core.errors import ConfigError
from workbench.store.wave_file import parse_wave

HEAD = {"study": "shop", "wave": "w1", "title": {"en": "Shop", "zh-CN": "商店"}, "as_of": "2026-06-30", "tables": {}}
CRM = {"system": "zoho", "secrets": "ZOHO"}


def parsed(crm=CRM, **more):
    return parse_wave({**HEAD, "connections": {"crm": crm}, **more}, where="wave.yaml")


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "abc"},
        {"client_secret": "abc"},
        {"refresh_token": "x"},
        {"secrets": "1000.0123456789abcdef0123456789abcdef"},
        {"account": "pat-na1-11111111-2222-3333-4444-555555555555"},
        {"url": "https://me:hunter2@crm.example"},
        {"data_centre": "a1b2c3d4e5f6a7b8c9d0e1f2a3"},
    ],
)
def test_what_looks_like_a_secret_is_refused_and_not_shown(wrong):
    with pytest.raises(ConfigError) as told:
        parsed({**CRM, **wrong})
    value = next(iter(wrong.values()))
    assert "nothing secret stands in wave.yaml" in str(told.value)
    assert value == "abc" or value == "x" or value not in str(told.value)


@pytest.mark.parametrize(
    ("url", "ok"),
    [
        ("http://127.0.0.1:8000/", True),
        ("https://open-hwcloud.fxiaoke.com", True),
        ("http://crm.example", False),
        ("crm.example", False),
        ("https://crm.example/?token=1", False),
    ],
)
def test_addresses_are_encrypted_or_on_this_machine(url, ok):
    if ok:
        assert parsed({**CRM, "url": url}).connections["crm"].url == url.rstrip("/")
    else:
        with pytest.raises(ConfigError, match=r"connections\.crm\.url"):
            parsed({**CRM, "url": url})


def test_what_is_pulled_and_pushed_names_a_connection():
    pulled = {"customers": {"pull": "crn", "kind": "Contacts"}}
    with pytest.raises(ConfigError, match="did you mean 'crm'"):
        parsed(tables=pulled)
    with pytest.raises(ConfigError, match=r"push\.tiers\.to: no connection"):
        parsed(push={"tiers": {"to": "hub", "key": "Id"}})


def test_a_table_has_one_origin():
    for wrong in ({}, {"file": "a.csv", "pull": "crm"}, {"file": "a.csv", "kind": "Contacts"}):
        with pytest.raises(ConfigError, match=r"tables\.customers"):
            parsed(tables={"customers": wrong})


def test_one_push_or_one_for_each_connection():
    one = {"to": "crm", "key": "Id", "fields": {"tier": "Tier"}, "lists": {1: 1001}}
    config = parsed(push={"tiers": one, "nps": [one, one]})
    assert len(config.push["tiers"]) == 1 and len(config.push["nps"]) == 2
    assert config.push["tiers"][0].lists == {"1": "1001"} and config.push["tiers"][0].only_changed
    assert config.connections["crm"].options() == {}
    with pytest.raises(ConfigError, match="not a known key"):
        parsed(push={"tiers": {**one, "fiels": {}}})
