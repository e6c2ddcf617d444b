from __future__ import annotations

from workbench.store.demo.words import CITY_SHARES, words


def test_languages_are_parallel():
    chinese, english = words("zh-CN"), words("en")
    for name in ("channels", "categories", "genders", "age_bands", "occupations", "interests"):
        assert len(getattr(chinese, name)) == len(getattr(english, name))
    assert list(chinese.regions) == list(english.regions)
    for code, cities in chinese.cities.items():
        assert len(cities) == len(english.cities[code]) == len(CITY_SHARES)
