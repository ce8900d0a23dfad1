"""Indexes as PocketBase writes them (``CREATE UNIQUE INDEX `name` ON `table` (`a`) WHERE …``), for both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_INDEX = re.compile(
    r"\s*create\s+(?P<unique>unique\s+)?index\s+(?:if\s+not\s+exists\s+)?(?P<name>[^\s(]+)\s+on\s+(?P<table>[^\s(]*)\s*"
    r"(?P<rest>\(.*)",
    re.IGNORECASE | re.DOTALL,
)
_COLUMN = re.compile(
    r"(?P<name>.+?)(?:\s+collate\s+(?P<collate>\w+))?(?:\s+(?P<order>asc|desc))?", re.IGNORECASE | re.DOTALL
)
_WHERE = re.compile(r"\s*where\s+(?P<where>.+?)\s*;?\s*", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`([^`]+)`|\[([^\]]+)\]", re.DOTALL)
_PLAIN = re.compile(r"\w+")


@dataclass(frozen=True)
class IndexColumn:
    """One column (or expression) of an index."""

    name: str
    collate: str = ""
    order: str = ""

    @property
    def ignores_case(self) -> bool:
        """Whether values that differ in case alone are the same."""
        return self.collate.upper() == "NOCASE"

    def ddl(self, dialect: str) -> str:
        """Return the column as SQL of ``dialect``."""
        name = _quote(self.name, dialect) if _PLAIN.fullmatch(self.name) else f"({to_sql(self.name, dialect)})"
        if self.ignores_case and dialect == "postgresql":
            name = f"lower({name})"
        elif self.collate and dialect == "sqlite":
            name += f" COLLATE {self.collate}"
        return f"{name} {self.order.upper()}".strip()


@dataclass(frozen=True)
class Index:
    """A parsed index."""

    name: str
    table: str
    columns: tuple[IndexColumn, ...]
    unique: bool = False
    where: str = ""

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.columns)

    @property
    def signature(self) -> tuple[object, ...]:
        """What makes two indexes the same but for their names."""
        return (self.unique, self.columns, self.where)

    def named(self, *, name: str = "", table: str = "") -> Index:
        """Return a copy with another name or table."""
        return replace(self, name=name or self.name, table=table or self.table)

    def build(self) -> str:
        """Return the index in PocketBase's own spelling."""
        columns = ", ".join(_pocketbase_column(column) for column in self.columns)
        unique = "UNIQUE " if self.unique else ""
        where = f" WHERE {self.where}" if self.where else ""
        return f"CREATE {unique}INDEX `{self.name}` ON `{self.table}` ({columns}){where}"

    def ddl(self, dialect: str) -> str:
        """Return the statement that makes the index in ``dialect``."""
        columns = ", ".join(column.ddl(dialect) for column in self.columns)
        unique = "UNIQUE " if self.unique else ""
        where = f" WHERE {to_sql(self.where, dialect)}" if self.where else ""
        return f'CREATE {unique}INDEX "{self.name}" ON "{self.table}" ({columns}){where}'


def parse_index(text: str) -> Index:
    """Read an index. Raises ``ValueError`` when it is none."""
    match = _INDEX.fullmatch(text)
    if match is None:
        raise ValueError("not a CREATE INDEX statement")
    inside, behind = _parentheses(match["rest"])
    where = _WHERE.fullmatch(behind)
    if behind.strip(" ;\n\t") and where is None:
        raise ValueError("there is something behind the columns that is no WHERE")
    columns = tuple(_column(part) for part in _split(inside))
    name = _unquoted(match["name"].rpartition(".")[2])
    if not columns or not _PLAIN.fullmatch(name):
        raise ValueError("an index needs a plain name and columns")
    return Index(name, _unquoted(match["table"]), columns, bool(match["unique"]), where["where"] if where else "")


def to_sql(text: str, dialect: str) -> str:
    """Turn backticks and brackets around names into ``dialect``'s quotes; string literals stay as they are."""

    def quote(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return _quote(name, dialect) if name else match[0]

    return _QUOTED.sub(quote, text)


def _quote(name: str, dialect: str) -> str:
    # SQLite takes "name" for a text when there is no such column; `name` is then an error, as it should be.
    return f"`{name}`" if dialect == "sqlite" else '"' + name.replace('"', '""') + '"'


def _pocketbase_column(column: IndexColumn) -> str:
    name = f"`{column.name}`" if _PLAIN.fullmatch(column.name) else column.name
    collate = f" COLLATE {column.collate}" if column.collate else ""
    return f"{name}{collate} {column.order.upper()}".strip()


def _column(text: str) -> IndexColumn:
    match = _COLUMN.fullmatch(text.strip())
    if match is None:
        raise ValueError("an index column is empty")
    return IndexColumn(_unquoted(match["name"].strip()), match["collate"] or "", (match["order"] or "").lower())


def _unquoted(name: str) -> str:
    quoted = len(name) > 1 and (name[0], name[-1]) in (("`", "`"), ('"', '"'), ("[", "]"), ("'", "'"))
    return name[1:-1] if quoted else name


def _parentheses(text: str) -> tuple[str, str]:
    """Split ``(inside) behind`` at the parenthesis that closes the first one."""
    for position, depth in _depths(text):
        if depth == 0:
            return text[1:position], text[position + 1 :]
    raise ValueError("a parenthesis is not closed")


def _split(text: str) -> list[str]:
    """Split at commas outside of parentheses."""
    parts, start = [], 0
    for position, depth in _depths(text):
        if depth == 0 and text[position] == ",":
            parts.append(text[start:position])
            start = position + 1
    return [part for part in [*parts, text[start:]] if part.strip()]


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """Yield each position outside of quotes with the depth of parentheses behind it."""
    depth, quoted = 0, {position for match in _QUOTED.finditer(text) for position in range(*match.span())}
    for position, letter in enumerate(text):
        if position in quoted:
            continue
        depth += (letter == "(") - (letter == ")")
        yield position, depth
