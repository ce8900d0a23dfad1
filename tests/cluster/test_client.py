"""The client of the API server, on the demonstration and on a real one."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from oneclick_hooks.kubernetes import ClusterConnection
from oneclick_kubernetes.cluster import kinds
from oneclick_kubernetes.cluster.budget import all_of, budget, together
from oneclick_kubernetes.cluster.client import Client
from oneclick_kubernetes.errors import ClusterError, Conflict, Unreachable


def config_map(project: str, name: str = "settings", **data: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": project}, "data": data}


def test_apply_adds_changes_and_removes_what_is_no_longer_sent(client: Client, project: str) -> None:
    client.apply(config_map(project, a="1", b="2"))
    assert client.apply(config_map(project, a="3"))["data"] == {"a": "3"}
    found = client.get(kinds.CONFIG_MAPS, "settings", project)
    assert found is not None
    assert found["data"] == {"a": "3"}


def test_dry_run_leaves_nothing(client: Client, project: str) -> None:
    client.apply(config_map(project), dry_run=True)
    assert client.get(kinds.CONFIG_MAPS, "settings", project) is None


def test_conflict_names_manager_and_field(client: Client, project: str) -> None:
    client.apply(config_map(project, a="theirs"), manager="somebody-else")
    with pytest.raises(Conflict) as caught:
        client.apply(config_map(project, a="ours"))
    assert "somebody-else" in caught.value.causes[0][1]
    assert caught.value.causes[0][0] == ".data.a"
    assert client.apply(config_map(project, a="ours"), force=True)["data"] == {"a": "ours"}


def test_refusal_has_the_servers_sentence_and_field(client: Client, project: str) -> None:
    wanted = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": project},
        "spec": {"ports": [{"port": 70000}]},
    }
    with pytest.raises(ClusterError) as caught:
        client.apply(wanted)
    assert caught.value.status == 422
    assert "spec.ports[0].port" in [field for field, _ in caught.value.causes]
    assert "70000" in caught.value.message


def test_unknown_field_is_an_answer_not_an_outage(client: Client, project: str) -> None:
    with pytest.raises(ClusterError) as caught:
        client.apply({**config_map(project), "bogus": 1})
    assert not isinstance(caught.value, Unreachable)


def test_delete_tells_whether_there_was_anything(client: Client, project: str) -> None:
    client.apply(config_map(project))
    assert client.delete(kinds.CONFIG_MAPS, "settings", project)
    assert not client.delete(kinds.CONFIG_MAPS, "settings", project)


def test_lists_come_in_pages(client: Client, project: str) -> None:
    for number in range(5):
        client.apply(config_map(project, f"m{number}"))
    pages = list(client.pages(kinds.CONFIG_MAPS, project, page=2))
    names = {kinds.name_of(one) for page in pages for one in page["items"]}
    assert {f"m{number}" for number in range(5)} <= names
    assert len(pages) >= 3


def test_kinds_that_are_not_built_in_are_discovered(client: Client) -> None:
    found = client.kind_of({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"})
    assert (found.plural, found.namespaced) == ("leases", True)
    with pytest.raises(ClusterError):
        client.kind_of({"apiVersion": "nowhere.example/v1", "kind": "Nothing"})


def test_closing_a_stream_wakes_its_reader(client: Client) -> None:
    stream = client.stream(kinds.NAMESPACES.path(), {"watch": "true"})
    threading.Timer(0.3, stream.close).start()
    began = time.monotonic()
    for _ in stream.lines():
        pass
    assert time.monotonic() - began < 5


def test_nobody_there(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "{apiVersion: v1, kind: Config, current-context: c, clusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}],"
        " contexts: [{name: c, context: {cluster: c, user: u}}], users: [{name: u, user: {token: t}}]}"
    )
    with pytest.raises(Unreachable):
        Client(ClusterConnection(str(kubeconfig)), tmp_path).version()


def test_a_kubeconfig_that_appears_later_is_found(kubeconfig: Path, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    late = Client(ClusterConnection(str(path)), tmp_path)
    with pytest.raises(Unreachable):
        late.version()
    path.write_text("{apiVersion: v1, kind: Config}")
    with pytest.raises(Unreachable):
        late.version()
    path.write_text(kubeconfig.read_text())
    assert late.version()["gitVersion"]
    late.close()


def test_budget_ends_what_takes_too_long(client: Client) -> None:
    with budget(0.0), pytest.raises(Unreachable):
        client.version()
    with budget(0.0):
        assert [type(one) for one in together([client.version, client.version])] == [Unreachable, Unreachable]
    assert len(all_of([client.version, client.version])) == 2
