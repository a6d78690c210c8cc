"""What was compiled, kept on disk: what is damaged there is found out, removed and compiled again.

Numba loads what it finds: of a file that was cut short it says that the input has ended, at every later run, and object
code with a wrong byte ends the process. So what is kept here carries a checksum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from pickle import UnpicklingError
from types import TracebackType
from typing import Any

from numba.core import sigutils
from numba.core.caching import IndexDataCacheFile
from numba.core.ccallback import CFunc

_DIGEST = 32
_MOST = 100
"""Damaged files that are removed before it is given up: PyTensor keeps some dozens for one model."""
_DAMAGED = (EOFError, UnpicklingError, ValueError, KeyError, IndexError, AttributeError, ImportError, TypeError)
"""What reading a damaged file ends in."""


def c_function(function: Callable[..., Any], signature: Any) -> Any:
    """Compile a function with a C signature, or take it from the disk.

    Parameters
    ----------
    function : callable
        Of which PyTensor knows where it is kept.
    signature : numba signature

    Returns
    -------
    numba.core.ccallback.CFunc
    """
    return healed(lambda: _compiled(function, signature))


def _compiled(function: Callable[..., Any], signature: Any) -> Any:
    """As ``numba.cfunc(signature, cache=True)``, with our own files."""
    made: Any = CFunc(function, sigutils.normalize_signature(signature), locals={}, options={})
    made.enable_caching()
    kept = made._cache
    kept._cache_file = CheckedFile(kept.cache_path, kept._impl.filename_base, kept._impl.locator.get_source_stamp())
    made.compile()
    return made


class CheckedFile(IndexDataCacheFile):  # type: ignore[misc]
    """Index and data of one compiled function, each preceded by its checksum and there as a whole or not at all."""

    def save(self, key: Any, data: Any) -> None:
        """Keep what was compiled; a disk that is full or cannot be written costs a compilation, not a run.

        Parameters
        ----------
        key, data : object
        """
        try:
            super().save(key, data)
        except OSError:
            return

    def _load_index(self) -> dict[Any, str]:
        content = _whole(Path(self._index_path))
        if content is None:
            return {}
        version, stamp, overloads = self._loads(content)
        return overloads if (version, stamp) == (self._version, self._source_stamp) else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._put(self._index_path, self._dump((self._version, self._source_stamp, overloads)))

    def _load_data(self, name: str) -> Any:
        content = _whole(Path(self._data_path(name)))
        if content is None:
            raise FileNotFoundError(name)  # is taken for a file that another process has removed
        return self._loads(content)

    def _save_data(self, name: str, data: Any) -> None:
        self._put(self._data_path(name), self._dump(data))

    def _loads(self, content: bytes) -> Any:
        import pickle  # noqa: PLC0415 - numba's own form; what is read here passed its checksum

        return pickle.loads(content)

    def _put(self, path: str, content: bytes) -> None:
        with self._open_for_write(path) as file:  # another name first, then renamed
            file.write(hashlib.sha256(content).digest() + content)


def _whole(path: Path) -> bytes | None:
    """Read a file that has its checksum; remove one that has not."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    digest, content = raw[:_DIGEST], raw[_DIGEST:]
    if hashlib.sha256(content).digest() == digest:
        return content
    path.unlink(missing_ok=True)
    return None


def healed[T](make: Callable[[], T]) -> T:
    """Compile; where a file that PyTensor keeps for itself is damaged, remove it and compile again.

    Parameters
    ----------
    make : callable

    Returns
    -------
    object
        What it makes.
    """
    for _ in range(_MOST):
        try:
            return make()
        except _DAMAGED as error:
            broken = set(_read_in(error))
            if not broken:
                raise
            for path in broken:
                path.unlink(missing_ok=True)
    return make()


def _read_in(error: BaseException | None) -> Iterator[Path]:
    """Find the files of the cache in whose reading an error arose."""
    while error is not None:
        at: TracebackType | None = error.__traceback__
        while at is not None:
            kept, named = at.tb_frame.f_locals.get("self"), at.tb_frame.f_code.co_name
            if isinstance(kept, IndexDataCacheFile) and named in ("_load_index", "_load_data"):
                found = kept._index_path if named == "_load_index" else at.tb_frame.f_locals.get("path", "")
                yield Path(found)
            at = at.tb_next
        error = error.__cause__ or error.__context__
