"""How long from ``POST /api/collections/rollouts/records`` to the Deployment object in the API server.

    ONECLICK_TEST_KUBECONFIG=… python bench/rollout_latency.py [--runs 20] [--demo]

Starts a whole installation, makes one deployment a run, and asks the API server for the object from the moment when
the POST is sent. Prints the median, the fastest and the slowest of the runs, and how long the POST itself took.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "journey"))

from cluster import Cluster
from installation import Client, installed, manifest

POLL_SECONDS = 0.002


def measure(user: Client, cluster: Cluster, project: str) -> tuple[float, float]:
    """Return the seconds until the object is there, and until the POST is answered."""
    _, deployment = user.deployment(project=project)
    answered: list[float] = []

    def post() -> None:
        user.roll_out(project, deployment, manifest("1.27"))
        answered.append(time.perf_counter() - began)

    thread = threading.Thread(target=post)
    began = time.perf_counter()
    thread.start()
    while cluster.deployment(project, deployment) is None:
        time.sleep(POLL_SECONDS)
    there = time.perf_counter() - began
    thread.join()
    return there, answered[0]


def report(name: str, seconds: list[float]) -> None:
    milliseconds = [value * 1000 for value in seconds]
    print(
        f"{name}: median {statistics.median(milliseconds):.0f} ms, "
        f"fastest {min(milliseconds):.0f} ms, slowest {max(milliseconds):.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--demo", action="store_true", help="use the demo cluster")
    arguments = parser.parse_args()
    kubeconfig = os.environ.get("ONECLICK_TEST_KUBECONFIG", "")
    if not arguments.demo and not kubeconfig:
        sys.exit("ONECLICK_TEST_KUBECONFIG names no kubeconfig; --demo uses the demo cluster.")
    real = {"LOCAL": "true", "LOCAL_KUBECONFIG_FILE": kubeconfig}
    with (
        tempfile.TemporaryDirectory() as folder,
        installed(Path(folder) / "data", {"ONECLICK_CLUSTER": "demo"} if arguments.demo else real) as running,
    ):
        running.serve()
        path = running.data / "demo-cluster.kubeconfig" if arguments.demo else Path(kubeconfig)
        cluster, user = Cluster(path), running.client("bench@example.com")
        project, first = user.deployment()
        user.roll_out(project, first, manifest())
        pairs = [measure(user, cluster, project) for _ in range(arguments.runs)]
        report(f"POST to the Deployment object, {arguments.runs} runs", [there for there, _ in pairs])
        report("POST to its answer", [answered for _, answered in pairs])
        user.http.delete(f"/api/collections/projects/records/{project}")


if __name__ == "__main__":
    main()
