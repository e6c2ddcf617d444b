from __future__ import annotations

import pytest

from workbench.report.site.outside import fetched_from_outside


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://x.org/a.png">',
        '<img srcset="a.png 1x, //x.org/b.png 2x">',
        '<link rel="stylesheet" href="//x.org/a.css">',
        "<style>p { background: url( 'http://x.org/a.png') }</style>",
        '<p style="background: url(//x.org/a.png)">x</p>',
        "<svg><use xlink:href='https://x.org/a.svg#b'/></svg>",
        "<script src=//x.org/a.js></script>",
        '<iframe src="ftp://x.org"></iframe>',
    ],
)
def test_what_a_browser_would_fetch_is_found(html):
    assert fetched_from_outside(html)


@pytest.mark.parametrize(
    "html",
    [
        '<p>@import url(https://x.org) said the customer, and src="//x" too</p>',
        '<a href="https://x.org">a source</a>',
        '<img src="data:image/png;base64,AAAA"><img src="a.png">',
        "<style>@font-face { src: url(data:font/woff2;base64,AA//BB) }</style><p>@import</p>",
        "<svg><use href='#mark'/></svg>",
    ],
)
def test_words_links_and_what_the_page_brings_fetch_nothing(html):
    assert fetched_from_outside(html) is None
