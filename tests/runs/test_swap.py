"""A run takes the place of a run, and of nothing else; what stops half way leaves the old one or the new one."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from truetoll.owners import MARK, PREFIX, Workspace, left_in
from truetoll.runs import swap
from truetoll.runs.errors import RunError
from truetoll.runs.manifest import MANIFEST, read_manifest
from truetoll.runs.swap import adopt, check_names, check_target, current, saving_to

posix = pytest.mark.skipif(sys.platform == "win32", reason="no locks, signals or mounts of this kind")


def write(text):
    def into(folder):
        for name in ("posterior.nc", "summary.csv", "losses.png"):
            (folder / name).write_text(text)

    return into


def save(target, text="new", **how):
    with saving_to(target, **how) as place:
        place.keep(write(text))
    return place


def held(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file() and path.name != MANIFEST}


RUN = dict.fromkeys(("posterior.nc", "summary.csv", "losses.png"))


def is_run(folder, text):
    return held(folder) == dict.fromkeys(RUN, text)


@pytest.fixture
def run(tmp_path):
    """A folder with an older run, alone in its parent."""
    target = tmp_path / "runs" / "k"
    save(target, "old")
    return target


# what is ours -------------------------------------------------------------------------------------------------------


def test_a_run_replaces_a_run_and_nothing_is_left_beside_it(run):
    place = save(run)
    assert (place.path, place.reason) == (run, None)
    assert is_run(run, "new")
    assert list(run.parent.iterdir()) == [run]


def test_the_manifest_holds_every_file_that_was_written(run):
    said = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    assert [each["name"] for each in said["files"]] == sorted(RUN)
    assert all(each["size"] == 3 and len(each["sha256"]) == 64 for each in said["files"])


def put(folder, what):
    """Put somebody's work into a folder."""
    path = folder / what.rstrip("/")
    if what.endswith("/"):
        (path / ".git").mkdir(parents=True)
        (path / ".git" / "config").write_text("theirs")
    elif what.startswith("->"):
        (folder / "link.png").symlink_to(folder.parent)
    else:
        path.write_text("theirs")


THEIRS = [
    *("map.pdf", "photo.png", "a.html", "report-2023.csv", "summary.json", "maps.png/", "site.html/", ".draft.html"),
    *(".git/", "notes.txt", "report.md", "->", f"{PREFIX}notes", f"{PREFIX}mine/"),
]


@pytest.mark.parametrize("what", THEIRS)
def test_what_no_run_wrote_is_refused_whatever_it_is_called(run, what):
    put(run, what)
    before = sorted(run.rglob("*"))
    with pytest.raises(RunError, match="holds what no run wrote") as told, saving_to(run):
        pytest.fail("it went on")
    assert ("link.png" if what == "->" else what) in str(told.value)
    assert "choose another --out" in str(told.value)
    assert sorted(run.rglob("*")) == before and list(run.parent.iterdir()) == [run]


@pytest.mark.parametrize("what", ["map.pdf", "report.html", "posterior.nc", "maps.png/", "->"])
def test_a_folder_without_a_manifest_is_refused(tmp_path, what):
    target = tmp_path / "k"
    target.mkdir()
    put(target, what)
    with pytest.raises(RunError, match=r"without the manifest\.json of a run"):
        check_target(target)


@pytest.mark.parametrize("name", sorted(RUN))
def test_a_file_of_ours_that_was_edited_is_theirs(run, name):
    (run / name).write_text("olD")
    with pytest.raises(RunError, match=rf"{name} \(changed since it was written\)"):
        check_target(run)


def test_a_file_of_ours_that_was_deleted_is_missed_by_nobody(run):
    (run / "losses.png").unlink()
    save(run)
    assert is_run(run, "new")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"kind": "truetoll sweep"}', "[" * 100_000, '{"kind": "truetoll run"}']
)
def test_a_manifest_of_somebody_else_says_nothing(run, text):
    (run / MANIFEST).write_text(text)
    with pytest.raises(RunError, match=MANIFEST):
        check_target(run)


def test_an_empty_folder_will_do(tmp_path):
    (tmp_path / "k").mkdir()
    save(tmp_path / "k")
    assert is_run(tmp_path / "k", "new")


def test_what_the_system_puts_there_is_taken_along(run):
    (run / ".DS_Store").write_text("icons")
    save(run)
    assert held(run).pop(".DS_Store") == "icons"


@posix
def test_a_link_is_refused_and_what_it_leads_to_kept(run):
    link = run.parent / "latest"
    for target in (run, run.parent / "nowhere"):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        with pytest.raises(RunError, match="is a link"):
            check_target(link)
    assert is_run(run, "old")


@posix
def test_the_root_and_the_home_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(RunError, match="your home folder"):
        check_target(tmp_path)
    with pytest.raises(RunError, match="root of the disk"):
        check_target(Path("/"))


# at the last moment -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["note.txt", "maps.png/", "->"])
def test_what_is_put_there_meanwhile_stays_and_the_new_run_too(run, what):
    with saving_to(run) as place:
        put(run, what)
        before = sorted(run.rglob("*"))
        place.keep(write("new"))
        place.add(lambda folder: (folder / "report.html").write_text("page"))
    assert place.path == run.parent / "k-2"
    assert "holds what no run wrote" in str(place.reason)
    assert is_run(run, "old") if what != "note.txt" else held(run)["note.txt"] == "theirs"
    assert sorted(run.rglob("*")) == before
    assert held(place.path).pop("report.html") == "page"


def test_what_slips_in_while_it_is_renamed_is_kept_in_sight(run, monkeypatch):
    def looked(*_, **__):
        (run / "late.txt").write_text("theirs")
        return ""

    monkeypatch.setattr(swap, "refusal", looked)
    save(run)
    assert is_run(run, "new")
    assert held(run.parent / "k-left-2") == {"late.txt": "theirs"}


def test_a_folder_made_meanwhile_is_not_overwritten(tmp_path):
    with saving_to(tmp_path / "k") as place:
        (tmp_path / "k").mkdir()
        (tmp_path / "k" / "thesis.tex").write_text("theirs")
        place.keep(write("new"))
    assert held(tmp_path / "k") == {"thesis.tex": "theirs"}
    assert is_run(tmp_path / "k-2", "new")


def test_what_cannot_be_replaced_is_kept_beside(run, monkeypatch):
    rename = Path.rename

    def broken(self, target):
        if Path(target) == run and self.name == swap.NEW:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", broken)
    place = save(run)
    assert is_run(run, "old") and is_run(run.parent / "k-2", "new")
    assert "could not be replaced (Input/output error)" in str(place.reason)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device"), ValueError("x")])
def test_what_cannot_be_written_leaves_the_old_run_alone(run, error):
    def broken(folder):
        (folder / "posterior.nc").write_text("half")
        raise error

    with pytest.raises(type(error)), saving_to(run) as place:
        place.keep(broken)
    assert is_run(run, "old") and list(run.parent.iterdir()) == [run]


def test_a_place_that_cannot_be_written_fails_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError), saving_to(tmp_path / "file" / "k"):
        pytest.fail("it went on")


# folders that keep their place ----------------------------------------------------------------------------------------


def test_the_folder_somebody_works_in_keeps_its_place(run, monkeypatch):
    monkeypatch.chdir(run)
    inode = run.stat().st_ino
    for target in (Path(), Path("../k")):
        save(target)
        assert is_run(run, "new") and run.stat().st_ino == inode
        assert sorted(held(Path())) == sorted(RUN)  # the shell still stands in it
    (run / "note.txt").write_text("theirs")
    with pytest.raises(RunError, match=r"note\.txt"):
        check_target(Path())


@pytest.fixture
def fixed(run, monkeypatch):
    """The same, where it lies on a disk of its own."""
    monkeypatch.setattr(swap, "_is_mounted", lambda target: target == run)
    return run


def test_a_mount_point_keeps_its_place(fixed):
    (fixed / "lost+found").mkdir()
    inode = fixed.stat().st_ino
    with saving_to(fixed) as place:
        place.keep(write("new"))
        place.add(lambda folder: (folder / "report.html").write_text("page"))
    assert place.path == fixed and fixed.stat().st_ino == inode
    assert held(fixed) == dict.fromkeys(RUN, "new") | {"report.html": "page"}
    assert {path.name for path in fixed.iterdir() if path.is_dir()} == {"lost+found"}
    check_target(fixed)


def test_a_mount_point_with_a_note_put_there_meanwhile(fixed):
    with saving_to(fixed) as place:
        (fixed / "note.txt").write_text("theirs")
        place.keep(write("new"))
    assert held(fixed) == dict.fromkeys(RUN, "old") | {"note.txt": "theirs"}
    assert is_run(place.path, "new")


@pytest.mark.parametrize("number", [swap.errno.EBUSY, swap.errno.EXDEV])
def test_a_mount_point_that_does_not_show(run, monkeypatch, number):
    rename = Path.rename

    def fixed(self, target):
        if self == run:
            raise OSError(number, "no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fixed)
    with saving_to(run) as place:
        place.keep(write("new"))
        place.add(lambda folder: (folder / "report.html").write_text("page"))
    assert (place.path, place.reason) == (run, None)
    assert held(run) == dict.fromkeys(RUN, "new") | {"report.html": "page"}
    assert list(run.parent.iterdir()) == [run] and not any(run.glob(f"{PREFIX}*"))


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount")
def test_a_real_mount_point(run):
    if subprocess.run(["mount", "-t", "tmpfs", "none", run], capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        save(run, "first")
        save(run, "second")
        assert is_run(run, "second") and os.path.ismount(run)
    finally:
        subprocess.run(["umount", run], check=True)


@pytest.mark.parametrize("stop", range(8))
def test_an_exchange_that_stops_anywhere_is_undone(fixed, monkeypatch, stop):
    rename, seen = Path.rename, []

    def stopping(self, target):
        seen.append(self)
        if len(seen) == stop + 1:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    with saving_to(fixed) as place:
        (place._draft.path / "x").write_text("")
        with monkeypatch.context() as m:
            m.setattr(Path, "rename", stopping)
            place.keep(write("new"))
    assert place.reason and is_run(fixed, "old") and is_run(place.path, "new")


# drafts of those that stopped -----------------------------------------------------------------------------------------

WORKER = """\
import os, signal, sys, time
from pathlib import Path
from truetoll.runs import swap
target, stop = Path(sys.argv[1]), sys.argv[2]
if stop.startswith("inside"):
    swap._is_mounted = lambda path: path == target
rename, seen = Path.rename, []
def dying(self, to):
    if stop != "sampling" and target in (self, Path(to), Path(to).parent, self.parent) :
        seen.append(self)
        if len(seen) == int(stop.split("-")[1]):
            os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, to)
def write(folder):
    for name in ("posterior.nc", "summary.csv", "losses.png"):
        (folder / name).write_text("new")
with swap.saving_to(target) as place:
    Path.rename = dying
    if stop == "sampling":
        print("ready", flush=True)
        time.sleep(60)
    place.keep(write)
"""


def worker(target, stop):
    command = [sys.executable, "-c", WORKER, str(target), stop]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if stop == "sampling":
        assert process.stdout.readline() == "ready\n"
    return process


@posix
def test_the_draft_of_a_killed_run_is_cleared_away_and_that_of_a_living_one_is_not(run):
    with worker(run, "sampling") as living, worker(run, "sampling") as dead:
        dead.kill()
        dead.wait()
        (draft,) = [left.path for left in left_in(run.parent) if left.pid == living.pid]
        for path in draft.rglob("*"):
            os.utime(path, (0, 0))
        os.utime(draft, (0, 0))  # whatever the clock says
        save(run)
        assert [left.pid for left in left_in(run.parent)] == [living.pid]
        living.kill()
    save(run)
    assert list(run.parent.iterdir()) == [run]


@posix
@pytest.mark.parametrize("stop", ["beside-1", "beside-2", *(f"inside-{i}" for i in range(1, 9))])
def test_a_run_killed_while_it_replaces_another_leaves_one_of_them_whole(run, stop):
    with worker(run, stop) as process:
        process.wait()
    assert process.returncode == -signal.SIGKILL
    there = {next((place / name).read_text() for place in current(run) if (place / name).exists()) for name in RUN}
    assert there in ({"old"}, {"new"})  # whole, for who reads it meanwhile
    if stop.startswith("inside"):
        with pytest.MonkeyPatch.context() as m:
            m.setattr(swap, "_is_mounted", lambda target: target == run)
            save(run, "last")
    else:
        save(run, "last")
    assert is_run(run, "last")
    assert list(run.parent.iterdir()) == [run]


def test_a_neighbour_that_looks_like_a_draft_is_left_alone(run):
    names = [".k.old-notes", ".k.new-notes", f"{PREFIX}notes", f"{PREFIX}abcdefgh"]
    for name in names:
        put(run.parent, f"{name}/")
    (run.parent / names[-1] / MARK).write_text('{"kind": "mine", "pid": 1}')
    save(run)
    assert {path.name for path in run.parent.iterdir()} == {*names, "k"}
    assert all((run.parent / name / ".git" / "config").read_text() == "theirs" for name in names)


def test_a_draft_of_another_machine_is_told_and_left(run):
    draft = Workspace(run.parent, "k")
    draft.release()
    said = json.loads((draft.path / MARK).read_text(encoding="utf-8"))
    (draft.path / MARK).write_text(json.dumps(said | {"host": "elsewhere", "boot": "another"}))
    place = save(run)
    assert [left.path for left in place.left] == [draft.path]
    assert "on elsewhere" in str(place.left[0])
    assert draft.path.is_dir()


# further files --------------------------------------------------------------------------------------------------------


def test_added_files_are_ours_too(run):
    with saving_to(run) as place:
        place.keep(write("new"))
        place.add(lambda folder: (folder / "report.html").write_text("page"))
    check_target(run)
    save(run)
    assert not (run / "report.html").exists()  # it would be of another run


def test_nothing_is_added_to_another_run(run):
    with saving_to(run) as place:
        place.keep(write("new"))
        save(run, "newer")
        with pytest.raises(RunError, match="another run"):
            place.add(lambda folder: (folder / "report.html").write_text("page"))
    assert is_run(run, "newer")


def test_somebodys_file_of_the_same_name_is_left_alone(tmp_path, run):
    for folder in (tmp_path, run):
        (folder / "report.html").write_text("theirs")
        draft = Workspace(folder, "report.html")
        (draft.folder("more") / "report.html").write_text("ours")
        with pytest.raises(RunError, match="left alone"):
            adopt(draft.path / "more", folder)
        draft.close()
        assert held(folder)["report.html"] == "theirs"


def test_reports_in_a_folder_of_somebody_are_replaced_while_they_are_as_written(tmp_path):
    def report(text):
        draft = Workspace(tmp_path, "a.html")
        (draft.folder("more") / "a.html").write_text(text)
        try:
            adopt(draft.path / "more", tmp_path)
        finally:
            draft.close()

    (tmp_path / "thesis.tex").write_text("theirs")
    report("one")
    report("two")
    assert held(tmp_path) == {"a.html": "two", "thesis.tex": "theirs"}
    assert list(read_manifest(tmp_path).files) == ["a.html"]
    with pytest.raises(RunError, match="no run wrote"):
        check_target(tmp_path)
    (tmp_path / "thesis.tex").unlink()
    with pytest.raises(RunError, match="no run wrote"):
        check_target(tmp_path)  # a folder of reports is no run
    (tmp_path / "a.html").write_text("twO")
    with pytest.raises(RunError, match="left alone"):
        report("three")


def test_a_manifest_is_no_name_for_a_report(tmp_path):
    with pytest.raises(RunError, match="left alone"):
        check_names(tmp_path, [MANIFEST])


# signals --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ctrl_c():
    """Let Ctrl-C interrupt, even if the tests were started in the background, where it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@posix
@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_waits_while_a_run_takes_its_place(run, monkeypatch):
    rename = Path.rename

    def interrupted(self, target):
        if self == run:
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.01)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    told = []
    with pytest.raises(KeyboardInterrupt), saving_to(run, saved=told.append) as place:
        place.keep(write("new"))
    assert told == [run] and is_run(run, "new")
    assert list(run.parent.iterdir()) == [run]
