"""Automatic updates in Chromium: set up beside the image, checked live, asked for by a CI system's token."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest
from installation import Client, Installation, installed, manifest
from playwright.sync_api import Browser, Locator, expect
from test_accessibility import check
from visitor import PHONE, ROLLOUT_MS, WIDE, Visitor

from oneclick.testing import FakeRegistry

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHECK_MS = 30_000


@pytest.fixture(scope="module")
def registry() -> Iterator[FakeRegistry]:
    """A registry at an address that the operator allows."""
    server = FakeRegistry()
    yield server
    server.close()


@pytest.fixture(scope="module")
def installation(
    browser: Browser, registry: FakeRegistry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation that checks when it is asked, hardly ever by itself."""
    environment = {
        "ONECLICK_CLUSTER": "demo",
        "ONECLICK_REGISTRY_ALLOW": registry.address,
        "CronTick": "0 0 1 1 *",
    }
    with installed(tmp_path_factory.mktemp("updates") / "data", environment) as running:
        running.serve()
        yield running


def deployed(installation: Installation, registry: FakeRegistry, name: str, tag: str) -> str:
    """Make a user with a deployment of an image of the registry; return the address of its image page."""
    registry.push(f"acme/{name}", tag)
    user: Client = installation.client(f"{name}@example.com", name)
    project, deployment = user.deployment(name)
    image = {"registry": registry.address, "repository": f"acme/{name}", "tag": tag}
    user.phase(user.roll_out(project, deployment, manifest(image=image))["id"], "healthy")
    return f"/app/projects/{project}/deployments/{deployment}/image"


def last_check(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("status", name="Last check")


def switch_on(visitor: Visitor) -> None:
    visitor.page.get_by_role("switch", name="Roll out newer images by itself").click()


def test_from_setting_up_to_a_rollout(visitor: Visitor, installation: Installation, registry: FakeRegistry) -> None:
    page = visitor.page
    address = deployed(installation, registry, "shop", "1.0.0")
    visitor.sign_in("shop@example.com")
    visitor.go(address)
    switch_on(visitor)

    # What is wrong is told at its field, by the page or by the server.
    every, versions = page.get_by_label("Ask the registry"), page.get_by_label("Only versions")
    every.fill("30s")
    visitor.press("Save")
    visitor.sees("The shortest interval is one minute")
    every.fill("1h30m")
    visitor.sees("every hour 30 minutes")
    versions.fill("newest please")
    page.get_by_label("Only tags that match").fill("(")
    visitor.press("Save")
    expect(versions).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Only tags that match")).to_have_attribute("aria-invalid", "true")
    versions.fill("1.x")
    page.get_by_label("Only tags that match").fill("")
    visitor.press("Save")

    # The token is shown once, with the line that uses it.
    visitor.sees("The token is shown this once")
    visitor.press("Copy the token")
    token = page.evaluate("navigator.clipboard.readText()")
    assert token.startswith("ocw_")
    visitor.press("Copy the command")
    assert f'"Authorization: Bearer {token}"' in page.evaluate("navigator.clipboard.readText()")
    visitor.press("Copy the address")
    webhook = page.evaluate("navigator.clipboard.readText()")

    # The verdict comes without a reload, and so does what the CI system brings about.
    expect(last_check(visitor)).to_contain_text("Not checked yet")
    visitor.press("Check now")
    expect(last_check(visitor)).to_contain_text("1.0.0 is the newest version.", timeout=CHECK_MS)
    registry.push("acme/shop", "1.1.0")
    registry.push("acme/shop", "2.0.0")
    assert httpx2.post(webhook, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    expect(last_check(visitor)).to_contain_text("1.1.0 is newer than 1.0.0.", timeout=CHECK_MS)
    expect(page.locator(".dh .mono")).to_contain_text(":1.1.0", timeout=ROLLOUT_MS)
    visitor.tab("Rollouts")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").nth(0)).to_contain_text("Auto-update")

    # It is gone for good after a reload; another one takes its place.
    visitor.go(address)
    expect(page.get_by_label("Only versions")).to_have_value("1.x")
    expect(page.get_by_text(token)).to_have_count(0)
    visitor.press("Make a new token")
    visitor.press("Make a new token", visitor.dialog("Make a new token"))
    visitor.press("Copy the token")
    fresh = page.evaluate("navigator.clipboard.readText()")
    assert httpx2.post(webhook, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert httpx2.post(webhook, headers={"Authorization": f"Bearer {fresh}"}).status_code == 200

    switch_on(visitor)
    visitor.press("Switch off")
    expect(page.get_by_role("region", name="Webhook")).to_have_count(0)
    assert httpx2.post(webhook, headers={"Authorization": f"Bearer {fresh}"}).status_code in (401, 404)


def test_what_went_wrong_is_told(visitor: Visitor, installation: Installation, registry: FakeRegistry) -> None:
    address = deployed(installation, registry, "lost", "1.0.0")
    del registry.images["acme/lost"]
    visitor.sign_in("lost@example.com")
    visitor.go(address)
    switch_on(visitor)
    visitor.press("Save")
    visitor.press("Check now")
    expect(last_check(visitor)).to_contain_text("The last check failed", timeout=CHECK_MS)
    expect(last_check(visitor)).to_contain_text(re.compile("acme/lost"))


@pytest.mark.parametrize("policy", ["The same tag, when its content changes", "Last by name"])
def test_policies_are_explained(
    visitor: Visitor, installation: Installation, registry: FakeRegistry, policy: str
) -> None:
    page = visitor.page
    name = policy.split()[0].lower()
    address = deployed(installation, registry, name, "main")
    visitor.sign_in(f"{name}@example.com")
    visitor.go(address)
    switch_on(visitor)
    page.get_by_role("combobox", name="What is newer").click()
    page.get_by_role("option", name=policy).click()
    expect(page.get_by_label("Only versions")).to_have_count(0)
    visitor.press("Save")
    visitor.press("Check now")
    expect(last_check(visitor)).to_contain_text(re.compile("main (leads to sha256|is the last)"), timeout=CHECK_MS)
    visitor.page.reload()
    expect(page.get_by_role("combobox", name="What is newer")).to_have_value(policy)


def test_the_content_that_runs_is_named(visitor: Visitor, installation: Installation, registry: FakeRegistry) -> None:
    page = visitor.page
    address = deployed(installation, registry, "moving", "main")
    visitor.sign_in("moving@example.com")
    visitor.go(address)
    switch_on(visitor)
    page.get_by_role("combobox", name="What is newer").click()
    page.get_by_role("option", name="The same tag, when its content changes").click()
    visitor.press("Save")
    visitor.press("Check now")
    expect(last_check(visitor)).to_contain_text("it is rolled out when that changes", timeout=CHECK_MS)
    registry.push("acme/moving", "main", f"sha256:{'c0ffee' * 10}cafe")
    visitor.press("Check now")
    expect(page.locator(".dh")).to_contain_text("main@sha256:c0ffeec0ffee", timeout=CHECK_MS)
    visitor.tab("Rollouts")
    expect(page.locator("tbody tr").nth(0)).to_contain_text("sha256:c0ffeec0ffee")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_for_everybody(
    browser: Browser, installation: Installation, registry: FakeRegistry, axe: str, scheme: str
) -> None:
    address = deployed(installation, registry, f"seen-{scheme}", "1.0.0")
    findings: list[str] = []
    for size in (WIDE, PHONE):
        visitor = Visitor(browser, installation.url, size, scheme)
        visitor.sign_in(f"seen-{scheme}@example.com")
        visitor.go(address)
        if size == WIDE:
            switch_on(visitor)
            visitor.press("Save")
        expect(visitor.page.get_by_role("region", name="Webhook")).to_be_visible()
        findings += check(visitor, axe)
        visitor.is_not_wider_than_the_window()
        visitor.leave()
    assert not findings, "\n".join(findings)
