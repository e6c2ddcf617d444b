from __future__ import annotations

import subprocess
import sys

import nbformat
import pandas as pd
import pytest

from workbench.core.errors import ChapterError
from workbench.core.language import message
from workbench.report.site.blocks import MIME, Card, cards, table
from workbench.report.site.render import Item, Page, css, dressed, read_page, write_page

V4 = nbformat.v4


def output(block):
    return V4.new_output("display_data", {MIME: block._repr_mimebundle_()[MIME], "text/plain": "x"})


def notebook(tmp_path, *cells):
    path = tmp_path / "10_a.ipynb"
    nbformat.write(V4.new_notebook(cells=list(cells)), path)
    return path


def code(source, *outputs, tags=()):
    return V4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def prose(source, *tags):
    return V4.new_markdown_cell(source, metadata={"tags": list(tags)})


FRAME = pd.DataFrame({"region": ["n"], "n": [3]})


def test_a_page_has_one_language_and_all_blocks(tmp_path):
    path = notebook(
        tmp_path,
        prose("English", "lang-en"),
        prose("中文", "lang-zh"),
        code("a = 1"),
        code("cards", output(cards([Card(message("NPS"), message("3"))]))),
        prose("## Part one", "lang-en"),
        prose("## 第一部分", "lang-zh"),
        code("t", output(table(FRAME, "one")), output(table(FRAME, "two")), output(table(pd.DataFrame(), "none"))),
        code("print(1)", V4.new_output("stream", name="stdout", text="{}"), tags=["contract"]),
    )
    page = read_page(path, "en")
    text = "".join(i.html for i in page.items)
    assert "English" in text and "中文" not in text
    assert [h.text for h in page.headings] == ["Part one"]
    assert text.index("Table 1") < text.index("Table 2")
    assert set(page.tables) == {"one", "two"}
    assert "NPS" in text
    zh = "".join(i.html for i in read_page(path, "zh-CN").items)
    assert "表 2" in zh and "第一部分" in zh


def test_code_is_folded_once_a_section(tmp_path):
    injected = code("wave_folder = '/somewhere'", tags=["injected-parameters"])
    path = notebook(tmp_path, injected, code("a = 1"), code("b = 2"), prose("## Next"), code("c = 3"))
    kinds = [i.kind for i in read_page(path, "en").items]
    assert kinds == ["code", "prose", "code"]
    assert "somewhere" not in "".join(i.html for i in read_page(path, "en").items)


@pytest.mark.parametrize(
    "bad",
    [
        V4.new_output("stream", name="stdout", text="hello"),
        V4.new_output("execute_result", {"text/plain": "3"}),
        V4.new_output("display_data", {"text/html": "<table>", "text/plain": ""}),
    ],
)
def test_nothing_a_cell_shows_is_dropped_silently(tmp_path, bad):
    with pytest.raises(ChapterError, match="cell 1 shows"):
        read_page(notebook(tmp_path, code("a = 1"), code("x", bad)), "en")


def test_warnings_are_for_the_log(tmp_path):
    path = notebook(tmp_path, code("x", V4.new_output("stream", name="stderr", text="UserWarning: x")))
    assert [i.kind for i in read_page(path, "en").items] == ["code"]


RESOURCES = {"title": "T <1>", "language": "en", "words": {}, "languages": [], "chapters": [], "wave_title": "W"}
RESOURCES |= {"glossary": "glossary.en.html"}


def test_a_page_stands_alone():
    html = write_page(Page((Item("prose", "<p>hi</p>"),), (), {}, {}), RESOURCES)
    assert '<html lang="en">' in html and "<p>hi</p>" in html and "T &lt;1&gt;" in html
    with pytest.raises(ChapterError, match="stands alone"):
        write_page(Page((Item("prose", '<img src="https://x.org/a.png">'),), (), {}, {}), RESOURCES)


def test_a_page_carries_the_characters_it_uses_and_no_others():
    plain, chinese = (Page((Item("prose", f"<p>{t}</p>"),), (), {}, {}) for t in ("hi", "满意度"))
    bare = [write_page(p, RESOURCES) for p in (plain, chinese)]
    alone = dressed(bare[:1], [RESOURCES])[0]
    both = dressed(bare, [RESOURCES] * 2)
    assert all("@font-face" in page and css() in page for page in both)
    assert len(both[0]) > len(alone)  # Chinese characters travel only where a page of the language has them
    with pytest.raises(ChapterError, match="bytes"):
        dressed(["x" * 1_100_000], [RESOURCES])


def test_pages_are_rendered_by_many_threads_of_a_fresh_process():
    """What renders code is imported by whoever is first; those who come meanwhile must find it whole."""
    program = """
import sys, threading
from workbench.report.site import render
sys.setswitchinterval(1e-6)
gate, failed = threading.Barrier(12), []
def one():
    gate.wait()
    try:
        render._code("x = 1")
    except Exception as error:
        failed.append(error)
threads = [threading.Thread(target=one) for _ in range(12)]
[t.start() for t in threads]
[t.join() for t in threads]
sys.exit(repr(failed) if failed else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
