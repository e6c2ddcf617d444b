from __future__ import annotations

import pandas as pd
import pytest

from tests.conftest import ANSWERS, CUSTOMERS, ORDERS, WAVE
from workbench.core.findings import said
from workbench.nps import post_voices
from workbench.nps.code_frame import read_frame
from workbench.report.chapters.loyalty import outside
from workbench.report.chapters.loyalty.sections import SECTIONS
from workbench.store import Wave

FRAME = read_frame("retail")


TABLES = WAVE.replace(
    "tables:\n", "tables:\n  interactions: {file: raw/interactions.csv}\n  posts: {file: raw/posts.csv}\n"
)


@pytest.fixture(scope="module")
def wave(tmp_path_factory):
    folder = tmp_path_factory.mktemp("w1")
    (folder / "raw").mkdir()
    kinds = ["微博", "complaint", "访谈", "review"] * 30
    texts = [f"送货太慢{i}" if k != "访谈" else f"店员热情{i}" for i, k in enumerate(kinds)]
    rows = {"customer_id": [str(i) for i in range(120)], "opened_at": "2026-01-05", "kind": kinds, "text": texts}
    posts = {
        "posted_at": ["2026-02-01"] * 30,
        "platform": "点评",
        "stars": 2.0,
        "text": [f"太贵{i}" for i in range(30)],
    }
    for name, table in (("interactions", rows), ("posts", posts)):
        pd.DataFrame(table).to_csv(folder / "raw" / f"{name}.csv", index=False)
    for name, text in (("customers", CUSTOMERS), ("transactions", ORDERS), ("responses", ANSWERS)):
        (folder / "raw" / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "wave.yaml").write_text(TABLES, encoding="utf-8")
    return Wave.open(folder)


def test_posts_interviews_and_reviews_are_one_table_without_complaints(wave):
    posts = outside.posts_of(wave)
    assert posts["platform"].value_counts().to_dict() == {"点评": 30, "微博": 30, "访谈": 30, "review": 30}
    assert outside.kinds_of(wave)["post"][:2] == ["post", "review"]
    section = next(s for s in SECTIONS if s.id == "posts")
    assert section.left_out(wave) is None


def test_without_words_outside_the_section_is_left_out(make_wave):
    section = next(s for s in SECTIONS if s.id == "posts")
    assert "no posts" in section.left_out(Wave.open(make_wave())).text("en")


def test_what_is_written_of_more_outside_is_told_with_its_evidence(wave):
    answers = pd.DataFrame({"comment": ["送货太慢"] * 20 + ["服务很好"] * 180})
    inside = outside.inside(wave, answers, FRAME)
    voices = post_voices(outside.posts_of(wave), FRAME, answers=inside)
    told = {f.id: f.text.text("en") for f in said(outside.post_findings(voices, 30))}
    assert "more outside (50.0%" in told["posts.topic:delivery"] and "less outside" in told["posts.topic:staff"]
    assert outside.inside(wave, answers.head(3), FRAME) is None
    assert [t.text("en") for t in outside.topics_shown(voices)["topic"]][:1] == ["Delivery"]
    assert "p_adjusted" in outside.shown(voices) and "120 posts" in outside.posts_caption(voices).text("en")


def test_parts_that_hold_nothing_are_not_shown(wave):
    voices = post_voices(outside.posts_of(wave), FRAME)
    names = [name for name, *_ in outside.parts(voices)]
    assert names == ["posts-platform", "posts-month"]
    assert outside.parts(voices)[1][2]["month"].tolist() == ["2026-01", "2026-02"]
