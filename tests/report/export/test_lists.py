from __future__ import annotations

import pandas as pd

from workbench.report.export.lists import write_sheets


def test_texts_stay_texts(tmp_path):
    table = pd.DataFrame({"customer_id": ["0001"], "a": ["=1+1"], "b": ["http://x.org"]})
    path = write_sheets({"list": table}, tmp_path / "new" / "list.xlsx")
    assert pd.read_excel(path, dtype=str, engine="calamine").to_numpy().tolist() == table.to_numpy().tolist()
    assert [p.name for p in path.parent.iterdir()] == ["list.xlsx"]
