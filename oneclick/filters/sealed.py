"""Which paths into a JSON field meet its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def touches_secret(path: Sequence[str | int], secret_paths: Iterable[str]) -> bool:
    """Tell whether ``path`` leads to a secret, to what holds one, or into one; ``[]`` in a secret path is any item.

    List positions that the secret path does not know are passed over, so that nothing is found in odd shapes either.
    """
    return any(_meet(path, secret.split(".")) for secret in secret_paths)


def _meet(path: Sequence[str | int], secret: Sequence[str]) -> bool:
    rest = list(path)
    for step in secret:
        while rest and isinstance(rest[0], int):
            rest.pop(0)
        if not rest:
            return True
        if rest.pop(0) != step.removesuffix("[]"):
            return False
        if step.endswith("[]") and rest:
            rest.pop(0)
    return True
