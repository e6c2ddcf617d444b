"""A wave whose report has found something bad."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import WAVE
from workbench.core.findings import Evidence, Finding, findings_table
from workbench.core.language import message
from workbench.store import Wave


def finding(name: str, p: float, *, tone="bad", estimate=-9.0) -> Finding:
    proof = Evidence(source="x", estimate=estimate, p_value=p, family=6, n=210)
    return Finding(id=name, message=message("East fell."), evidence=proof, claim="difference", tone=tone)


@pytest.fixture
def told_wave(make_wave):
    """Return a function that opens a wave with findings and a ``notify:`` of its own."""

    def make(notify: str, findings=(), folder: str = "w1") -> Wave:
        text = WAVE.replace("wave: w1", f"wave: {folder}") + f"notify: {notify}\n"
        wave = Wave.open(make_wave(wave_yaml=text, folder=folder))
        if findings:
            wave.keep("findings_loyalty", findings_table(list(findings)), made_by="50_loyalty")
        return wave

    return make


@pytest.fixture
def listed():
    """Whom somebody must call."""
    return pd.DataFrame(
        {"customer_id": ["001", "003"], "action": ["call", "call"], "reasons": ["complaint", "detractor,fallen"]}
    )
