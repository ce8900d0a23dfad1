"""Which cluster: in-cluster configuration, a kubeconfig file, what a plugin offers, or none."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oneclick.errors import ConfigError
from oneclick_hooks.kubernetes import ClusterConnection

MODES = ("auto", "demo", "none")
DEFAULT_FILE = "~/.kube/config"
TOKEN_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
CONNECTIONS = 16
STRANGE = (LookupError, TypeError, ValueError, AttributeError)
"""What the library raises for a file that is no kubeconfig: it looks into it without asking what it is."""

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the environment says: ``mode`` (auto, demo, none) and, when it names a cluster, the ``connection``."""

    mode: str
    connection: ClusterConnection | None


def choose(environ: Mapping[str, str]) -> Choice:
    """Read ``ONECLICK_CLUSTER``, ``LOCAL`` and ``LOCAL_KUBECONFIG_FILE``.

    Raises ``ConfigError`` with a sentence that names the wrong one. Opens nothing.
    """
    mode = environ.get("ONECLICK_CLUSTER", "").strip().lower() or "auto"
    if mode not in MODES:
        raise ConfigError(f"ONECLICK_CLUSTER must be auto, demo or none, not {environ['ONECLICK_CLUSTER']!r}.")
    local = _flag(environ, "LOCAL")
    if mode != "auto":
        return Choice(mode, None)
    if local:
        return Choice(mode, ClusterConnection(kubeconfig=str(_kubeconfig(environ))))
    if in_cluster(environ):
        return Choice(mode, ClusterConnection(kubeconfig=None))
    return Choice(mode, None)


def in_cluster(environ: Mapping[str, str]) -> bool:
    """Tell whether this process runs in a pod with a service account."""
    return bool(environ.get("KUBERNETES_SERVICE_HOST")) and TOKEN_FILE.is_file()


def _flag(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ConfigError(f"{name} must be true or false, not {environ[name]!r}.")


def _kubeconfig(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("LOCAL_KUBECONFIG_FILE", "").strip() or DEFAULT_FILE).expanduser()


def check_file(connection: ClusterConnection) -> None:
    """Raise ``ConfigError`` when a connection's kubeconfig is not there.

    Apart from :func:`choose`, since commands that need no cluster do without the file.
    """
    if connection.kubeconfig is not None and not Path(connection.kubeconfig).is_file():
        raise ConfigError(
            f"LOCAL is true, but LOCAL_KUBECONFIG_FILE names {connection.kubeconfig}, which is not there. "
            "Point it to a kubeconfig file, or leave LOCAL out."
        )


def check(connection: ClusterConnection) -> None:
    """Raise ``ConfigError`` when the kubeconfig that ``LOCAL`` asks for is not there or cannot be used.

    Reads the file as the client does; reaches no cluster.
    """
    check_file(connection)
    if connection.kubeconfig is None:
        return
    try:
        configuration_for(connection)
    except ConfigError as error:
        raise ConfigError(
            f"LOCAL is true, but the kubeconfig of LOCAL_KUBECONFIG_FILE cannot be used. {error}"
        ) from error


def unused(environ: Mapping[str, str]) -> str:
    """Return a sentence about a setting that is there and has no effect, else an empty text."""
    if environ.get("LOCAL_KUBECONFIG_FILE", "").strip() and not _flag(environ, "LOCAL"):
        return "LOCAL_KUBECONFIG_FILE has no effect: set LOCAL=true too to use that cluster."
    return ""


def missing_sentence() -> str:
    """Return what to say when a cluster is needed and none is configured."""
    return (
        "No Kubernetes cluster is configured. Run inside a cluster, set LOCAL=true with LOCAL_KUBECONFIG_FILE naming a "
        "kubeconfig file, set ONECLICK_CLUSTER=demo for the demonstration cluster, or ONECLICK_CLUSTER=none to start "
        "without one."
    )


def configuration_for(connection: ClusterConnection) -> Any:
    """Return the client's configuration for a connection. Raises ``ConfigError`` when its file cannot be used."""
    import kubernetes
    import yaml

    config: Any = kubernetes.config
    configuration: Any = kubernetes.client.Configuration()
    try:
        if connection.kubeconfig is None:
            config.load_incluster_config(client_configuration=configuration)
        else:
            path = Path(connection.kubeconfig).expanduser()
            config.load_kube_config(
                str(path), context=connection.context, client_configuration=configuration, persist_config=False
            )
    except (config.ConfigException, yaml.YAMLError, OSError, *STRANGE) as error:
        reason = "it is not a kubeconfig" if isinstance(error, STRANGE) else " ".join(str(error).split()).rstrip(".")
        where = connection.kubeconfig or "the in-cluster configuration"
        raise ConfigError(f"The cluster cannot be reached with {where}: {reason}.") from error
    configuration.connection_pool_maxsize = CONNECTIONS
    configuration.retries = False
    # The library's own keep_alive would lose TCP_NODELAY: with it, each write waits 40 ms for the other side's word.
    configuration.socket_options = socket_options()
    return configuration


def socket_options() -> list[tuple[int, int, int]]:
    """Return the options of every connection: nothing waits for more to send, and a dead peer is noticed."""
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


def cache_name(host: str) -> str:
    """Return the file name of the discovery cache: one per cluster, so that two never mix."""
    return f"discovery-{hashlib.sha256(host.encode()).hexdigest()[:16]}.json"
