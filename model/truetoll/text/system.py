"""What an operating system says of a file, as a message: it speaks English to programs, whoever reads them."""

from __future__ import annotations

import errno

from truetoll.text.catalogues import catalogue
from truetoll.text.messages import Message, message


def told(error: BaseException) -> Message | str:
    """Say why a file cannot be had.

    Parameters
    ----------
    error : BaseException
        Of the operating system, mostly.

    Returns
    -------
    Message or str
        What is not known to the catalogue as it stands.
    """
    name = errno.errorcode.get(getattr(error, "errno", None) or 0, "").lower()
    if name in catalogue("en")["system"]:
        return message(f"system.{name}")
    return str(getattr(error, "strerror", None) or error)
