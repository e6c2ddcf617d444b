"""The spellings in which SQL engines differ; everything else the workbench writes is common SQL."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.errors import EngineError

PATTERN_SIGNS = "\\.^$*+?()[]{}|"


@dataclass(frozen=True)
class Dialect:
    """How one engine spells what standard SQL leaves open.

    Attributes
    ----------
    name
        ``duckdb``, ``spark``, ``postgresql`` or ``datafusion``.
    digest
        Template of the digest that recipe ``md5-52/v1`` rests on, in small hexadecimal digits that are compared one by
        one, with places ``{salt}`` and ``{id}``.
    permanent_random_number
        Template of the 52-bit integer that the first 13 digits of a ``{digest}`` are.
    quote_mark
        Character around identifiers.
    text_type, double_type
        Names of the text and the double precision type.
    days_between
        Template of the whole days from ``{start}`` to ``{end}``, both local dates.
    day_after
        Template of the date that is ``{days}`` whole days after ``{start}``.
    parquet
        Template of a FROM item that reads the Parquet file ``{path}``; empty where the engine cannot.
    text_order
        Template that sorts a text ``{column}`` by its code points, whatever the database's collation.
    wide_type
        Name of a type of whole numbers up to 38 digits.
    first_by
        Template of the aggregate that gives ``{value}`` where ``{key}`` is least; keys that are missing come last.
    local_time
        Template of the local time of an instant ``{time}`` in the zone ``{zone}``, a literal.
    instant
        Template of the instant that a ``{text}`` of date, time and zone writes.
    matches
        Template of the condition that a ``{text}`` fits the regular expression ``{pattern}``, a literal.
    replaced
        Template of a ``{text}`` in which all that fits the regular expression ``{pattern}``, a literal, is ``{by}``.
    instants
        Names of types that are instants though the name does not say so.
    exact
        Template of the sum of a ``{value}`` of which ``{digits}`` digits after the point count, as ``{double}``.
    quantile
        Template of the aggregate that a ``{share}`` of a ``{column}`` lies below, between two values in proportion.
    reached_by
        Template of the aggregate that gives the least value of a ``{column}`` that a ``{share}`` of its rows reach.
    escapes
        Characters that are written otherwise inside a string literal, in the order in which they are replaced.
    """

    name: str
    digest: str
    permanent_random_number: str
    quote_mark: str = '"'
    text_type: str = "VARCHAR"
    double_type: str = "DOUBLE"
    days_between: str = "(CAST({end} AS DATE) - CAST({start} AS DATE))"
    day_after: str = "({start} + CAST({days} AS INTEGER))"
    parquet: str = ""
    text_order: str = "{column}"
    wide_type: str = "HUGEINT"
    first_by: str = "arg_min({value}, {key})"
    local_time: str = "timezone({zone}, {time})"
    instant: str = "CAST({text} AS TIMESTAMPTZ)"
    instants: tuple[str, ...] = ()
    matches: str = "regexp_matches({text}, {pattern})"
    replaced: str = "regexp_replace({text}, {pattern}, {by}, 'g')"
    exact: str = "CAST(sum(CAST({value} AS DECIMAL(30, {digits}))) AS {double})"
    quantile: str = "percentile_cont({share}) WITHIN GROUP (ORDER BY {column})"
    reached_by: str = "percentile_disc({share}) WITHIN GROUP (ORDER BY {column})"
    escapes: tuple[tuple[str, str], ...] = (("'", "''"),)

    def quote(self, identifier: str) -> str:
        """Return `identifier` quoted, whatever characters it has.

        Examples
        --------
        >>> print(DUCKDB.quote("unit price"))
        "unit price"
        """
        mark = self.quote_mark
        return f"{mark}{identifier.replace(mark, mark * 2)}{mark}"

    def refusal(self, found: str) -> EngineError:
        """Return the error that says that an engine refused a statement.

        Examples
        --------
        >>> DUCKDB.refusal("no such column: amuont").where
        'duckdb'
        """
        return EngineError(
            "The engine runs every statement it is given.",
            found=found,
            fix="If the statement came from wave.yaml, correct the expression there; columns are quoted with "
            f"{self.quote_mark}.",
            where=self.name,
        )

    def file(self, path: object) -> str:
        """Return the FROM item of a Parquet file, whatever its folder is called.

        Examples
        --------
        >>> DUCKDB.file("o'brien/a.parquet")
        "read_parquet('o''brien/a.parquet')"
        """
        return self.parquet.format(path=str(path).replace("'", "''"))

    def is_file(self, source: str) -> bool:
        """Tell whether a FROM item is one Parquet file and nothing else, which every engine of this kind can read.

        Examples
        --------
        >>> DUCKDB.is_file(DUCKDB.file("a.parquet")), DUCKDB.is_file("frame_1")
        (True, False)
        """
        before, place, after = self.parquet.partition("{path}")
        path = source[len(before) : len(source) - len(after)].replace("''", "")
        return bool(place) and source.startswith(before) and source.endswith(after) and "'" not in path

    def literal(self, text: str) -> str:
        """Return `text` as an SQL string literal.

        Examples
        --------
        >>> DUCKDB.literal("O'Neill")
        "'O''Neill'"
        """
        return f"'{self.escape(text)}'"

    def escape(self, text: str) -> str:
        """Return `text` as it stands inside a string literal."""
        for character, written in self.escapes:
            text = text.replace(character, written)
        return text

    def exact_sum(self, value: str, digits: int = 6) -> str:
        """Return the SQL of a sum whose last digit does not depend on the order of the rows.

        Parameters
        ----------
        value
            What is added up.
        digits
            Digits after the point that count.

        Examples
        --------
        >>> DUCKDB.exact_sum("amount", 4)
        'CAST(sum(CAST(amount AS DECIMAL(30, 4))) AS DOUBLE)'
        """
        return self.exact.format(value=value, digits=digits, double=self.double_type)

    def prn(self, salt: str, id_column: str) -> str:
        """Return the SQL of the permanent random number k of a quoted id column."""
        return self.permanent_random_number.format(digest=self._digest(salt, id_column))

    def prn_between(self, salt: str, id_column: str, first: int, last: int) -> str:
        """Return the SQL of the condition that the permanent random number of a quoted id column is in a range.

        Digests are compared as texts, which says the same and spares a number for every row.

        Parameters
        ----------
        salt, id_column
            As for `prn`.
        first, last
            The range, from `first` up to but not including `last`.

        Examples
        --------
        >>> DUCKDB.prn_between("study", "id", 0, 256)
        "md5('study|' || CAST(id AS VARCHAR)) BETWEEN '0000000000000' AND '00000000000ffg'"
        """
        # a digest is longer than 13 digits: all that begin with the last number lie before it with a 'g' behind
        return f"{self._digest(salt, id_column)} BETWEEN '{first:013x}' AND '{last - 1:013x}g'"

    def _digest(self, salt: str, id_column: str) -> str:
        # the salt stands inside a literal of the template
        return self.digest.format(salt=self.escape(salt), id=id_column)


def plain_pattern(text: str) -> str:
    r"""Return the regular expression that fits a text and nothing else, in the words of every engine.

    Examples
    --------
    >>> print(plain_pattern("App (iOS) 1.0"))
    App \(iOS\) 1\.0
    """
    return "".join(f"\\{c}" if c in PATTERN_SIGNS else c for c in text)


def named_item(source: str) -> str:
    """Return a FROM item that stands alone: a query in brackets has a name, which PostgreSQL asks for.

    Examples
    --------
    >>> named_item("(SELECT 1 AS one)"), named_item("orders")
    ('(SELECT 1 AS one) AS own_rows', 'orders')
    """
    return f"{source} AS own_rows" if source.startswith("(") and source.endswith(")") else source


DUCKDB = Dialect(
    name="duckdb",
    digest="md5('{salt}|' || CAST({id} AS VARCHAR))",
    permanent_random_number="CAST('0x' || substr({digest}, 1, 13) AS BIGINT)",
    parquet="read_parquet('{path}')",
)

SPARK = Dialect(
    name="spark",
    digest="md5(concat('{salt}|', CAST({id} AS STRING)))",
    permanent_random_number="CAST(conv(substr({digest}, 1, 13), 16, 10) AS BIGINT)",
    quote_mark="`",
    text_type="STRING",
    days_between="datediff({end}, {start})",
    day_after="date_add({start}, CAST({days} AS INTEGER))",
    parquet="parquet.`{path}`",
    wide_type="DECIMAL(38, 0)",
    first_by="min_by({value}, {key})",
    local_time="from_utc_timestamp({time}, {zone})",
    instant="CAST({text} AS TIMESTAMP_LTZ)",
    instants=("TIMESTAMP",),
    matches="({text} RLIKE {pattern})",
    replaced="regexp_replace({text}, {pattern}, {by})",
    escapes=(("\\", "\\\\"), ("'", "\\'")),
)

POSTGRESQL = Dialect(
    name="postgresql",
    digest="md5('{salt}|' || CAST({id} AS TEXT)) COLLATE \"C\"",
    permanent_random_number="CAST(CAST('x' || substr({digest}, 1, 13) AS BIT(52)) AS BIGINT)",
    text_type="TEXT",
    double_type="DOUBLE PRECISION",
    text_order='CAST({column} AS TEXT) COLLATE "C"',  # of ids that are numbers, too
    wide_type="NUMERIC",
    matches="({text} ~ {pattern})",
    first_by="(array_agg({value} ORDER BY {key}))[1]",
)

_SORTED = "array_sort(array_agg({column}), 'ASC', 'NULLS LAST')"
_PLACE = "({share} * (count({column}) - 1))"
_LOWER, _UPPER = (f"{_SORTED}[1 + CAST({side}({_PLACE}) AS BIGINT)]" for side in ("floor", "ceil"))
DATAFUSION = Dialect(
    name="datafusion",
    digest="md5(concat('{salt}|', CAST({id} AS VARCHAR)))",
    permanent_random_number="of_hex(substr({digest}, 1, 13))",
    days_between="(CAST(CAST({end} AS DATE) AS INT) - CAST(CAST({start} AS DATE) AS INT))",
    day_after="CAST(CAST({start} AS INT) + CAST({days} AS INT) AS DATE)",
    parquet="'{path}'",
    wide_type="DECIMAL(38, 0)",
    first_by="first_value({value} ORDER BY {key} NULLS LAST)",
    local_time="to_local_time({time} AT TIME ZONE {zone})",
    instant="arrow_cast({text}, 'Timestamp(Microsecond, Some(\"UTC\"))')",
    matches="regexp_like({text}, {pattern})",
    # two sums that differ in their casts only would be called the same
    exact="CAST(sum(arrow_cast({value}, 'Decimal128(30, {digits})')) AS {double})",
    # its own rounds the place between two values to six digits
    quantile=f"({_LOWER} * (1 - ({_PLACE} - floor({_PLACE}))) + {_UPPER} * ({_PLACE} - floor({_PLACE})))",
    reached_by=f"{_SORTED}[greatest(1, CAST(ceil({{share}} * count({{column}})) AS BIGINT))]",
)
