"""The one-time link by which the first superuser is made (contract §10)."""

from __future__ import annotations

from oneclick.auth import tokens
from oneclick.auth.current import SUPERUSERS
from oneclick.ids import random_text
from oneclick_hooks.protocols import App

INSTALLER_EMAIL = "__installer@example.com"
LINK_SECONDS = 1800


def has_superuser(app: App) -> bool:
    """Tell whether there is a superuser besides the installer's own record."""
    return app.records.count(SUPERUSERS, "email != {:email}", {"email": INSTALLER_EMAIL}) > 0


def installer_token(app: App) -> str:
    """Return a token for making the first superuser, good for half an hour and until there is one.

    Empty when there is a superuser already. The token is that of a record made for this alone, which can do nothing
    else and goes with the first superuser's creation.
    """
    if has_superuser(app):
        return ""
    record = app.records.first(SUPERUSERS, "email = {:email}", {"email": INSTALLER_EMAIL})
    if record is None:
        record = app.records.new(SUPERUSERS, {"email": INSTALLER_EMAIL, "password": random_text(30)})
        app.records.save(record)
    return tokens.issue(record, duration=LINK_SECONDS, refreshable=False)


def installer_link(app: App, base_url: str) -> str | None:
    """Return the link with :func:`installer_token`; ``None`` when there is a superuser already."""
    token = installer_token(app)
    return f"{base_url.rstrip('/')}/_/#/pbinstall/{token}" if token else None


def remove_installer(app: App) -> None:
    """Delete the installer's record once there is a superuser."""
    record = app.records.first(SUPERUSERS, "email = {:email}", {"email": INSTALLER_EMAIL})
    if record is not None and has_superuser(app):
        app.records.delete(record)
