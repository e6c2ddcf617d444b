"""Every published page on a machine without fonts, languages or a network: no character is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.pages.conftest import chromium, name_of, published

PAGES = published()
DRAW = """async () => {
  await document.fonts.ready;
  const side = 48, canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const brush = canvas.getContext('2d', {willReadFrequently: true});
  const drawn = (character, family) => {
    brush.clearRect(0, 0, side, side);
    brush.font = '32px ' + family;
    brush.fillText(character, 4, 38);
    return brush.getImageData(0, 0, side, side).data.join();
  };
  const found = [];
  const seen = new Set();
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest('script,style,svg')) continue;
    const own = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('');
    const family = getComputedStyle(element).fontFamily;
    for (let character of new Set(own)) {
      if (!character.trim() || seen.has(family + character)) continue;
      seen.add(family + character);
      const picture = drawn(character, family);
      if (picture === drawn('\\uE000', family) || picture === drawn(' ', family)) found.push(character);
    }
  }
  // what a formula shows may be other characters than it holds
  const shown = new Set([...document.querySelectorAll('math')].map(m => m.innerText).join(''));
  const formula = document.querySelector('math') && getComputedStyle(document.querySelector('math')).fontFamily;
  for (const character of shown) {
    if (character.trim() && drawn(character, formula) === drawn(' ', formula)) found.push(character);
  }
  return {characters: seen.size, missing: [...new Set(found)]};
}"""

pytestmark = pytest.mark.skipif(not PAGES, reason="nothing is published here; run make pages-test")


@pytest.fixture(scope="module")
def bare(player, tmp_path_factory):
    """A headless Chromium whose only font holds a space; with none at all Chromium itself does not start."""
    place = tmp_path_factory.mktemp("bare")
    _write_font(place / "fonts" / "nothing.ttf")
    (place / "fonts.conf").write_text(
        f"<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig><dir>{place / 'fonts'}</dir>"
        f"<cachedir>{place / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    env = {
        "PATH": os.environ["PATH"],
        "LANG": "C",
        "LC_ALL": "C",
        "HOME": str(place),
        "FONTCONFIG_FILE": str(place / "fonts.conf"),
    }
    with chromium(player, env=env) as shown:
        yield shown


def _write_font(path):
    import matplotlib as mpl
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")
    cutter = subset.Subsetter(subset.Options(drop_tables=["FFTM"]))
    cutter.populate(unicodes={0x20})
    cutter.subset(font)
    path.parent.mkdir()
    font.save(path)


def looked_at(bare, uri: str) -> dict:
    context = bare.new_context(offline=True)
    page = context.new_page()
    page.goto(uri)
    found = page.evaluate(DRAW)
    context.close()
    return found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_character_is_missing(page, bare):
    found = looked_at(bare, page.resolve().as_uri())
    assert found["missing"] == []
    assert found["characters"] > 10 or "before-" in page.name or "after-" in page.name


def test_the_test_sees_what_is_missing(bare, tmp_path):
    page = tmp_path / "plain.html"
    page.write_text("<meta charset='utf-8'><p>满意度</p>", encoding="utf-8")
    assert set(looked_at(bare, page.as_uri())["missing"]) == set("满意度")
