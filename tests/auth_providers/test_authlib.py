"""The login runs on Authlib: through its client, and not without it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from authlib.integrations.httpx_client import OAuth2Client

from tests.auth_providers.conftest import Site

WITHOUT = """
import sys
sys.modules["authlib"] = None
from oneclick.config import load
from oneclick.plugins import load_plugins
plugins = load_plugins(load({"ONECLICK_DATA": sys.argv[1], "ONECLICK_PLUGINS": "auth_providers"}))
print([(plugin.name, plugin.error) for plugin in plugins.broken])
"""


def test_codes_are_exchanged_by_its_client(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    exchange = OAuth2Client.fetch_token

    def watched(self: OAuth2Client, url: str, **options: Any) -> Any:
        asked.append(url)
        return exchange(self, url, **options)

    monkeypatch.setattr(OAuth2Client, "fetch_token", watched)
    site.set_up("github")
    assert site.log_in().status_code == 200
    assert asked == [f"{site.identity.base}/token"]


def test_without_it_the_plugin_is_off_by_name(tmp_path: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert "auth_providers" in done.stdout
    assert "authlib" in done.stdout
