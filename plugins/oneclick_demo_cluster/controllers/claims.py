"""PersistentVolumeClaims: bound to volumes made for them, grown, protected while pods use them."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_demo_cluster.controllers.base import MANAGER, OPTIONS, Controller, Key
from oneclick_demo_cluster.machinery import kinds, quantities
from oneclick_demo_cluster.machinery.deletion import delete
from oneclick_demo_cluster.machinery.kinds import Kind
from oneclick_demo_cluster.machinery.objects import Obj, dig, is_terminating, name_of, namespace_of
from oneclick_demo_cluster.machinery.store import Change

COMPONENT = "persistentvolume-controller"
PROTECTION = "kubernetes.io/pvc-protection"
RETRY = 5.0


class Claims(Controller):
    """Binds claims."""

    kind = kinds.CLAIMS
    name = COMPONENT

    def keys(self, kind: Kind, change: Change) -> Iterable[Key]:
        """Claims, and the claims of pods."""
        if kind is kinds.PODS:
            return [(namespace_of(change.new), name) for name in claim_names(change.new)]
        return super().keys(kind, change)

    def reconcile(self, key: Key) -> float | None:
        """Bind, grow or release one claim."""
        claim = self.store.get(self.kind, *key)
        if claim is None:
            self._remove_volumes(key)
            return None
        if is_terminating(claim):
            self._unprotect(claim)
            return None
        if dig(claim, "status", "phase") != "Bound":
            return self._bind(claim)
        self._grow(claim)
        return None

    def _unprotect(self, claim: Obj) -> None:
        if any(_runs(pod) for pod in self._users(claim)):
            return

        def write(obj: Obj) -> None:
            kept = [entry for entry in obj["metadata"].get("finalizers") or () if entry != PROTECTION]
            obj["metadata"]["finalizers"] = kept
            if not kept:
                del obj["metadata"]["finalizers"]

        self.writer.change(self.kind, namespace_of(claim), name_of(claim), write)

    def _users(self, claim: Obj) -> list[Obj]:
        pods = self.store.list(kinds.PODS, namespace_of(claim))
        return [pod for pod in pods if name_of(claim) in claim_names(pod)]

    def _remove_volumes(self, key: Key) -> None:
        """The claim is gone: volumes that were made for it go with it."""
        for volume in self.store.list(kinds.VOLUMES):
            reference = dig(volume, "spec", "claimRef", default={})
            if (reference.get("namespace"), reference.get("name")) != key:
                continue
            if dig(volume, "spec", "persistentVolumeReclaimPolicy") == "Delete":
                delete(self.writer, kinds.VOLUMES, "", name_of(volume))

    def _bind(self, claim: Obj) -> float | None:
        class_name = claim["spec"].get("storageClassName", "")
        if not class_name:
            text = "no persistent volumes available for this claim and no storage class is set"
            self.recorder.normal(self.kind, claim, "FailedBinding", text, COMPONENT)
            return None
        storage = self.store.get(kinds.STORAGE_CLASSES, "", class_name)
        if storage is None:
            text = f'storageclass.storage.k8s.io "{class_name}" not found'
            self.recorder.warning(self.kind, claim, "ProvisioningFailed", text, COMPONENT)
            return RETRY
        if storage.get("volumeBindingMode") == "WaitForFirstConsumer" and not self._users(claim):
            text = "waiting for first consumer to be created before binding"
            self.recorder.normal(self.kind, claim, "WaitForFirstConsumer", text, COMPONENT)
            return None
        self._provision(claim, storage)
        return None

    def _provision(self, claim: Obj, storage: Obj) -> None:
        name = f"pvc-{claim['metadata']['uid']}"
        size = claim["spec"]["resources"]["requests"]["storage"]
        volume = {
            "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": storage["provisioner"]}},
            "spec": {
                "accessModes": claim["spec"]["accessModes"],
                "capacity": {"storage": size},
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "namespace": namespace_of(claim),
                    "name": name_of(claim),
                    "uid": claim["metadata"]["uid"],
                },
                "hostPath": {"path": f"/demo/{name}"},
                "persistentVolumeReclaimPolicy": storage.get("reclaimPolicy", "Delete"),
                "storageClassName": name_of(storage),
                "volumeMode": claim["spec"].get("volumeMode", "Filesystem"),
            },
        }
        if self.store.get(kinds.VOLUMES, "", name) is None:
            self.writer.create(kinds.VOLUMES, "", volume, OPTIONS)
        self.writer.change(kinds.VOLUMES, "", name, lambda obj: obj.update(status={"phase": "Bound"}))

        def bind(obj: Obj) -> None:
            notes = obj["metadata"].setdefault("annotations", {})
            notes.update({f"pv.kubernetes.io/{word}": "yes" for word in ("bind-completed", "bound-by-controller")})
            notes["volume.kubernetes.io/storage-provisioner"] = storage["provisioner"]
            obj["spec"]["volumeName"] = name
            modes = obj["spec"]["accessModes"]
            obj["status"] = {"phase": "Bound", "accessModes": modes, "capacity": {"storage": size}}

        self.writer.change(self.kind, namespace_of(claim), name_of(claim), bind, MANAGER)
        text = f"Successfully provisioned volume {name}"
        self.recorder.normal(self.kind, claim, "ProvisioningSucceeded", text, storage["provisioner"])

    def _grow(self, claim: Obj) -> None:
        wanted = claim["spec"]["resources"]["requests"]["storage"]
        current = dig(claim, "status", "capacity", "storage", default="0")
        if quantities.parse(wanted) <= quantities.parse(current):
            return

        def grow(obj: Obj) -> None:
            place = obj["status"] if obj["kind"] == "PersistentVolumeClaim" else obj["spec"]
            place["capacity"] = {"storage": wanted}

        self.writer.change(kinds.VOLUMES, "", claim["spec"].get("volumeName", ""), grow)
        self.writer.change(self.kind, namespace_of(claim), name_of(claim), grow)
        text = "MountVolume.NodeExpandVolume succeeded for volume"
        self.recorder.normal(self.kind, claim, "FileSystemResizeSuccessful", text, "kubelet")


def claim_names(pod: Obj) -> list[str]:
    """Return the claims that a pod mounts."""
    volumes = dig(pod, "spec", "volumes", default=())
    names = (dig(volume, "persistentVolumeClaim", "claimName") for volume in volumes)
    return [name for name in names if name]


def _runs(pod: Obj) -> bool:
    return dig(pod, "status", "phase") not in ("Succeeded", "Failed")
