"""Names of people in English text: after a title or words that bring a name, in a signature, or a name that acts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.privacy.masking.lists import word_list
from workbench.privacy.masking.spans import Span
from workbench.privacy.masking.surnames import AMBIGUOUS_FIRST, FIRST_NAMES, PINYIN_SURNAMES

_CAP = r"[A-ZÀ-Ý][\w'’À-ÿ-]*[\wÀ-ÿ]"
_ONE = rf"(?:{_CAP}|[A-Z]\.?)"
_TITLE = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Capt|Captain|Sgt|Sergeant|Officer|Nurse|Sir|Madam|Mme|"
    rf"Monsieur|Herr|Frau|Señora?|Sra?|"
    rf"mr|mrs|ms|dr|MR|MRS|MS)\b\.? ?(?P<name>{_ONE}(?: (?:(?:van|von|de|der|del|da|al|el|bin) "
    rf")?{_CAP}){{0,2}}|(?<=[mM][rs] |[mM]s )[a-z]{{3,}})"
)
_STRONG = re.compile(
    rf"\b(?i:my name(?:'s| is|:)|name:|full name:|i(?:'m| am) called|they call me|signed(?: by)?[,:]|"
    rf"yours(?: truly| sincerely| faithfully)?,|"
    rf"(?:kind |best |warm |many )?regards,?|sincerely,?|cheers,|best wishes,?|best,|love,|thanks,|thank "
    rf"you,|attn:?|contact person:?|c/o|named|whose name (?:is|was)|"
    rf"name (?:was|is|tag (?:said|read)|badge (?:said|read)))\s*(?P<name>(?:{_ONE}(?:[ .]+{_ONE}){{0,2}})|"
    rf"[a-z]{{2,12}}(?: [a-z]{{2,14}})?)"
)
_WEAK = re.compile(
    rf"\b(?i:i'm|i am|this is|it's|it is|called|ask(?:ed)? for|asking for|speak(?:ing)? (?:to|with)|spoke "
    rf"(?:to|with)|talk(?:ed|ing)? (?:to|with)|thanks to|thank you(?: to)?,?|"
    rf"thanks,?|thank|thanking|contact|email|call|met|see|saw|by|from|with|and|shout ?out to|kudos to|"
    rf"props to|hats off to|credit to|praise for|compliments to|"
    rf"especially|particularly|namely|like|to|for|about|dear|hi|hello|told|tell|asked|ask|let|had|was|my "
    rf"(?:husband|wife|son|daughter|friend|colleague|partner|boss|mother|father|brother|sister)|"
    rf"(?:manager|agent|waiter|waitress|attendant|receptionist|server|bartender|barman|driver|guide|nurse|"
    rf"host|hostess|concierge|supervisor|cashier|clerk|"
    rf"stylist|therapist|colleague|friend|technician|representative|rep|associate|steward|stewardess|lady|"
    rf"gentleman|guy|girl|staff member|member of staff|"
    rf"chef|doctor|advisor|adviser|consultant|assistant|teller|engineer|mechanic|plumber|salesman|"
    rf"saleswoman|salesperson|barista|porter|doorman|housekeeper|employee|captain|pilot|trainer|instructor|"
    rf"teacher|operator)),? "
    rf"(?i:named |called )?(?P<name>{_CAP}(?: (?:[A-Z]\.? )?{_CAP})?)"
)
_DASHED = re.compile(rf"(?:[-–—~]|\n|[.!?] )\s*(?P<name>{_CAP}(?: (?:[A-Z]\.? )?(?:{_CAP}|[A-Z]\.?))?)[.!]?\s*$")
_ACTS = re.compile(
    rf"\b(?P<name>{_CAP}(?: {_CAP})?)(?='s\b|’s\b|,? (?:who|was|is|has|had|helped|made|gave|went|took|did|"
    rf"told|said|assured|provided|checked|greeted|assisted|served|"
    rf"welcomed|explained|called|answered|promised|refused|came|kept|got|sorted|fixed|arranged|offered|"
    rf"brought|ensured|and (?:his|her|the|all)|at (?:the )?(?:desk|bar|front|reception|counter|door|till|"
    rf"check)|"
    rf"in (?:the )?(?:bar|kitchen|reception|customer|store|shop|restaurant)|from (?:the )?(?:reception|"
    rf"customer|guest|front|support|sales|service|desk|bar)|"
    rf"behind|on (?:the )?(?:desk|reception|phone|door)|always|never|really|deserves|should|could|would|"
    rf"seemed|looked|works|worked|runs|treated|handled|showed|listened|ignored|shouted|yelled)\b)"
)
_FULL = re.compile(rf"\b(?P<first>{_CAP}) (?:[A-Z]\.? )?(?P<last>(?:(?:van|von|de|der|del|da|O'|Mc) ?)?{_CAP})\b")
_SAINT = re.compile(r"\b(?:St|Saint|San|Santa)\.? $")
_PINYIN = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|"
    r"ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|er|[aeiouv])){1,2}"
)
# after a first name these say that it is a place, a brand or a building
_THINGS = word_list("things")
_NOT_PEOPLE = word_list("not_people")
_NOT_NAMES = word_list("not_names")
_LAST_VERBS = word_list("last_verbs")


def english_name_spans(text: str) -> Iterator[Span]:
    """Find names of people in English text, Chinese names in pinyin among them.

    Parameters
    ----------
    text
        A text as `normalise` gives it.

    Yields
    ------
    Span
        Names without their titles: after "Mr", "my name is", "Regards," and the like any name; after weaker words, and
        where a name acts or stands alone, a known first name with or without surname.

    Notes
    -----
    First names that are also places, months or things (April, Paris, Mark) count only after strong words. Places,
    brands and buildings that begin like a person (John Wayne Airport, Jack Daniels) never do.

    Examples
    --------
    >>> text = "Mr Smith and Anna were kind, at Charles de Gaulle in April. Regards, April Jones"
    >>> sorted({text[s.start : s.end] for s in english_name_spans(text)})
    ['Anna', 'April Jones', 'Smith']
    """
    for found in _TITLE.finditer(text):
        name = found["name"]
        if name.lower() not in _NOT_NAMES and found[0].lower().replace(".", "") not in _NOT_PEOPLE:
            yield Span(found.start("name"), found.start("name") + len(_trimmed(name)), "name")
    for found in _STRONG.finditer(text):
        name = _trimmed(found["name"])
        first = name.split()[0].strip(".").lower() if name else "i"
        known = first in FIRST_NAMES or first in AMBIGUOUS_FIRST or _is_pinyin(name)
        # small letters, and "thanks, Great hotel", need a name that is known
        allowed = first not in _NOT_NAMES or (first in AMBIGUOUS_FIRST and " " in name)
        if allowed and (known or (name[:1].isupper() and _sure(found[0]))):
            yield Span(
                found.start("name"), found.start("name") + len(name if name[0].isupper() else _known_part(name)), "name"
            )
    for pattern in (_WEAK, _DASHED, _ACTS):
        for found in _each(pattern, text):
            end = _known_name(text, found.start("name"), found["name"])
            if end:
                yield Span(found.start("name"), end, "name")
    for found in _each(_FULL, text):
        first, last = found["first"].lower(), found["last"].lower().removesuffix("'s")
        saint = _SAINT.search(text, max(0, found.start() - 8), found.start())
        # 王府井 is written in three words, too
        before = re.search(r"([A-Z]\w*) $", text[max(0, found.start() - 20) : found.start()])
        after = re.match(r" [A-Z]", text[found.end() : found.end() + 2])
        longer = after or (before and _is_pinyin(f"{before[1]} {first}"))
        street = longer and (first in PINYIN_SURNAMES or last in PINYIN_SURNAMES)
        if _person(first, last) and not saint and not street:
            yield Span(found.start(), found.end() - (2 if found[0].endswith(("'s", "’s")) else 0), "name")


def _each(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    place = 0
    while (found := pattern.search(text, place)) is not None:
        yield found
        place = found.start("name") if pattern is _WEAK and found.start("name") > found.start() else found.start() + 1


def _person(first: str, last: str) -> bool:
    last = last.split()[-1] if " " in last else last
    if f"{first} {last}" in _NOT_PEOPLE or last in _THINGS or last in _NOT_NAMES or first in _NOT_NAMES:
        return False
    if first in FIRST_NAMES and first not in AMBIGUOUS_FIRST:
        return True
    # Wang Xiaoming, Xiaoming Wang
    pairs = ((first, last), (last, first))
    return any(
        s in PINYIN_SURNAMES and len(g) >= 2 and _PINYIN.fullmatch(g.replace("-", "")) is not None for s, g in pairs
    ) and (len(first) + len(last) > 5)


def _known_name(text: str, start: int, name: str) -> int:
    words = name.replace("’", "'").split()
    first = words[0].lower().removesuffix("'s")
    if len(words) > 1 and _person(first, words[-1].lower().removesuffix("'s")):
        return start + len(name.removesuffix("'s").removesuffix("’s"))
    if first not in FIRST_NAMES or first in AMBIGUOUS_FIRST or _SAINT.search(text, max(0, start - 8), start):
        return 0
    if len(words) > 1 and (words[-1].lower() in _THINGS or f"{first} {words[-1].lower()}" in _NOT_PEOPLE):
        return 0
    following = re.match(r"[ ]([\w'’]+)", text[start + len(words[0]) :])
    if following and f"{first} {following[1].lower()}" in _NOT_PEOPLE | {f"{first} {t}" for t in ("airport", "de")}:
        return 0
    return start + len(words[0].removesuffix("'s"))


def _is_pinyin(name: str) -> bool:
    words = name.lower().split()
    return len(words) == 2 and _person(words[0], words[1])


def _known_part(name: str) -> str:
    """Return of small letters the first name and what follows it, if that is no everyday word."""
    words = name.split()
    return " ".join(words[:2]) if len(words) > 1 and words[1] not in _NOT_NAMES | _THINGS else words[0]


def _sure(context: str) -> bool:
    return (
        re.match(
            r"(?i)(?:my name|name|full name|i'm called|i am called|they call|signed|yours|(?:kind |best |warm |"
            r"many )?regards|sincerely|named|whose|attn|contact person|c/o|love,|best wishes)",
            context,
        )
        is not None
    )


def _trimmed(name: str) -> str:
    words = name.split(" ")
    while len(words) > 1 and (words[-1].strip(".") in _LAST_VERBS or words[-1].lower() in _NOT_NAMES):
        words.pop()
    return " ".join(words).rstrip(" .,")
