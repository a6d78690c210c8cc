"""Whatever a folder holds, reading it gives a case or a list of problems, and nothing else."""

import csv
import io
import random
import re
import tempfile
import tomllib
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truetoll.claims.reading import read_case
from truetoll.claims.reading.table import COLUMNS
from truetoll.claims.schema import Case
from truetoll.errors import CaseError

KURSK = Path(__file__).parents[2] / "data" / "kursk-article"
FILES = {name: (KURSK / name).read_bytes() for name in ("case.toml", "claims.csv", "scenarios.toml")}
# Of the scenarios three are enough: each is built anew for every example.
FILES["scenarios.toml"] = b"\n[".join(FILES["scenarios.toml"].split(b"\n[")[:7]) + b"\n"

WHERE = re.compile(r"(case\.toml|claims\.csv|scenarios\.toml)(:\d+)?(: .+)?", re.DOTALL)
QUICK = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def outcome(files):
    """Read a folder with these files; check the problems if there are any."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        try:
            case = read_case(folder)
        except CaseError as error:
            assert error.problems
            for problem in error.problems:
                assert WHERE.fullmatch(problem.where), problem
                assert problem.what
                assert not re.search(r"pydantic|https?://errors|Traceback|Input should", str(problem))
            return error
    assert isinstance(case, Case)
    assert len(case.digest) == 64
    return case


def test_the_case_that_is_broken_below_is_sound():
    assert isinstance(outcome(FILES), Case)


positions = st.floats(0, 1, exclude_max=True)
names = st.sampled_from(sorted(FILES))


@QUICK
@given(names, st.lists(st.tuples(positions, st.binary(max_size=3)), min_size=1, max_size=4))
def test_bytes_replaced(name, edits):
    content = bytearray(FILES[name])
    for position, new in edits:
        at = int(position * len(content))
        content[at : at + 1] = new
    outcome(FILES | {name: bytes(content)})


@QUICK
@given(names, positions)
def test_truncated(name, position):
    outcome(FILES | {name: FILES[name][: int(position * len(FILES[name]))]})


@QUICK
@given(names, st.integers(0, 10**6))
def test_lines_dropped_doubled_and_swapped(name, seed):
    chance = random.Random(seed)
    lines = FILES[name].splitlines(keepends=True)
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    edit = chance.choice(["drop", "double", "swap"])
    if edit == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    lines[at : at + 1] = {"drop": [], "double": [lines[at]] * 2, "swap": [lines[at]]}[edit]
    outcome(FILES | {name: b"".join(lines)})


CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            *("0", "-1", "nan", "1e309", "9" * 400, "2025-02-30", "0000-00-00", "9999-12-31", "30%"),
            *("dprk.", ".", "|", "a:b", "dprk.killed:0.5|dprk.killed:0.5", "dprk.strength"),
            "dprk.killed" + " + dprk.wounded" * 50,
        ]
    ),
)


@QUICK
@given(st.sampled_from(COLUMNS), st.integers(0, 5), CELLS)
def test_cells_replaced(column, row, cell):
    rows = list(csv.reader(io.StringIO(FILES["claims.csv"].decode())))
    if column not in rows[0]:  # nobody needs to have it
        rows = [[*cells, column if place == 0 else ""] for place, cells in enumerate(rows)]
    rows[row + 1][rows[0].index(column)] = cell.replace("\0", "")
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    outcome(FILES | {"claims.csv": text.getvalue().encode("utf-8", "surrogatepass")})


SCALARS = [
    "true",
    "0",
    "-1",
    "nan",
    "inf",
    "1e400",
    "9" * 30,
    '""',
    '"x"',
    "2025-01-01",
    "1979-05-27T07:32:00Z",
]
VALUES = [
    *SCALARS,
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "[1, 'a']",
    "{ a = 1 }",
    "{ median = 1 }",
    "[2025-01-01, 2024-01-01]",
]


@QUICK
@given(st.sampled_from(["case.toml", "scenarios.toml"]), positions, st.sampled_from(VALUES))
def test_toml_values_replaced(name, position, value):
    text = FILES[name].decode()
    assigned = list(re.finditer(r"(?<== )[^=\n{}]+?(?=[,}\n])", text))
    found = assigned[int(position * len(assigned))]
    outcome(FILES | {name: (text[: found.start()] + value + text[found.end() :]).encode()})


@QUICK
@given(st.sampled_from(["case.toml", "scenarios.toml"]), positions, st.sampled_from(VALUES))
def test_toml_tables_replaced(name, position, value):
    """A whole table, at any depth, becomes something else."""
    text = FILES[name].decode()
    headers = list(re.finditer(r"^\[(.+)\]$", text, re.MULTILINE))
    found = headers[int(position * len(headers))]
    below = re.compile(rf"^\[{re.escape(found[1])}[.\]].*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
    changed = f"{found[1]} = {value}\n" + below.sub("", text)
    outcome(FILES | {name: changed.encode()})


def test_toml_that_is_hostile():
    for text in (
        "[" * 5000,
        "a = " + "[" * 5000,
        "a = " + "9" * 5000,
        "a = " + "{a=" * 900 + "1" + "}" * 900,
    ):
        outcome(FILES | {"case.toml": text.encode()})
    deep = "[assumptions." + ".".join("a" * 400) + "]\nx = 1\n"
    assert tomllib.loads(deep)
    outcome(FILES | {"case.toml": FILES["case.toml"].replace(b"[assumptions]", deep.encode())})
