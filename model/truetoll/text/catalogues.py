"""All words of a language, read from its file when first asked for."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "catalogue"


@cache
def catalogue(language: str) -> dict[str, Any]:
    """Read the words of a language.

    Parameters
    ----------
    language : str
        One of `truetoll.claims.languages.LANGUAGES`.

    Returns
    -------
    dict
        Sections of keys; what is said in another way for one and for several is a table of its forms.
    """
    with (FOLDER / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)
