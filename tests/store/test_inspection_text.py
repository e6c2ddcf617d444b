from __future__ import annotations

from pathlib import Path

from tests.conftest import ORDERS
from workbench.store import Wave
from workbench.store.inspection import inspect_wave
from workbench.store.inspection_text import inspection_text, proposal_text
from workbench.store.proposing import propose

FILES = Path(__file__).resolve().parents[1] / "reference" / "files"


def test_a_terminal_gets_tables_and_bars(make_wave):
    text = inspection_text(
        inspect_wave(Wave.open(make_wave(transactions=ORDERS + "001,2026-05-01,4\n1,2026-05-02,free\n"))), 100
    )
    assert "Tables that came in" in text and "transactions.amount: 1 rows" in text
    assert "2026-04          0 –" in text
    assert max(map(len, text.splitlines())) <= 100


def test_it_reads_in_both_languages(make_wave):
    found = inspect_wave(Wave.open(make_wave()))
    assert "收到的表" in inspection_text(found, language="zh-CN")


def test_a_file_says_what_it_is_and_why():
    text = proposal_text(propose(FILES / "wjx_codes.csv"))
    assert text.startswith("wjx_codes.csv: responses\n  Wenjuanxing")
    assert "recommend: '2、您有多大可能向朋友推荐我们？' – asks about recommending" in text
