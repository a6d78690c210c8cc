"""What another library imports is loaded when it is used, and nobody else sees that."""

import subprocess
import sys
from textwrap import dedent

SCRIPT = """
    import sys
    from truetoll.sampling.lazily import lazily
    with lazily("arviz"):
        import nutpie
    assert "arviz" not in sys.modules and "arviz_plots" not in sys.modules, "nutpie loads arviz"
    assert callable(nutpie.sample), "nutpie has no sample"
    import nutpie.sample
    held = sys.modules["nutpie.sample"].arviz
    assert callable(held.from_dict) and "arviz" in sys.modules
    import arviz
    assert arviz is not held and arviz.from_dict is held.from_dict
    with lazily("arviz"):
        import arviz as again
    assert again is arviz
"""


def test_nutpie_does_not_load_arviz_before_it_needs_it():
    done = subprocess.run([sys.executable, "-c", dedent(SCRIPT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
