"""Sources that are said to be unbiased, and are still moved by what others share."""

from __future__ import annotations

from collections.abc import Iterator

from truetoll.claims.believing import half_believed
from truetoll.claims.schema import CaseFile


def half(file: CaseFile) -> Iterator[str]:
    """Tell where somebody set only half of what believing a source takes.

    Parameters
    ----------
    file : CaseFile

    Yields
    ------
    str
    """
    for name, source in file.sources.items():
        for force, bias in source.bias.items():
            if left := half_believed(bias):
                said = f"{' and '.join(left)} {'is' if len(left) == 1 else 'are'} not"
                yield (
                    f"case.toml: sources.{name}.bias.{force}: mu and tau are 0, but {said}: its figures still move "
                    f'with them; to take it at its word, set both to 0 too, or write believe = ["{name}"] in a scenario'
                )
