"""A saved run that was edited, cut or made by somebody else: a plain word and exit code 2, no answer, no traceback.

Each attribute, variable, name and group of a run of every kind is taken away or given another kind of value, in memory;
what HDF5 can do beyond that (links, circles, cuts, declared sizes) is done to files.
"""

import json
import os
import shutil

import h5py
import numpy as np
import pytest
import saved
import xarray as xr

from truetoll.cli import codes
from truetoll.runs.checking import check_tree
from truetoll.runs.errors import SchemaError
from truetoll.runs.folder import load_run

MAKERS = {
    "posterior": saved.fit,
    "comparison": saved.comparison,
    "replay": saved.replay,
    "calibration": saved.calibration,
}
NOT_ASKED_FOR = ("influence", "attribution", "alternatives")
"""Groups that a comparison may lack."""
UNNAMED = ("simulation", "alternative", "part", "side")


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    home = tmp_path_factory.mktemp("saved")
    return {kind: saved.save(make(), home / kind, kind) / saved.NAMES[kind] for kind, make in MAKERS.items()}


def tables(tree):
    """Every group with its variables, by path."""
    return {node.path.strip("/"): node.to_dataset(inherit=False) for node in tree.subtree}


def rebuilt(groups):
    root = groups.get("", xr.Dataset())
    made = xr.DataTree.from_dict({name or "/": table for name, table in groups.items()})
    made.attrs = root.attrs
    return made


def without_attributes(groups):
    for path, table in groups.items():
        for key in table.attrs:
            changed = table.copy()
            changed.attrs = {k: v for k, v in table.attrs.items() if k != key}
            yield f"{path} attribute {key}", groups | {path: changed}


def attributes_of_another_kind(groups):
    for path, table in groups.items():
        for key, was in table.attrs.items():
            for value in (7.5, [1, 2]) if isinstance(was, str) else ("seven", -1.5 if key != "ess_min" else "x"):
                if key in ("rhat_max", "seconds", "seconds_compile", "seconds_sampling") and value == -1.5:
                    continue
                changed = table.copy()
                changed.attrs = table.attrs | {key: value}
                yield f"{path} attribute {key} = {value}", groups | {path: changed}


def without_variables(groups):
    for path, table in groups.items():
        for name in table.variables:
            if name not in UNNAMED:
                yield f"{path}/{name}", groups | {path: table.drop_vars(name)}


def variables_of_another_kind(groups):
    for path, table in groups.items():
        for name, found in table.data_vars.items():
            value = 7.5 if found.dtype.kind in "OUST" else "seven"
            yield (
                f"{path}/{name} of {value}",
                groups | {path: table.assign({name: (found.dims, np.full(found.shape, value))})},
            )
            if found.dims:
                yield (
                    f"{path}/{name} cut",
                    groups | {path: table.assign({name: found.isel({found.dims[0]: 0}, drop=True)})},
                )


def names_of_others(groups):
    for path, table in groups.items():
        for name in ("quantity", "claim", "force", "outcome", "scenario", "date"):
            if name in table.coords:
                strange = [f"strange {i}" for i in range(table.sizes[name])]
                yield f"{path}/{name} strange", groups | {path: table.assign_coords({name: strange})}
                if table.sizes[name] > 1:
                    alike = [str(table[name].values[0])] * table.sizes[name]
                    yield f"{path}/{name} alike", groups | {path: table.assign_coords({name: alike})}


def without_groups(groups):
    for path in groups:
        if path and path not in NOT_ASKED_FOR:
            kept = {name: each for name, each in groups.items() if name != path and not name.startswith(f"{path}/")}
            yield f"group {path}", kept
            yield f"group {path} empty", groups | {path: xr.Dataset()}


WAYS = (
    without_attributes,
    attributes_of_another_kind,
    without_variables,
    variables_of_another_kind,
    names_of_others,
    without_groups,
)


def answered_from(tree):
    """Whether a tree is let pass; anything but the one error of the schema is raised."""
    kind = tree.attrs.get("kind", "fit")
    try:
        check_tree(tree, str(kind))
    except SchemaError as error:
        assert str(error)
        return False
    return True


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", MAKERS)
def test_whatever_is_missing_or_another_is_told(originals, kind, way):
    broken = list(way(tables(load_run(originals[kind]))))
    assert broken or way in (names_of_others,)
    assert [name for name, groups in broken if answered_from(rebuilt(groups))] == []


@pytest.mark.parametrize("name", ["amount", "loss", "bias", "sound"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_draws_that_are_no_numbers_are_told(originals, name, value):
    groups = tables(load_run(originals["posterior"]))
    table = groups["posterior"].copy(deep=True)
    table[name].values.flat[0] = value
    assert not answered_from(rebuilt(groups | {"posterior": table}))


KEPT = ("{", "[]", "{}", "null", '"text"', "[" * 100_000, '{"name": NaN}')


@pytest.mark.parametrize("text", KEPT, ids=range(len(KEPT)))
@pytest.mark.parametrize("kind", MAKERS)
def test_a_case_that_is_none_is_told(originals, kind, text):
    groups = tables(load_run(originals[kind]))
    groups[""].attrs["understood"] = text
    assert not answered_from(rebuilt(groups))


OPTIONAL = {"revises", "bulletin", "credibility", "weight", "set_aside", "h", "quote", "url", "note", "nouns", "cells"}
"""Of a claim: what has a default."""


@pytest.mark.parametrize("kind", MAKERS)
def test_every_part_of_the_case_is_needed(originals, kind):
    groups = tables(load_run(originals[kind]))
    case = json.loads(groups[""].attrs["understood"])
    first = case["claims"][0]
    broken = [{k: v for k, v in case.items() if k != key} for key in case]
    broken += [case | {key: {"x": 1}} for key in case]
    broken += [
        case | {"claims": [{k: v for k, v in first.items() if k != key}, *case["claims"][1:]]}
        for key in first.keys() - OPTIONAL
    ]
    broken += [case | {"claims": [first | {key: {"x": 1}}, *case["claims"][1:]]} for key in first]
    for changed in broken:
        groups[""].attrs["understood"] = json.dumps(changed)
        assert not answered_from(rebuilt(groups)), changed


CONTRADICTIONS = {
    "a source that is not there": lambda case: case["claims"][0].update(source="nobody"),
    "losses that are not there": lambda case: case["claims"][0]["readings"][0]["terms"][0].update(quantity="tanks"),
    "nothing": lambda case: case["claims"][0].update(readings=[]),
    "the bins do not increase": lambda case: case["file"]["case"].update(bins=["2024-01-11", "2024-01-01"]),
    "no date": lambda case: case.update(scenarios={"s": {"since": {"$date": "x"}}}),
}


@pytest.mark.parametrize("told", CONTRADICTIONS)
def test_a_case_that_contradicts_itself_is_told(originals, told):
    groups = tables(load_run(originals["posterior"]))
    case = json.loads(groups[""].attrs["understood"])
    CONTRADICTIONS[told](case)
    groups[""].attrs["understood"] = json.dumps(case)
    with pytest.raises(SchemaError, match=told):
        check_tree(rebuilt(groups), "fit")


def test_what_a_later_version_adds_is_let_pass(originals):
    groups = tables(load_run(originals["posterior"]))
    groups[""].attrs |= {"mood": "good"}
    case = json.loads(groups[""].attrs["understood"]) | {"further": [1]}
    groups[""].attrs["understood"] = json.dumps(case)
    more = groups["constant_data"].assign(further=("claim", np.zeros(groups["constant_data"].sizes["claim"])))
    assert answered_from(rebuilt(groups | {"constant_data": more, "another": xr.Dataset({"x": 1.0})}))


# files ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def refused(run, originals, tmp_path):
    """refused(change) -> what ``show`` and ``report`` say of a changed file, which they must not answer from."""

    def call(change, kind="posterior"):
        path = tmp_path / saved.NAMES[kind]
        shutil.copy(originals[kind], path)
        change(path)
        said = []
        for command in ("show", "report"):
            code, out, err = run(command, path)
            assert (code, out) == (codes.WRONG, ""), err
            assert "Traceback" not in err and "--debug" not in err and str(path) in err
            said.append(err)
        return said[0]

    return call


def edited(edit):
    def change(path):
        with h5py.File(path, "r+") as opened:
            edit(opened)

    return change


def test_whole_runs_are_shown(run, originals):
    for path in originals.values():
        code, out, err = run("show", path)
        assert code == codes.OK and out, err


def test_groups_that_lead_in_a_circle_end(refused):
    def circle(opened):
        opened["posterior/again"] = opened["/"]

    assert "a link that leads back, 'again'" in refused(edited(circle))


def test_links_to_elsewhere_are_not_followed(refused, tmp_path):
    for link in (h5py.SoftLink("/posterior"), h5py.ExternalLink("/etc/hostname", "/"), h5py.SoftLink("/nowhere")):
        told = refused(edited(lambda opened, link=link: opened.__setitem__("elsewhere", link)))
        assert "a link to elsewhere, 'elsewhere'" in told


def test_what_a_file_only_says_it_holds_takes_no_room(refused):
    def huge(opened):
        opened.create_dataset("huge", (10**15,), "f8", chunks=(1000,))

    assert "it says that it holds 8,000,000,000," in refused(edited(huge))


def test_data_in_another_file_are_not_read(refused):
    def outside(opened):
        opened.create_dataset("outside", (1,), "f8", external=[("/etc/hostname", 0, 8)])

    assert "lies in another file" in refused(edited(outside))


@pytest.mark.parametrize("kept", [0, 7, 100, 4096, 0.5, 0.99])
def test_a_file_that_was_cut_is_told(refused, kept):
    def cut(path):
        os.truncate(path, int(kept * path.stat().st_size) if kept < 1 else kept)

    assert "cannot be read as a saved run" in refused(cut)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("posterior/amount", None),
        ("prior", None),
        ("posterior/quantity", None),
        ("/", "understood"),
        ("/", "converged"),
    ],
)
def test_edited_files_are_told(refused, name, key):
    def edit(opened):
        if key is None:
            del opened[name]
        else:
            del opened[name].attrs[key]

    assert refused(edited(edit))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_no_run(run, tmp_path):
    os.mkfifo(tmp_path / "posterior.nc")
    code, _, err = run("show", tmp_path)
    assert code == codes.WRONG and "no saved run" in err
