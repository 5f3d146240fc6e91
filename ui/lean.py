"""Gradio without two things that it does while it is imported and that a server has no use for; half of that time.

- For each of its eighty components it renders a type stub for editors, compares it with the one beside its own source
  and writes it there where it differs. A server should write nothing into the folder of a library.
- It imports the package ``mcp`` where there is one, to offer a page's functions as tools; without it, it does not.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_STUBS, _WRITES = "gradio.component_meta", "create_or_modify_pyi"
_TOOLS, _NEEDS = "gradio.mcp", "mcp"


def lean() -> None:
    """From now on an import of Gradio does neither; one that is over is not changed. To be called once, before the
    first. A Gradio that has come to do it in another way goes on doing it, and nothing else changes."""
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds the two modules that do it where they are always found, and has them loaded differently."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in (_STUBS, _TOOLS):
            return None
        found = PathFinder.find_spec(fullname, path, target)
        if found is not None and found.loader is not None:
            found.loader = _Stubless(found.loader) if fullname == _STUBS else _Toolless(found.loader)
        return found


class _Stubless(Loader):
    """Loads a module, and puts a function that does nothing in the place of the one that writes stubs."""

    def __init__(self, usual: Loader) -> None:
        self._usual = usual

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._usual.exec_module(module)
        if hasattr(module, _WRITES):
            setattr(module, _WRITES, _nothing)


class _Toolless(Loader):
    """Loads a module as if ``mcp`` were not installed, unless it has been imported already."""

    def __init__(self, usual: Loader) -> None:
        self._usual = usual

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        absent = _Absent()
        sys.meta_path.insert(0, absent)
        try:
            self._usual.exec_module(module)
        finally:
            sys.meta_path.remove(absent)


class _Absent(MetaPathFinder):
    """Says of ``mcp`` that it is not there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == _NEEDS:
            raise ModuleNotFoundError(f"{_NEEDS} is not needed here", name=_NEEDS)
        return None


def _nothing(component: type, name: str, events: Sequence[object]) -> None:
    """Writes no stub."""
