"""What a page would fetch from outside, read from its elements: what stands in somebody's words fetches nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# attributes that make a browser fetch what they name, in any element
FETCHING = ("src", "srcset", "poster", "data", "background", "action", "formaction", "xlink:href")
# elements whose href is fetched; that of a link waits until somebody follows it
FETCHED = ("link", "use", "image", "base", "feimage")
_OUTSIDE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"@import\b|url\(\s*['\"]?\s*(?:https?:)?//", re.IGNORECASE)


def fetched_from_outside(html: str) -> str | None:
    r"""Return the first thing a page would fetch from outside when it is opened; None if it stands alone.

    Parameters
    ----------
    html
        The whole page.

    Examples
    --------
    >>> fetched_from_outside("<p>she wrote @import and src=\"//x\"</p>") is None
    True
    >>> fetched_from_outside('<img src="//x.org/a.png">')
    'src="//x.org/a.png"'
    >>> fetched_from_outside("<style>@import 'a.css'</style>")
    '@import'
    """
    reader = _Reader(convert_charrefs=True)
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    found: str | None = None
    _in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            fetches = name in FETCHING or (name == "href" and tag in FETCHED)
            parts = (value or "").split(",") if name == "srcset" else [value or ""]
            if fetches and any(map(_OUTSIDE.match, parts)):
                self.found = self.found or f'{name}="{value}"'
            if value and name == "style":
                self._look(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._look(data)

    def _look(self, style: str) -> None:
        hit = _IN_STYLE.search(style)
        if hit:
            self.found = self.found or hit[0]
