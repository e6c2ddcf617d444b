from __future__ import annotations

import pytest

from workbench.privacy.masking import checksums


@pytest.mark.parametrize("number", ["11010519491231002X", "11010519491231002x", "440308990101876"])
def test_resident_ids(number):
    assert checksums.resident_id(number)


@pytest.mark.parametrize(
    "number", ["110105194912310020", "110105194913310021", "990105194912310021", "1101051949", "11010519491231002"]
)
def test_no_resident_ids(number):
    assert not checksums.resident_id(number)


def test_one_wrong_digit_is_noticed():
    assert all(checksums.luhn("4111111111111111") != checksums.luhn(f"411111111111111{d}") for d in "0234567890")
    assert not checksums.iban("GB82WEST1234569876543") and not checksums.luhn("4111x")
    assert checksums.iban("DE89370400440532013000") and checksums.hong_kong_id("AB", "987654", "3")
    assert not checksums.taiwan_id("1123456789") and not checksums.taiwan_id("A12345")
