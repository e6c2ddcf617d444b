import ast
import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from babel.messages.pofile import read_po

import workbench.sampling
from workbench.core.language import LOCALE_FOLDER
from workbench.sampling import (
    Frame,
    SimpleRandom,
    Stratified,
    allocate,
    bin_strata,
    call_lists,
    collapse_strata,
    draw,
    expected_precision,
    frame_summary,
    limit_burden,
    plan_panel,
    sample_size,
    sampling_statement,
    size_by_domain,
)

ROOM = Path(workbench.sampling.__file__).parent


def _templates():
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "message":
                yield node.args[0].value


def test_every_sentence_is_translated_with_the_same_places():
    entries = {}
    for name in ("core", "sampling"):
        with (LOCALE_FOLDER / "zh_CN" / f"{name}.po").open("rb") as handle:
            entries |= {str(m.id): str(m.string) for m in read_po(handle) if m.id}
    for template in _templates():
        translated = entries[template]
        assert translated and translated != template
        assert template.count("{") == translated.count("{")


def test_public_names_are_there():
    assert len(set(workbench.sampling.__all__)) == len(workbench.sampling.__all__)
    assert all(hasattr(workbench.sampling, name) for name in workbench.sampling.__all__)


def test_from_customer_list_to_call_list():
    """A retailer: spenders only, region × class × frequency, ±8 points by region, recent contacts rest, a panel kept."""
    rng = np.random.default_rng(3)
    n = 60_000
    customers = pd.DataFrame({"customer_id": [f"C{i:06d}" for i in range(n)]})
    customers["region"] = rng.choice(["north", "south", "west"], n, p=[0.6, 0.3, 0.1])
    customers["amount_12m"] = rng.lognormal(7, 1, n).round(2)
    customers["frequency"] = rng.choice(["often", "seldom"], n)
    customers["opt_out"] = rng.random(n) < 0.02
    customers["phone"] = [f"1{i:010d}" for i in range(n)]
    spenders = Frame(customers, eligible={"spent 1000 or less": "amount_12m > 1000"}, carry="phone")
    frame = replace(
        bin_strata(spenders, "amount_12m", 3).apply(spenders), stratum=["region", "amount_12m_class", "frequency"]
    )
    frame = collapse_strata(frame, 60).apply(frame)
    earlier = draw(frame, SimpleRandom(1500), salt="retail", start=0.5).table
    contacts = earlier[["customer_id"]].assign(attempted_at="2026-03-01", wave="2026q1")
    burden = limit_burden(frame, contacts, as_of=dt.date(2026, 7, 1), do_not_contact="opt_out")
    strata = burden.table.assign(region=burden.table["stratum"].str.split(" | ", regex=False).str[0])
    domains = strata.groupby("region")["available"].sum().rename("population").rename_axis("domain").reset_index()
    needed = size_by_domain(domains, 8, target="nps", response_rate=0.25)
    whole = sample_size(
        3, target="nps", population=int(domains["population"].sum()), response_rate=0.25, proportion=(0.45, 0.2)
    )
    share = strata["available"] / strata.groupby("region")["available"].transform("sum")
    floors = strata["region"].map(needed.set_index("domain")["invitations"]) * share
    plan = strata[["stratum", "region"]].assign(population=strata["available"], minimum=np.ceil(floors))
    plan["minimum"] = plan[["minimum", "population"]].min(axis=1)
    size = max(whole.invitations, int(plan["minimum"].sum()))
    allocation = allocate(plan, min(size, int(plan["population"].sum())))
    sample = burden.unconditional(draw(burden.frame, Stratified(allocation, reserve=0.2), salt="retail"))
    assert sample.n == allocation.n
    assert not set(sample.table["customer_id"]) & set(earlier["customer_id"])
    reachable = burden.table["available"].sum() + burden.table["resting"].sum()
    assert sample.table["base_weight"].sum() == pytest.approx(reachable)
    precision = expected_precision(allocation.table, domain="region", spread=100, response_rate=0.25).table
    assert precision["margin"].iloc[1:].max() < 8.5
    panel = plan_panel(burden.frame, sizes=400, salt="retail panel", wave="2026q3")
    assert panel.table["after"].sum() == 400
    lists = call_lists(sample, wave="2026q3", key="a key of the retailer", columns=["phone"])
    assert len(lists.calls) == sample.n
    text = sampling_statement(sample, frame_summary(burden.frame), wave="2026q3", drawn_on=dt.date(2026, 7, 1)).text(
        "zh-CN"
    )
    assert "12 个月内已被访 1 次" in text
