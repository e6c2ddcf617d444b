"""One small company whose tables lie in an engine, what is computed of them there, and how answers are held together.

Questions are functions of a company; `agree` asks one of the company here and of the same company elsewhere.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections.abc import Mapping
from functools import cache, cached_property

import numpy as np
import pandas as pd
import pytest

from workbench.clv import choose_models, fit_bg_nbd, fit_gamma_gamma, purchase_summary, value_customers
from workbench.core.bulk import BulkResult
from workbench.core.engine import Table, open_engine
from workbench.core.results import Result
from workbench.learning import outlook_folds
from workbench.tiers import TierRules, grade

END = dt.date(2026, 6, 30)
HELD = dt.date(2026, 1, 1)
NAMES = ("spark", "postgresql", "datafusion")
RULES = TierRules.of(
    [
        {"name": "A", "minimum": {"points": 60}, "maximum": {"recency_days": 200}, "owner": "sales"},
        {"name": "B", "minimum": {"monetary": {"top": 0.5}}},
        {"name": "C"},
    ],
    scores={"points": {"monetary": {"weight": 0.6, "full": 900}, "frequency": {"weight": 0.4, "full": 12}}},
    by="region",
    slack=0.05,
    grace_waves=1,
)


@cache
def frames() -> dict[str, pd.DataFrame]:
    """Tables of 900 customers: names in two writings, missing values, refunds, a customer nobody knows."""
    rng = np.random.default_rng(7)
    n = 900
    ids = np.array([f"{'客户' if i % 3 else 'c' if i % 2 else 'C'}{i:04d}" for i in range(n)])
    region = pd.Series(rng.choice(["north", "North", "South", "东区", "O'Neill"], n), dtype=object)
    region[::41] = None
    customers = pd.DataFrame(
        {
            "customer_id": ids,
            "region": region,
            "channel": rng.choice(["shop", "App"], n),
            "age": rng.integers(18, 80, n),
            "interests": rng.choice(["tea;cup", "Tea", "Pot", ""], n),
            "do_not_contact": rng.random(n) < 0.05,
            "consent_for": rng.choice(["survey", "survey; marketing", "marketing"], n),
            "consent_date": pd.Timestamp("2025-01-01"),
        }
    )
    stay = np.minimum(rng.exponential(500, n), 700).astype(int)
    who = np.repeat(np.arange(n), rng.poisson(rng.gamma(1.2, 6, n)) + 1)
    day = 30 + (rng.random(len(who)) * stay[who]).astype(int)
    orders = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(len(who))],
            "customer_id": ids[who],
            "ordered_at": pd.Timestamp("2024-07-01") + pd.to_timedelta(day, unit="D") + pd.Timedelta(hours=9),
            "amount": rng.lognormal(3, 0.6, len(who)).round(2),
            "category": rng.choice(["tea", "Cup", "pot", "壶"], len(who)),
            "channel": rng.choice(["shop", "App"], len(who)),
            "margin": 0.4,
        }
    )
    back = orders.sample(frac=0.04, random_state=1).assign(amount=lambda o: -o["amount"])
    back["ordered_at"] += pd.Timedelta(days=2)
    twice = orders.head(3)
    nobody = orders.tail(2).assign(customer_id=None)
    orders = pd.concat([orders, back, twice, nobody], ignore_index=True)
    began = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, 300), unit="D")
    months = rng.geometric(0.08, 300)
    over = [b + pd.DateOffset(months=int(m)) for b, m in zip(began, months, strict=True)]
    contracts = pd.DataFrame(
        {
            "customer_id": rng.choice(ids, 300),
            "contract_id": [f"k{i}" for i in range(300)],
            "kind": rng.choice(["basic", "Plus"], 300),
            "started_at": began,
            "ended_at": [o if o < pd.Timestamp(END) else pd.NaT for o in over],
            "amount_per_month": rng.choice([5.0, 9.99], 300),
        }
    )
    opened = pd.Timestamp("2025-07-01") + pd.to_timedelta(rng.integers(0, 364, 120), unit="D")
    closed = pd.Series(opened + pd.Timedelta(days=3)).where(rng.random(120) < 0.8)
    interactions = pd.DataFrame(
        {
            "customer_id": rng.choice(ids, 120),
            "opened_at": opened,
            "closed_at": closed,
            "kind": rng.choice(["complaint", "visit"], 120),
        }
    )
    responses = pd.DataFrame(
        {"customer_id": rng.choice(ids, 150, replace=False), "recommend": rng.integers(0, 11, 150)}
    )

    def rated(seed):
        other = np.random.default_rng(seed)
        return pd.DataFrame(
            {
                "customer_id": ids,
                "region": region,
                "recency_days": other.integers(1, 400, n),
                "frequency": other.integers(1, 20, n),
                "monetary": other.gamma(2, 250, n).round(2),
                "tenure_days": other.integers(400, 900, n),
            }
        )

    return {
        "customers": customers,
        "transactions": orders,
        "contracts": contracts,
        "interactions": interactions,
        "responses": responses,
        "rated_before": rated(1),
        "rated": rated(2),
        "segments": pd.DataFrame({"customer_id": ids[:800], "segment": rng.integers(1, 4, 800)}),
    }


class Company:
    """The company in one engine; what several questions rest on is computed once."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._tables: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._tables:
            self._tables[name] = self.table(frames()[name])
        return self._tables[name]

    def table(self, frame: pd.DataFrame) -> Table:
        return Table(self.engine, self.engine.register(frame))

    @cached_property
    def purchases(self):
        return purchase_summary(self["transactions"], observed_until=END, duplicates="drop")

    @cached_property
    def held(self):
        return purchase_summary(self["transactions"], observed_until=END, holdout_from=HELD)

    @cached_property
    def models(self):
        return choose_models(self.held, "bg_nbd")

    @cached_property
    def fits(self):
        return fit_bg_nbd(self.purchases), fit_gamma_gamma(self.purchases)

    def valued(self, summary=None, **terms):
        chosen = {"annual_discount_rate": 0.1, "seed": 1} | terms
        return value_customers(summary or self.purchases, *self.fits, **chosen)

    @cached_property
    def value(self):
        return self.valued()

    @cached_property
    def grades(self):
        first = grade(self["rated_before"], RULES, value="monetary")
        return first, grade(self["rated"], RULES, value="monetary", previous=first)

    @cached_property
    def folds(self):
        return outlook_folds(
            self["transactions"],
            as_of=END,
            horizon_days=90,
            items=["category"],
            interactions=self["interactions"],
            contracts=self["contracts"],
        )


@cache
def company(name: str) -> Company:
    """Return the company in an engine; skipped, saying so, where it is not installed."""
    if name == "duckdb":
        return Company("duckdb://")
    if name == "spark":
        pytest.importorskip("pyspark", reason="pyspark is not installed")
        found = Company(os.environ.get("WORKBENCH_SPARK", "spark://local[2]"))
        found.engine.session.conf.set("spark.sql.shuffle.partitions", "2")
        return found
    if name == "datafusion":
        pytest.importorskip("datafusion", reason="datafusion is not installed")
        return Company("datafusion://")
    pytest.importorskip("adbc_driver_postgresql", reason="adbc-driver-postgresql is not installed")
    if "WORKBENCH_POSTGRESQL" not in os.environ:
        pytest.skip("WORKBENCH_POSTGRESQL names no server")
    return Company(os.environ["WORKBENCH_POSTGRESQL"])


def everywhere(questions):
    """Return the marks that ask every question on every engine."""
    engines = [pytest.param(n, marks=pytest.mark.engine(n)) for n in NAMES]

    def marked(test):
        return pytest.mark.parametrize("question", questions, ids=lambda q: q.__name__)(
            pytest.mark.parametrize("name", engines)(test)
        )

    return marked


@cache
def _here(question):
    return plain(question(company("duckdb")))


def agree(question, name):
    """Ask a question here and on another engine, and refuse answers that differ."""
    there = company(name)  # skipped before anything is computed
    same(plain(question(there)), _here(question), question.__name__)


def plain(answer):
    """Return an answer as mappings, lists, numbers, texts and frames."""
    if isinstance(answer, Table):
        return answer.to_frame()
    if isinstance(answer, Result):
        parts = {
            f.name: getattr(answer, f.name) for f in dataclasses.fields(answer) if f.name not in ("table", "source")
        }
        parts["table"] = answer.table
        if isinstance(answer, BulkResult):
            parts["rows"] = answer.source
        return {k: plain(v) for k, v in parts.items()}
    if isinstance(answer, Mapping):
        return {str(k): plain(v) for k, v in answer.items()}
    if isinstance(answer, list | tuple):
        return [plain(v) for v in answer]
    if dataclasses.is_dataclass(answer):
        return {f.name: plain(getattr(answer, f.name)) for f in dataclasses.fields(answer)}
    return answer


def same(found, expected, where):
    """Refuse what differs: integers and texts exactly, other numbers beyond 1e-9 of themselves."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key in expected:
            same(found[key], expected[key], f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for i, (a, b) in enumerate(zip(found, expected, strict=True)):
            same(a, b, f"{where}[{i}]")
    elif isinstance(expected, pd.Series | pd.Index):
        same(pd.DataFrame({"v": found}), pd.DataFrame({"v": expected}), where)
    elif isinstance(expected, pd.DataFrame):
        assert list(found.columns) == list(expected.columns), where
        assert len(found) == len(expected), where
        for column in expected:
            _same_column(found[column], expected[column], f"{where}.{column}")
    elif isinstance(expected, float | np.ndarray):
        np.testing.assert_allclose(np.asarray(found, dtype=float), expected, rtol=1e-9, atol=1e-9, err_msg=where)
    elif isinstance(expected, int | str | bool | dt.date | type(None) | np.generic):
        assert found == expected, where


def _same_column(found, expected, where):
    absent = expected.isna().to_numpy()
    assert (found.isna().to_numpy() == absent).all(), where
    a, b = found[~absent], expected[~absent]
    if pd.api.types.is_numeric_dtype(b) and not pd.api.types.is_bool_dtype(b):
        np.testing.assert_allclose(
            a.to_numpy(dtype=float), b.to_numpy(dtype=float), rtol=1e-9, atol=1e-9, err_msg=where
        )
    elif pd.api.types.is_datetime64_any_dtype(b) or (len(b) and isinstance(b.iloc[0], dt.date)):
        assert (pd.to_datetime(a).to_numpy() == pd.to_datetime(b).to_numpy()).all(), where
    else:
        assert [str(v) for v in a] == [str(v) for v in b], where
