import pytest

from workbench.core.errors import InputError
from workbench.nps import code_frame
from workbench.nps.code_frame import READY, CodeFrame, Topic, read_frame


@pytest.mark.parametrize("name", sorted(READY))
def test_ready_frames_are_complete(name):
    frame = read_frame(name)
    assert len(frame.topics) >= 11 and frame.signs is not None
    for topic in frame.topics:
        assert set(topic.labels) == {"en", "zh-CN"} and topic.department


def test_both_languages_of_retail_have_the_same_topics():
    assert [t.id for t in read_frame("retail_en").topics] == [t.id for t in read_frame("retail_zh").topics]
    assert read_frame("retail").signs.search("the store") and read_frame("retail").signs.search("超市")


def test_traditional_and_full_width_writing_are_coded_as_simplified():
    frame = read_frame("hotel")
    codes = frame.codes(["房間很髒", "房间很脏", "ＷＩＦＩ", "wifi", "", "房間很髒"])
    assert (codes[0] == codes[1]).all() and codes[0].sum() == 2
    assert (codes[2] == codes[3]).all() and codes[2].sum() == 1
    assert not codes[4].any() and (codes[5] == codes[0]).all()


def test_a_pattern_that_only_the_writing_itself_holds_still_counts(tmp_path):
    frame = read_frame(write(tmp_path, "topics: [{id: a, label: {en: A}, patterns: ['！！']}]"))
    assert frame.codes(["真好！！"]).all()


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("confirmed: false\ntopics: [{id: a, label: {en: A}, patterns: [x]}]", "line 1, column 12: it still says"),
        ("confirmed: true\ntopics: [{id: a, label: {en: '? x'}, patterns: [x]}]", "'a' is not named yet"),
    ],
)
def test_a_proposed_frame_waits_for_a_person(tmp_path, text, match):
    with pytest.raises(InputError, match=match):
        read_frame(write(tmp_path, text))


def write(tmp_path, text):
    path = tmp_path / "frame.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_invalid_pattern_is_named_with_line_and_column(tmp_path):
    path = write(tmp_path, "topics:\n  - id: a\n    label: {en: A}\n    patterns: [fine, 'bro(ken']\n")
    with pytest.raises(InputError, match=r"line 4, column 26: 'bro\(ken'"):
        read_frame(path)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("topics: [", "line 1|line 2"),
        ("x: 1\n", "no topics"),
        ("topics:\n  - id: a\n    label: {en: A}\n", "line 2, column 5: without patterns"),
        ("topics:\n  - id: a\n    label: {en: A}\n    pattern: [x]\n    patterns: [x]\n", "unknown key 'pattern'"),
        ("topics:\n  - id: a\n    label: {en: A}\n    patterns: ['x*']\n", "matches the empty text"),
        ("topics:\n  - {id: a, label: {en: A}, patterns: [x]}\n  - {id: a, label: {en: A}, patterns: [x]}\n", "twice"),
        ("topics:\n  - {id: a, label: {en: A}, patterns: x}\n", "Patterns are a list"),
    ],
)
def test_broken_frames(tmp_path, text, match):
    with pytest.raises(InputError, match=match):
        read_frame(write(tmp_path, text))


def test_unknown_name():
    with pytest.raises(InputError, match="did you mean 'retail_"):
        read_frame("retail_cn")


def test_frames_of_two_languages_are_one():
    both = read_frame("retail")
    assert len(both.topics) == 12
    price = next(t for t in both.topics if t.id == "price")
    assert price.pattern.search("太贵了") and price.pattern.search("too EXPENSIVE")
    assert price.owner("en") == "Merchandising" and price.owner("zh-CN") == "商品部" and price.label("zh-CN") == "价格"
    returns = next(t for t in both.topics if t.id == "returns")
    assert returns.exception is not None and returns.exception.search("I will return")


def test_a_department_may_have_a_name_for_each_language(tmp_path):
    text = "topics:\n  - {id: a, label: {en: A}, department: {en: Sales, zh-CN: 销售部}, patterns: [x]}\n"
    topic = read_frame(write(tmp_path, text)).topics[0]
    assert topic.owner("zh-CN") == "销售部" and topic.department == "Sales"


def test_a_file_is_read_once_and_again_when_it_says_something_else(tmp_path):
    path = tmp_path / "frame.yaml"
    topic = "topics:\n  - id: {name}\n    label: {{en: A}}\n    patterns: [slow]\n"
    path.write_text(topic.format(name="first"), encoding="utf-8")
    first = read_frame(path)
    assert read_frame(path) is first
    path.write_text(topic.format(name="other"), encoding="utf-8")
    assert [t.id for t in read_frame(path).topics] == ["other"]


def test_a_frame_codes_the_same_texts_alike_whenever_it_is_asked(monkeypatch):
    frame = CodeFrame(read_frame("retail_en").topics, "own")
    texts = ["too expensive", "", "slow delivery", "too expensive"]
    once = frame.codes(texts)
    searched = []
    monkeypatch.setattr(Topic, "found", lambda _topic, text: searched.append(text))
    assert (frame.codes(texts) == once).all() and not searched
    # what a caller does to an answer changes no later one
    once[:] = False
    assert frame.codes(["too expensive"]).any()


def test_a_frame_forgets_rather_than_growing_without_end(monkeypatch):
    monkeypatch.setattr(code_frame, "MOST_KNOWN", 3)
    frame = CodeFrame(read_frame("retail_en").topics, "own")
    for i in range(10):
        frame.codes([f"slow {i}", f"slow {i + 1}"])
    assert len(frame._known) <= 5
