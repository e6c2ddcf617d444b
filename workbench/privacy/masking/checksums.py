"""Check digits: what tells an identity, card or account number from any other row of digits."""

from __future__ import annotations

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_TAIWAN = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def resident_id(digits: str) -> bool:
    """Tell whether a text is a number of a Chinese resident identity card.

    Notes
    -----
    GB 11643-1999: six digits of the region, date of birth, three digits, and a check character by ISO 7064 MOD 11-2.
    Numbers of 15 digits (before 1999) have no check character; region and date must be possible.

    Examples
    --------
    >>> resident_id("11010519491231002X"), resident_id("110105194912310021")
    (True, False)
    """
    if digits[:2] not in _PROVINCES:
        return False
    if len(digits) == 15 and digits.isdigit():
        return _a_day("19" + digits[6:12])
    if len(digits) != 18 or not digits[:17].isdigit() or not _a_day(digits[6:14]):
        return False
    total = sum(int(d) * w for d, w in zip(digits, _ID_WEIGHTS, strict=False))
    return _ID_CHECK[total % 11] == digits[17].upper()


def like_resident_id(digits: str) -> bool:
    """Tell whether a text has region and date of birth where a resident identity card has them, typed right or not.

    Examples
    --------
    >>> like_resident_id("110105194912310021"), like_resident_id("999999999999999999")
    (True, False)
    """
    return len(digits) == 18 and digits[:2] in _PROVINCES and digits[:17].isdigit() and _a_day(digits[6:14])


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B).

    Examples
    --------
    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    if not digits.isdigit():
        return False
    doubled = [sum(divmod(int(d) * 2, 10)) if i % 2 else int(d) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def iban(text: str) -> bool:
    """Tell whether a text is an international bank account number (ISO 13616: the whole, turned, is 1 modulo 97).

    Examples
    --------
    >>> iban("GB82WEST12345698765432"), iban("GB82WEST12345698765433")
    (True, False)
    """
    if not 15 <= len(text) <= 34 or not text.isascii() or not text.isalnum():
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def hong_kong_id(letters: str, digits: str, check: str) -> bool:
    """Tell whether letters, six digits and check character are a Hong Kong identity card.

    Examples
    --------
    >>> hong_kong_id("A", "123456", "3"), hong_kong_id("A", "123456", "4")
    (True, False)
    """
    values = [36] * (2 - len(letters)) + [ord(c) - 55 for c in letters.upper()] + [int(d) for d in digits]
    total = sum(v * w for v, w in zip(values, range(9, 1, -1), strict=True))
    return (total + int(check.upper(), 11)) % 11 == 0


def taiwan_id(text: str) -> bool:
    """Tell whether a letter and nine digits are a national identification number of Taiwan.

    Examples
    --------
    >>> taiwan_id("A123456789"), taiwan_id("A123456788")
    (True, False)
    """
    if len(text) != 10 or text[0].upper() not in _TAIWAN or not text[1:].isdigit():
        return False
    tens, ones = divmod(_TAIWAN[text[0].upper()], 10)
    total = tens + ones * 9 + sum(int(d) * w for d, w in zip(text[1:9], range(8, 0, -1), strict=True))
    return (total + int(text[9])) % 10 == 0


def _a_day(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year <= 2100
    except ValueError:
        return False
