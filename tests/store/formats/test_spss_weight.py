from __future__ import annotations

import struct
from pathlib import Path

from workbench.store.formats.spss_weight import spss_weight

FILES = Path(__file__).resolve().parents[2] / "reference" / "files"
NAMES = ["x", "y", "z", "str", "bool1", "bool2", "bool3"]


def test_a_file_without_a_weight_has_none():
    assert spss_weight(FILES / "pyreadstat_simple_alltypes.sav", NAMES) is None


def test_the_slot_of_the_weight_counts_the_slots_of_long_texts(tmp_path):
    # x, y, z, then five slots of a text of 40 characters, then bool1
    for slot, name in ((3, "z"), (9, "bool1"), (6, None)):
        data = bytearray((FILES / "pyreadstat_simple_alltypes.sav").read_bytes())
        data[76:80] = struct.pack("<i", slot)
        path = tmp_path / "w.sav"
        path.write_bytes(data)
        assert spss_weight(path, NAMES) == name
