"""A wave whose tables come from fakes inside the process."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from tests.connect.conftest import Clock, Wire
from tests.connect.fakes import fake_class
from workbench.report.outside.opening import Line
from workbench.store import Wave
from workbench.store.scratch import kept_for_good

HEAD = """\
study: shop
wave: w1
title: {en: Shop, zh-CN: 商店}
as_of: 2026-06-30
languages: [en, zh-CN]
"""


class Hosts(httpx.BaseTransport):
    """Leads each host to its fake; a request to any other is an error."""

    def __init__(self, wires: dict[str, Wire]) -> None:
        self.wires = wires

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.wires[request.url.host].handle_request(request)


@dataclass
class Outside:
    """Fakes by the name of their connection."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    fakes: dict[str, Any] = field(default_factory=dict)
    wires: dict[str, Wire] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    yaml: str = ""

    def add(self, name: str, system: str, **options: Any) -> Any:
        fake = fake_class(system)(clock=self.clock, **options)
        self.fakes[name] = fake
        self.wires[f"{name}.example"] = Wire(fake, self.clock)
        self.environ |= {f"WORKBENCH_{name.upper()}_{k}": v for k, v in fake.SECRETS.items()}
        self.yaml += f"  {name}: {{system: {system}, secrets: {name.upper()}, url: https://{name}.example}}\n"
        return fake

    @property
    def line(self) -> Line:
        return Line(Hosts(self.wires), self.clock, self.clock.sleep, self.environ)

    def wave(self, text: str, name: str = "w1", head: str = HEAD) -> Path:
        place = self.folder / "shop" / name
        place.mkdir(parents=True, exist_ok=True)
        head = head.replace("wave: w1", f"wave: {name}")
        (place / "wave.yaml").write_text(f"{head}connections:\n{self.yaml}{text}", encoding="utf-8")
        return place


@pytest.fixture
def outside(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_TOKENS", str(tmp_path / "tokens"))
    monkeypatch.setenv("WORKBENCH_KEYS", str(tmp_path / "keys"))
    return Outside(tmp_path)


def reported(folder: Path, ids: list[str], *, calls: int = 3) -> Wave:
    """Return a wave with what a report leaves behind: grades, answers, values, segments, the list of actions."""
    (folder / "raw").mkdir(exist_ok=True)
    flags = ["true" if i == 4 else "" for i in range(len(ids))]
    lines = [f"{c},{flag}" for c, flag in zip(ids, flags, strict=True)]
    (folder / "raw" / "customers.csv").write_text("customer_id,do_not_contact\n" + "\n".join(lines) + "\n")
    wave = Wave.open(folder)
    grades = ["gold", "silver", "basic"]
    tables = {
        "tiers": pd.DataFrame(
            {"customer_id": ids, "tier": [grades[i % 3] for i in range(len(ids))], "next_tier": None}
        ),
        "respondents": pd.DataFrame(
            {"customer_id": ids[::2], "recommend": [float(i % 11) for i in range(len(ids[::2]))]}
        ),
        "clv": pd.DataFrame({"customer_id": ids, "clv": [100.126 * i for i in range(len(ids))]}),
        "segments": pd.DataFrame({"customer_id": ids, "segment": [1 + i % 2 for i in range(len(ids))]}),
        "segment_names": pd.DataFrame({"segment": [1, 2], "en": ["Regulars", "Rare"], "zh": ["常客", "少客"]}),
        "actions": pd.DataFrame(
            {
                "customer_id": ids[: calls + 1],
                "tier": "gold",
                "action": ["call"] * calls + ["write"],
                "reasons": ["complaint,detractor", *["detractor"] * (calls - 1), "fallen"],
                "owner": "客服部",
                "open_days": 12.0,
                "recommend": 3.0,
            }
        ),
    }
    keep(wave, tables)
    return Wave.open(folder)


@kept_for_good("test")
def keep(wave: Wave, tables: dict[str, pd.DataFrame]) -> None:
    wave.replace(tables, made_by="test")
