"""How the cluster's errors reach a client: the API server's own sentence with a status that fits."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from oneclick.errors import ApiError, BadRequest, NotFound, Unavailable
from oneclick_kubernetes import live
from oneclick_kubernetes.cluster.cache import Cache
from oneclick_kubernetes.cluster.store import Store
from oneclick_kubernetes.errors import ClusterError, Conflict, Missing, NoCluster, Unreachable

FIRST_LIST = 5.0


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn errors of the cluster into errors for the client."""
    try:
        yield
    except NoCluster as error:
        raise Unavailable(str(error)) from error
    except ClusterError as error:
        raise to_api_error(error) from error


def to_api_error(error: ClusterError) -> ApiError:
    """Return the client's error for one of the cluster."""
    if isinstance(error, Missing):
        return NotFound(error.message)
    if isinstance(error, Unreachable):
        return Unavailable(error.message)
    if isinstance(error, Conflict):
        return BadRequest(error.message, status=409)
    if error.status in (401, 403):
        # Not the caller's rights are missing but ours.
        return Unavailable(f"One-Click may not do this in the cluster: {error.message}")
    return BadRequest(error.message)


def read_store(app: Any, wait: float = FIRST_LIST) -> Store:
    """Return the cache's objects. Raises ``Unavailable`` when the cluster does not answer."""
    with explained():
        cache: Cache = live.of(app).cache
        store = cache.read(wait)
    if store is None:
        raise Unavailable(cache.problem or "The cluster does not answer.")
    return store
