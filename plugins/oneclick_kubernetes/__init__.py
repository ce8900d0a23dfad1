"""Projects, deployments and rollouts on Kubernetes: what this plugin adds to the house, and where it takes part."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from typing import Any

from oneclick_hooks import Mount, RecordEvent, ServeEvent, Socket, TerminateEvent, hookimpl, on
from oneclick_hooks.events import AppEvent
from oneclick_hooks.kubernetes import RolloutProposal, RunningImage
from oneclick_hooks.protocols import App, Record
from oneclick_kubernetes import lifecycle, live, loops, phases, proposals, write_path
from oneclick_kubernetes.cluster.connection import check_file, choose
from oneclick_kubernetes.collections import COLLECTIONS
from oneclick_kubernetes.documentation import documentation

Steps = Generator[None, Any, Any]


@hookimpl
def check_environment(environ: Mapping[str, str]) -> None:
    """Refuse a wrong ``ONECLICK_CLUSTER``, ``LOCAL`` or ``LOCAL_KUBECONFIG_FILE``."""
    choice = choose(environ)
    # Below `oneclick serve` a missing file stops the start here, before anything else is started.
    if choice.connection is not None and environ.get("ONECLICK_SERVE"):
        check_file(choice.connection)


@hookimpl
def register_collections() -> Iterable[Mapping[str, Any]]:
    """Add projects, deployments, rollouts, their history, and the outbox."""
    return COLLECTIONS


@hookimpl
def register_blueprints() -> Iterable[Mount]:
    """Add the routes on their documented and on the original's paths."""
    from oneclick_kubernetes.routes import blueprint

    return (Mount(blueprint),)


@hookimpl
def register_sockets() -> Iterable[Socket]:
    """Add the original's websockets."""
    from oneclick_kubernetes.sockets import sockets

    return sockets()


@hookimpl
def register_openapi() -> Mapping[str, Any]:
    """Describe the routes."""
    return documentation()


@hookimpl
def register_loops(app: App) -> Mapping[str, Callable[[threading.Event], None]]:
    """Let the leading scheduler empty the outbox, follow the cluster, and go over everything now and then."""
    return loops.loops(app)


@hookimpl
def register_services(app: App) -> Iterable[tuple[str, list[str]]]:
    """Start nothing; stop ``oneclick serve`` before it starts anything when there is no cluster to come."""
    live.expect_cluster(app)
    return ()


@hookimpl
def register_notices(app: App) -> Iterable[str]:
    """Say on every page when nothing really runs."""
    connection = live.of(app).connection
    return (connection.notice,) if connection is not None and connection.notice else ()


@hookimpl
def on_before_serve(event: ServeEvent) -> None:
    """Stop the start of a web process that has no cluster."""
    live.require_cluster(event.app)


@hookimpl
def on_before_schedule(event: AppEvent) -> None:
    """Stop the start of a scheduler that has no cluster."""
    live.require_cluster(event.app)


@hookimpl
def on_terminate(event: TerminateEvent) -> None:
    """End the watches."""
    live.close(event.app)


# Writing records. Without a handler of its own a collection passes through; what we write ourselves always does.


@hookimpl
@on("rollouts")
def on_record_create(event: RecordEvent) -> None:
    """Check a rollout and ask the cluster before it is stored."""
    if not phases.is_ours():
        write_path.before_create(event)


@hookimpl
@on("rollouts")
def on_record_update(event: RecordEvent) -> None:
    """Stop or reopen a rollout; refuse to change its manifest."""
    if not phases.is_ours():
        write_path.before_update(event)


@hookimpl
@on("deployments")
def on_record_delete(event: RecordEvent) -> None:
    """Make sure that ``?volumes=`` is what it says."""
    lifecycle.check_volumes(event)


@hookimpl(wrapper=True)
@on("rollouts", "deployments", "projects")
def on_record_create_execute(event: RecordEvent) -> Steps:
    """In the transaction: what runs ends, and the outbox hears of it."""
    return (
        yield from _around(
            event,
            rollouts=write_path.around_insert,
            deployments=lifecycle.around_deployment_insert,
            projects=lifecycle.around_project_insert,
        )
    )


@hookimpl(wrapper=True)
@on("rollouts", "deployments")
def on_record_update_execute(event: RecordEvent) -> Steps:
    """In the transaction: a stop or a reopening reaches the outbox and the history; a name stays one deployment's."""
    handlers = {"rollouts": write_path.around_update, "deployments": lifecycle.around_deployment_update}
    return (yield from _around(event, **handlers))


@hookimpl(wrapper=True)
@on("rollouts", "deployments", "projects")
def on_record_delete_execute(event: RecordEvent) -> Steps:
    """In the transaction: what belongs to the record goes with it."""
    return (
        yield from _around(
            event,
            rollouts=write_path.around_delete,
            deployments=lifecycle.around_deployment_delete,
            projects=lifecycle.around_project_delete,
        )
    )


@hookimpl
@on("rollouts", "projects")
def on_record_after_create_success(event: RecordEvent) -> None:
    """Bring the new rollout or namespace into the cluster."""
    _after(event, rollouts=write_path.after_commit, projects=lifecycle.after_project)


@hookimpl
@on("rollouts")
def on_record_after_update_success(event: RecordEvent) -> None:
    """Bring the stop or the reopening into the cluster."""
    _after(event, rollouts=write_path.after_commit)


@hookimpl
@on("rollouts", "deployments", "projects")
def on_record_after_delete_success(event: RecordEvent) -> None:
    """Take what was deleted out of the cluster."""
    _after(
        event,
        rollouts=write_path.after_delete,
        deployments=lifecycle.after_deployment_delete,
        projects=lifecycle.after_project,
    )


def _around(event: RecordEvent, **handlers: Callable[[RecordEvent], Steps]) -> Steps:
    if phases.is_ours():
        return (yield)
    return (yield from handlers[event.collection.name](event))


def _after(event: RecordEvent, **handlers: Callable[[RecordEvent], None]) -> None:
    if not phases.is_ours():
        handlers[event.collection.name](event)


# What other plugins ask for.


@hookimpl
def rollout_images(app: App, deployments: Collection[str]) -> Mapping[str, RunningImage]:
    """Offer the images that run."""
    return proposals.running_images(app, deployments)


@hookimpl
def rollout_propose(app: App, proposal: RolloutProposal) -> Record | None:
    """Offer a rollout with another tag, through the write path."""
    return proposals.propose(app, proposal)
