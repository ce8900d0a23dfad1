from __future__ import annotations

import pytest

from oneclick.cli.deploy import change, new_manifest, parse_image, parse_variable
from oneclick.cli.group import CommandError

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag"),
    [
        ("nginx", "docker.io", "library/nginx", "latest"),
        ("nginx:1.27", "docker.io", "library/nginx", "1.27"),
        ("acme/app:2", "docker.io", "acme/app", "2"),
        ("docker.io/nginx", "docker.io", "library/nginx", "latest"),
        ("ghcr.io/acme/app/web:1.0", "ghcr.io", "acme/app/web", "1.0"),
        ("localhost/web:1", "localhost", "web", "1"),
        ("registry.example.com:5000/app", "registry.example.com:5000", "app", "latest"),
        (f"nginx:1.27@{DIGEST}", "docker.io", "library/nginx", f"1.27@{DIGEST}"),
    ],
)
def test_images_are_taken_apart_as_docker_does(text: str, registry: str, repository: str, tag: str) -> None:
    assert parse_image(text) == {"registry": registry, "repository": repository, "tag": tag}


@pytest.mark.parametrize("text", ["", ":1", "ghcr.io/", "a b", "nginx@"])
def test_what_is_no_image_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="is not an image"):
        parse_image(text)


def test_variables() -> None:
    assert parse_variable("A=b=c") == ("A", "b=c")
    for text in ("A", "=b"):
        with pytest.raises(CommandError, match="NAME=VALUE"):
            parse_variable(text)


def test_a_change_keeps_the_rest_of_the_manifest() -> None:
    spec = new_manifest()["spec"] | {
        "image": {"registry": "r.io", "repository": "a", "tag": "1", "username": "u", "password": "p"},
        "env": [{"name": "KEPT", "value": "1"}, {"name": "SET", "value": "old"}],
        "interfaces": [{"name": "web", "port": 80}, {"name": "metrics", "port": 90}],
    }
    change(spec, parse_image("r.io/a:2"), 8080, {"SET": "new"}, 3)
    assert spec["image"] == {"registry": "r.io", "repository": "a", "tag": "2", "username": "u", "password": "p"}
    assert spec["env"] == [{"name": "KEPT", "value": "1"}, {"name": "SET", "value": "new"}]
    assert spec["interfaces"] == [{"name": "web", "port": 8080}, {"name": "metrics", "port": 90}]
    assert spec["horizontalScale"] == {"minReplicas": 3, "maxReplicas": 3, "targetCPUUtilizationPercentage": 80}
    assert spec["resources"]["requests"] == {"cpu": "100m", "memory": "128Mi"}


def test_credentials_do_not_go_to_another_registry() -> None:
    spec = {"image": {"registry": "a.io", "repository": "a", "tag": "1", "username": "u", "password": "p"}}
    change(spec, parse_image("b.io/a:2"), None, {}, None)
    assert spec["image"] == {"registry": "b.io", "repository": "a", "tag": "2"}


def test_another_image_does_not_keep_the_content_of_the_one_before() -> None:
    spec = {"image": {**parse_image("ghcr.io/acme/app:1"), "digest": "sha256:" + "a" * 64, "username": "ada"}}
    change(spec, parse_image("ghcr.io/acme/app:1"), None, {}, None)
    assert spec["image"] == {"registry": "ghcr.io", "repository": "acme/app", "tag": "1", "username": "ada"}
