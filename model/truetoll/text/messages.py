"""Something the program has to say, before it is put into words: a code of the catalogue, and typed values.

A message is made where something is noticed and put into words where it is shown, in the reader's language
(`truetoll.text.saying.Speaker.tell`). ``str`` gives it in English. No other module builds a sentence of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Union, cast

Value = Union[str, int, float, date, "Message", tuple["Value", ...]]


class MessageError(ValueError):
    """What was kept is no message, or none that this version can say."""


@dataclass(frozen=True, slots=True)
class Message:
    """A code with its values, and the place it speaks of.

    Parameters
    ----------
    code : str
        ``section.name`` of the catalogue.
    values : tuple of (str, value)
        What stands in the braces of the words, by name: a name or somebody's words as they are, a number, a date,
        another message, or several of these. Sorted by name.
    file : str
        The file of the case it is about; empty if about none.
    line : int or None
        Of that file.
    key : str
        Dotted key of that file.
    """

    code: str
    values: tuple[tuple[str, Value], ...] = ()
    file: str = ""
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        from truetoll.text.saying import Speaker  # noqa: PLC0415

        return Speaker("en").tell(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def at(self, file: str, line: int | None = None, key: str = "") -> Message:
        """Give it a place.

        Parameters
        ----------
        file : str
            Its name, without folder.
        line : int, optional
        key : str
            Dotted.

        Returns
        -------
        Message
        """
        return replace(self, file=file, line=line, key=key)

    def kept(self) -> dict[str, Any]:
        """Write it down for JSON; `recalled` reads it.

        Returns
        -------
        dict
            ``code`` and ``values``, and of ``file``, ``line`` and ``key`` what is there.
        """
        place = {"file": self.file, "line": self.line, "key": self.key}
        values = {name: _kept(value) for name, value in self.values}
        return {"code": self.code, "values": values, **{name: each for name, each in place.items() if each}}

    def written(self) -> str:
        """Write it down as text, for a file that holds no tables; `read` reads it.

        Returns
        -------
        str
            JSON.
        """
        return json.dumps(self.kept(), ensure_ascii=False)


def message(code: str, /, **values: Value) -> Message:
    """Make a message.

    Parameters
    ----------
    code : str
        ``section.name`` of the catalogue.
    **values : value
        What its words have in braces.

    Returns
    -------
    Message
    """
    return Message(code, tuple(sorted(values.items())))


def read(text: str) -> Message:
    """Read a message that was written down.

    Parameters
    ----------
    text : str
        As `Message.written` gave it.

    Returns
    -------
    Message

    Raises
    ------
    ValueError
        If it is none.
    """
    return recalled(json.loads(text))


def listed(names: Sequence[str | Message], most: int, *, quoted: bool = False, apart: bool = False) -> Value:
    """List names, the first of them if there are many.

    Parameters
    ----------
    names : sequence of str or Message
    most : int
        How many are named.
    quoted : bool
        Whether they stand between quotation marks.
    apart : bool
        Whether semicolons part them, as commas stand in them.

    Returns
    -------
    value
        For a message.
    """
    if len(names) <= most:
        return tuple(names)
    code = "list.more_quoted" if quoted else "list.more_apart" if apart else "list.more"
    return message(code, names=tuple(names[:most]), n=len(names) - most)


def recalled(kept: object) -> Message:
    """Read a message that was kept.

    Parameters
    ----------
    kept : object
        As `Message.kept` wrote it, read from JSON.

    Returns
    -------
    Message

    Raises
    ------
    MessageError
        If it is none, or the catalogue has no such code, or other values in its words.
    """
    if not isinstance(kept, Mapping):
        raise MessageError("a message is a table of code and values")
    try:
        values = {str(name): _recalled(value) for name, value in kept["values"].items()}
        line = kept.get("line")
        place = (str(kept.get("file", "")), None if line is None else int(line), str(kept.get("key", "")))
        found = message(str(kept["code"]), **values).at(*place)
        str(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MessageError(f"{str(kept.get('code'))[:60]!r} cannot be said ({type(error).__name__})") from None
    return found


_DATE = "$date"
"""Key of a day: nothing else says that a text was a date."""


def _kept(value: Value) -> Any:
    if isinstance(value, Message):
        return value.kept()
    if isinstance(value, tuple):
        return [_kept(each) for each in value]
    return {_DATE: value.isoformat()} if isinstance(value, date) else value


def _recalled(value: Any) -> Value:
    if isinstance(value, Mapping):
        return date.fromisoformat(value[_DATE]) if set(value) == {_DATE} else recalled(value)
    if isinstance(value, list):
        return tuple(map(_recalled, value))
    if not isinstance(value, str | int | float):
        raise MessageError(f"a message holds no {type(value).__name__}")
    return cast(Value, value)
