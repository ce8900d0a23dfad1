"""Which cluster: what the environment says, and the sentences for what is wrong."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from oneclick.errors import ConfigError
from oneclick_hooks.kubernetes import ClusterConnection
from oneclick_kubernetes import live
from oneclick_kubernetes.cluster import connection
from oneclick_kubernetes.cluster.connection import choose


@pytest.fixture(autouse=True)
def outside_of_a_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(connection, "TOKEN_FILE", tmp_path / "no-token")


def test_nothing_said() -> None:
    assert choose({}) == connection.Choice("auto", None)


@pytest.mark.parametrize("value", ["true", "1", "TRUE", "yes"])
def test_local_names_a_file_with_the_home_folder(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text("{}")
    found = choose({"LOCAL": value})
    assert found.connection == ClusterConnection(str(tmp_path / ".kube" / "config"))
    (tmp_path / "other").write_text("{}")
    found = choose({"LOCAL": value, "LOCAL_KUBECONFIG_FILE": "~/other"})
    assert found.connection == ClusterConnection(str(tmp_path / "other"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"LOCAL_KUBECONFIG_FILE names .*nowhere"):
        live.require_cluster(app({"LOCAL": "true", "LOCAL_KUBECONFIG_FILE": str(tmp_path / "nowhere")}, None))


def test_commands_that_need_no_cluster_do_without_the_file(tmp_path: Path) -> None:
    found = choose({"LOCAL": "true", "LOCAL_KUBECONFIG_FILE": str(tmp_path / "nowhere")})
    assert found.connection == ClusterConnection(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("environ", "named"), [({"ONECLICK_CLUSTER": "k3s"}, "ONECLICK_CLUSTER"), ({"LOCAL": "maybe"}, "LOCAL")]
)
def test_a_wrong_value_is_named(environ: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        choose(environ)


def test_in_a_pod_its_service_account_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("t")
    monkeypatch.setattr(connection, "TOKEN_FILE", tmp_path / "token")
    assert choose({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}).connection == ClusterConnection(None)
    assert choose({"KUBERNETES_SERVICE_HOST": "10.0.0.1", "ONECLICK_CLUSTER": "none"}).connection is None


class App(SimpleNamespace):
    """An application with an environment and a plugin that offers a cluster."""

    def __hash__(self) -> int:
        return id(self)


def app(environ: dict[str, str], offered: ClusterConnection | None) -> Any:
    hook = SimpleNamespace(kubernetes_connect=lambda app: offered)
    return App(config=SimpleNamespace(environ=environ), plugins=SimpleNamespace(hook=hook), data_dir=Path())


def test_a_plugin_may_offer_a_cluster_where_none_is_named() -> None:
    offered = ClusterConnection("/somewhere", notice="Nothing really runs.")
    assert live.connection_for(app({}, offered)) == offered
    assert live.connection_for(app({"ONECLICK_CLUSTER": "none"}, offered)) is None


def test_without_any_the_start_stops_with_a_sentence() -> None:
    with pytest.raises(ConfigError, match="No Kubernetes cluster is configured"):
        live.require_cluster(app({}, None))
    live.require_cluster(app({"ONECLICK_CLUSTER": "none"}, None))
