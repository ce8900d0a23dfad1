"""Alembic's environment: runs the migrations on the connection that :func:`oneclick.db.migrate.migrate` gives."""

from alembic import context

# The transaction is ours (see oneclick/db/engine.py): Alembic must not open or commit one.
context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
