from __future__ import annotations

import pytest

from tests.connect.fakes.people import people
from tests.report.outside.conftest import reported
from workbench.core.errors import ConfigError
from workbench.report.outside.pushing import push_wave

IDS = [f"{i:08d}" for i in range(1, 13)]


def push(outside, system, entry, kind):
    fake = outside.add("crm", system)
    fake.load(people(12))
    text = f"tables: {{customers: {{file: raw/customers.csv}}}}\npush:\n  lists: {{to: crm, kind: {kind}, {entry}}}\n"
    folder = outside.wave(text)
    reported(folder, IDS)
    return fake, folder, lambda: list(push_wave(folder, to="crm", what="lists", send=True, line=outside.line))


def test_tags_in_zoho(outside):
    fake, _, run = push(outside, "zoho", "key: Workbench_Id", "Contacts")
    run()
    tags = [r.get("Tag") for r in fake.modules["Contacts"].values() if r["Workbench_Id"] == IDS[2]]
    assert tags == [[{"name": "shop w1 basic"}]]


def test_a_tag_that_is_too_long_must_be_named(outside):
    _, _, run = push(outside, "zoho", "key: Workbench_Id, lists: {basic: b, silver: s, gold: g}", "Contacts")
    run()
    text = (
        "tables: {customers: {file: raw/customers.csv}}\npush:\n  lists: {to: crm, kind: Contacts, key: Workbench_Id}\n"
    )
    head = "study: a-rather-long-name-of-a-study\nwave: w1\ntitle: {en: S, zh-CN: 商店}\nas_of: 2026-06-30\n"
    folder = outside.wave(text, name="w2", head=head)
    reported(folder, IDS)
    with pytest.raises(ConfigError, match="at most 25 characters"):
        list(push_wave(folder, to="crm", what="lists", line=outside.line))


def test_static_lists_of_marketo_must_be_given(outside):
    lists = "lists: {gold: 1001, silver: 1002, basic: 1001}"
    fake, _, run = push(outside, "marketo", f"key: workbenchId, {lists}", "leads")
    run()
    assert len(fake.lists["1002"]) >= 2


def test_a_list_that_is_not_given_is_asked_for(outside):
    _, _, run = push(outside, "marketo", "key: workbenchId", "leads")
    with pytest.raises(ConfigError, match="no list for basic"):
        run()


def test_without_lists_there_is_another_way(outside):
    _, _, run = push(outside, "fxiaoke", "key: workbench_id__c", "AccountObj")
    with pytest.raises(ConfigError, match="Push tiers into a field"):
        run()
