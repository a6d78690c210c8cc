"""Libraries that another library imports and we do not use: they are loaded if they are used after all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module, and loads it when it is first asked for anything."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def lazily(name: str) -> Iterator[None]:
    """Have a library that is imported inside this block load another only when it first uses it.

    Parameters
    ----------
    name : str
        Of the other, a top module. Nobody else sees what stands for it: whoever imports it later has it as it is.
    """
    later = _Later(name)
    sys.modules.setdefault(name, later)
    try:
        yield
    finally:
        if sys.modules.get(name) is later:
            del sys.modules[name]
