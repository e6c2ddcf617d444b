import re

import pytest

from workbench.core.language import LANGUAGES
from workbench.report.site import GLOSSARY, glossary_page, glossary_terms, write_index


def test_every_term_is_explained_in_both_languages():
    for term in glossary_terms():
        for language in LANGUAGES:
            assert term[language]["name"] and term[language]["text"].endswith((".", "。"))
        assert re.search("[一-鿿]", term["zh-CN"]["text"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_shows_every_term_with_its_other_name(language, tmp_path):
    page = glossary_page(language)
    for term in glossary_terms():
        assert f'id="{term["id"]}"' in page
    write_index(tmp_path / "reports")
    assert (tmp_path / "reports" / GLOSSARY[language]).read_text(encoding="utf-8") == page
