import ast
from pathlib import Path

from babel.messages.pofile import read_po

import workbench.sampling
from workbench.core.language import LOCALE_FOLDER

ROOM = Path(workbench.sampling.__file__).parent


def _templates():
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "message":
                yield node.args[0].value


def test_every_sentence_is_translated_with_the_same_places():
    entries = {}
    for name in ("core", "sampling"):
        with (LOCALE_FOLDER / "zh_CN" / f"{name}.po").open("rb") as handle:
            entries |= {str(m.id): str(m.string) for m in read_po(handle) if m.id}
    for template in _templates():
        translated = entries[template]
        assert translated and translated != template
        assert template.count("{") == translated.count("{")


def test_public_names_are_there():
    assert len(set(workbench.sampling.__all__)) == len(workbench.sampling.__all__)
    assert all(hasattr(workbench.sampling, name) for name in workbench.sampling.__all__)
