from __future__ import annotations

import pytest

from workbench.privacy.masking.addresses import address_spans


def found(text):
    return {text[s.start : s.end] for s in address_spans(text)}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("住在人民路88号", "人民路88号"),
        ("5栋2单元301室", "5栋2单元301室"),
        ("12 Baker Street", "12 Baker Street"),
        ("PO Box 12", "PO Box 12"),
        ("near SW1A 1AA", "SW1A 1AA"),
        ("信箱 123号", "信箱 123号"),
        ("Rue x, 14 rue de Rivoli", "14 rue de Rivoli"),
        ("Flat 3, 18 Rosewood Close", "Flat 3, 18 Rosewood Close"),
    ],
)
def test_found(text, detail):
    assert detail in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "万达广场一楼",
        "住在古城里",
        "送到房间里",
        "37号楼房子旧",
        "10 minutes walk from Main Road",
        "5 Star Hotel Park",
        "2号楼,2号楼没电梯",
        "空调得弄一弄",
    ],
)
def test_left_alone(text):
    assert found(text) == set()
