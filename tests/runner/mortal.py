"""Work that kills the worker it is given to: once, or whoever tries."""

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import truetoll
from truetoll.sampling.samplers import Settings

SECONDS = 0.2


@dataclass(frozen=True)
class Mortal:
    """As `truetoll.runner.work.Shared`."""

    settings: Settings = field(default_factory=Settings)
    mark: str = "mortal"
    version: str = truetoll.__version__

    def follower(self, cores: int, engine: Any = None) -> "Worker":
        return Worker()


class Worker:
    def read(self, item: str | Path, read: Any) -> Any:
        """An item is a name, a file that is not there while nobody has died of it yet, or ``poison``."""
        time.sleep(SECONDS)
        if item == "poison":
            os.kill(os.getpid(), signal.SIGKILL)
        if isinstance(item, Path) and not item.exists():
            item.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return read(str(item))
