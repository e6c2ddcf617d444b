"""Make the font the package ships: the characters of GB 2312 and Latin out of Noto Sans CJK SC, under its own name.

Run as ``python scripts/make_font.py /path/to/NotoSansCJK-Regular.ttc``; needed only when the subset changes.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

FAMILY = "Workbench Sans SC"
TARGET = Path(__file__).parent.parent / "workbench" / "core" / "fonts" / "workbench-sans-sc.otf"


def characters() -> set[int]:
    """Return ASCII, Latin-1, the signs the reports use, and every character of GB 2312."""
    pairs = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    chinese = {ord(c) for pair in pairs for c in pair.decode("gb2312", errors="ignore")}
    return chinese | set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | {ord(c) for c in "–—‘’“”•…−×≥≤≈∞→←↑↓▲▼¥€²√σΣ"}


def main(source: str) -> None:
    """Write the subset of the Simplified Chinese face of the collection `source`."""
    faces = TTCollection(source).fonts
    font = next(f for f in faces if f["name"].getDebugName(4).startswith("Noto Sans CJK SC"))
    options = subset.Options(
        hinting=False, layout_features=[], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 6, 3):
            record.string = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY
    font["CFF "].cff.fontNames[0] = FAMILY.replace(" ", "")
    font.save(TARGET)


if __name__ == "__main__":
    main(sys.argv[1])
