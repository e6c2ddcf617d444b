import json
from pathlib import Path

import pandas as pd
import pytest

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "survey"


class Reference:
    """A case of the reference folder: its results by name, and its data."""

    def __init__(self, case: str) -> None:
        if not REFERENCE.exists():
            pytest.skip(f"reference numbers are not here: {REFERENCE}")
        self.case = json.loads((REFERENCE / "cases" / f"{case}.json").read_text())
        self.results = {r["name"]: r for r in self.case["results"] if "name" in r}

    def data(self, name: str) -> pd.DataFrame:
        return pd.read_csv(REFERENCE / "data" / f"{name}.csv")


@pytest.fixture
def reference():
    return Reference
