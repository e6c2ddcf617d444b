"""Make ``docs/report.webp``, the picture of the README: the summary of the demo's newest wave in both languages.

Run where the demo's report is published and the browser of ``make pages-test`` is installed:
``PYTHONPATH=.venv/lib/python3.*/site-packages .cache/pages/bin/python scripts/make_picture.py``.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT, GAP = 1100, 1180, 28
MOST_BYTES = 150_000


def main() -> None:
    """Photograph the summary in English and in Chinese, put them side by side, and keep them small."""
    wave = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "reports" / "demo" / "2026q3"
    chromium = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        shots = [photograph(browser, wave / name) for name in ("index.en.html", "index.html")]
        browser.close()
    picture = Image.new("RGB", (2 * WIDTH + 3 * GAP, HEIGHT + 2 * GAP), "#e8ebf0")
    for place, shot in enumerate(shots):
        picture.paste(shot, (GAP + place * (WIDTH + GAP), GAP))
    picture = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.LANCZOS)
    target = ROOT / "docs" / "report.webp"
    for quality in range(88, 30, -4):
        picture.save(target, quality=quality, method=6)
        if target.stat().st_size <= MOST_BYTES:
            break
    print(f"{target}: {target.stat().st_size:,} bytes, {picture.width} × {picture.height}")


def photograph(browser: object, page: Path) -> Image.Image:
    """Return a page as a reader first sees it, without the strip above it."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", offline=True)
    shown = context.new_page()
    shown.goto(page.resolve().as_uri())
    shown.evaluate("document.fonts.ready")
    image = Image.open(io.BytesIO(shown.screenshot()))
    context.close()
    return image.convert("RGB")


if __name__ == "__main__":
    main()
