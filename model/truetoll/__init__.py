"""truetoll: a posterior over true losses, from figures that contradict each other."""

__version__ = "0.1.0"
