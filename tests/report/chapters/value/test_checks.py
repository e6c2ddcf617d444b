from __future__ import annotations

import pandas as pd
import pytest

from tests.clv.made import END, csv, orders
from tests.report.chapters.value.test_chapter import from_orders
from workbench.clv import choose_models, customer_days, purchase_summary
from workbench.core.errors import InputError
from workbench.report.chapters.value import checks
from workbench.store import Wave


@pytest.fixture(scope="module")
def told():
    frame = orders(900)
    return from_orders(frame.assign(amount=frame["amount"] * (frame["customer_id"].astype(int) % 5 + 1)))


def test_models_are_kept_and_read_again(make_wave, told):
    first = Wave.open(make_wave())
    first.keep("value_models", checks.kept_models(told[1].models))
    first.keep("clv", pd.DataFrame({"customer_id": ["a"], "clv": [1.0]}))
    text = (first.folder / "wave.yaml").read_text().replace("wave: w1", "wave: w2\nprevious: w1")
    text = text.replace("2026-06-30", "2026-09-30")
    second = Wave.open(make_wave(wave_yaml=text, folder="w2"))
    assert checks.models_before(second)[0].parameters == pytest.approx(told[1].models.of_buying.parameters)
    assert list(checks.kept_models(choose_models(from_orders(orders(9))[0])).columns) == ["role", "model"]
    with pytest.raises(InputError, match="earlier wave"):
        checks.models_before(first)


def test_days_are_held_back_where_the_history_is_long_enough(make_wave, told):
    purchases = told[0]
    assert checks.held_days(purchases, 90) == 90
    assert checks.held_days(purchases, 900) < 900 / 4
    with pytest.raises(InputError, match="four weeks"):
        checks.held_days(purchase_summary(orders(50).tail(3), observed_until=END), 20)
    frame = orders(900)
    bought = frame.assign(ordered_at=frame["ordered_at"].dt.strftime("%Y-%m-%d")).to_csv(index=False)
    wave = Wave.open(make_wave(transactions=bought))
    found = checks.holdout_of(
        wave,
        customer_days(wave.table("transactions"), observed_until=purchases.observed_until),
        purchases,
        told[1].models,
    )
    assert found.predicted == pytest.approx(found.actual, rel=0.15)
    assert csv(frame.head(1)).count("\n") == 2
