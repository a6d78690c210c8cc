"""Freeze what the package answers today: ``uv run python tests/golden/freeze.py [--sample] [NAME ...]``.

Stored draws are used where they fit; what has none is sampled, and its draws are stored. ``--sample`` draws all anew.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from golden.comparing import difference
from golden.recipe import FROZEN, NAMES, Outputs, frozen, made, replay_of


def main() -> None:
    """Freeze the cases that are named, or all; tell what changed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"any of {', '.join(NAMES)}; default: all")
    parser.add_argument("--sample", action="store_true", help="draw every posterior anew")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - {*NAMES}:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    for name in arguments.names or NAMES:
        _freeze(name, sample=arguments.sample)


def _freeze(name: str, *, sample: bool) -> None:
    replay = replay_of(name, sampling=True)
    if sample:
        replay.sets.clear()
    known = set(replay.sets)
    now = made(name, replay)
    replay.save()
    print(f"{name}: {len(set(replay.asked) - known)} of {len(replay.asked)} posteriors sampled")
    _write(name, now)


def _write(name: str, now: Outputs) -> None:
    """Write what differs; a file whose numbers moved by less than a test sees stays as it is."""
    before = frozen(name)
    for place in sorted({*before, *now}):
        path = FROZEN / name / place
        if place not in now:
            path.unlink()
            print(f"  no longer made: {place}")
        elif place not in before or difference(before[place], now[place], place):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(now[place], encoding="utf-8", newline="")
            print(f"  {'changed' if place in before else 'new'}: {place}")


if __name__ == "__main__":
    main()
