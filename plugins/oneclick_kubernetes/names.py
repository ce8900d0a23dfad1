"""Labels, composed object names, and the rules for names (contracts/one-click.md §2.2, design.md §5).

Selector labels and names stay those of the original, so that what its operator made is taken over in place. A name is
checked in the length that it has once composed, so that the field is named instead of failing in the cluster.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from oneclick_kubernetes.model.problems import Problem

PROJECT_LABEL = "one-click.dev/projectId"
DEPLOYMENT_LABEL = "one-click.dev/deploymentId"
CRONJOB_LABEL = "one-click.dev/cronjob"
CRONJOB_OF_LABEL = "one-click.dev/cronjobOf"
"""On pods of cron jobs in place of :data:`DEPLOYMENT_LABEL`, which would make them the app's pods (§2.4/6)."""
USER_LABEL = "one-click.dev/userId"
USERNAME_LABEL = "one-click.dev/username"
DISPLAY_NAME_LABEL = "one-click.dev/displayName"
CHECKSUM_ANNOTATION = "one-click.dev/secrets-checksum"

ID_LENGTH = 15
LABEL_LENGTH = 63
CRONJOB_LENGTH = 52

_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.ASCII)
_DNS_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.ASCII)
_QUALIFIED = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?", re.ASCII)
_ENV_NAME = re.compile(r"[A-Za-z_.-][A-Za-z0-9_.-]*", re.ASCII)

INVALID = "validation_invalid_name"
TOO_LONG = "validation_max_text_constraint"

Check = Callable[[str], Problem | None]


def service_account(name: str, deployment_id: str) -> str:
    """Return the name of the service account that a deployment's pods use."""
    return name or f"{deployment_id}-sa"


def claim(volume: str, deployment_id: str) -> str:
    """Return the name of a volume's claim, which is also the pod's name for the volume."""
    return f"{volume}-{deployment_id}"


def env_secret(deployment_id: str) -> str:
    """Return the name of the Secret with a deployment's secret variables."""
    return f"{deployment_id}-secrets"


def pull_secret(owner: str) -> str:
    """Return the name of the Secret with a registry's credentials; ``owner`` is the Deployment's or CronJob's name."""
    return f"{owner}-imagepullsecret"


def service(interface: str, deployment_id: str) -> str:
    """Return the name of an interface's Service."""
    return f"{interface}-{deployment_id}-svc"


def ingress(interface: str, deployment_id: str) -> str:
    """Return the name of an interface's Ingress."""
    return f"{interface}-{deployment_id}-ingress"


def tls_secret(interface: str, deployment_id: str) -> str:
    """Return the name of the Secret in which cert-manager puts an interface's certificate."""
    return f"{interface}-{deployment_id}-tls-secret"


def cronjob(name: str, deployment_id: str) -> str:
    """Return the name of a CronJob. The original's had no suffix, so two deployments fought over one (§2.4/7)."""
    return f"{name}-{deployment_id}"


def selector_labels(project_id: str, deployment_id: str) -> dict[str, str]:
    """Return the labels by which a deployment's Services, pods and owned objects are found."""
    return {PROJECT_LABEL: project_id, DEPLOYMENT_LABEL: deployment_id}


def composed_label(longest: int = LABEL_LENGTH, *, suffix: str = "", letter_first: bool = False) -> Check:
    """Return a check for a name that, followed by the deployment's id and ``suffix``, must be a DNS label."""
    room = longest - ID_LENGTH - 1 - len(suffix)

    def check(name: str) -> Problem | None:
        if len(name) > room:
            return TOO_LONG, (
                f"is too long: {name[:LABEL_LENGTH]}-<deployment id>{suffix} may have {longest} characters, "
                f"so at most {room} are left here"
            )
        if not _DNS_LABEL.fullmatch(name) or (letter_first and name[0].isdigit()):
            start = "start with a letter" if letter_first else "start with a letter or digit"
            return INVALID, f"must consist of lower-case letters, digits and '-', {start} and not end with '-'"
        return None

    return check


def subdomain_problem(name: str) -> Problem | None:
    """Check the name of an object that may have dots: a service account, secret, storage or ingress class."""
    if len(name) > 253:
        return TOO_LONG, "is too long: at most 253 characters"
    if not _DNS_SUBDOMAIN.fullmatch(name):
        return (
            INVALID,
            "must consist of lower-case letters, digits, '-' and '.', and start and end with a letter or digit",
        )
    return None


def host_problem(host: str) -> Problem | None:
    """Check an Ingress rule's host: a DNS name, its first label may be ``*``; empty stands for every host."""
    name = host.removeprefix("*.")
    if not host:
        return None
    if len(host) > 253 or not _DNS_SUBDOMAIN.fullmatch(name) or any(len(part) > 63 for part in name.split(".")):
        return "validation_invalid_host", "must be a host name in lower case such as app.example.com or *.example.com"
    if all(part.isdigit() for part in host.split(".")):
        return "validation_invalid_host", "must be a host name, not an IP address"
    return None


def env_name_problem(name: str) -> Problem | None:
    """Check the name of a variable, plain or secret."""
    if len(name) > 253:
        return TOO_LONG, "is too long: at most 253 characters"
    if not _ENV_NAME.fullmatch(name) or name == "." or name.startswith(".."):
        return INVALID, "must consist of letters, digits, '_', '-' and '.', and not start with a digit"
    return None


def label_key_problem(key: str) -> Problem | None:
    """Check a label's or annotation's key: an optional DNS prefix, ``/``, and a name."""
    prefix, slash, name = key.rpartition("/")
    if slash and (len(prefix) > 253 or not _DNS_SUBDOMAIN.fullmatch(prefix)):
        return INVALID, "must have a DNS name before the '/'"
    if len(name) > LABEL_LENGTH or not _QUALIFIED.fullmatch(name):
        return (
            INVALID,
            "must be a name of at most 63 letters, digits, '-', '_' and '.', with an optional DNS prefix and '/'",
        )
    return None


def annotation_key_problem(key: str) -> Problem | None:
    """Check an annotation's key; the API server compares it in lower case."""
    return label_key_problem(key.lower())


def label_value_problem(value: str) -> Problem | None:
    """Check a label's value."""
    if value and (len(value) > LABEL_LENGTH or not _QUALIFIED.fullmatch(value)):
        return INVALID, "must be at most 63 letters, digits, '-', '_' and '.', and start and end with a letter or digit"
    return None


def label_safe(text: str) -> str:
    """Return the nearest text that is a valid label value, empty when nothing of it is left.

    The original put people's names into labels as they were, and a name outside ASCII made every rollout of its owner
    fail (contracts/one-click.md §3.4).
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_.]+", "-", plain)[:LABEL_LENGTH].strip("-_.")
