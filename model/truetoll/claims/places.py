"""Messages about a place of a case: a line of its table of claims, the table, a key of case.toml."""

from __future__ import annotations

from dataclasses import replace

from truetoll.claims.schema import Claim
from truetoll.text.messages import Message, Value, message

TABLE, HEAD = "claims.csv", "case.toml"


def of_claim(claim: Claim, code: str, /, **values: Value) -> Message:
    """Say something of a line of the table of claims.

    Parameters
    ----------
    claim : Claim
    code : str
        Of the catalogue.
    **values : value
        What its words have in braces.

    Returns
    -------
    Message
    """
    return message(code, **values).at(TABLE, claim.line)


def of_table(code: str, /, **values: Value) -> Message:
    """Say something of the table of claims as a whole.

    Parameters
    ----------
    code : str
        Of the catalogue.
    **values : value
        What its words have in braces.

    Returns
    -------
    Message
    """
    return message(code, **values).at(TABLE)


def of_key(key: str, code: str, /, **values: Value) -> Message:
    """Say something of a key of case.toml.

    Parameters
    ----------
    key : str
        Dotted.
    code : str
        Of the catalogue.
    **values : value
        What its words have in braces.

    Returns
    -------
    Message
    """
    return message(code, **values).at(HEAD, key=key)


def in_table(said: Message, table: str) -> Message:
    """Call the table of claims by its name, where a message is about it.

    Parameters
    ----------
    said : Message
    table : str
        ``claims.csv`` or ``claims.xlsx``.

    Returns
    -------
    Message
    """
    return replace(said, file=table) if said.file == TABLE else said
