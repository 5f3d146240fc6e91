"""A request's path as the routes see it."""

from starlette.types import Scope


def inner(scope: Scope) -> str:
    """The path below the application's root path; it begins with a slash."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :] or "/"
    return path
