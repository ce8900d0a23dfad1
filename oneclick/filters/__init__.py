"""The rule and filter language: parsing, resolving names, compiling to SQL for SQLite and PostgreSQL. No I/O."""

from oneclick.filters.builder import QueryBuilder
from oneclick.filters.errors import MAX_CLIENT_LENGTH, MAX_EXPRESSIONS, FilterError
from oneclick.filters.nodes import Expression
from oneclick.filters.parser import parse
from oneclick.filters.postgresql import SETUP as POSTGRESQL_SETUP
from oneclick.filters.request import AuthRecord, Collection, RequestValues

__all__ = [
    "MAX_CLIENT_LENGTH",
    "MAX_EXPRESSIONS",
    "POSTGRESQL_SETUP",
    "AuthRecord",
    "Collection",
    "Expression",
    "FilterError",
    "QueryBuilder",
    "RequestValues",
    "parse",
]
