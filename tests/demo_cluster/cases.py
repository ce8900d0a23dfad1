"""Objects, good and bad, about which the demo cluster and a real API server must say the same."""

from __future__ import annotations

from typing import Any

from tests.demo_cluster.kit import deployment

PATHS = {
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "Service": "/api/v1/namespaces/{}/services",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Secret": "/api/v1/namespaces/{}/secrets",
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
    "PersistentVolumeClaim": "/api/v1/namespaces/{}/persistentvolumeclaims",
    "Pod": "/api/v1/namespaces/{}/pods",
    "Ingress": "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies",
    "CronJob": "/apis/batch/v1/namespaces/{}/cronjobs",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
    "PodDisruptionBudget": "/apis/policy/v1/namespaces/{}/poddisruptionbudgets",
}

CONTAINER = {
    "resources": {"requests": {"cpu": "0.5", "memory": "1024Mi"}, "limits": {"cpu": "1", "memory": "1.5Gi"}},
    "env": [{"name": "A", "value": "1"}, {"name": "EMPTY", "value": ""}],
    "envFrom": [{"secretRef": {"name": "s"}}],
    "ports": [{"containerPort": 80}],
    "readinessProbe": {"tcpSocket": {"port": 80}},
    "livenessProbe": {"httpGet": {"port": 80}},
    "volumeMounts": [{"name": "v", "mountPath": "/d"}],
    "securityContext": {"runAsNonRoot": True, "capabilities": {"drop": ["ALL"]}},
}
POD = {
    "volumes": [
        {"name": "v", "persistentVolumeClaim": {"claimName": "c"}},
        {"name": "e", "emptyDir": {"sizeLimit": "1024Ki"}},
        {"name": "s", "secret": {"secretName": "x"}},
        {"name": "m", "configMap": {"name": "x"}},
    ],
    "serviceAccountName": "sa",
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a.b"]}],
    "imagePullSecrets": [{"name": "p"}],
    "nodeSelector": {"a": "b"},
    "securityContext": {"fsGroup": 1},
}
JOB = {"template": {"spec": {"containers": [{"name": "a", "image": "b"}], "restartPolicy": "Never"}}}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
BACKEND = {"service": {"name": "s", "port": {"number": 80}}}


def _ingress(host: str = "a.b", **path: Any) -> dict[str, Any]:
    paths = [{"path": "/", "pathType": "Prefix", "backend": BACKEND, **path}]
    return {"rules": [{"host": host, "http": {"paths": paths}}]}


def _claim(**spec: Any) -> dict[str, Any]:
    requests = {"requests": {"storage": "1024Mi"}}
    return {"accessModes": ["ReadWriteOnce"], "resources": requests, "storageClassName": "none", **spec}


SPECS: dict[str, tuple[str, dict[str, Any]]] = {
    "service": ("Service", {"ports": [{"port": 80, "name": "http"}], "selector": {"a": "b"}}),
    "service without ports": ("Service", {}),
    "service port": ("Service", {"ports": [{"port": 70000}]}),
    "service ports": ("Service", {"ports": [{"port": 1}, {"port": 1}]}),
    "claim": ("PersistentVolumeClaim", _claim()),
    "empty claim": ("PersistentVolumeClaim", {}),
    "claim mode": ("PersistentVolumeClaim", _claim(accessModes=["Often"])),
    "ingress": ("Ingress", {**_ingress(), "tls": [{"hosts": ["a.b"], "secretName": "t"}]}),
    "ingress path": ("Ingress", _ingress(path="x")),
    "ingress path type": ("Ingress", _ingress(pathType="Near")),
    "ingress address": ("Ingress", _ingress(host="1.2.3.4")),
    "empty ingress": ("Ingress", {}),
    "cron job": ("CronJob", {"schedule": "*/5 * * * *", "jobTemplate": {"spec": JOB}}),
    "schedule": ("CronJob", {"schedule": "often", "jobTemplate": {"spec": JOB}}),
    "time zone": ("CronJob", {"schedule": "@hourly", "timeZone": "Mars/X", "jobTemplate": {"spec": JOB}}),
    "autoscaler": ("HorizontalPodAutoscaler", {"scaleTargetRef": TARGET, "maxReplicas": 3}),
    "autoscaler bounds": ("HorizontalPodAutoscaler", {"scaleTargetRef": TARGET, "minReplicas": 3, "maxReplicas": 2}),
    "network policy": ("NetworkPolicy", {}),
    "budget": ("PodDisruptionBudget", {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}}),
    "account of a pod": ("Pod", {"serviceAccountName": "none", "containers": [{"name": "a", "image": "b"}]}),
    "pod": (
        "Pod",
        {
            "automountServiceAccountToken": False,
            "containers": [{"name": "a", "image": "b", "resources": {"limits": {"cpu": "1"}}}],
        },
    ),
}

DEPLOYMENTS: dict[str, dict[str, Any]] = {
    "everything": {"container": CONTAINER, "pod": POD},
    "recreate": {"strategy": {"type": "Recreate"}},
    "no image": {"container": {"image": ""}},
    "container name": {"container": {"name": "Big_Name"}},
    "port": {"container": {"ports": [{"containerPort": 70000}]}},
    "port missing": {"container": {"ports": [{}]}},
    "request above limit": {"container": {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}}},
    "mount without volume": {"container": {"volumeMounts": [{"name": "no", "mountPath": "/x"}]}},
    "number as text": {"container": {"env": [{"name": "A", "value": 1}]}},
    "text as number": {"replicas": "two"},
    "quantity": {"container": {"resources": {"requests": {"cpu": "abc"}}}},
    "negative": {"replicas": -1},
    "selector of others": {"selector": {"matchLabels": {"x": "y"}}},
    "no selector": {"selector": None},
    "empty selector": {"selector": {}},
    "restart policy": {"pod": {"restartPolicy": "Never"}},
    "strategy": {"strategy": {"type": "Fast"}},
    "no room to move": {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}},
    "recreate and roll": {"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}},
    "alias": {"pod": {"hostAliases": [{"ip": "10.0.0"}]}},
    "pull policy": {"container": {"imagePullPolicy": "Now"}},
    "toleration": {"pod": {"tolerations": [{"operator": "Equal"}]}},
    "probe": {"container": {"readinessProbe": {"periodSeconds": -1}}},
    "two handlers": {"container": {"readinessProbe": {"tcpSocket": {"port": 1}, "httpGet": {"port": 0}}}},
    "variable": {"container": {"env": [{"name": "", "value": "x"}]}},
    "command": {"container": {"command": "ls"}},
    "user": {"pod": {"securityContext": {"runAsUser": -5}}},
    "volumes": {"pod": {"volumes": [{"name": "a"}, {"name": "a"}]}},
    "containers": {"pod": {"containers": [{"name": "a", "image": "b"}, {"name": "a", "image": "c"}]}},
    "no containers": {"pod": {"containers": []}},
    "source of variables": {"container": {"envFrom": [{}]}},
}

METADATA: dict[str, tuple[str, dict[str, Any]]] = {
    "long name": ("ConfigMap", {"name": "a" * 254}),
    "name": ("ConfigMap", {"name": "A_b"}),
    "no name": ("ConfigMap", {}),
    "labels": ("ConfigMap", {"name": "a", "labels": {"a b": "x", "y": "-z"}}),
    "service name": ("Service", {"name": "a.b"}),
    "account": ("ServiceAccount", {"name": "a", "annotations": {"a/b": "c"}}),
}


def bodies() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return all cases by name: kind and body."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for name, (kind, spec) in SPECS.items():
        found[name] = (kind, {"metadata": {"name": "a"}, "spec": spec})
    for name, change in DEPLOYMENTS.items():
        found[f"deployment: {name}"] = ("Deployment", deployment(**change))
    for name, (kind, metadata) in METADATA.items():
        found[f"metadata: {name}"] = (kind, {"metadata": metadata})
    found["secret"] = ("Secret", {"metadata": {"name": "a"}, "stringData": {"a": "b"}})
    found["secret: not base64"] = ("Secret", {"metadata": {"name": "a"}, "data": {"a": "%"}})
    docker = {"metadata": {"name": "a"}, "type": "kubernetes.io/dockerconfigjson", "data": {}}
    found["secret: docker"] = ("Secret", docker)
    found["config map: key"] = ("ConfigMap", {"metadata": {"name": "a"}, "data": {"a b": ""}})
    return found
