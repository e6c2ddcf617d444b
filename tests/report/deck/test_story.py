from __future__ import annotations

from workbench.report.deck.story import MOST_MESSAGES


def test_a_deck_opens_tells_its_findings_and_ends_with_tables(story, language):
    slides = story(language)
    kinds = [s.kind for s in slides]
    assert kinds[:4] == ["title", "tiles", "words", "words"]
    assert [s.key for s in slides if s.kind == "chart"] == [
        "90_summary/nps-trend",
        "90_summary/value-bridge",
        "90_summary/groups",
        "55_tables/t001",
        "55_tables/t001-waves",
    ]
    assert kinds.index("section") > kinds.index("chart") and kinds[-1] == "table"
    assert len({s.key for s in slides}) == len(slides)
    assert next(s for s in slides if s.kind == "section").title == {"en": "Appendix", "zh-CN": "附录"}[language]


def test_titles_are_the_findings_of_the_page_and_feet_say_where_they_come_from(story):
    slides = {s.key: s for s in story()}
    trend = slides["90_summary/nps-trend"]
    assert trend.title == "Willingness to recommend: not clearly changed"
    assert trend.measure == "NPS: share giving 9–10 less share giving 0–6; thin lines: 95 % intervals"
    assert trend.source.startswith("Base: 410") and "shop / w1" in trend.source and trend.source.endswith(trend.key)
    assert "abc123" in trend.notes[-1]
    groups = slides["90_summary/groups"]
    assert groups.measure == "NPS, by Region; thin lines: 95 % intervals"
    assert slides["headline"].tiles[0].change == "Change +6.0 (0.0 to +12.0)"
    assert slides["summary"].title == "Loyalty has not clearly changed"


def test_with_one_wave_the_change_is_not_told_and_its_number_is_a_table(story):
    slides = {s.key: s for s in story(waves=1, title="Willingness to recommend: nothing to compare with yet")}
    assert slides["90_summary/nps-trend"].kind == "table" and slides["90_summary/nps-trend"].numbers is not None


def test_messages_are_told_once_and_not_without_end(story):
    slides = story()
    titles = [s.title for s in slides if s.kind == "chart"]
    assert len(titles) == len(set(titles)) <= MOST_MESSAGES
