"""Secrets on their way from a blueprint into a deployment's first rollout (design.md §4)."""

from __future__ import annotations

from oneclick_hooks import RecordEvent
from oneclick_hooks.kubernetes import MANIFEST_SECRET_PATHS


def fill_first_rollout(event: RecordEvent) -> None:
    """Put the values of the deployment's blueprint behind the placeholders of its first rollout's manifest.

    Only for the blueprint's owner: whoever else sends its placeholders gets the 400 that names them.
    """
    record, request = event.record, event.request
    if request is None or request.auth is None:
        return
    store = event.app.records
    deployment = store.find("deployments", str(record["deployment"]))
    if deployment is None or not deployment["blueprint"]:
        return
    blueprint = store.find("blueprints", str(deployment["blueprint"]))
    if blueprint is None or blueprint["owner"] != request.auth.id:
        return
    if store.count("rollouts", "deployment = {:deployment}", {"deployment": deployment.id}):
        return
    record["manifest"] = event.app.secrets.resolve(
        record["manifest"], MANIFEST_SECRET_PATHS, blueprint.id, [blueprint["manifest"]]
    )
