"""Which clusters there are to test on, and what is told when one is missing."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

KINDS = ("demo", "real")
KUBECONFIG = "ONECLICK_TEST_KUBECONFIG"


def required() -> set[str]:
    return {name for name in os.environ.get("ONECLICK_TEST_REQUIRE", "").replace(" ", "").split(",") if name}


def missing(name: str, message: str) -> NoReturn:
    """Skip because of what is missing; fail where ``ONECLICK_TEST_REQUIRE`` asks for it."""
    if required() & {"all", name}:
        pytest.fail(message)
    pytest.skip(message)


def real_environment() -> dict[str, str]:
    """Return the settings for the real API server; skip, or fail where it is required."""
    kubeconfig = os.environ.get(KUBECONFIG, "")
    if not kubeconfig:
        missing("cluster", f"{KUBECONFIG} names no kubeconfig of a real API server")
    return {"LOCAL": "true", "LOCAL_KUBECONFIG_FILE": kubeconfig}
