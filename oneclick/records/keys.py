"""Where the key of the secrets comes from, and that all processes of a database have the same one."""

from __future__ import annotations

import os
from pathlib import Path

from oneclick.db import Database, Params
from oneclick.errors import ConfigError
from oneclick.ids import random_text
from oneclick.records.secrets import SecretKey, Secrets

FILE = "secret.key"
CHECK = "secretKeyCheck"
SHORTEST = 16


def load_secrets(database: Database, data_dir: Path, secret_key: str | None = None) -> Secrets:
    """Return the secrets under ``secret_key``, else under the key in the data folder (made when missing).

    Raises ``ConfigError`` when the database was used with another key, when the key is too short, and when it is
    missing with PostgreSQL (each machine would make up its own).
    """
    if secret_key is not None:
        if len(secret_key) < SHORTEST:
            raise ConfigError(f"ONECLICK_SECRET_KEY needs at least {SHORTEST} characters.")
        text = secret_key
    elif database.dialect == "postgresql":
        raise ConfigError("ONECLICK_SECRET_KEY must be set when DATABASE_URL names a PostgreSQL database.")
    else:
        text = _from_file(data_dir / FILE)
    key = SecretKey(text.encode())
    _check(Params(database), key)
    return Secrets(key)


def _from_file(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{random_text(8)}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(random_text(50))
        # A link is made whole or not at all, and never over another process's key.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)
    text = path.read_text().strip()
    if len(text) < SHORTEST:
        raise ConfigError(f"The file {path} holds no secret key.")
    return text


def _check(params: Params, key: SecretKey) -> None:
    check = {"id": key.id, "value": key.mac(b"check")}
    known = params.get(CHECK) or params.set_default(CHECK, check)
    if known != check:
        raise ConfigError(
            f"The secrets in this database were sealed with another key ({known['id']}): "
            f"set ONECLICK_SECRET_KEY to it, or bring back the file {FILE} of the data folder."
        )
