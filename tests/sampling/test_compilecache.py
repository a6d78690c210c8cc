"""What was compiled is kept on disk; what is damaged there is compiled again, once."""

import json
import os
import subprocess
import sys
from textwrap import dedent

import pytest

from truetoll.sampling import compilehome

SCRIPT = """
    import json
    import numpy as np
    from truetoll.sampling import compilecache
    from truetoll.sampling import native

    SOURCE = "def density(n, x_, gradient_, value_, numbers_):\\n    carray(value_, (1,))[0] = 42.0\\n    return 0"
    compiled = []
    rebuild = compilecache.CompileResult._rebuild
    compilecache.CompileResult._rebuild = lambda *given: compiled.append("read") or rebuild(*given)

    def made():
        compiled.clear()
        return native.Density(native.compile_c(SOURCE, {}, "ours"), ())(np.zeros(1), np.zeros(1))[0], len(compiled)

    def flipped(raw):
        middle = len(raw) // 2
        return raw[:middle] + bytes([raw[middle] ^ 255]) + raw[middle + 1:]

    def ended(raw):
        return raw[:len(raw) // 2]

    def nothing(raw):
        return b""

    home = compilecache.compiled_home()
    found = [["", *made(), *made()]]
    for damage in (flipped, ended, nothing):
        [path] = home.iterdir()
        path.write_bytes(damage(path.read_bytes()))
        found.append([damage.__name__, *made(), *made()])
    path.unlink()
    put, compilecache._put = compilecache._put, lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    found.append(["no space", *made(), 42.0, 1])
    print(json.dumps(found))
"""


def test_what_is_damaged_is_compiled_again_and_kept(tmp_path):
    flags = {"PYTENSOR_FLAGS": f"base_compiledir={tmp_path}"}
    done = subprocess.run(
        [sys.executable, "-c", dedent(SCRIPT)], capture_output=True, text=True, env=os.environ | flags, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [each for each in found if each[1:] != [42.0, 0, 42.0, 1]] == []
    assert len(found) == 5
    assert not list(tmp_path.rglob("*.partial"))


TWO = """
    import sys
    import numpy as np
    from truetoll.sampling import native

    def said(number):
        source = f"def density(n, x_, g_, value_, m_):\\n    carray(value_, (1,))[0] = told(n)\\n    return 0"
        known = {}
        exec(f"def told(n):\\n    return n + {number}.0", known)
        import numba
        made = native.compile_c(source, {"told": numba.njit(known["told"])}, f"said {number}")
        return native.Density(made, ())(np.zeros(1), np.zeros(1))[0]

    assert [said(int(each)) for each in sys.argv[1:]] == [1.0 + int(each) for each in sys.argv[1:]]
"""


def test_functions_of_one_name_that_processes_compiled_are_told_apart(tmp_path):
    flags = {"PYTENSOR_FLAGS": f"base_compiledir={tmp_path}"}
    for numbers in (["1"], ["2"], ["1", "2"]):
        words = [sys.executable, "-c", dedent(TWO), *numbers]
        done = subprocess.run(words, capture_output=True, text=True, env=os.environ | flags, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("flags", ["", "base_compiledir={}", "floatX=float64, base_compiledir={}/deeper"])
def test_compiled_code_is_kept_beside_pytensors(tmp_path, monkeypatch, flags):
    code = "import pytensor; print(pytensor.config.base_compiledir)"
    monkeypatch.setenv("PYTENSOR_FLAGS", flags.format(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    theirs = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert str(compilehome.pytensor_home()) == theirs
