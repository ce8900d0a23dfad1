"""The tables that the core keeps for itself. Their DDL is in the Alembic migrations; a test compares the two."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

collections = sa.Table(
    "_collections",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("system", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("listRule", sa.Text),
    sa.Column("viewRule", sa.Text),
    sa.Column("createRule", sa.Text),
    sa.Column("updateRule", sa.Text),
    sa.Column("deleteRule", sa.Text),
    sa.Column("fields", sa.Text, nullable=False, server_default="[]"),
    sa.Column("indexes", sa.Text, nullable=False, server_default="[]"),
    sa.Column("options", sa.Text, nullable=False, server_default="{}"),
    sa.Column("plugin", sa.Text, nullable=False, server_default=""),
    sa.Column("declared", sa.Text, nullable=False, server_default="{}"),
    sa.Column("created", sa.Text, nullable=False, server_default=""),
    sa.Column("updated", sa.Text, nullable=False, server_default=""),
)
"""``plugin`` owns the collection ("" none); ``declared`` is what it and the extending plugins last declared."""

params = sa.Table(
    "_params",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False, server_default="null"),
    sa.Column("updated", sa.Text, nullable=False, server_default=""),
)
"""Single JSON values: the settings, the schema version, the check value of the secret key."""

schedules = sa.Table(
    "_schedules",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("cron", sa.Text, nullable=False, server_default=""),
    sa.Column("job", sa.Text, nullable=False, server_default=""),
    sa.Column("args", sa.Text, nullable=False, server_default="[]"),
    sa.Column("plugin", sa.Text, nullable=False, server_default=""),
    sa.Column("last_fire", sa.Text, nullable=False, server_default=""),
    sa.Column("last_job", sa.Text, nullable=False, server_default=""),
)
"""Cron lines and when each fired last."""
