from __future__ import annotations

import io

import openpyxl
import pyrage
import pytest

from workbench.core.errors import InputError
from workbench.privacy.encrypt import (
    VARIABLE,
    list_password,
    lock_workbook,
    new_password,
    open_workbook,
    seal,
    unseal,
)


@pytest.fixture(scope="module")
def plain():
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["customer_id", "007"])
    book.save(made)
    return made.getvalue()


@pytest.fixture(scope="module")
def locked(plain):
    return lock_workbook(plain, "geheim und lang")


def test_a_locked_workbook_opens_with_its_password_alone(plain, locked):
    assert b"customer_id" not in locked and locked[:4] == b"\xd0\xcf\x11\xe0"
    assert open_workbook(locked, "geheim und lang") == plain
    for wrong in ("geheim und kurz", "x"):
        with pytest.raises(InputError, match="password"):
            open_workbook(locked, wrong)


def test_one_changed_bit_is_refused_wherever_it_lies_in_the_content(locked):
    import olefile

    stream = olefile.OleFileIO(io.BytesIO(locked)).openstream("EncryptedPackage").read()
    start = locked.index(stream[8:72])
    for place in (start, start + 40, start + len(stream) // 2):
        changed = bytearray(locked)
        changed[place] ^= 1
        with pytest.raises(InputError, match="was changed"):
            open_workbook(bytes(changed), "geheim und lang")


def test_short_passwords_and_what_is_no_workbook_are_refused(plain):
    with pytest.raises(InputError, match="eight"):
        lock_workbook(plain, "kurz")
    with pytest.raises(InputError, match="workbook"):
        lock_workbook(b"a;b\n", "geheim und lang")


def test_sealed_to_two_each_opens_and_nobody_else(tmp_path):
    people = [pyrage.x25519.Identity.generate() for _ in range(3)]
    files = [tmp_path / f"{i}.txt" for i in range(3)]
    for file, person in zip(files, people, strict=True):
        file.write_text(f"# public key: {person.to_public()}\n{person}\n")
    sealed = seal(b"customer_id\n0071234567\n", [str(p.to_public()) for p in people[:2]])
    assert b"0071234567" not in sealed
    assert [unseal(sealed, f) for f in files[:2]] == [b"customer_id\n0071234567\n"] * 2
    for bad in (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:-1]):
        with pytest.raises(InputError, match="one of its recipients"):
            unseal(bad, files[0])
    with pytest.raises(InputError, match="somebody else"):
        unseal(sealed, files[2])
    files[2].write_text("nothing")
    with pytest.raises(InputError, match="no secret key"):
        unseal(sealed, files[2])


@pytest.mark.parametrize("recipients", [[], ["age1qqqq"], ["ssh-rsa AAAA"]])
def test_a_file_is_sealed_to_a_public_key(recipients):
    with pytest.raises(InputError) as refused:
        seal(b"x", recipients)
    assert refused.value.where == "recipients"


def test_passwords_come_from_the_environment_and_new_ones_differ(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(InputError, match=VARIABLE):
        list_password()
    monkeypatch.setenv(VARIABLE, "geheim")
    assert list_password() == "geheim"
    assert len({new_password() for _ in range(50)}) == 50
