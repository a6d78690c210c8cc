"""What an importer knows beforehand -> case.toml in the language that is asked for: names and reasons are words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from truetoll.claims.schema import CaseFile
from truetoll.text.catalogues import catalogue
from truetoll.text.messages import Message
from truetoll.text.saying import Speaker

_BY_FORCE = ("relations", "access")


@cache
def judgements(name: str) -> dict[str, Any]:
    """Read the TOML file beside an importer: what is assumed of its sources and losses, with reasons."""
    return tomllib.loads((files("truetoll.importers") / f"{name}.toml").read_text(encoding="utf-8"))


def case_file(head: Mapping[str, Any], forces: Mapping[str, Any], sources: Mapping[str, Any], w: Speaker) -> CaseFile:
    """Make what becomes of case.toml.

    Parameters
    ----------
    head : mapping
        Title, description and bins, in words.
    forces, sources : mapping
        As in case.toml; each ``reason`` is a key of ``import_reason`` in the catalogue, or a message, and a ``name``
        that ``import_name`` has is put into words. Other names are those of the file.
    w : Speaker

    Returns
    -------
    CaseFile
    """
    return CaseFile.model_validate({"case": head, "forces": _worded(forces, w), "sources": _worded(sources, w)})


def _worded(value: Any, w: Speaker, key: str = "") -> Any:
    if isinstance(value, Mapping):
        # What stands by the names of forces is neither a name nor a reason, whatever a force is called.
        return {name: each if name in _BY_FORCE else _worded(each, w, name) for name, each in value.items()}
    if key == "reason":
        return w.tell(value) if isinstance(value, Message) else w.say(f"import_reason.{value}")
    return catalogue(w.language)["import_name"].get(value, value) if key == "name" else value
