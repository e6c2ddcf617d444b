"""The whole circle: customers from 纷享销客, a draw, answers, results into Zoho and HubSpot, and what became of them."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from tests.connect.fakes.people import people
from workbench.core.errors import UntrustedWarning
from workbench.nps import callback_status
from workbench.report.chapters.loyalty import loop
from workbench.report.chapters.loyalty.interactions import interactions_of
from workbench.report.chapters.response import chapter as response
from workbench.report.chapters.response import weights
from workbench.report.chapters.sample.draw import draw_sample
from workbench.report.chapters.summary import actions as doing
from workbench.report.chapters.tiers import chapter as tiers
from workbench.report.outside.pulling import pull_wave
from workbench.report.outside.pushing import push_wave
from workbench.report.run.release import release_sample
from workbench.store import Wave
from workbench.store.scratch import kept_for_good
from workbench.tiers import action_list, grade
from workbench.weighting import weight_report

HEAD = """\
study: shop
wave: w1
title: {en: Shop, zh-CN: 商店}
as_of: %s
timezone: Asia/Shanghai
%s
"""
TABLES = """\
tables:
  customers:
    pull: crm
    kind: AccountObj
    columns: {customer_id: workbench_id__c, region: region__c, do_not_contact: no_contact__c}
  transactions:
    pull: crm
    kind: SalesOrderObj
    columns: {customer_id: workbench_id__c, ordered_at: order_time, amount: order_amount}
  responses:
    file: raw/answers.csv
    columns: {invitation_id: 3、邀请码, recommend: 1、您向朋友推荐我们的可能性, satisfaction: 2、总体满意度}
"""
PLAN = """\
population: {strata: [region], eligible: {asked not to be contacted: do_not_contact IS DISTINCT FROM true}}
sample: {n: 150, response_rate: 1.0}
questions: {satisfaction: {label: {en: Satisfaction, zh-CN: 总体满意度}, low: 1, high: 5, top_box: 4}}
tiers:
  - {name: gold, label: {en: Gold, zh-CN: 金}, minimum: {amount_12m: 4000}}
  - {name: silver, label: {en: Silver, zh-CN: 银}, minimum: {amount_12m: 1500}}
  - {name: basic, label: {en: Basic, zh-CN: 普通}}
push:
  tiers:
    - {to: zoho, kind: Contacts, key: Workbench_Id, fields: {tier: Tier, recommend: NPS}}
    - {to: hub, kind: contacts, key: customer_id, fields: {tier: tier, recommend: nps}}
  lists: {to: hub, kind: contacts, key: customer_id}
  tasks: {to: zoho, key: Workbench_Id, fields: {customer: Workbench_Customer}}
"""
DONE = """\
  interactions:
    pull: zoho
    kind: Tasks
    columns:
      customer_id: Workbench_Customer
      opened_at: Created_Time
      closed_at: Closed_Time
      kind: "= CASE WHEN Status = 'Completed' THEN 'call' ELSE 'planned' END"
"""


def answer(wave: Path, score) -> None:
    """Write what 问卷星 hands out by text: everybody who was invited has answered."""
    with (wave / "fieldwork" / "call_list.csv").open(encoding="utf-8-sig", newline="") as handle:
        invited = [r["invitation_id"] for r in csv.DictReader(handle)]
    head = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
    head += ["1、您向朋友推荐我们的可能性", "2、总体满意度", "3、邀请码"]
    with (wave / "raw" / "answers.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        lines = csv.writer(handle)
        lines.writerow(head)
        for i, invitation in enumerate(invited):
            told = [f"2026/8/{1 + i % 28} 09:{i % 60:02d}:00", f"{40 + i}秒", "微信", "N/A", "1.2.3.4"]
            lines.writerow([i + 1, *told, score(i), 1 + i % 5, invitation])


def report(wave: Wave) -> None:
    """Make what chapters 20, 60 and 90 keep."""
    weighted = weights.weighted_answers(wave, wave.read("responses"), 5)
    told = response.respondents_table(weighted.asked, weight_report(weighted.steps).weights)
    wave.keep("respondents", told, made_by="20_response")
    rules = tiers.rules_of(wave)
    grades = grade(tiers.graded_table(wave, rules), rules, value="amount_12m")
    wave.keep("tiers", grades.source, made_by="60_tiers", order_by="customer_id")
    given = doing.sources_of(wave)
    listed = action_list(
        given.grades, responses=given.responses, do_not_contact=given.do_not_contact, as_of=wave.config.as_of
    )
    doing.keep_actions(wave, listed)


@pytest.fixture
def company(outside):
    made = people(400)
    crm = outside.add("crm", "fxiaoke", faults=0.05)
    crm.load(made)
    crm.load_orders(made, dt.date(2026, 8, 31))
    for name, system in (("zoho", "zoho"), ("hub", "hubspot")):
        outside.add(name, system, faults=0.05).load(made)
    return outside


@kept_for_good("test")
def test_from_the_crm_to_the_crm_and_back(company):
    outside, crm, zoho, hub = company, *(company.fakes[n] for n in ("crm", "zoho", "hub"))
    first = outside.wave(TABLES + PLAN, head=HEAD % ("2026-08-31", ""))
    assert [d.pulled.receipt["rows"] for d in pull_wave(first, line=outside.line)] == [
        400,
        len(crm.objects["SalesOrderObj"]),
    ]
    wave = Wave.open(first)
    draw_sample(wave)
    release_sample(wave, released_on=dt.date(2026, 8, 31))
    silent = {p["customer_id"] for p in people(400) if p["opt_out"] == "true"}
    assert not silent & set(wave.read("released_sample")["customer_id"])
    answer(first, lambda i: (10, 9, 3, 6, 8)[i % 5])
    report(Wave.open(first))

    def push(to, what):
        return list(push_wave(first, to=to, what=what, send=True, line=outside.line))[-1].sent

    for to, contacts in (("zoho", zoho.modules["Contacts"]), ("hub", hub.objects["contacts"])):
        sent = push(to, "tiers")
        assert sent == {"updated": 400 - len(silent)} and push(to, "tiers") == {}
        assert len(contacts) == 400  # nobody was made anew
    push("hub", "lists")
    assert sum(len(x["members"]) for x in hub.lists.values()) == 400 - len(silent)
    listed = Wave.open(first).read("actions").query("action == 'call'")
    calls = push("zoho", "tasks")["created"]
    assert calls == len(zoho.modules["Tasks"]) == len(listed) > 30 and push("zoho", "tasks") == {}

    for i, number in enumerate(list(zoho.modules["Tasks"])):
        if i % 2:
            zoho.finish(number, outside.clock.now + 3400)
    outside.clock.sleep(86400)
    second = outside.wave(TABLES + DONE + PLAN, name="w2", head=HEAD % ("2026-12-31", "previous: w1"))
    list(pull_wave(second, line=outside.line))
    wave = Wave.open(second)
    status = callback_status(
        loop.last_list(wave),
        interactions_of(wave),
        since=wave.previous.config.as_of,
        as_of=wave.config.as_of,
        call_kinds=["call"],
        complaint_kinds=["complaint"],
    )
    row = status.table.iloc[-1]
    assert row["listed"] == calls and round(row["called"] * row["called_base"]) == calls // 2
    with pytest.warns(UntrustedWarning, match="few customers were called"):
        effect = loop.effect_of(wave, status).table
    assert effect["n"].iloc[0] > 0 and len(effect) == 1  # what those called spent since, against others like them
    assert zoho.triggered == crm.started_flows == 0
