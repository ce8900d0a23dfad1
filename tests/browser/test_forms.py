"""What forms do with what cannot be: they say so at the field, and change nothing of what was typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from installation import PASSWORD, Client, Installation, manifest
from playwright.sync_api import Browser, Locator, expect
from visitor import PHONE, ROLLOUT_MS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMAIL = "nora@example.com"
NUMBERS = "Write a whole number from 1 to {}."


@pytest.fixture(scope="module")
def nora(installation: Installation) -> Client:
    installation.wait()
    return installation.client(EMAIL, "Nora")


@pytest.fixture
def project(nora: Client) -> str:
    return str(nora.create("projects", name="shop", user=nora.id)["id"])


def says(field: Locator, sentence: str) -> None:
    """The field is marked as wrong and describes why, for everybody."""
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(sentence)))


def test_the_commands_of_the_first_page_work_in_their_order(
    visitor: Visitor, nora: Client, installation: Installation, tmp_path: Path
) -> None:
    visitor.sign_in(EMAIL)
    image, go_on = visitor.page.get_by_label("Image", exact=True), visitor.page.get_by_role("button", name="Continue")
    assert image.bounding_box()["y"] == go_on.bounding_box()["y"]
    assert image.bounding_box()["height"] == go_on.bounding_box()["height"]
    visitor.press("Copy the commands")
    visitor.sees("Copied.")
    commands = visitor.page.evaluate("navigator.clipboard.readText()")
    environ = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    # In a session of its own there is no terminal, so that the password is read from the input.
    ran = subprocess.run(
        ["bash", "-c", commands],
        env=environ,
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        timeout=120,
        start_new_session=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (made,) = nora.list("projects", filter="name = 'hello'")
    assert [one["name"] for one in nora.list("deployments", filter=f"project = '{made['id']}'")] == ["nginx"]


@pytest.mark.parametrize(("label", "most"), [("Port", 65535), ("Pods", 1000)])
def test_numbers_are_not_changed_but_called_wrong(
    visitor: Visitor, nora: Client, project: str, label: str, most: int
) -> None:
    visitor.sign_in(EMAIL)
    visitor.go(f"/app/projects/{project}/new?image=nginx")
    field = visitor.page.get_by_label(label)
    for wrong in ("0", "-1", str(most + 1), "abc", "1.5"):
        field.fill(wrong)
        visitor.press("Deploy")
        says(field, NUMBERS.format(most))
        expect(field).to_have_value(wrong)
    assert nora.list("deployments", filter=f"project = '{project}'") == []
    field.fill("2")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    visitor.press("Deploy")
    visitor.page.wait_for_url(re.compile(r"/deployments/[a-z0-9]{15}$"))


def test_an_address_is_no_image_and_no_row_goes_missing(visitor: Visitor, nora: Client, project: str) -> None:
    visitor.sign_in(EMAIL)
    visitor.go(f"/app/projects/{project}/new")
    image = visitor.page.get_by_label("Image", exact=True)
    image.fill("http://foo/bar")
    visitor.press("Deploy")
    says(image, "Leave out http://")
    image.fill("nginx")
    visitor.press("Add variable")
    visitor.press("Deploy")
    visitor.sees("Row 1 is empty: give it a name, or remove it.")
    assert nora.list("deployments", filter=f"project = '{project}'") == []
    visitor.press("Remove variable 1")
    visitor.press("Deploy")
    visitor.page.wait_for_url(re.compile(r"/deployments/[a-z0-9]{15}$"))


def test_long_names_are_refused_in_words_and_fit_the_pages(
    visitor: Visitor, browser: Browser, nora: Client, installation: Installation
) -> None:
    visitor.sign_in(EMAIL)
    visitor.go("/app?new=true")
    dialog = visitor.dialog("New project")
    name = dialog.get_by_label("Name", exact=True)
    name.fill("p" * 21)
    says(name, "Use at most 20 characters; these are 21.")
    visitor.press("Create project", dialog)
    assert nora.list("projects", filter="name ~ 'ppp'") == []
    name.fill("p" * 20)
    visitor.press("Create project", dialog)
    visitor.sees("Deploy an image")
    visitor.follow("New deployment")
    visitor.page.get_by_label("Image", exact=True).fill("nginx")
    name = visitor.page.get_by_label("Name", exact=True)
    name.fill("n" * 101)
    says(name, "Use at most 100 characters; these are 101.")
    name.fill("n" * 100)
    visitor.press("Deploy")
    visitor.page.wait_for_url(re.compile(r"/deployments/[a-z0-9]{15}$"))
    deployment = visitor.page.url
    phone = Visitor(browser, installation.url, PHONE)
    phone.sign_in(EMAIL)
    for who in (visitor, phone):
        for address in (deployment, f"{deployment}/settings", deployment.split("/deployments")[0], "/app"):
            who.go(address)
            who.sees("n" * 100)
            who.is_not_wider_than_the_window()
    phone.leave()
    visitor.go(deployment.split("/deployments")[0])
    expect(visitor.page.locator("td .nm")).to_have_attribute("title", "n" * 100)


def test_a_neighbours_name_is_refused_and_another_proposed(visitor: Visitor, nora: Client, project: str) -> None:
    nora.deployment("nginx", project)
    visitor.sign_in(EMAIL)
    visitor.go(f"/app/projects/{project}")
    visitor.follow("New deployment")
    visitor.page.get_by_label("Image", exact=True).fill("nginx")
    name = visitor.page.get_by_label("Name", exact=True)
    expect(name).to_have_value("nginx-2")
    name.fill("NGINX")
    visitor.press("Deploy")
    says(name, "Another deployment of this project has this name.")
    assert len(nora.list("deployments", filter=f"project = '{project}'")) == 1


def test_what_was_said_of_a_setting_is_over_with_it(visitor: Visitor, nora: Client, project: str) -> None:
    _, deployment = nora.deployment("web", project)
    nora.roll_out(project, deployment, manifest())
    visitor.sign_in(EMAIL)
    visitor.go(f"/app/projects/{project}/deployments/{deployment}/settings")
    cpu = visitor.page.get_by_label("CPU limit of each pod")
    cpu.fill("abc")
    visitor.press("Roll out these changes")
    says(cpu, "cpu")
    cpu.fill("100m")
    expect(cpu).not_to_have_attribute("aria-invalid", "true")
    visitor.press("Add variable")
    visitor.press("Roll out these changes")
    visitor.sees("Row 1 is empty: give it a name, or remove it.")
    visitor.press("Remove variable 1")
    most = visitor.page.get_by_label("Pods, at most")
    most.fill("1001")
    visitor.press("Roll out these changes")
    says(most, NUMBERS.format(1000))
    editor = visitor.page.get_by_role("textbox", name="Manifest")
    editor.click()
    visitor.page.keyboard.press("Control+a")
    visitor.page.keyboard.insert_text("spec: [\n")
    visitor.press("Roll out this manifest")
    expect(visitor.page.locator(".note.bad")).to_have_text(re.compile(r"line \d+, column \d+\.$"))
    assert len(nora.list("rollouts", filter=f"deployment = '{deployment}'")) == 1


def test_a_log_that_has_not_begun_is_no_alarm(visitor: Visitor, nora: Client, project: str) -> None:
    _, deployment = nora.deployment("web", project)
    nora.roll_out(project, deployment, manifest("missing"))
    visitor.sign_in(EMAIL)
    visitor.go(f"/app/projects/{project}/deployments/{deployment}/logs")
    note = visitor.page.get_by_role("log").locator(".note")
    expect(note).to_contain_text("The container has not started yet", timeout=ROLLOUT_MS)
    expect(note).not_to_have_class(re.compile("bad"))


def test_a_spent_link_says_so_before_anything_is_typed(visitor: Visitor, installer_link: str, nora: Client) -> None:
    visitor.go(installer_link)
    visitor.sees("This server is set up")
    expect(visitor.page.get_by_label("Password", exact=True)).to_have_count(0)
    visitor.follow("Open One-Click")
    visitor.page.wait_for_url("**/login**")
