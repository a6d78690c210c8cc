"""What was compiled is kept on disk; what is damaged there is compiled again, once."""

import json
import os
import subprocess
import sys
from textwrap import dedent

SCRIPT = """
    import json, os
    from pathlib import Path
    import numba, numpy as np
    from pytensor.link.numba.cache import NUMBA_CACHE_PATH, compile_numba_function_src
    from truetoll.inference import compilecache, native

    SOURCE = "def density(n, x_, gradient_, value_, numbers_):\\n    carray(value_, (1,))[0] = 42.0\\n    return 0"

    def ours():
        made = native.compile_c(SOURCE, {}, "ours")
        return native.Density(made, ())(np.zeros(1), np.zeros(1))[0], made._cache_hits

    def pytensors():
        def make():
            given = compile_numba_function_src("def f(x):\\n    return x + 1.0", "f", {}, cache_key="pytensors")
            made = numba.njit(cache=True)(given)
            return made(41.0), sum(made.stats.cache_hits.values())
        return compilecache.healed(make)

    def flipped(raw):
        middle = len(raw) // 2
        return raw[:middle] + bytes([raw[middle] ^ 255]) + raw[middle + 1:]

    def ended(raw):
        return raw[:len(raw) // 2]

    def nothing(raw):
        return b""

    found = []
    for make, damages in ((ours, (ended, nothing, flipped)), (pytensors, (ended, nothing))):
        found.append([make.__name__, "", *make(), *make()])
        for ending in (".nbi", ".nbc"):
            for damage in damages:
                for path in NUMBA_CACHE_PATH.glob(f"*{make.__name__}*{ending}"):
                    path.write_bytes(damage(path.read_bytes()))
                found.append([make.__name__, ending + damage.__name__, *make(), *make()])
    ours()
    for path in NUMBA_CACHE_PATH.iterdir():
        path.unlink()
    compilecache.CheckedFile._open_for_write = lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    found.append(["no space", "", *ours(), 42.0, 1])
    print(json.dumps(found))
"""


def test_what_is_damaged_is_compiled_again_and_kept(tmp_path):
    flags = {"PYTENSOR_FLAGS": f"base_compiledir={tmp_path}"}
    done = subprocess.run(
        [sys.executable, "-c", dedent(SCRIPT)], capture_output=True, text=True, env=os.environ | flags, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [each[:2] for each in found if each[2:] != [42.0, 0, 42.0, 1]] == []
    assert len(found) == 13
    assert not list(tmp_path.rglob("*.tmp.*"))
