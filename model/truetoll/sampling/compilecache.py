"""What was compiled, kept on disk with a checksum: what is damaged there is found out, removed and compiled again.

Numba's own cache loads what it finds: of a file that was cut short it says that the input has ended, at every later
run, and object code with a wrong byte ends the process. PyTensor's keeps any function, but importing it takes longer
than loading what it kept.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
from numba.core import sigutils
from numba.core.bytecode import FunctionIdentity
from numba.core.ccallback import CFunc
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from truetoll.sampling.compilehome import compiled_home

_DIGEST = 32
_ENDING = ".truetoll"


def c_function(function: Callable[..., Any], signature: Any, key: str) -> Any:
    """Compile a function with a C signature, or take it from the disk.

    Parameters
    ----------
    function : callable
    signature : numba signature
    key : str
        Says everything that the compiled function depends on, but for Python, Numba and the machine.

    Returns
    -------
    numba.core.ccallback.CFunc
    """
    FunctionIdentity._unique_ids = _unique()
    made: Any = CFunc(function, sigutils.normalize_signature(signature), locals={}, options={})
    made._cache = Kept(key)
    made.compile()
    return made


def _unique() -> Iterator[int]:
    """Tell functions of one name apart, as PyTensor does.

    Numba counts them, in every process from one, and names machine code by the number. So what two processes compiled
    may bear one name, and a third that loads both would call the one for the other.
    """
    while True:
        yield uuid.uuid4().int


class Kept:
    """One compiled function on disk, in the place that Numba would have its own cache in.

    Parameters
    ----------
    key : str
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Read what was compiled.

        Parameters
        ----------
        signature : numba signature
        target : numba target context

        Returns
        -------
        numba.core.compiler.CompileResult or None
            None if it is not there whole.
        """
        target.refresh()
        content = _whole(self._path(signature, target.codegen()))
        return None if content is None else CompileResult._rebuild(target, *pickle.loads(content))

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep what was compiled; a disk that is full or cannot be written costs a compilation, not a run.

        Parameters
        ----------
        signature : numba signature
        result : numba.core.compiler.CompileResult
        """
        path = self._path(signature, result.codegen)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _put(path, dumps(result._reduce()))
        except OSError:
            return

    def _path(self, signature: Any, codegen: Any) -> Path:
        made_by = self._key, sys.version, numba.__version__, str(signature), *codegen.magic_tuple()
        name = hashlib.sha256("\0".join(map(str, made_by)).encode()).hexdigest()
        return compiled_home() / f"{name}{_ENDING}"


def _put(path: Path, content: bytes) -> None:
    """Write a file with its checksum under another name first, so that it is there whole or not at all."""
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex[:16]}.partial")
    try:
        partial.write_bytes(hashlib.sha256(content).digest() + content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


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
