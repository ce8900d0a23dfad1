"""A person in front of the pages: what they see and press, by its label as a screen reader would say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from installation import PASSWORD
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

ROLLOUT_MS = 60_000
WIDE, PHONE = (1440, 900), (390, 844)


class Visitor:
    """A browser window of its own, with no cookies and nothing stored."""

    def __init__(self, browser: Browser, url: str, size: tuple[int, int] = WIDE, scheme: str = "light") -> None:
        self.url = url
        self.context = browser.new_context(
            base_url=url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused form is told on the page; the browser's own note of the status is no fault.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def leave(self) -> None:
        """Close the window; nothing may have gone wrong unseen."""
        self.context.close()
        assert self.complaints == []

    def go(self, path: str) -> None:
        """Open an address."""
        self.page.goto(path)

    def sign_in(self, identity: str, password: str = PASSWORD) -> None:
        """Fill in the sign-in page and wait for the projects."""
        self.go("/login")
        self.page.get_by_label("E-mail or username").fill(identity)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.press("Sign in")
        self.page.wait_for_url("**/app**")

    def press(self, name: str, inside: Locator | None = None) -> None:
        """Press the button of this name."""
        (inside or self.page).get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follow the link of this name."""
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def tab(self, name: str) -> None:
        """Go to a tab of a project or deployment."""
        self.page.locator("nav.tabs").get_by_role("link", name=re.compile(f"^{name}")).click()

    def sees(self, text: str | re.Pattern[str], within_ms: int = 10_000) -> None:
        """Wait until a text is on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=within_ms)

    def sees_state(self, word: str, within_ms: int = ROLLOUT_MS) -> None:
        """Wait until the head of the deployment shows a state."""
        expect(self.page.locator(".dh .st.f")).to_have_text(word, timeout=within_ms)

    def dialog(self, title: str) -> Locator:
        """Return the open dialog of this title."""
        found = self.page.get_by_role("dialog", name=title)
        expect(found).to_be_visible()
        return found

    def deploy(self, image: str) -> None:
        """Fill in the new-deployment form and send it."""
        self.page.get_by_label("Image", exact=True).fill(image)
        self.press("Deploy")
        self.page.wait_for_url(re.compile(r"/deployments/[a-z0-9]{15}$"))

    def is_not_wider_than_the_window(self) -> None:
        """The page does not scroll sideways."""
        wide, window = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= window, f"{self.page.url} is {wide} wide in a window of {window}"
