import json
from pathlib import Path

import pandas as pd
import pytest

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "nps"


class Reference:
    """The reference numbers of this room, and the survey they were computed from."""

    def __init__(self) -> None:
        if not REFERENCE.exists():
            pytest.skip(f"reference numbers are not here: {REFERENCE}")

    def numbers(self, name: str) -> dict:
        return json.loads((REFERENCE / f"{name}.json").read_text())

    def data(self, name: str) -> pd.DataFrame:
        return pd.read_csv(REFERENCE / "data" / f"{name}.csv")

    def wave(self, year: int) -> pd.DataFrame:
        """Answers of a year with a cluster for every row: a missing flight is a cluster of its own."""
        data = self.data(f"sfo_{year}")
        data = data[data["NETPRO"].between(0, 10)].copy()
        alone = "solo" + data["RESPNUM"].astype(str)
        data["flight"] = data["RUNID"].astype("Int64").astype(str).where(data["RUNID"].notna(), alone)
        data["S"] = data["STRATA"].astype(str)
        return data


@pytest.fixture
def reference():
    return Reference()
