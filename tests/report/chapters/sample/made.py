"""A hundred customers with a panel and a spot check, for the tests of both."""

from __future__ import annotations

import pandas as pd

from tests.conftest import WAVE
from workbench.sampling import Frame
from workbench.store import Wave

PEOPLE = pd.DataFrame(
    {
        "customer_id": [f"C{i:03d}" for i in range(100)],
        "region": ["n", "n", "n", "s"] * 25,
        "complaints_12m": [1] * 10 + [0] * 90,
    }
)
FRAME = Frame(PEOPLE, stratum="region")
PLAN = """\
panel: {members: 20, rotate: 0.5, inactive_after: 1, rewards: {per_answer: 10, bonus: {1: 5}}}
spot_check:
  n: 12
  risks: [{label: {en: complained, zh-CN: 投诉}, when: complaints_12m > 0, points: 9}]
"""


def open_wave(make_wave, name, previous="", plan=PLAN, **files):
    text = WAVE.replace("wave: w1", f"wave: {name}\n{previous}".rstrip()) + plan
    if "panel" in files:
        text = text.replace("tables:\n", "tables:\n  panel: {file: raw/panel.csv}\n")
    return Wave.open(make_wave(folder=name, wave_yaml=text, **files))
