"""What is left in English of a text that should be Spanish."""

import re

STOP = {
    "the",
    "of",
    "is",
    "are",
    "was",
    "were",
    "which",
    "and",
    "to",
    "in",
    "by",
    "with",
    "from",
    "not",
    "for",
    "that",
    "as",
}
STOP |= {"at", "on", "it", "be", "each", "this", "its", "if", "or", "claims", "source", "sources", "killed", "wounded"}
STOP |= {"losses", "prior", "interval", "converged", "up", "shift", "draws", "unused", "likelihood", "scenario"}


def english(text, own=()):
    """English words of a text that are not in what others wrote, nor in a name."""
    for each in sorted(filter(None, own), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", " ", text)
    text = re.sub(
        r"[\w.-]*[._/=\[\]-][\w.-]*|`[^`]*`|'[^']*'", " ", text
    )  # names, files, commands, what is to be typed
    return STOP & set(re.findall(r"[^\W\d_]+", text.lower()))


def written(case):
    """What an analyst wrote."""
    yield from (case.title, case.file.case.description, *(case.forces[f].name for f in case.forces))
    yield from (text for claim in case.claims for text in (claim.text, claim.quote, claim.note, claim.losses, claim.id))
    yield from (text for key, source in case.sources.items() for text in (source.name, key))
    yield from (text for change in case.scenarios.values() for text in (change["title"], change["why"]))
    yield from (*case.scenarios, *case.forces, *(claim.origin for claim in case.claims))
