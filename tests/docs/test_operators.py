"""docs/operators.md: its example of making a user, run by a shell with curl against a server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest

from tests.journey.installation import PASSWORD, Installation

PAGE = Path(__file__).parents[2] / "docs" / "operators.md"
REQUIRED = {name.strip() for name in os.environ.get("ONECLICK_TEST_REQUIRE", "").split(",")}


def commands(heading: str) -> str:
    """Return the commands of the example below a heading, as a shell reads them."""
    section = PAGE.read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.search(r"```console\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return re.sub(r"^\$ ", "", found[1], flags=re.MULTILINE)


@pytest.mark.skipif(not shutil.which("curl") and "all" not in REQUIRED, reason="curl is not installed")
def test_example_makes_a_user_who_can_sign_in(installation: Installation) -> None:
    installation.superuser()
    script = commands("More users").replace("localhost:8090", installation.url).replace('"PASSWORD"', f'"{PASSWORD}"')
    done = subprocess.run(["bash", "-ec", script], capture_output=True, text=True, timeout=60, check=True)
    made = json.loads(done.stdout)
    assert (made["collectionName"], made["name"]) == ("users", "Ben")
    answer = httpx2.post(
        f"{installation.url}/api/collections/users/auth-with-password",
        json={"identity": "ben@example.com", "password": "ben has eight"},
        timeout=30,
    )
    assert answer.json()["record"]["id"] == made["id"]


def test_guests_cannot_make_users(installation: Installation) -> None:
    body = {"email": "eve@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
    assert httpx2.post(f"{installation.url}/api/collections/users/records", json=body, timeout=30).status_code == 403
