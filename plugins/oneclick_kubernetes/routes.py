"""The endpoints of contracts/one-click.md §3.2, each on its documented path and on the original's real one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import flask

from oneclick import Listener, NotFound, Unavailable, current, needed, needs
from oneclick_hooks.protocols import Record
from oneclick_kubernetes import live, outbox, phases
from oneclick_kubernetes.answers import FIRST_LIST, explained, read_store
from oneclick_kubernetes.cluster.kinds import CLAIMS, EVENTS, INGRESSES, JOBS, PODS, SERVICES, name_of
from oneclick_kubernetes.cluster_info import cluster_info, pod_metrics
from oneclick_kubernetes.collections import DEPLOYMENTS, ROLLOUTS
from oneclick_kubernetes.errors import ClusterError, NoCluster
from oneclick_kubernetes.events import described
from oneclick_kubernetes.health import assess
from oneclick_kubernetes.logs import container_of, lines_until, open_log
from oneclick_kubernetes.observe import Seen, deployments_of_event, from_cluster, from_store
from oneclick_kubernetes.parameters import read_wanted
from oneclick_kubernetes.status import NO_ROLLOUT, rollout_status

blueprint = flask.Blueprint("kubernetes", __name__)

View = TypeVar("View", bound=Callable[..., Any])
TEXT = "text/plain; charset=utf-8"


def both(documented: str, real: str, method: str = "GET") -> Callable[[View], View]:
    """Serve a view on the documented path and on the original's."""

    def decorate(view: View) -> View:
        blueprint.add_url_rule(documented, f"{view.__name__}", view, methods=[method])
        blueprint.add_url_rule(real, f"{view.__name__}_original", view, methods=[method])
        return view

    return decorate


@both("/rollouts/<project_id>/<some_id>/status", "/pb/<project_id>/<some_id>/status")
@needs("projects", "view", "project_id")
def status(project_id: str, some_id: str) -> flask.Response:
    """Answer a deployment's status."""
    app, deployment = current(), _deployment(project_id, some_id)
    rollout = phases.running_rollout(app, deployment.id)
    if rollout is None:
        return flask.jsonify(rollout_status(NO_ROLLOUT))
    return flask.jsonify(_status(app, project_id, deployment.id, rollout))


@both("/rollouts/<project_id>/<some_id>/metrics", "/pb/<project_id>/<some_id>/metrics")
@needs("projects", "view", "project_id")
def metrics(project_id: str, some_id: str) -> flask.Response:
    """Answer what each of a deployment's pods uses."""
    app, deployment = current(), _deployment(project_id, some_id)
    pods = {name_of(pod) for pod in read_store(app).select(PODS, project_id, deployment.id)}
    with explained():
        return flask.jsonify({"metrics": pod_metrics(app, project_id, pods) if pods else []})


@both("/rollouts/<project_id>/<some_id>/events", "/pb/<project_id>/<some_id>/events")
@needs("projects", "view", "project_id")
def events(project_id: str, some_id: str) -> flask.Response:
    """Answer the events of a deployment's objects, oldest first."""
    app, deployment = current(), _deployment(project_id, some_id)
    found = [
        described(event)
        for event in read_store(app).select(EVENTS, project_id)
        if deployment.id in deployments_of_event(event)
    ]
    return flask.jsonify({"events": sorted(found, key=lambda event: event["time"])})


@blueprint.get("/rollouts/<project_id>/<pod_name>/logs")
@needs("projects", "view", "project_id")
def logs(project_id: str, pod_name: str) -> flask.Response:
    """Answer a pod's log so far; with ``follow`` it goes on."""
    return _logs(project_id, pod_name, follow=False)


@blueprint.get("/pb/<project_id>/<pod_name>/logs")
@needs("projects", "view", "project_id")
def followed_logs(project_id: str, pod_name: str) -> flask.Response:
    """Answer a pod's log as it is written; with ``follow=false`` it ends."""
    return _logs(project_id, pod_name, follow=True)


@both("/cluster-info", "/pb/cluster-info")
@needs("auth")
def info() -> flask.Response:
    """Answer what kind of cluster this is."""
    with explained():
        return flask.jsonify(cluster_info(current()))


@blueprint.delete("/rollouts/<project_id>/<pod_name>")
@needs("projects", "update", "project_id")
def delete_pod_or_job(project_id: str, pod_name: str) -> flask.Response:
    """Delete a pod; of a deployment's pods another comes in its place. Jobs are deleted by their names too."""
    if _delete_pod(project_id, pod_name):
        return flask.jsonify("Pod deleted")
    if _delete_job(project_id, pod_name):
        return flask.jsonify("Job deleted")
    raise NotFound(f"There is no pod {pod_name} in this project")


@blueprint.delete("/pb/<project_id>/pod/<pod_name>")
@needs("projects", "update", "project_id")
def delete_pod(project_id: str, pod_name: str) -> flask.Response:
    """Delete a pod."""
    if not _delete_pod(project_id, pod_name):
        raise NotFound(f"There is no pod {pod_name} in this project")
    return flask.jsonify("Pod deleted")


@blueprint.delete("/pb/<project_id>/job/<job_name>")
@needs("projects", "update", "project_id")
def delete_job(project_id: str, job_name: str) -> flask.Response:
    """Delete a job and its pods."""
    if not _delete_job(project_id, job_name):
        raise NotFound(f"There is no job {job_name} in this project")
    return flask.jsonify("Job deleted")


def _status(app: Any, project: str, deployment: str, rollout: Record) -> dict[str, Any]:
    row = outbox.read(app, deployment)
    try:
        found = live.of(app)
        store = found.cache.read(FIRST_LIST)
    except NoCluster:
        store = None
    if store is None:
        # What the database knows is still an answer.
        return rollout_status(assess(phases.observed(row, rollout, Seen(), reachable=False)))
    seen = from_store(store, project, deployment)
    if phases.is_stale(row, seen) or (seen.deployment is None and row is not None and not row.pending):
        # The cache is a moment behind what was just applied.
        with contextlib.suppress(ClusterError):
            seen = from_cluster(found.client, project, deployment)
    return rollout_status(
        assess(phases.observed(row, rollout, seen, reachable=found.cache.reachable)),
        deployment=seen.deployment,
        pods=seen.pods,
        services=store.select(SERVICES, project, deployment),
        ingresses=store.select(INGRESSES, project, deployment),
        claims=store.select(CLAIMS, project, deployment),
    )


def _deployment(project_id: str, some_id: str) -> Record:
    """Return the deployment of this id, or that of the rollout of this id, if it is in the project."""
    records = current().records
    found = records.find(DEPLOYMENTS, some_id)
    if found is None:
        rollout = records.find(ROLLOUTS, some_id)
        found = records.find(DEPLOYMENTS, rollout["deployment"]) if rollout is not None else None
    if found is None or found["project"] != project_id:
        raise NotFound
    return found


def _delete_pod(project_id: str, name: str) -> bool:
    needed("projects")
    with explained():
        return live.of(current()).client.delete(PODS, name, project_id)


def _delete_job(project_id: str, name: str) -> bool:
    needed("projects")
    with explained():
        return live.of(current()).client.delete(JOBS, name, project_id, propagation="Foreground")


# Logs


def _logs(project_id: str, pod_name: str, follow: bool) -> flask.Response:
    wanted, follow = read_wanted(project_id, pod_name, flask.request.args, follow)
    app = current()
    with explained():
        found = live.of(app)
        wanted = container_of(found.client, wanted)
        if not follow:
            return _streamed(open_log(found.client, wanted).chunks())
        if not app.sockets.enter():
            raise Unavailable("Too many connections are open; try again later")
        try:
            follower = found.follow(wanted)
        except BaseException:
            app.sockets.leave()
            raise
    listener = Listener(follower.end)
    response = _streamed(lines_until(follower, listener.is_gone))
    response.call_on_close(listener.leave)
    response.call_on_close(follower.end)
    response.call_on_close(app.sockets.leave)
    return response


def _streamed(parts: Iterator[Any]) -> flask.Response:
    response = flask.Response(parts, content_type=TEXT)
    # A proxy that gathers the answer first would show a followed log never.
    response.headers["X-Accel-Buffering"] = "no"
    response.headers["Cache-Control"] = "no-store"
    return response
