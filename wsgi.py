"""``gunicorn wsgi:app``. Importing this starts no thread and opens no connection."""

from oneclick.cli.web import app

__all__ = ["app"]
