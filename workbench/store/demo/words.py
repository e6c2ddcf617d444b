"""The words of the demo company in both languages: regions, cities, channels, occupations, interests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from workbench.core.language import Language
from workbench.store.demo.parameters import RegionCode


@dataclass(frozen=True)
class Words:
    """One language's words; every tuple is parallel to the one in the other language."""

    regions: Mapping[RegionCode, str]
    cities: Mapping[RegionCode, tuple[str, ...]]
    channels: tuple[str, ...]
    categories: tuple[str, ...]
    genders: tuple[str, ...]
    age_bands: tuple[str, ...]
    occupations: tuple[str, ...]
    interests: tuple[str, ...]


STORES_PER_CITY: Final = (8, 6, 5, 4)
"""Stores in a region's first, second, third … city."""

CITY_SHARES: Final = (0.42, 0.27, 0.19, 0.12)
GENDER_SHARES: Final = (0.58, 0.42)
AGE_SHARES: Final = (0.14, 0.29, 0.26, 0.17, 0.09, 0.05)
OCCUPATION_SHARES: Final = (0.30, 0.14, 0.12, 0.11, 0.10, 0.09, 0.08, 0.06)

AGE_BANDS: Final = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")

CHINESE: Final = Words(
    regions={
        "east": "华东",
        "south": "华南",
        "north": "华北",
        "central": "华中",
        "southwest": "西南",
        "northeast": "东北",
        "northwest": "西北",
    },
    cities={
        "east": ("上海", "杭州", "南京", "苏州"),
        "south": ("广州", "深圳", "厦门", "南宁"),
        "north": ("北京", "天津", "石家庄", "太原"),
        "central": ("武汉", "长沙", "郑州", "南昌"),
        "southwest": ("成都", "重庆", "昆明", "贵阳"),
        "northeast": ("沈阳", "大连", "长春", "哈尔滨"),
        "northwest": ("西安", "兰州", "银川", "乌鲁木齐"),
    },
    channels=("门店", "App", "网站", "合作伙伴"),
    categories=("生鲜", "食品", "家居", "美妆", "母婴", "数码"),
    genders=("女", "男"),
    age_bands=AGE_BANDS,
    occupations=("职员", "技术人员", "教师", "个体经营", "学生", "公务员", "退休", "自由职业"),
    interests=("烹饪", "健身", "旅行", "阅读", "摄影", "园艺", "亲子", "音乐", "露营", "手工", "宠物", "数码"),
)

ENGLISH: Final = Words(
    regions={
        "east": "East China",
        "south": "South China",
        "north": "North China",
        "central": "Central China",
        "southwest": "Southwest",
        "northeast": "Northeast",
        "northwest": "Northwest",
    },
    cities={
        "east": ("Shanghai", "Hangzhou", "Nanjing", "Suzhou"),
        "south": ("Guangzhou", "Shenzhen", "Xiamen", "Nanning"),
        "north": ("Beijing", "Tianjin", "Shijiazhuang", "Taiyuan"),
        "central": ("Wuhan", "Changsha", "Zhengzhou", "Nanchang"),
        "southwest": ("Chengdu", "Chongqing", "Kunming", "Guiyang"),
        "northeast": ("Shenyang", "Dalian", "Changchun", "Harbin"),
        "northwest": ("Xi'an", "Lanzhou", "Yinchuan", "Urumqi"),
    },
    channels=("store", "app", "web", "partner"),
    categories=("fresh", "grocery", "home", "beauty", "baby", "digital"),
    genders=("female", "male"),
    age_bands=AGE_BANDS,
    occupations=(
        "office worker",
        "engineer",
        "teacher",
        "self-employed",
        "student",
        "civil servant",
        "retired",
        "freelancer",
    ),
    interests=(
        "cooking",
        "fitness",
        "travel",
        "reading",
        "photography",
        "gardening",
        "family",
        "music",
        "camping",
        "crafts",
        "pets",
        "gadgets",
    ),
)


def words(language: Language) -> Words:
    """Return a language's words.

    Examples
    --------
    >>> words("zh-CN").regions["east"], words("en").regions["east"]
    ('华东', 'East China')
    """
    return CHINESE if language == "zh-CN" else ENGLISH
