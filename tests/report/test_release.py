from __future__ import annotations

import pandas as pd

from workbench.report.release import RELEASED, release_sample
from workbench.store import Wave


def sample(ids):
    return pd.DataFrame(
        {
            "customer_id": ids,
            "stratum": "=cmd",
            "order": range(1, len(ids) + 1),
            "reserve": [False] * (len(ids) - 1) + [True],
            "region": "+86",
        }
    )


def test_lists_keep_ids_as_text_and_start_no_formula(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("sample", sample(["0001", "0002", "0003"]))
    folder = release_sample(wave)
    calls = pd.read_excel(folder / "call_list.xlsx", dtype=str, keep_default_na=False)
    assert calls["customer_id"].tolist() == ["0001", "0002"]
    assert calls["stratum"].tolist() == ["=cmd", "=cmd"]
    reserve = pd.read_excel(folder / "reserve_list.xlsx", dtype=str)
    assert reserve["customer_id"].tolist() == ["0003"]
    assert not list(folder.glob(".*"))


def test_a_released_sample_is_frozen(make_wave):
    wave = Wave.open(make_wave())
    wave.keep("sample", sample(["1", "2"]))
    release_sample(wave)
    wave.keep("sample", sample(["3", "4"]))
    assert wave.read(RELEASED)["customer_id"].tolist() == ["1", "2"]
