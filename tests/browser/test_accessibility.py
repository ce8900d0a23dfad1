"""Every page in light and dark, wide and on a phone: no serious finding of axe, no sideways scrolling, keys work."""

from __future__ import annotations

import pytest
from installation import Client, Installation, manifest
from playwright.sync_api import Browser, expect
from visitor import PHONE, WIDE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMAIL = "mira@example.com"
NARROWEST = (320, 640)
LOOKS = [(WIDE, "light"), (WIDE, "dark"), (PHONE, "dark"), (NARROWEST, "light")]


@pytest.fixture(scope="module")
def pages(installation: Installation) -> list[str]:
    """The addresses of all pages, with something on them: one that works, one that failed, one that stopped."""
    user: Client = installation.client(EMAIL, "Mira Okafor")
    project = user.create("projects", name="storefront", tags="production,eu", user=user.id)["id"]
    _, healthy = user.deployment("web-with-a-rather-long-name", project)
    user.phase(
        user.roll_out(project, healthy, manifest("1.27", env=[{"name": "LEVEL", "value": "info"}]))["id"], "healthy"
    )
    user.phase(user.roll_out(project, healthy, manifest("1.28"))["id"], "healthy")
    _, failing = user.deployment("worker", project)
    user.phase(user.roll_out(project, failing, manifest("missing-tag"))["id"], "failed")
    user.deployment("never-rolled-out", project)
    blueprint = user.create("blueprints", name="web", owner=user.id, private=False, manifest=manifest())["id"]
    return [
        "/app",
        "/app?view=table",
        "/app?new=true",
        f"/app/projects/{project}",
        f"/app/projects/{project}/new",
        f"/app/projects/{project}/settings",
        *(
            f"/app/projects/{project}/deployments/{one}{tab}"
            for one, tabs in ((healthy, ("", "/rollouts", "/logs", "/events", "/settings", "/image")), (failing, ("",)))
            for tab in tabs
        ),
        "/app/blueprints/my-blueprints",
        "/app/blueprints/community",
        "/app/blueprints/new",
        f"/app/blueprints/edit/{blueprint}",
        f"/app/blueprints/shared/{blueprint}",
        "/app/profile",
        "/app/projects/nosuchproject00",
    ]


def check(visitor: Visitor, axe: str) -> list[str]:
    """Return axe's serious and critical findings on the page as it is."""
    expect(visitor.page.locator("[aria-busy=true]")).to_have_count(0)
    visitor.page.wait_for_timeout(200)
    visitor.page.evaluate(axe)
    found = visitor.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{visitor.page.url}: {one['id']} ({one['help']}): {[node['target'] for node in one['nodes']]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("size", "scheme"), LOOKS, ids=lambda value: value if isinstance(value, str) else str(value[0])
)
def test_pages(
    browser: Browser, installation: Installation, pages: list[str], axe: str, size: tuple[int, int], scheme: str
) -> None:
    visitor = Visitor(browser, installation.url, size, scheme)
    visitor.go("/login")
    findings = check(visitor, axe)
    visitor.is_not_wider_than_the_window()
    visitor.sign_in(EMAIL)
    for address in pages:
        visitor.go(address)
        expect(visitor.page.locator("h1").first).to_be_visible()
        findings += check(visitor, axe)
        visitor.is_not_wider_than_the_window()
    visitor.leave()
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_admin_pages(browser: Browser, installation: Installation, axe: str, scheme: str) -> None:
    installation.superuser()
    for size in (WIDE, PHONE):
        visitor = Visitor(browser, installation.url, size, scheme)
        visitor.go("/_/")
        findings = check(visitor, axe)
        visitor.page.get_by_label("E-mail", exact=True).fill("root@example.com")
        visitor.page.get_by_label("Password", exact=True).fill("correct horse battery")
        visitor.press("Sign in")
        for place in ("collections", "sign-in", "sign-in/oidc", "settings", "server"):
            visitor.go(f"/_/#/{place}")
            expect(visitor.page.locator("h1").first).to_be_visible()
            findings += check(visitor, axe)
            visitor.is_not_wider_than_the_window()
        visitor.leave()
        assert not findings, "\n".join(findings)


def test_open_layers(browser: Browser, installation: Installation, pages: list[str], axe: str) -> None:
    visitor = Visitor(browser, installation.url)
    page = visitor.page
    visitor.sign_in(EMAIL)
    visitor.go(pages[7])
    page.get_by_role("button", name="Compare").last.click()
    expect(page.get_by_role("region", name="Changed lines")).to_be_visible()
    findings = check(visitor, axe)
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Search or act")).to_be_visible()
    findings += check(visitor, axe)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Roll out", exact=True).first.click()
    visitor.dialog("Roll out")
    findings += check(visitor, axe)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Your account").click()
    findings += check(visitor, axe)
    visitor.leave()
    assert not findings, "\n".join(findings)


def test_keyboard_alone(browser: Browser, installation: Installation) -> None:
    """Signing in, skipping to the content, opening a dialog and leaving it, with the keyboard alone."""
    visitor = Visitor(browser, installation.url)
    page = visitor.page
    installation.client("keys@example.com", "Keys")
    visitor.go("/login")
    expect(page.get_by_label("E-mail or username")).to_be_focused()
    page.keyboard.type("keys@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/app")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_role("link", name="An empty project").focus()
    page.keyboard.press("Enter")
    dialog = visitor.dialog("New project")
    expect(dialog.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    visitor.leave()


def test_dark_choice_is_kept(browser: Browser, installation: Installation) -> None:
    visitor = Visitor(browser, installation.url)
    installation.client("dark@example.com", "Dark")
    visitor.sign_in("dark@example.com")
    visitor.press("Change to dark colours")
    visitor.page.reload()
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    visitor.leave()
