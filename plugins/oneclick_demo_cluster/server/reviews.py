"""Access reviews: who holds the token may do everything."""

from __future__ import annotations

from typing import Any

from oneclick_demo_cluster.machinery.decoding import decode
from oneclick_demo_cluster.machinery.kinds import ACCESS_REVIEWS
from oneclick_demo_cluster.machinery.objects import Obj


def allow(body: Any) -> Obj:
    """Answer a SelfSubjectAccessReview."""
    review = decode(ACCESS_REVIEWS, body)
    review["status"] = {"allowed": True, "reason": "the demo cluster has one user"}
    return review
