"""What names, questions and values of a file's columns tell about them: the evidence that a proposal rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from workbench.core.engine import DuckDBEngine
from workbench.core.errors import InputError
from workbench.core.scales import USUAL_CODES
from workbench.store.codebook import CodedColumn, spoken
from workbench.store.formats.kinds import number_before, step_of
from workbench.store.formats.reading import Reading, Values
from workbench.store.value_rules import date_rule

RECOMMEND = re.compile(r"recomm?[ae]nd|推荐|\bNPS\b|empfehl", re.I)  # misspelt in one way or another, too
RATES = re.compile(
    r"satisf|rate|rating|score|how (well|easy|good|would you)|agree|quality|content|experience|ease|effort|"
    r"满意|评价|评分|打分|同意|程度|体验|质量|zufrieden|很好|容易",
    re.I,
)
COMMENT = re.compile(
    r"comment|why\b|reason|feedback|suggest|verbatim|please (tell|explain)|建议|意见|原因|为什么|改进|原话", re.I
)
REGION = re.compile(
    r"^(region|us region|state|state/region|mailing state|province)$|census region|地区|区域|省份|大区|所在省", re.I
)
CITY = re.compile(r"^(city|mailing city|town)$|城市|所在市", re.I)
CUSTOMER = re.compile(
    r"^(customer|client|member|account|contact|user)s?[ _-]?(id|no\.?|number|code|nr\.?|key)?s?$|"
    r"^kunden?-?(nummer|nr\.?|id)$|associated contact ids?|客户编号|客户号|会员(号|编号|id)|用户(id|编号)",
    re.I,
)
LIKELY = re.compile(r"likely|愿意|可能", re.I)
DATE = re.compile(r"date|datum|time|day\b|日期|时间", re.I)
ORDERED = re.compile(
    r"close ?date|order(ed)?.?(date|at|time)|invoice.?date|purchase|bestell|kaufdatum|rechnungsdatum|"
    r"下单|购买|订单日期|成交",
    re.I,
)
SIGNED_UP = re.compile(r"sign.?up|creat(e|ed)|registered|joined|注册|开户|入会|建档", re.I)
AMOUNT = re.compile(
    r"^(amount|total|sales|revenue|price|paid|order value|net amount|betrag|umsatz|summe)\b|金额|销售额|实付|总价", re.I
)
NO_CONTACT = re.compile(r"opt.?out|unsubscribed|do.?not.?(contact|call|mail)|suppress|退订|勿扰|免打扰", re.I)
WEIGHT = re.compile(r"^(weight|wt|gewicht|权重)$|_weight$", re.I)
OF_TOOLS = frozenset(
    {"Progress", "Duration (in seconds)", "LocationLatitude", "LocationLongitude", "LocationAccuracy", "总分"}
    | {
        "IPAddress",
        "RecipientEmail",
        "RecipientFirstName",
        "RecipientLastName",
        "来源",
        "来源详情",
        "来自IP",
        "IP",
        "UA",
    }
)
MOST_GROUPS, MOST_BY = 12, 6
BATTERY = 3


@dataclass(frozen=True)
class Guess:
    """A column that is proposed, or asked about.

    Attributes
    ----------
    name
        What it would be: a column of the contract.
    origin
        The file's column.
    why
        The evidence.
    """

    name: str
    origin: str
    why: str


class Evidence:
    """The columns of a file, as far as names, questions and values tell what they are.

    Parameters
    ----------
    values
        The values of its columns.
    reading
        What its tool says about them.
    engine
        The engine they lie in.
    """

    def __init__(self, values: Values, reading: Reading, engine: DuckDBEngine) -> None:
        self.values, self.reading, self.engine = values, reading, engine
        self.known = [c for c in reading.book.columns if c.name in values.columns]

    def text(self, column: CodedColumn) -> str:
        """Return the name and the question of a column."""
        return f"{column.name} {spoken(column.text, 'en')} {spoken(column.text, 'zh-CN')}"

    def matching(self, pattern: re.Pattern[str], kinds: Sequence[str] = ()) -> list[CodedColumn]:
        """Return the columns whose name or question fits a pattern, of some kinds."""
        return [c for c in self.known if pattern.search(self.text(c).strip()) and (not kinds or c.kind in kinds)]

    def first(self, pattern: re.Pattern[str], kinds: Sequence[str] = ()) -> CodedColumn | None:
        """Return the first column whose name fits a pattern, of some kinds."""
        return next((c for c in self.known if pattern.search(c.name.strip()) and (not kinds or c.kind in kinds)), None)

    def scales(self) -> list[CodedColumn]:
        """Return the columns whose answers are numbers of a scale."""
        return [c for c in self.known if c.kind in ("scale", "number") and 2 <= len(self.steps(c)) <= 11]

    def steps(self, column: CodedColumn) -> list[int]:
        """Return the numbers its answers stand for, in order; none where they are no scale."""
        codes = self.codes(column)
        answers = [v for v in self.values.of(column.name) if not column.is_missing(_typed(v)) and v not in codes]
        for read in (number_before, step_of):
            numbers = [read(v) for v in answers]
            if answers and all(n is not None for n in numbers):
                return sorted({n for n in numbers if n is not None})
        return []

    def codes(self, column: CodedColumn) -> list[str]:
        """Return answers that are codes for no answer: one or two of the usual numbers beyond a scale up to 10."""
        numbers = {v: number_before(v) for v in self.values.of(column.name) if not column.is_missing(_typed(v))}
        beyond = [v for v, n in numbers.items() if n is not None and n > 10]
        usual = all(numbers[v] in USUAL_CODES for v in beyond)
        return beyond if usual and 0 < len(beyond) <= 2 < len(numbers) - len(beyond) else []

    def has_ratings(self) -> bool:
        """Tell whether a column asks for a rating, or has answers in the words of a scale."""
        scales = self.scales()
        worded = [c for c in scales if any(step_of(v) is not None for v in self.values.of(c.name))]
        return bool(worded) or any(RATES.search(self.text(c)) for c in scales)

    def dates(self) -> list[CodedColumn]:
        """Return the columns of dates that are not empty."""
        return [c for c in self.known if c.kind == "date" and self.values.filled[c.name]]

    def unique_id(self) -> CodedColumn | None:
        """Return the id that every row has one of its own of; the one named after customers first."""
        rows = self.values.rows
        ids = [
            c for c in self.known if c.kind == "id" and self.values.filled[c.name] == rows and self.distinct(c) == rows
        ]
        named = [c for c in ids if CUSTOMER.search(c.name)]
        return next(iter([*named, *ids]), None)

    def repeating_id(self) -> CodedColumn | None:
        """Return the column that names the customer of a row: by its name, else an id that comes again."""
        named = [
            c for c in self.known if CUSTOMER.search(c.name) and self.values.filled[c.name] > 0.5 * self.values.rows
        ]
        ids = [c for c in self.known if c.kind == "id" and self.distinct(c) < self.values.filled[c.name]]
        linked = [c for c in self.known if re.search(r"associated contact id|contact id", c.name, re.I)]
        return next(iter([*linked, *named, *ids]), None)

    def distinct(self, column: CodedColumn) -> int:
        """Count the different values of a column."""
        q = self.engine.dialect.quote(column.name)
        return int(self.engine.rows(f"SELECT count(DISTINCT {q}) AS n FROM {self.values.item}")["n"][0])

    def last_day(self, sql: str) -> str | None:
        """Return the last day of a column of dates."""
        item, text = self.values.item, f"trim(CAST({sql} AS VARCHAR))"
        with suppress(InputError):  # what day and month are is asked when the wave is opened
            rule = date_rule("", sql, item, text, self.engine)
            text = rule.sql if rule is not None else text
        formats = "['%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M', '%Y/%m/%d']"
        day = f"coalesce(TRY_CAST({text} AS TIMESTAMP), try_strptime({text}, {formats}))"
        last = self.engine.rows(f"SELECT CAST(CAST(max({day}) AS DATE) AS VARCHAR) AS d FROM {item}")["d"][0]
        return str(last) if isinstance(last, str) else None

    def is_nps(self, column: CodedColumn) -> bool:
        """Tell whether answers can be those to the recommendation question."""
        steps = self.steps(column)
        return bool(steps) and steps[0] >= 0 and steps[-1] <= 10 and (steps[-1] > 5 or len(steps) <= 3)

    def person(self) -> Guess | None:
        """Return the column that says whose answer it is."""
        invited = self.reading.roles.get("invitation", "").strip('"')
        named = (c for c in self.known if CUSTOMER.search(c.name.split("、")[-1].removeprefix("您的").strip()))
        column = next((c for c in self.known if c.name == invited), None) or next(named, None)
        if column is None or 2 * self.distinct(column) < self.values.filled[column.name] + 1:
            return None
        return Guess("customer_id", column.name, "the id that was sent along" if column.name == invited else "named so")

    def longest_text(self) -> CodedColumn | None:
        """Return the column with the longest texts, if these are sentences."""
        texts = [
            c for c in self.known if c.kind == "text" and self.values.filled[c.name] and c.name not in self.special()
        ]
        if not texts:
            return None
        sizes = ", ".join(f"avg(length({self.engine.dialect.quote(c.name)})) AS s{i}" for i, c in enumerate(texts))
        row = self.engine.rows(f"SELECT {sizes} FROM {self.values.item}").iloc[0]
        size, place = max((float(row[f"s{i}"] or 0), i) for i in range(len(texts)))
        return texts[place] if size >= 10 else None

    def special(self) -> set[str]:
        """Return the tool's own columns."""
        return {s.strip('"') for s in self.reading.roles.values()} | OF_TOOLS

    def is_group(self, column: CodedColumn) -> bool:
        """Tell whether a column has few enough values to break numbers down by."""
        return 2 <= len([v for v in self.values.of(column.name) if not column.is_missing(_typed(v))]) <= MOST_GROUPS

    def ratings(self, taken: set[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the ratings among the scales, by their question, words or battery, and what may be one."""
        scales = {c.name: (c, self.steps(c)) for c in self.scales() if c.name not in taken | self.special()}
        tops: dict[tuple[int, int], int] = {}
        for _, steps in scales.values():
            ends = (min(steps[0], 1), steps[-1])
            tops[ends] = tops.get(ends, 0) + 1
        sure: dict[str, str] = {}
        maybe: dict[str, str] = {}
        for name, (column, steps) in scales.items():
            ends = (min(steps[0], 1), steps[-1])
            shown = f"answers {steps[0]} to {steps[-1]}"
            if all(step_of(v) is not None for v in self.values.of(name) if not column.is_missing(v)):
                sure[name] = "answers in the words of a scale"
            elif RATES.search(self.text(column)):
                sure[name] = f"asks for a rating; {shown}"
            elif tops[ends] >= BATTERY and ends[1] in (4, 5, 7, 10) and not any(c.labels for c in column.choices):
                sure[name] = f"one of {tops[ends]} questions with {shown}"
            else:
                maybe[name] = f"{shown}: is it a rating?"
        return sure, maybe

    def has_several(self, column: CodedColumn) -> bool:
        """Tell whether cells name several ids."""
        q = self.engine.dialect.quote(column.name)
        found = self.engine.rows(f"SELECT count(*) AS n FROM {self.values.item} WHERE contains({q}, ';')")["n"][0]
        return int(found) > 0


def _typed(value: str) -> int | str:
    return int(value) if re.fullmatch(r"-?\d{1,9}", value) else value
