"""Names of parties as somebody wrote them -> names a case can use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_KEY = 50
LONGEST_NAME = 120


def keys(names: Iterable[str]) -> dict[str, str]:
    """Give every party a key of its own.

    Parameters
    ----------
    names : iterable of str
        In the order in which they take the plain key, if two would have the same.

    Returns
    -------
    dict of str to str
        Name -> key: small letters, digits and ``_``, beginning with a letter, at most 54 characters.
    """
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        key, rank = _key(name), 2
        while key in found.values():
            key, rank = f"{_key(name)}_{rank}", rank + 1
        found[name] = key
    return found


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_KEY].rstrip("_")
    return key if key[:1].isalpha() else f"party_{key}".rstrip("_")


def told(name: str) -> str:
    """Write a name so that it fits one line of a table.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        Printable, without line breaks, at most 120 characters.
    """
    flat = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    return flat if len(flat) <= LONGEST_NAME else f"{flat[: LONGEST_NAME - 3]}..."
