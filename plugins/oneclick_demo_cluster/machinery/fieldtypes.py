"""The types of fields by their names, for the checks that the API server makes while it decodes."""

# fmt: off
TEXT_MAPS = frozenset({
    "labels", "annotations", "matchLabels", "nodeSelector", "stringData", "data",
})
"""Maps whose keys are the user's and whose values are text."""

QUANTITY_MAPS = frozenset({
    "requests", "limits", "hard", "capacity", "allocatable",
})
"""Maps of quantities."""

LIMIT_MAPS = frozenset({
    "max", "min", "default", "defaultRequest",
})
"""Maps of quantities in a LimitRange."""

QUANTITIES = frozenset({
    "sizeLimit", "averageValue",
})
"""Single quantities."""

NUMBERS = frozenset({
    "replicas", "minReplicas", "maxReplicas", "revisionHistoryLimit", "progressDeadlineSeconds", "minReadySeconds",
    "containerPort", "hostPort", "nodePort", "runAsUser", "runAsGroup", "fsGroup", "terminationGracePeriodSeconds",
    "tolerationSeconds", "backoffLimit", "parallelism", "completions", "activeDeadlineSeconds",
    "ttlSecondsAfterFinished", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "startingDeadlineSeconds",
    "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold",
    "averageUtilization", "stabilizationWindowSeconds", "maxSkew", "defaultMode",
})
"""Whole numbers."""

FLAGS = frozenset({
    "suspend", "immutable", "runAsNonRoot", "readOnlyRootFilesystem", "privileged", "allowPrivilegeEscalation",
    "readOnly", "automountServiceAccountToken", "hostNetwork", "hostPID", "hostIPC", "optional", "paused",
    "enableServiceLinks",
})
"""Booleans."""

TEXTS = frozenset({
    "name", "namespace", "generateName", "image", "mountPath", "subPath", "schedule", "timeZone", "host",
    "secretName", "claimName", "storageClassName", "ingressClassName", "serviceAccountName", "clusterIP",
    "imagePullPolicy", "restartPolicy", "protocol", "pathType", "volumeName", "concurrencyPolicy", "ip", "operator",
    "effect",
})
"""Texts."""

TEXT_LISTS = frozenset({
    "command", "args", "hostnames", "accessModes", "finalizers", "policyTypes", "drop",
})
"""Lists of texts."""

LISTS = frozenset({
    "containers", "initContainers", "env", "envFrom", "volumes", "volumeMounts", "ports", "tolerations",
    "hostAliases", "imagePullSecrets", "rules", "paths", "tls", "metrics", "ownerReferences",
})
"""Lists of objects."""
