"""``python -m oneclick_demo_cluster``: the command alone, without the rest of the house."""

from oneclick_demo_cluster.command import demo_cluster

if __name__ == "__main__":
    demo_cluster()
