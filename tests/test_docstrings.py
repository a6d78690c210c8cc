"""Every public name says what it takes, gives and raises, and its example runs as it stands."""

import doctest
import inspect
import os
from pathlib import Path

import griffe
import pytest

import truetoll as tt

ROOT = Path(__file__).parents[1]
NAMES = [name for name in tt.__all__ if name != "__version__"]
ASKED = {"parameters", "returns", "raises", "attributes"}
NOT_ASKED = {"self", "cls"}
NEEDS = {"explore": "anywidget"}
"""Names that need what an extra installs: CI has it."""


def sections(text):
    """Sections of a numpydoc docstring by kind."""
    parsed = griffe.Docstring(inspect.cleandoc(text), lineno=1).parse("numpy", warnings=False)
    return {section.kind.value: section.value for section in parsed}


def unsaid(owner, text):
    """Whatever of a docstring has a type and no sentence."""
    told = {kind: entries for kind, entries in sections(text).items() if kind in ASKED}
    for kind, entries in told.items():
        yield from (f"{owner}: {getattr(e, 'name', '') or kind}" for e in entries if not e.description.strip())


def unnamed(owner, function, text):
    """Parameters in the signature that the docstring passes over."""
    told = {one.strip(" *") for p in sections(text).get("parameters", ()) for one in p.name.split(",")}
    yield from (f"{owner}: {name}" for name in inspect.signature(function).parameters if name not in told | NOT_ASKED)


def members(cls):
    """Public methods and properties that a class of ours defines itself."""
    for name, member in vars(cls).items():
        if not name.startswith("_") and (isinstance(member, property) or inspect.isfunction(member)):
            yield f"{cls.__name__}.{name}", member


def test_there_are_public_names():
    assert len(NAMES) > 10


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_has_a_sentence(name):
    public = getattr(tt, name)
    assert not [*unnamed(name, public, public.__doc__), *unsaid(name, public.__doc__)]


@pytest.mark.parametrize("name", [name for name in NAMES if inspect.isclass(getattr(tt, name))])
def test_every_method_says_all_or_one_line(name):
    missing = []
    for owner, member in members(getattr(tt, name)):
        text = member.__doc__
        assert text, owner
        if "\n" in text.strip():
            missing += unsaid(owner, text)
            missing += unnamed(owner, member, text) if inspect.isfunction(member) else ()
    assert not missing


@pytest.mark.parametrize("name", [name for name in NAMES if inspect.isfunction(getattr(tt, name))])
def test_every_function_says_what_it_gives(name):
    assert "returns" in sections(getattr(tt, name).__doc__)


def test_a_parameter_without_a_sentence_is_found():
    def call(case, settings, draws):
        """Do it.

        Parameters
        ----------
        case : Case
        settings : Settings
            How.

        Returns
        -------
        Case
        """

    assert list(unsaid("call", call.__doc__)) == ["call: case", "call: returns"]
    assert list(unnamed("call", call, call.__doc__)) == ["call: draws"]


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.long] * (n == "Session")) for n in NAMES])
def test_the_example_runs(name, tmp_path, monkeypatch):
    if name in NEEDS and not os.environ.get("CI"):
        pytest.importorskip(NEEDS[name])
    (tmp_path / "data").symlink_to(ROOT / "data", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    example = doctest.DocTestParser().get_doctest(getattr(tt, name).__doc__, {}, name, None, None)
    assert any("tt." in line.source for line in example.examples), "no example"
    said = []
    failed = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=said.append).failed
    assert not failed, "".join(said)
