"""Signing in through GitHub and an OpenID issuer in Chromium: the buttons, the window, linking, and setting one up."""

from __future__ import annotations

import http.server
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from installation import PASSWORD, Installation, installed
from playwright.sync_api import Browser, Page, expect
from test_accessibility import check
from visitor import PHONE, WIDE, Visitor

from tests.auth_providers.identity_server import CLIENT_ID, CLIENT_SECRET, IdentityServer, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ISSUER, GITHUB = "Acme login", "GitHub"


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityServer]:
    """GitHub and an OpenID issuer at once."""
    server = IdentityServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def installation(
    browser: Browser, provider: IdentityServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation whose environment names both; only the issuer's people may sign up, those of one domain."""
    environment = {
        "ONECLICK_CLUSTER": "demo",
        "ONECLICK_OIDC_CLIENT_ID": CLIENT_ID,
        "ONECLICK_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "ONECLICK_OIDC_ISSUER": provider.base,
        "ONECLICK_OIDC_NAME": ISSUER,
        "ONECLICK_OIDC_SIGNUP": "on",
        "ONECLICK_OIDC_DOMAINS": "example.com",
        "ONECLICK_GITHUB_CLIENT_ID": CLIENT_ID,
        "ONECLICK_GITHUB_CLIENT_SECRET": CLIENT_SECRET,
        "ONECLICK_GITHUB_AUTH_URL": f"{provider.base}/authorize",
        "ONECLICK_GITHUB_TOKEN_URL": f"{provider.base}/token",
        "ONECLICK_GITHUB_USER_INFO_URL": f"{provider.base}/user",
    }
    with installed(tmp_path_factory.mktemp("providers") / "data", environment) as running:
        running.serve()
        yield running


@pytest.fixture(autouse=True)
def honest(provider: IdentityServer) -> Iterator[None]:
    """The provider tells the truth again after each test."""
    provider.person = Person()
    yield
    provider.override.clear()


def through(visitor: Visitor, button: str) -> Page:
    """Press a button that opens a provider's window; return the window."""
    with visitor.page.expect_popup() as opened:
        visitor.press(button)
    return opened.value


def closes(window: Page) -> None:
    """Wait until a window is gone."""
    if not window.is_closed():
        window.wait_for_event("close", timeout=5000)


def stays(request: http.server.BaseHTTPRequestHandler) -> None:
    """The provider's page, of somebody who has not decided yet."""
    IdentityServer.send(request, 200, {"page": "Do you agree?"})


def at_the_profile(visitor: Visitor) -> None:
    expect(visitor.page).to_have_url(re.compile("/app$"), timeout=10_000)
    visitor.go("/app/profile")
    visitor.sees("Ways to sign in")


def test_buttons_appear_and_the_login_works(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/login")
    expect(page.get_by_role("button", name=f"Continue with {GITHUB}")).to_be_visible()
    window = through(visitor, f"Continue with {ISSUER}")
    at_the_profile(visitor)
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    picture = page.locator("main img.av")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.complete && image.naturalWidth") == 1
    expect(page.get_by_role("button", name=f"Unlink {ISSUER}")).to_be_visible()
    closes(window)


def test_linking_and_unlinking(
    browser: Browser, visitor: Visitor, installation: Installation, provider: IdentityServer
) -> None:
    page = visitor.page
    installation.client("mira@example.com", "Mira Okafor")
    provider.person = Person(id=99, login="mira-at-work", name="M. O.", email="mira@work.example")
    visitor.sign_in("mira@example.com")
    at_the_profile(visitor)
    through(visitor, f"Link {GITHUB}")
    expect(page.get_by_role("button", name=f"Unlink {GITHUB}")).to_be_visible()
    expect(page.get_by_role("heading", name="Mira Okafor")).to_be_visible()

    # The account at GitHub leads to the same person from now on, whatever address it has.
    fresh = Visitor(browser, visitor.url)
    fresh.go("/login")
    through(fresh, f"Continue with {GITHUB}")
    at_the_profile(fresh)
    expect(fresh.page.get_by_role("heading", name="Mira Okafor")).to_be_visible()
    fresh.leave()

    visitor.press(f"Unlink {GITHUB}")
    dialog = visitor.dialog(f"Unlink {GITHUB}")
    expect(dialog).to_contain_text("only your password lets you in")
    visitor.press(f"Unlink {GITHUB}", dialog)
    expect(page.get_by_role("button", name=f"Link {GITHUB}", exact=True)).to_be_visible()
    stranger = Visitor(browser, visitor.url)
    stranger.go("/login")
    through(stranger, f"Continue with {GITHUB}")
    expect(stranger.page.get_by_role("alert")).to_contain_text("There is no account for you here")
    stranger.leave()


def test_an_account_that_is_somebody_elses(
    browser: Browser, visitor: Visitor, installation: Installation, provider: IdentityServer
) -> None:
    provider.person = Person(id=5, name="Bo", email="bo@example.com")
    owner = Visitor(browser, visitor.url)
    owner.go("/login")
    through(owner, f"Continue with {ISSUER}")
    owner.page.wait_for_url("**/app**")
    owner.leave()
    installation.client("cleo@example.com", "Cleo")
    visitor.sign_in("cleo@example.com")
    at_the_profile(visitor)
    through(visitor, f"Link {ISSUER}")
    expect(visitor.page.get_by_role("alert")).to_contain_text("belongs to another user of this server")
    visitor.page.reload()
    expect(visitor.page.get_by_role("heading", name="Cleo")).to_be_visible()


def test_a_refused_domain_is_told_in_words(visitor: Visitor, provider: IdentityServer) -> None:
    provider.person = Person(id=13, email="eve@elsewhere.example")
    visitor.go("/login")
    through(visitor, f"Continue with {ISSUER}")
    # The server's own sentence, not the one about passwords.
    told = re.compile(r"ve@elsewhere\.example\b.*\bmay sign in here")
    expect(visitor.page.get_by_role("alert")).to_have_text(told)
    expect(visitor.page.get_by_label("E-mail or username")).to_be_visible()


def test_changing_ones_mind(visitor: Visitor, provider: IdentityServer, axe: str) -> None:
    page = visitor.page
    provider.override["/authorize"] = stays
    visitor.go("/login")
    window = through(visitor, f"Continue with {GITHUB}")
    visitor.sees(f"Waiting for {GITHUB}")
    assert check(visitor, axe) == []
    page.wait_for_timeout(3000)
    visitor.sees(f"Waiting for {GITHUB}")
    visitor.press("Cancel")
    expect(page.get_by_role("button", name=f"Continue with {GITHUB}")).to_be_enabled()
    expect(page.get_by_role("alert")).to_have_count(0)
    closes(window)

    # Who closes the window can open it again, and finish there.
    through(visitor, f"Continue with {ISSUER}").close()
    visitor.sees(f"The window of {ISSUER} is closed")
    provider.override.clear()
    visitor.follow(f"Open {ISSUER}")
    page.wait_for_url("**/app**")


def test_declining(visitor: Visitor, provider: IdentityServer) -> None:
    def declines(request: http.server.BaseHTTPRequestHandler) -> None:
        asked = parse_qs(urlsplit(request.path).query)
        back = f"{visitor.url}/api/oauth2-redirect?state={asked['state'][0]}&error=access_denied"
        IdentityServer.send(request, 302, back)

    provider.override["/authorize"] = declines
    visitor.go("/login")
    window = through(visitor, f"Continue with {ISSUER}")
    expect(visitor.page.get_by_role("alert")).to_contain_text("you did not agree")
    closes(window)


def test_a_browser_that_blocks_windows(visitor: Visitor) -> None:
    visitor.page.add_init_script("window.open = () => null")
    visitor.go("/login")
    visitor.press(f"Continue with {ISSUER}")
    visitor.sees(f"The window of {ISSUER} was blocked")
    visitor.follow(f"Open {ISSUER}")
    visitor.page.wait_for_url("**/app**")


def test_a_window_that_nobody_waits_for(visitor: Visitor) -> None:
    visitor.go("/api/oauth2-redirect?state=unknown&code=c")
    expect(visitor.page.get_by_role("heading", name="Signing in did not work")).to_be_visible()
    visitor.go("/_/#/auth/oauth2-redirect-success")
    expect(visitor.page.get_by_role("heading", name="You can close this window")).to_be_visible()


def administer(visitor: Visitor, installation: Installation) -> None:
    installation.superuser()
    visitor.go("/_/#/sign-in")
    visitor.page.get_by_label("E-mail", exact=True).fill("root@example.com")
    visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.press("Sign in")
    expect(visitor.page.get_by_role("heading", name="Sign-in", exact=True)).to_be_visible()


def row(visitor: Visitor, name: str) -> Any:
    return visitor.page.get_by_role("listitem").filter(has=visitor.page.get_by_role("link", name=name, exact=True))


def test_setting_a_provider_up(
    browser: Browser, visitor: Visitor, installation: Installation, provider: IdentityServer
) -> None:
    page = visitor.page
    administer(visitor, installation)
    expect(row(visitor, ISSUER)).to_contain_text("Set up by the environment")
    visitor.follow("OpenID Connect (2)")
    visitor.press("Copy the redirect address")
    assert page.evaluate("navigator.clipboard.readText()") == f"{visitor.url}/api/oauth2-redirect"
    visitor.press("Set up")
    for label in ("Issuer", "Client id", "Client secret"):
        expect(page.get_by_label(label, exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Issuer", exact=True).fill(provider.base)
    page.get_by_label("Client id", exact=True).fill(CLIENT_ID)
    page.get_by_label("Client secret", exact=True).fill(CLIENT_SECRET)
    page.get_by_label("Name on the button").fill("Second login")
    page.get_by_role("combobox", name="Only addresses of these domains").fill("partner.example, partner.test")
    visitor.sees("Only people who have an account can sign in")
    page.get_by_role("switch", name="People who have no account here get one").click()
    visitor.press("Set up")
    expect(row(visitor, "Second login")).to_contain_text("On")

    # What is stored comes back but for the secret, and changing the rest keeps it.
    visitor.follow("Second login")
    expect(page.get_by_label("Client id", exact=True)).to_have_value(CLIENT_ID)
    expect(page.get_by_label("Client secret", exact=True)).to_have_value("")
    page.get_by_label("Name on the button").fill("Partner login")
    visitor.press("Save")
    provider.person = Person(id=21, name="Pia", email="pia@partner.example")
    guest = Visitor(browser, visitor.url)
    guest.go("/login")
    through(guest, "Continue with Partner login")
    at_the_profile(guest)
    expect(guest.page.get_by_role("heading", name="Pia")).to_be_visible()
    guest.leave()

    # Without passwords the sign-in page shows the providers alone.
    page.get_by_role("switch", name="Users sign in by e-mail or username and password").click()
    visitor.sees("Users can no longer sign in by password.")
    visitor.go("/login")
    expect(page.get_by_role("button", name="Continue with Partner login")).to_be_visible()
    expect(page.get_by_label("E-mail or username")).to_have_count(0)
    visitor.go("/_/#/sign-in")
    page.get_by_role("switch", name="Users sign in by e-mail or username and password").click()
    visitor.sees("Users can sign in by password.")

    visitor.follow("Partner login")
    visitor.press("Remove")
    visitor.press("Remove OpenID Connect (2)", visitor.dialog("Remove OpenID Connect (2)"))
    expect(row(visitor, "OpenID Connect (2)")).to_contain_text("Not set up")
    visitor.go("/login")
    expect(page.get_by_role("button", name=f"Continue with {ISSUER}")).to_be_visible()
    expect(page.get_by_role("button", name="Continue with Partner login")).to_have_count(0)


def test_what_is_wrong_with_a_provider_is_told_at_its_field(visitor: Visitor, installation: Installation) -> None:
    page = visitor.page
    administer(visitor, installation)
    visitor.follow("Microsoft")
    page.get_by_label("Client id", exact=True).fill("some id")
    page.get_by_label("Client secret", exact=True).fill("some secret")
    page.get_by_label("Tenant").fill("no directory")
    visitor.press("Set up")
    expect(page.get_by_label("Tenant")).to_have_attribute("aria-invalid", "true")
    visitor.sees("must be the id of a directory")
    visitor.follow("Back")
    expect(row(visitor, "Microsoft")).to_contain_text("Not set up")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_for_everybody(browser: Browser, installation: Installation, axe: str, scheme: str) -> None:
    findings: list[str] = []
    for size in (WIDE, PHONE):
        visitor = Visitor(browser, installation.url, size, scheme)
        administer(visitor, installation)
        for place in ("sign-in", "sign-in/oidc", "sign-in/oidc2", "sign-in/github", "sign-in/microsoft"):
            visitor.go(f"/_/#/{place}")
            expect(visitor.page.locator(".ways, .copyf").first).to_be_visible()
            findings += check(visitor, axe)
            visitor.is_not_wider_than_the_window()
        for address in ("/login", "/_/#/auth/oauth2-redirect-failure"):
            visitor.go(address)
            expect(visitor.page.locator("h1").first).to_be_visible()
            findings += check(visitor, axe)
            visitor.is_not_wider_than_the_window()
        visitor.leave()
    assert not findings, "\n".join(findings)
