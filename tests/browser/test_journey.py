"""From the printed link to a running image, its history and its end, without a reload (issue: what a new user sees)."""

from __future__ import annotations

import re

import pytest
from installation import PASSWORD, Installation
from playwright.sync_api import Browser, expect
from visitor import ROLLOUT_MS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMAIL = "mira@example.com"


@pytest.fixture(scope="module", autouse=True)
def set_up(browser: Browser, installation: Installation, installer_link: str) -> None:
    """The link makes the first superuser and, unless unticked, a user of the same name; it leads to the projects."""
    visitor = Visitor(browser, installation.url)
    page = visitor.page
    visitor.go("/login")
    visitor.sees("Nobody administers this server yet")
    visitor.go(installer_link)
    page.get_by_label("E-mail", exact=True).fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again", exact=True).fill("something else")
    visitor.press("Create and begin")
    visitor.sees("Write the same password twice.")
    page.get_by_label("Password again", exact=True).fill(PASSWORD)
    visitor.press("Create and begin")
    page.wait_for_url("**/app")
    visitor.sees("Put your first image into production")
    visitor.sees("This is the demo cluster")
    visitor.leave()


def test_first_image_to_deletion(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in(EMAIL)

    # An image's name is enough.
    page.get_by_label("Image", exact=True).fill("nginx")
    visitor.press("Continue")
    visitor.sees("Read as docker.io / library/nginx, tag latest")
    visitor.press("Add variable")
    page.get_by_label("Name of variable 1").fill("LOG_LEVEL")
    page.get_by_label("Value of LOG_LEVEL").fill("info")
    visitor.press("Add secret")
    page.get_by_label("Name of secret 2").fill("API_KEY")
    page.get_by_label("Value of API_KEY").fill("hunter2")
    visitor.press("Deploy")
    page.wait_for_url(re.compile(r"/deployments/[a-z0-9]{15}$"))
    address = page.url

    # It becomes healthy before one's eyes.
    visitor.sees_state("Healthy")
    visitor.sees("1 of 1 ready")
    expect(page.get_by_role("img", name="Pods: 1 ready").first).to_be_visible()

    visitor.tab("Logs")
    expect(page.get_by_role("log")).to_contain_text("nothing really runs here", timeout=ROLLOUT_MS)
    page.get_by_label("Find in the lines").fill("no line has this in it")
    visitor.sees("No line matches.")
    visitor.tab("Events")
    visitor.sees("Pulled.")

    # Another tag makes a second revision.
    visitor.tab("Overview")
    page.get_by_label("Image and tag").fill(":1.29")
    visitor.press("Roll out", page.locator(".two"))
    expect(page.locator(".dh .mono")).to_have_text("nginx:1.29")
    visitor.sees_state("Healthy")
    visitor.tab("Rollouts")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("1.29")
    expect(rows.nth(1)).to_contain_text("Ended")

    # What differs, and the way back; the history keeps both.
    visitor.press("Compare", rows.nth(1))
    changed = page.get_by_role("region", name="Changed lines")
    expect(changed).to_contain_text("tag: latest")
    expect(page.get_by_text("hunter2")).to_have_count(0)
    visitor.press("Roll back to latest")
    expect(page.locator(".dh .mono")).to_have_text("nginx:latest")
    visitor.sees_state("Healthy")
    expect(rows).to_have_count(2)

    # The same address works in a fresh browser.
    fresh = Visitor(page.context.browser, visitor.url)  # type: ignore[arg-type]
    fresh.go(address)
    fresh.page.wait_for_url("**/login?to=**")
    fresh.page.get_by_label("E-mail or username").fill(EMAIL)
    fresh.page.get_by_label("Password", exact=True).fill(PASSWORD)
    fresh.press("Sign in")
    fresh.page.wait_for_url(address)
    fresh.sees_state("Healthy")
    fresh.leave()

    # Stopping keeps it there; deleting the project asks for its name.
    visitor.press("More", page.locator(".dh"))
    page.get_by_role("menuitem", name="Stop").click()
    visitor.press("Stop", visitor.dialog("Stop nginx"))
    visitor.sees_state("Stopped")
    page.locator(".crumbs a").nth(1).click()
    # The deployment has a tab of this name as well.
    page.wait_for_url(re.compile(r"/projects/[a-z0-9]{15}/?$"))
    visitor.tab("Settings")
    visitor.press("Delete project")
    dialog = visitor.dialog("Delete project nginx")
    expect(dialog.get_by_role("button", name="Delete project")).to_be_disabled()
    dialog.get_by_label("Type nginx to delete this project").fill("nginx")
    visitor.press("Delete project", dialog)
    page.wait_for_url("**/app")
    visitor.sees("Put your first image into production")


def _project(visitor: Visitor, name: str) -> None:
    visitor.sign_in(EMAIL)
    visitor.go("/app?new=true")
    dialog = visitor.dialog("New project")
    dialog.get_by_label("Name", exact=True).fill(name)
    visitor.press("Create project", dialog)
    visitor.sees("Deploy an image")
    visitor.follow("New deployment")


def test_failures_are_told_in_sentences(visitor: Visitor) -> None:
    page = visitor.page
    _project(visitor, "troubled")
    page.get_by_label("Image", exact=True).fill("Not An Image")
    visitor.press("Deploy")
    visitor.sees("an image is one word")
    visitor.deploy("nginx:missing")
    visitor.sees_state("Failed")
    expect(page.locator(".note.bad")).to_contain_text(re.compile("nginx:missing"))
    # The cluster's long sentence has the width of the table, not of the column of states.
    told = page.locator("tr.reason td").last
    expect(told).to_contain_text("failed to pull", timeout=ROLLOUT_MS)
    assert told.bounding_box()["height"] < 80
    assert page.get_by_role("row", name=re.compile("Failing")).bounding_box()["height"] < 48

    # What the server refuses names its field, and what runs stays.
    visitor.tab("Settings")
    page.get_by_label("CPU limit of each pod").fill("abc")
    visitor.press("Roll out these changes")
    expect(page.get_by_label("CPU limit of each pod")).to_have_attribute("aria-invalid", "true")
    visitor.tab("Rollouts")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_manifest_as_yaml(visitor: Visitor) -> None:
    page = visitor.page
    _project(visitor, "written")
    visitor.deploy("nginx:1.28")
    visitor.sees_state("Healthy")
    visitor.tab("Settings")
    editor = page.get_by_role("textbox", name="Manifest")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("spec: [\n")
    visitor.press("Roll out this manifest")
    expect(page.locator(".note.bad")).to_be_visible()
    visitor.press("Reset")
    text = editor.inner_text().replace("tag: 1.28", 'tag: "1.29"').replace('tag: "1.28"', 'tag: "1.29"')
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    visitor.press("Roll out this manifest")
    expect(page.locator(".dh .mono")).to_have_text("nginx:1.29")
    visitor.sees_state("Healthy")


def test_palette_leads_everywhere(visitor: Visitor) -> None:
    page = visitor.page
    _project(visitor, "found")
    visitor.deploy("nginx")
    visitor.go("/app")
    visitor.sees("Projects")
    expect(page.locator(".pc").first).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Search or act").last.fill("Logs of nginx")
    page.keyboard.press("Enter")
    page.wait_for_url("**/logs")


def test_blueprint_is_shared_by_its_link(visitor: Visitor, browser: Browser, installation: Installation) -> None:
    page = visitor.page
    visitor.sign_in(EMAIL)
    visitor.go("/app/blueprints")
    visitor.follow("New blueprint")
    page.get_by_label("Name", exact=True).fill("web")
    page.get_by_label("Private").uncheck(force=True)
    visitor.press("Save blueprint")
    visitor.press("More for web")
    page.get_by_role("menuitem", name="Copy the share link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"/app/blueprints/shared/[a-z0-9]{15}$", link)

    installation.client("jonas@example.com", "Jonas")
    other = Visitor(browser, installation.url)
    other.sign_in("jonas@example.com")
    other.go(link)
    other.press("Add to my blueprints")
    other.page.wait_for_url("**/community")
    other.sees("Shared with you")
    other.leave()


def test_nobody_sees_anothers_project(visitor: Visitor, installation: Installation) -> None:
    owner = installation.client("owner@example.com", "Owner")
    project, deployment = owner.deployment()
    installation.client("stranger@example.com", "Stranger")
    visitor.sign_in("stranger@example.com")
    visitor.go(f"/app/projects/{project}")
    visitor.sees("This project is not there")
    visitor.go(f"/app/projects/{project}/deployments/{deployment}/logs")
    visitor.sees("This deployment is not there")


def test_admin_pages_show_collections(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/_/")
    page.get_by_label("E-mail", exact=True).fill(EMAIL)
    page.get_by_label("Password", exact=True).fill("wrong password")
    visitor.press("Sign in")
    visitor.sees("That e-mail and password do not belong to a superuser.")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.press("Sign in")
    collections = page.get_by_role("navigation", name="Collections")
    expect(collections.get_by_role("link", name="_superusers", exact=True)).to_be_in_viewport()
    collections.get_by_role("link", name="users", exact=True).click()
    visitor.sees(EMAIL)
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="meta")).to_be_visible()
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Plugins").click()
    expect(page.get_by_role("heading", name="kubernetes")).to_be_visible()
