"""``python -m truetoll`` is ``truetoll``."""

from truetoll.cli import main

raise SystemExit(main())
