from __future__ import annotations

from contextlib import nullcontext

import pandas as pd
import pytest

from tests.conftest import WAVE
from tests.core.engine.toy_engine import toy_scheme
from tests.store.test_engine_intake import url_of
from workbench.core.engine import open_engine
from workbench.core.errors import InputError
from workbench.store import Wave

ENGINES = ["toy", *(pytest.param(n, marks=pytest.mark.engine(n)) for n in ("postgresql", "spark", "datafusion"))]
DAYS = ["31/1/2026 9:05 PM", "5/2/2026 12:30 AM", "05.02.26", "1-3-2026, 14:05:06", "2026-03-01", "31/2/2026", "x", ""]
AMOUNTS = {
    "commas": ["1.250,50", "7,5", "-3,25", "1.250", "(2,00)", "12", "abc", "1.234.567"],
    "thousands": ["1,250.50", "7.5", "-1,000", "(2,000.25)", "12", "abc", "1,2", "0"],
    "signs": ["€ 12.50", "12 元", "￥7", "$ -3.5", "12", "abc", "3 km", "HK$4"],
    "plain": ["12.5", "7", "-3", "1e2", ".5", "abc", "5.", "0"],
}
TABLES = "tables:\n  transactions: {ORDERS}\n"


def both(name, rows, make_wave):
    """Return the orders of a table of the engine and of a file of them, and what was said of each."""
    text = WAVE[: WAVE.index("tables:")] + TABLES
    read = []
    with toy_scheme() if name == "toy" else nullcontext() as toy:
        url = "toy://" if name == "toy" else url_of(name)
        held = (toy or open_engine(url)).register(rows)
        told = f'engine: "{url}"\n' + text.replace("ORDERS", f"query: SELECT * FROM {held} AS t")
        filed = make_wave(text.replace("ORDERS", "file: raw/o.csv"), folder="filed")
        rows.to_csv(filed / "raw" / "o.csv", index=False)
        for folder in (make_wave(told, folder="kept"), filed):
            wave = Wave.open(folder)
            report = next(r for r in wave.intake_reports() if r.table == "transactions")
            orders = wave.read("transactions").sort_values("customer_id", ignore_index=True)
            said = [m.text("en").partition(", as in")[0] for m in report.said if "stays" not in m.text("en")]
            read.append((orders[["customer_id", "ordered_at", "amount"]], report.quarantined, said))
    return read


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("written", list(AMOUNTS))
def test_amounts_are_read_as_in_a_file(name, written, make_wave):
    amounts = AMOUNTS[written]
    ids = [f"c{i}" for i in range(len(amounts))]
    kept, filed = both(
        name, pd.DataFrame({"customer_id": ids, "ordered_at": "2026-01-05", "amount": amounts}), make_wave
    )
    pd.testing.assert_frame_equal(kept[0], filed[0], check_dtype=False)
    assert kept[1:] == filed[1:] and bool(kept[2]) == (written != "plain")


@pytest.mark.parametrize("name", ENGINES)
def test_days_with_the_year_last_are_read_as_in_a_file(name, make_wave):
    ids = [f"c{i}" for i in range(len(DAYS))]
    kept, filed = both(name, pd.DataFrame({"customer_id": ids, "ordered_at": DAYS, "amount": "1"}), make_wave)
    pd.testing.assert_frame_equal(kept[0], filed[0], check_dtype=False)
    assert kept[1:] == filed[1:] and kept[1] == 3 and "the day stands first" in kept[2][0]


WRITTEN = {
    "serial": [
        "46027",
        "46027.75",
        "46028.999999",
        "46029.5000058",
        "20026",
        "20260105",
        "x",
        *map(str, range(46030, 46050)),
    ],
    "noon": [
        *(
            "2026/1/25 下午 8:01:02",
            "2026/1/26 上午 8:01",
            "2026-01-05 下午3:05",
            "2026年1月5日 上午 12:30:00",
            "2026.1.5 下午 0:05",
        ),
        *(
            "2026/1/25 下午 8:01:02 GMT+8",
            "2026/1/5 下午 15:05",
            "2026/2/30 下午 1:00",
            "2026/1/5 下午",
            "2026-01-05 9:05",
            "x",
        ),
        *("20260105 下午 1:00", "2026/1/5 下午 25:00"),
    ],
    "eight": ["20260105", "20260230", "2026", "20260106"],
}


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("written", list(WRITTEN))
def test_days_of_workbooks_and_chinese_halves_of_the_day_are_read_as_in_a_file(name, written, make_wave):
    days = WRITTEN[written]
    ids = [f"c{i:02d}" for i in range(len(days))]
    kept, filed = both(name, pd.DataFrame({"customer_id": ids, "ordered_at": days, "amount": "1"}), make_wave)
    pd.testing.assert_frame_equal(kept[0], filed[0], check_dtype=False)
    assert kept[1:] == filed[1:] and 0 < kept[1] <= 5 and bool(kept[2]) == (written != "eight")


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("days", [[46027.0, 46027.75, 46028.999999, None], [20260105, 20260106, 20260107, 2026]])
def test_days_are_read_from_columns_of_numbers_too(name, days, make_wave):
    rows = pd.DataFrame({"customer_id": list("abcd"), "ordered_at": days, "amount": "1"})
    kept, filed = both(name, rows, make_wave)
    pd.testing.assert_frame_equal(kept[0], filed[0], check_dtype=False)
    assert kept[1:] == filed[1:] and kept[1] == 1


def test_days_that_could_be_months_are_a_question(make_wave):
    rows = pd.DataFrame({"customer_id": ["a", "b"], "ordered_at": ["5/1/2026", "6/1/2026"], "amount": "1"})
    with toy_scheme() as engine:
        item = f"query: SELECT * FROM {engine.register(rows)} AS t"
        with pytest.raises(InputError, match="(?s)none has a day above 12.*SELECT in which ordered_at is a date"):
            Wave.open(make_wave("engine: toy://\n" + WAVE[: WAVE.index("tables:")] + TABLES.replace("ORDERS", item)))
