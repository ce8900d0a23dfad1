"""What the OpenAPI document says of this plugin's websockets (contracts/one-click.md §3.3).

OpenAPI has no words for messages: ``x-first-message`` is the schema of what a client sends once the socket is open,
``x-messages`` that of each message it gets.
"""

from __future__ import annotations

from typing import Any

from oneclick_kubernetes.feed import EXTRA_WORDS, WORDS
from oneclick_kubernetes.parameters import LONGEST_SINCE, MOST_LINES

_TEXT = {"type": "string"}
_TOKEN = {"type": "string", "description": "A record's token; only where neither header nor cookie has one."}
_PROJECT = {"type": "string", "description": "The project's id."}
_ORIGINAL = {"type": "string", "description": "The same by the original's name: one of the two is needed."}
_EITHER = [{"required": ["projectId"]}, {"required": ["rolloutId"]}]


def _first(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": {**properties, "token": _TOKEN}}


def _of_project(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "anyOf": _EITHER}


def _message(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


_OBJECT_NAME = {"type": "string", "description": "The object's name."}
SCHEMAS: dict[str, Any] = {
    "WatchObjects": _first(
        ("projectId",),
        projectId=_PROJECT,
        deploymentId={
            "type": "string",
            "description": "The deployment; without it all of the project's objects come, also service accounts.",
        },
        kinds={
            "type": "array",
            "items": {"type": "string", "enum": [*EXTRA_WORDS.values()]},
            "description": "Kinds to send besides the usual ones.",
        },
    ),
    "WatchLog": _of_project(
        _first(
            ("podName",),
            projectId=_PROJECT,
            rolloutId=_ORIGINAL,
            podName={"type": "string", "description": "The pod's name."},
            container={"type": "string", "description": "The container's name; the pod's first without it."},
            tail={
                "type": "integer",
                "minimum": 0,
                "maximum": MOST_LINES,
                "description": "How many lines from the end to begin with; without it all that there are.",
            },
            since={
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": LONGEST_SINCE},
                    {"type": "string", "format": "date-time"},
                ],
                "description": "How many seconds ago to begin, or a moment such as 2026-01-31T12:00:00Z.",
            },
            previous={
                "type": "boolean",
                "default": False,
                "description": "Begin with the container's run before the last restart.",
            },
        )
    ),
    "WatchEvents": _of_project(
        _first(
            ("kind", "name"),
            projectId=_PROJECT,
            rolloutId=_ORIGINAL,
            kind={
                "type": "string",
                "description": "The object's kind as Kubernetes writes it, such as Pod or Deployment.",
            },
            name=_OBJECT_NAME,
        )
    ),
    "ObjectMessage": _message(
        kind={
            "type": "string",
            "enum": [*WORDS.values(), "secret", *EXTRA_WORDS.values()],
            "description": "What the object is.",
        },
        name=_OBJECT_NAME,
        namespace={"type": "string", "description": "The project's id; empty for pv."},
        labels={"type": "object", "additionalProperties": _TEXT, "description": "The object's labels."},
        status={
            "type": "string",
            "enum": ["ADDED", "MODIFIED", "DELETED"],
            "description": "What became of the object.",
        },
        object={
            "type": "object",
            "description": "The Kubernetes object without kind and apiVersion; of a secret metadata and type alone.",
        },
    ),
    "LogMessage": {"type": "string", "description": "One or more whole lines with their ends."},
    "EventMessage": _message(
        reason={"type": "string", "description": "What happened, in one word."},
        message={"type": "string", "description": "What happened, in a sentence."},
        typus={"type": "string", "enum": ["Normal", "Warning"], "description": "Whether it is as it should be."},
        time={"type": "string", "description": "When it happened last, as RFC 3339 writes it."},
        count={"type": "integer", "description": "How often it has happened."},
        kind={"type": "string", "description": "The object's kind."},
        name=_OBJECT_NAME,
    ),
}

_OBJECTS = (
    "WatchObjects",
    "ObjectMessage",
    "Send the objects of a deployment or of a whole project, and every change of them",
    "All objects that there are come first, each as ADDED, then each change as it happens. Changes of one object that "
    "wait to be sent are replaced by the newest. Both paths do the same.",
)
_SOCKETS = {
    "rollouts": _OBJECTS,
    "deployments": _OBJECTS,
    "logs": (
        "WatchLog",
        "LogMessage",
        "Send a pod's log and follow it",
        "Messages are text, no JSON. The log is followed over restarts of the container. Once it has ended nothing "
        "more comes, and the socket stays open. A pod or container that is not there closes it with 4404.",
    ),
    "events": (
        "WatchEvents",
        "EventMessage",
        "Send the events of one object, then each new one",
        "Those that the cluster still has come first, the oldest first. An object that is not there has no events.",
    ),
}


def paths() -> dict[str, Any]:
    """Return the sockets' paths, each with its first message and what it sends."""
    return {f"/ws/k8s/{name}": {"get": _socket(name)} for name in _SOCKETS}


def _socket(name: str) -> dict[str, Any]:
    first, message, summary, description = _SOCKETS[name]
    return {
        "operationId": f"watch{name.capitalize()}",
        "tags": ["kubernetes"],
        "summary": summary,
        "description": description,
        "x-first-message": {"$ref": f"#/components/schemas/{first}"},
        "x-messages": {"$ref": f"#/components/schemas/{message}"},
        "responses": {
            "101": {"description": "WebSocket connection established"},
            "401": {"description": "The token in the header or cookie is not valid; the socket is not opened"},
            "429": {"description": "Too many connections from this address without a token in the header"},
            "503": {"description": "No room for another connection"},
        },
    }
