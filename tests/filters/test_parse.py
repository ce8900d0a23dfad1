"""The grammar: what the real PocketBase 0.40.6 took and refused, and that nothing but ``FilterError`` is raised."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lark import Lark, Transformer
from lark.exceptions import LarkError

from oneclick.filters import MAX_EXPRESSIONS, FilterError, parse
from oneclick.filters.nodes import And, Call, Comparison, Identifier, Number, Or, Placeholder, Text

GOOD = [
    "a=1", "\ta\n=\n1\t", "(a=1)", "((a=1))", "a=1//c", "//c\na=1", "a=1 //c\n&& n=1", "a = // c\n 1", "a=-1", "a=01",
    "a?=1", "a ?!~ 'x'", "a=1&&n=1", "1=1//", "a='\\r'", "a=@now", "a:lower='x'", "f('%Y',)='1'", "f()=1",
    "f( 'x' , g(1) )=1", "f(//c\n'x')=1", "a='x\\\\'", 'a="\\\\"', "n={:x}", "#a=1", "_a=1",
]  # fmt: skip
BAD = [
    "", " ", "//c", "ä=1", "a=\r1", "()", "() && a=1", "a=1 && ()", "(a=1", "a=1)", "a=1 a=2", "a=1 && ", "&& a=1",
    "a", "a=", "=1", "a==1", "a<>1", "a!1", "a=1 & a=2", "a=1 and a=2", "a=- 1", "a=1.", "a=.5", "a=1e5", "a=+1",
    "a=1.5.5", "a=--1", "a=0x1", "a=1_0", "@=1", "_=1", "#=1", "a.=1", "a:=1", "f ('x')=1", "f('x',,'y')=1",
    "f('x' 'y')=1", "a? =1", "a?1", "a=>1", "a===1", "a=1|||n=1", "a=1 && || n=1", "a='x", "a=x'", "a='x'y",
    "a='x''y'", "a=\"x'", "a=`x`", "a-b=1", "a=1;", "a,b=1", "[a]=1", "{a}=1", "$a=1", "1", "'x'", "n=1=1", "a=1/",
    "a=/1", "a='x\\'", "a='\0'", "n = 1\u00a0", "a=f(g(h(i(1))))", "a=" + "9" * 400,
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_good(text):
    parse(text)


@pytest.mark.parametrize("text", BAD)
def test_bad(text):
    with pytest.raises(FilterError):
        parse(text)


def test_and_binds_tighter_than_or():
    one, two, three = (
        Comparison(Identifier(name, at), "=", Number(1, at + 2)) for name, at in (("a", 0), ("b", 7), ("c", 14))
    )
    assert parse("a=1 || b=1 && c=1") == Or((one, And((two, three))))


def test_terms():
    found = parse(r"""f(x.y:lower, 'it\'s "\n\q', -1.5) ?!~ {:given}""")
    assert found == Comparison(
        Call("f", (Identifier("x.y:lower", 2), Text('it\'s "\n\\q', 13), Number(-1.5, 28)), 0),
        "!~", Placeholder("given", 38), any=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("a = 'x", 4, "the text has no end"),
        ("a = 1 && b == 2", 11, "unknown operator"),
        ("a = 1 && (b = 2", 9, "the group has no end"),
        ("a = 1 b = 2", 6, "expected && or || or the end"),
        ("a = 1.", 4, "not a number"),
        ("a = ä", 4, "unexpected character 'ä'"),
    ],
)
def test_errors_say_where(text, position, message):
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.message) == (position, message)
    assert str(caught.value) == f"{message} (at character {position + 1})"


def test_limits():
    parse(" && ".join(["a=1"] * MAX_EXPRESSIONS))
    with pytest.raises(FilterError, match="more than 200 comparisons"):
        parse(" && ".join(["a=1"] * (MAX_EXPRESSIONS + 1)))
    parse("(" * 50 + "a=1" + ")" * 50)
    with pytest.raises(FilterError, match="nested too deep"):
        parse("(" * 3000 + "a=1" + ")" * 3000)


GRAMMAR = Lark(
    r"""
    start: or
    or: and ("||" and)*
    and: group ("&&" group)*
    group: "(" or ")" | comparison
    comparison: term SIGN term
    ?term: NAME -> name | NUMBER -> number | TEXT -> text
    SIGN: /\??(!=|!~|>=|<=|=|~|>|<)/
    NAME: /[A-Za-z@_#][A-Za-z0-9_.:]*(?<![.:])/
    NUMBER: /-?[0-9]+(\.[0-9]+)?(?![A-Za-z0-9_.:@#-])/
    TEXT: /'([^'\\]|\\.)*'/s | /"([^"\\]|\\.)*"/s
    COMMENT: /\/\/[^\n]*/
    BLANK: /[ \t\n]+/
    %ignore COMMENT
    %ignore BLANK
    """,
    parser="lalr",
)


class Shape(Transformer):
    """The oracle's tree without texts' escapes and positions."""

    def start(self, parts):
        return parts[0]

    def _joined(self, kind, parts):
        return parts[0] if len(parts) == 1 else (kind, *parts)

    def __default__(self, data, children, meta):
        if data in ("or", "and"):
            return self._joined(str(data), children)
        return children[0]

    def comparison(self, parts):
        return ("compare", *parts)

    def name(self, parts):
        return ("name", str(parts[0]))

    def number(self, parts):
        return ("number", float(parts[0]))

    def text(self, parts):
        return ("text",)


def shape(node):
    if isinstance(node, Comparison):
        return ("compare", shape(node.left), ("?" if node.any else "") + node.sign, shape(node.right))
    if isinstance(node, (And, Or)):
        return (type(node).__name__.lower(), *map(shape, node.parts))
    if isinstance(node, Identifier):
        return ("name", node.name)
    return ("number", node.value) if isinstance(node, Number) else ("text",)


PIECES = st.sampled_from(
    [
        "a",
        "b.c",
        "@now",
        "1",
        "-2.5",
        "'x'",
        '"y"',
        "=",
        "!=",
        "?~",
        ">=",
        "&&",
        "||",
        "(",
        ")",
        " ",
        "\n",
        "//c\n",
        ".",
    ]
)


@settings(max_examples=500)
@given(st.lists(PIECES, max_size=14).map("".join))
@example("a=1||b.c>='x'&&(a=1||1='x')")
def test_a_grammar_in_another_notation_agrees(text):
    try:
        expected = Shape().transform(GRAMMAR.parse(text))
    except LarkError:
        expected = None
    try:
        found = shape(parse(text))
    except FilterError:
        found = None
    # The oracle does not ask what may follow a name or a single "@".
    assert found == expected


@settings(max_examples=500)
@given(st.one_of(st.text(), st.text(alphabet="a.=!~<>?&|()'\"\\/ \n1-:@{},")))
def test_no_other_error_is_raised(text):
    position = 0
    try:
        parse(text)
    except FilterError as error:
        position = error.position
    assert 0 <= position <= len(text)
