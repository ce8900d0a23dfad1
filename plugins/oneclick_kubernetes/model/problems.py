"""What is wrong with a manifest: problems by path, all of them, in PocketBase's error shape."""

from __future__ import annotations

from oneclick.errors import FieldErrors, field_error

Problem = tuple[str, str]
"""A code and a sentence."""

Path = tuple[str, ...]

_MOST = 100
_LONGEST_KEY = 100


class Problems:
    """Collects problems by path. The first one at a path counts, and nothing below a path that has one."""

    def __init__(self) -> None:
        self._found: dict[Path, Problem] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def __contains__(self, path: Path) -> bool:
        return any(path[:length] in self._found for length in range(len(path) + 1))

    @property
    def full(self) -> bool:
        """Whether nothing more is noted: looking further would only take time."""
        return len(self._found) >= _MOST

    def add(self, path: Path, code: str, message: str) -> None:
        """Note a problem at ``path``."""
        path = tuple(step[:_LONGEST_KEY] for step in path)
        if not self.full and path not in self:
            self._found[path] = (code, message)

    def add_all(self, path: Path, problem: Problem | None) -> None:
        """Note what a check answered, if it answered anything."""
        if problem is not None:
            self.add(path, *problem)

    def tree(self) -> FieldErrors:
        """Return the problems nested by path, with leaves ``{code, message}``."""
        root: FieldErrors = {}
        # Deeper paths last, so that a leaf found later than something below it replaces that.
        for path, (code, message) in sorted(self._found.items(), key=lambda item: -len(item[0])):
            node = root
            for step in path[:-1]:
                node = node.setdefault(step, {})
            node[path[-1]] = field_error(code, message)
        return root
