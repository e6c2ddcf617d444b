from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from workbench.store.demo import Company, make_company, simulate_fieldwork

Read = Callable[[Company, str, str], pd.DataFrame]


def read_file(company: Company, wave: str, name: str) -> pd.DataFrame:
    text = {"customer_id": str, "order_id": str, "disposition": str, "primary_unit": str, "comment": str}
    return pd.read_csv(company.folder / wave / "raw" / f"{name}.csv", dtype=text, encoding="utf-8-sig")


@pytest.fixture(scope="session")
def read() -> Read:
    return read_file


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company with both waves in the field and everybody invited, so that sampling error is small."""
    made = make_company(tmp_path_factory.mktemp("demo"), customers=12_000)
    for wave in made.waves:
        simulate_fieldwork(made.folder, wave, read_file(made, wave, "customers"))
    return made
