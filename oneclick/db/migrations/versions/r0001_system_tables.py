"""The first system tables: collections, parameters, schedules."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


JSON_FUNCTION = """
    CREATE OR REPLACE FUNCTION oneclick_json(stored text) RETURNS json LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN
        RETURN stored::json;
    EXCEPTION WHEN others THEN
        RETURN to_json(stored);
    END $$
"""
# The filter language calls it (oneclick.filters.POSTGRESQL_SETUP, which this must equal; a test compares them).


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    if default is None:
        return sa.Column(name, sa.Text)
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "_collections",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("system", sa.Boolean, nullable=False, server_default=sa.false()),
        *[_text(f"{action}Rule", None) for action in ("list", "view", "create", "update", "delete")],
        _text("fields", "[]"),
        _text("indexes", "[]"),
        _text("options", "{}"),
        _text("plugin"),
        _text("declared", "{}"),
        _text("created"),
        _text("updated"),
    )
    op.create_table("_params", sa.Column("id", sa.Text, primary_key=True), _text("value", "null"), _text("updated"))
    op.create_table(
        "_schedules",
        sa.Column("id", sa.Text, primary_key=True),
        _text("cron"),
        _text("job"),
        _text("args", "[]"),
        _text("plugin"),
        _text("last_fire"),
        _text("last_job"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(JSON_FUNCTION, execution_options={"no_parameters": True})


def downgrade() -> None:
    """Drop the tables."""
    for name in ("_schedules", "_params", "_collections"):
        op.drop_table(name)
