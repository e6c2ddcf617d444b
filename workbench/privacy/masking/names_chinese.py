"""Names of people in Chinese text: beside a title, after words that bring a name, or written as only names are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.privacy.masking.lists import word_list
from workbench.privacy.masking.spans import Span
from workbench.privacy.masking.surnames import (
    COMPOUND_SURNAMES,
    COURTESY,
    GIVEN,
    NEVER_FREE,
    NEVER_GIVEN,
    NICKNAMED,
    PLAIN_SURNAMES,
    SHORT_TITLES,
    SURNAMES,
    TITLE_FIRST,
    TITLES,
    WORD_ENDS,
    WORDLIKE_SURNAMES,
)

_ANY = "|".join((*sorted(COMPOUND_SURNAMES), "[" + "".join(sorted(SURNAMES)) + "]"))
_PLAIN = "|".join((*sorted(COMPOUND_SURNAMES), "[" + "".join(sorted(PLAIN_SURNAMES)) + "]"))
_TITLE = "|".join(sorted(TITLES, key=len, reverse=True))
_TITLED = re.compile(rf"(?P<name>(?:{_ANY})[\u4e00-\u9fff]{{0,2}}?)(?P<title>{_TITLE})")
_SHORT_TITLED = re.compile(
    rf"(?P<name>[小老大]?(?:[{''.join(sorted(PLAIN_SURNAMES))}]))(?P<title>[{SHORT_TITLES}])(?!(?:理|共|体|"
    rf"结|和|数|量|价|额|部|台|算|之|觉|会|裁|统|得会|是感|程|作|具|资|厂|地|业|夫|艺|人家))"
)
_NICK = re.compile(
    rf"(?P<name>[小阿老][{''.join(sorted(NICKNAMED))}])(?=$|[\s,。,!?!?;;、::\"”」)]|"
    rf"[的很是服态真非特在帮先说太也就跟和您给姐哥妹弟同为都对全第热接耐专业工一])"
)
_NICK_AFTER = re.compile(
    r"(?:前台|店员|服务员|客服|导购|师傅|快递员?|骑手|管家|叫做?|找|感谢|谢谢|表扬|联系|是|的|经理|主管|"
    r"技师|教练|销售|顾问|同事|朋友|问|姑娘|小妹|小哥|员工|"
    r"收银员?|保安|司机|老师|点名|特别|尤其是|[,。,!?!?;;、:: ]|^)$"
)
_STRONG = re.compile(
    rf"(?:我的?名字叫|我的?名字是|名字叫做?|名叫|姓名[是为:: ]{{0,3}}|我叫做?|本人叫|本人姓名|叫做|他叫|她叫|"
    rf"免贵姓|我姓|姓名|署名[:: ]?|签名[:: ]?|联系人[是为:: ]{{0,3}}|"
    rf"收[件货]人[是为:: ]{{0,3}}|寄件人[是为:: ]{{0,3}}|户名[是为:: ]{{0,3}}|持卡人[是为:: ]{{0,3}}|"
    rf"投诉人[是为:: ]{{0,3}})(?P<name>(?:{_ANY})[\u4e00-\u9fff]{{0,3}})"
)
_ROLE = "|".join(sorted(TITLE_FIRST, key=len, reverse=True))
_AFTER = re.compile(
    rf"(?:{_ROLE}|我是|我叫|这是|叫|找|联系|联络|投诉|表扬|感谢|谢谢|多谢|辛苦|鼓励|点赞|尤其是|特别是|姓|"
    rf"工号\d+的?|[@—\-–]|(?P<weak>请|给|问|跟|和|与|对|向|由|被|让|像|比如|就是|是|的))"
    rf"(?:一位|一个|那个|那位|这位|了|到|过|她?他?)?(?:名?叫|名字叫|[::「“\" ]|"
    rf"号)?(?P<name>(?:{_ANY})[\u4e00-\u9fff]{{1,3}})"
)
_FREE = re.compile(rf"(?:^|(?<=[\s,。,!?!?;;、::(\"“「—\-]))(?P<name>(?:{_PLAIN})[\u4e00-\u9fff]{{1,3}})")
_SIGNED = re.compile(
    rf"(?:——|--|—|–|-|~|[。,!?!;;\s]|此致|敬礼|来自|by|您的顾客|客户|顾客|会员)[ :: "
    rf"]{{0,2}}(?P<name>(?:{_ANY})[\u4e00-\u9fff]{{1,2}})[。.!! ]*$",
    re.IGNORECASE,
)
_FOREIGN = "".join(sorted(word_list("foreign")))
_DOTTED = re.compile(rf"[{_FOREIGN}]{{1,6}}[·•・‧][{_FOREIGN}]{{2,7}}")
# what may follow a name: the name has ended
_ENDS = re.compile(
    r"$|[^\u4e00-\u9fff]|[的很是服态真非特在帮先说太也就都跟和与您给让把被对为从却还又再非没不有会能可要想"
    r"一接打回去来来到到了吗呢吧啊,。说做干办讲问告答服热耐细专业]|"
    r"先生|女士|小姐|同学|老师|经理|师傅|主管|店长|大夫|医生|护士|电话|手机|联系|工号|微信"
)
# what a person does or has, after a name of two characters with nothing before it
_ACTING = re.compile(r"的?(?:服务|态度|讲解|业务|手艺|技术)|很|非常|特别|真的|十分|帮我|帮忙|给我|为我|态度")
_STOPS = re.compile(r"$|[^\u4e00-\u9fff]")
_COMMON = word_list("common")


def chinese_name_spans(text: str) -> Iterator[Span]:
    """Find names of people in Chinese text.

    Parameters
    ----------
    text
        A text as `normalise` gives it.

    Yields
    ------
    Span
        A surname with or without given name beside a title (王先生, 小李 at the front desk), a name after words that
        bring one (我叫, 找, 店员, a signature), and a frequent surname with two characters of given names where a
        clause begins.

    Notes
    -----
    Surnames that are everyday words (高, 方, 向, 安) count only beside a title or after 我叫 and the like; everyday
    words that begin with a surname (安静, 周末) never do.

    Examples
    --------
    >>> text = "王小明的态度很好,前台小李也不错,周末安静,我叫欧阳娜娜"
    >>> sorted({text[s.start : s.end] for s in chinese_name_spans(text)})
    ['小李', '欧阳娜娜', '王小明']
    """
    for found in _overlapping(_TITLED, text):
        if _titled(text, found["name"], found.start(), found["title"]):
            yield Span(found.start(), found.end("name"), "name")
    for found in _SHORT_TITLED.finditer(text):
        after = found.start() == 0 or _NICK_AFTER.search(text, max(0, found.start() - 5), found.start())
        if after and found[0] not in _COMMON:
            yield Span(found.start(), found.end(), "name")
    for found in _NICK.finditer(text):
        if found["name"] not in _COMMON and _NICK_AFTER.search(text, max(0, found.start() - 5), found.start()):
            yield Span(found.start(), found.end(), "name")
    for found in _STRONG.finditer(text):
        end = _end_of_name(text, found.start("name"), found["name"], sure=True)
        if end:
            yield Span(found.start("name"), end, "name")
    for pattern in (_AFTER, _SIGNED, _FREE):
        for found in _overlapping(pattern, text):
            brought = pattern is not _AFTER or found["weak"] is None
            end = _end_of_name(text, found.start("name"), found["name"], free=pattern is _FREE, brought=brought)
            if end:
                yield Span(found.start("name"), end, "name")
    for found in _DOTTED.finditer(text):
        yield Span(found.start(), found.end(), "name")


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    place = 0
    while (found := pattern.search(text, place)) is not None:
        yield found
        # a word that brings a name may itself stand in what looked like one
        place = found.start() + 1


def _titled(text: str, name: str, start: int, title: str) -> bool:
    surname = name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]
    given = name[len(surname) :]
    if given:
        if surname in WORDLIKE_SURNAMES and "\u4e00" <= text[start - 1 : start] <= "\u9fff" and len(given) == 1:
            return False
        return not _is_common(name) and given[-1] not in "和同与及" and all(c in GIVEN for c in given)
    before = text[start - 1 : start]
    pair = before + name
    if title not in COURTESY and "\u4e00" <= before <= "\u9fff":
        # 感谢服务员, 门童保安: before a trade stands any word
        return False
    if surname in NEVER_FREE and (title not in COURTESY or (before.isascii() and before.isalnum())):
        return False
    if surname in WORDLIKE_SURNAMES and "\u4e00" <= before <= "\u9fff":
        # 由于经理 and 责任经理 are no names; 找于经理 is one
        return before in "找叫是姓跟的位请问谢扬小老给让,和" and surname not in "向于时连应"
    # 小王子, and what ends another word
    return pair not in WORD_ENDS and name + title not in _COMMON


def _end_of_name(
    text: str, start: int, seen: str, *, sure: bool = False, free: bool = False, brought: bool = False
) -> int:
    """Return where a name that begins at `start` ends; 0 where none begins.

    `sure`: the words before it say that it is a name; `brought`: they say it with some doubt; `free`: there are none.
    """
    surname = seen[:2] if seen[:2] in COMPOUND_SURNAMES else seen[:1]
    for given in (2, 1):
        end = start + len(surname) + given
        rest = text[start + len(surname) : end]
        if len(rest) < given or not all("\u4e00" <= c <= "\u9fff" for c in rest):
            continue
        # characters that no name has, words that only begin like one, and 王杰和 for 王杰
        if any(c in NEVER_GIVEN for c in rest) or rest[-1] in "和同与及家":
            continue
        if _is_common(surname + rest) and not (sure and given == 2):
            continue
        acts, stops = _ACTING.match(text, end), _STOPS.match(text, end)
        if given == 1 and len(surname) == 1 and ((free and not acts) or not (sure or brought or acts or stops)):
            continue
        likely, ends = all(c in GIVEN for c in rest), _ENDS.match(text, end)
        if sure and (likely or (ends and surname not in NEVER_FREE)):
            return end
        wordlike = surname in WORDLIKE_SURNAMES and not (given == 2 and brought)
        if likely and ends and not wordlike and surname not in NEVER_FREE:
            return end
    alone = sure and "姓" in text[max(0, start - 2) : start]
    return start + len(surname) if alone else 0


def _is_common(name: str) -> bool:
    return any(name[: len(word)] == word for word in (name[:2], name[:3]) if word in _COMMON)
