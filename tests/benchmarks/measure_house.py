"""How large the house is, and how it is cut: of the tree as it stands, and of earlier commits beside it.

    uv run python tests/benchmarks/measure_house.py [COMMIT ...]

Prints a table with a column a tree. Lines of code are those that hold a token that is no docstring and no comment.
Lines that stand twice are runs of at least six consecutive lines of code, whitespace apart, that another place of the
package holds too; imports are left out. A class name stands twice if two modules define it.
"""

import ast
import io
import subprocess
import sys
import tarfile
import tempfile
import tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = 6
_EMPTY = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def docstrings(tree):
    """Lines that docstrings take."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    first = (node.body[0] for node in ast.walk(tree) if isinstance(node, holders) and node.body)
    texts = (node for node in first if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    return {
        line for node in texts if isinstance(node.value.value, str) for line in range(node.lineno, node.end_lineno + 1)
    }


def lines_of(source):
    """Lines of code, lines of docstrings, lines of imports: three sets of line numbers."""
    tree = ast.parse(source)
    said = docstrings(tree)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    held = {n for t in tokens if t.type not in _EMPTY for n in range(t.start[0], t.end[0] + 1)}
    imports = (node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    return held - said, said, {n for node in imports for n in range(node.lineno, node.end_lineno + 1)}


def twice(sources):
    """Places of runs of code that stand elsewhere too: how many lines they are, each counted once."""
    places = {}
    for path, source in sources.items():
        code, _, imports = lines_of(source)
        text = source.splitlines()
        kept = [(n, text[n - 1].strip()) for n in sorted(code - imports)]
        for i in range(len(kept) - RUN + 1):
            run = kept[i : i + RUN]
            places.setdefault(tuple(line for _, line in run), []).append([(path, n) for n, _ in run])
    return len({line for runs in places.values() if len(runs) > 1 for run in runs for line in run})


def measured(root):
    """What one tree comes to, by name."""
    package = root / "model" / "truetoll"
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))}
    tests = [path.read_text(encoding="utf-8") for path in sorted((root / "tests").rglob("*.py"))]
    counts = [lines_of(source) for source in sources.values()]
    code = sum(len(held) for held, _, _ in counts)
    of_tests = sum(len(lines_of(source)[0]) for source in tests)
    folders = Counter(path.parent for path in sources)
    names = Counter(path.name for path in sources if path.name != "__init__.py")
    trees = [ast.parse(source) for source in sources.values()]
    classes = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {
        "modules": len(sources),
        "lines of code": code,
        "of them imports": sum(len(imports) for _, _, imports in counts),
        "lines of docstrings": sum(len(said) for _, said, _ in counts),
        "lines of code in tests": of_tests,
        "tests to code": round(of_tests / code, 2),
        "modules in the fullest folder": max(folders.values()),
        "names of modules that stand twice": sum(n > 1 for n in names.values()),
        "names of classes that stand twice": sum(n > 1 for n in classes.values()),
        f"lines in runs of {RUN} that stand twice": twice(sources),
    }


def of_commit(commit):
    """What the tree of a commit comes to."""
    archive = subprocess.run(["git", "archive", commit, "model", "tests"], cwd=ROOT, capture_output=True, check=True)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
            packed.extractall(folder, filter="data")
        return measured(Path(folder))


def main(commits):
    """Print the table."""
    columns = {commit: of_commit(commit) for commit in commits} | {"now": measured(ROOT)}
    print("| |", " | ".join(columns), "|")
    print("| --- |", " | ".join("---" for _ in columns), "|")
    for name in columns["now"]:
        print(f"| {name} |", " | ".join(f"{found[name]:,}" for found in columns.values()), "|")


if __name__ == "__main__":
    main(sys.argv[1:])
