"""Messages as an English reader sees them."""


def said(messages):
    """Put messages into English, in their order."""
    return tuple(map(str, messages))
