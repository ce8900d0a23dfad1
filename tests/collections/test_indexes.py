from __future__ import annotations

import pytest

from oneclick.collections.indexes import parse_index


@pytest.mark.parametrize(
    ("text", "built"),
    [
        ("create index a on b (c)", "CREATE INDEX `a` ON `b` (`c`)"),
        (
            'CREATE UNIQUE INDEX IF NOT EXISTS `a` ON [b] (`c`, "d" DESC)',
            "CREATE UNIQUE INDEX `a` ON `b` (`c`, `d` DESC)",
        ),
        (
            "CREATE INDEX a ON b (c COLLATE NOCASE) where `c` != ')'",
            "CREATE INDEX `a` ON `b` (`c` COLLATE NOCASE) WHERE `c` != ')'",
        ),
        ("create index `a`\non `b` (\n lower(`c`),\n d\n)", "CREATE INDEX `a` ON `b` (lower(`c`), `d`)"),
    ],
)
def test_reading(text: str, built: str) -> None:
    assert parse_index(text).build() == built
    assert parse_index(built).build() == built


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CREATE INDEX a ON b",
        "CREATE INDEX a ON b (c",
        "CREATE INDEX a ON b ()",
        "CREATE INDEX a ON b (c); DROP TABLE b",
    ],
)
def test_what_is_no_index(text: str) -> None:
    with pytest.raises(ValueError):
        parse_index(text)


def test_for_both_databases() -> None:
    index = parse_index("CREATE UNIQUE INDEX `a` ON `b` (`c` COLLATE NOCASE, lower(`d`)) WHERE `c` != '`'")
    assert index.ddl("sqlite") == (
        'CREATE UNIQUE INDEX "a" ON "b" (`c` COLLATE NOCASE, (lower(`d`))) WHERE `c` != \'`\''
    )
    assert index.ddl("postgresql") == ('CREATE UNIQUE INDEX "a" ON "b" (lower("c"), (lower("d"))) WHERE "c" != \'`\'')
