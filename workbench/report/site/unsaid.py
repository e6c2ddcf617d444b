"""Sentences about a group whose numbers a page leaves out: they leave, too."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from html import unescape

SHORTEST = 2  # a tier called A is a word of many sentences


def names_of(html: str, rows: Collection[int]) -> set[str]:
    """Return what the named rows of a table are called, as a page of this language calls them.

    Examples
    --------
    >>> names_of('<tbody><tr><th scope="row">North</th></tr><tr><th scope="row">South</th></tr></tbody>', [1])
    {'South'}
    """
    body = re.search(r"<tbody>(.*?)</tbody>", html, flags=re.DOTALL)
    if body is None:
        return set()
    found = set()
    for place, row in enumerate(re.findall(r"<tr>(.*?)</tr>", body[1], flags=re.DOTALL)):
        heads = re.findall(r'<th scope="row">(.*?)</th>', row, flags=re.DOTALL)
        if place in rows and heads:
            found.add(unescape(re.sub(r"<[^>]+>", "", heads[-1])).strip())
    return {name for name in found if len(name) >= SHORTEST}


def speaks_of(text: str, names: Iterable[str]) -> bool:
    """Tell whether a sentence names one of the groups.

    Examples
    --------
    >>> speaks_of("South fell by 9 points.", ["South"]), speaks_of("Southwest fell.", ["South"])
    (True, False)
    """
    plain = unescape(re.sub(r"<[^>]+>", "", text))
    return any(
        re.search(rf"(?<![A-Za-z0-9]){re.escape(n)}(?![A-Za-z0-9])", plain) if n.isascii() else n in plain
        for n in names
    )


def without_sentences(html: str, names: Collection[str]) -> str:
    """Return a part of a page without findings and statements about the groups; a panel is called by its measure.

    Examples
    --------
    >>> without_sentences('<li data-finding="a">North fell.</li><li data-finding="b">All fell.</li>', ["North"])
    '<li data-finding="b">All fell.</li>'
    """
    if not names:
        return html

    def kept(found: re.Match[str]) -> str:
        return "" if speaks_of(found[0], names) else found[0]

    html = re.sub(r"<li\b[^>]*\bdata-finding=[^>]*>.*?</li>", kept, html, flags=re.DOTALL)
    html = re.sub(
        r'(<ul class="statements">)(.*?)(</ul>)',
        lambda m: m[1] + re.sub(r"<li>.*?</li>", kept, m[2], flags=re.DOTALL) + m[3],
        html,
        flags=re.DOTALL,
    )

    def called(found: re.Match[str]) -> str:
        return found[0] if not speaks_of(found[1], names) else f'<h3>{found[2]}</h3><p class="measure">{found[2]}</p>'

    return re.sub(r'<h3>(.*?)</h3><p class="measure">(.*?)</p>', called, html, flags=re.DOTALL)
