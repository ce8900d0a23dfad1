"""Reading a filter: ``&&`` binds tighter than ``||``; comparisons bind tightest."""

from __future__ import annotations

import math
from functools import lru_cache

from oneclick.filters.errors import MAX_DEPTH, MAX_EXPRESSIONS, FilterError
from oneclick.filters.lexer import Token, tokens
from oneclick.filters.nodes import (
    ANY,
    And,
    Call,
    Comparison,
    Expression,
    Identifier,
    Number,
    Or,
    Placeholder,
    Term,
    Text,
)

MAX_CALL_DEPTH = 3


@lru_cache(maxsize=512)
def parse(text: str) -> Expression:
    """Parse a filter or rule. Raises :class:`FilterError` with the position, and nothing else."""
    return _Parser(tokens(text)).whole()


class _Parser:
    """Recursive descent over the tokens, bounded in depth and number of comparisons."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.index = 0
        self.comparisons = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def whole(self) -> Expression:
        if self.token.kind == "end":
            raise FilterError("the filter is empty", 0)
        found = self.disjunction(0)
        if self.token.kind != "end":
            raise FilterError("expected && or || or the end", self.token.position)
        return found

    def disjunction(self, depth: int) -> Expression:
        parts = [self.conjunction(depth)]
        while self.token.kind == "join" and self.token.value == "||":
            self.take()
            parts.append(self.conjunction(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self, depth: int) -> Expression:
        parts = [self.group(depth)]
        while self.token.kind == "join" and self.token.value == "&&":
            self.take()
            parts.append(self.group(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def group(self, depth: int) -> Expression:
        if not self.token.is_mark("("):
            return self.comparison()
        opening = self.take()
        if depth >= MAX_DEPTH:
            raise FilterError("groups are nested too deep", opening.position)
        found = self.disjunction(depth + 1)
        if not self.token.is_mark(")"):
            raise FilterError("the group has no end", opening.position)
        self.take()
        return found

    def comparison(self) -> Comparison:
        left = self.term()
        sign = self.take()
        if sign.kind != "sign":
            raise FilterError("expected an operator", sign.position)
        right = self.term()
        self.comparisons += 1
        if self.comparisons > MAX_EXPRESSIONS:
            raise FilterError(f"more than {MAX_EXPRESSIONS} comparisons", left.position)
        return Comparison(left, sign.value.removeprefix(ANY), right, sign.value.startswith(ANY))

    def term(self, depth: int = 0) -> Term:
        token = self.take()
        if token.kind == "text":
            return Text(token.value, token.position)
        if token.kind == "number":
            return _number(token)
        if token.kind == "placeholder":
            return Placeholder(token.value, token.position)
        if token.kind != "name":
            raise FilterError("expected a field, a text or a number", token.position)
        following = self.token
        # A function's parenthesis follows its name at once.
        if following.is_mark("(") and following.position == token.position + len(token.value):
            return self.call(token, depth)
        return Identifier(token.value, token.position)

    def call(self, name: Token, depth: int) -> Call:
        if depth >= MAX_CALL_DEPTH:
            raise FilterError("functions are nested too deep", name.position)
        self.take()
        arguments: list[Term] = []
        while not self.token.is_mark(")"):
            arguments.append(self.term(depth + 1))
            if not self.token.is_mark(","):
                break
            self.take()
        if not self.take().is_mark(")"):
            raise FilterError("the function's arguments have no end", name.position)
        return Call(name.value, tuple(arguments), name.position)


def _number(token: Token) -> Number:
    value = float(token.value)
    if not math.isfinite(value):
        raise FilterError("the number is too large", token.position)
    return Number(value, token.position)
