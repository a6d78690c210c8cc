"""The view in JupyterLab itself: a notebook is run in a browser, a source is moved, and the next cell has it."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

PACKAGE = Path(__file__).parents[2] / "model"
CELLS = (
    "import truetoll as tt, xarray as xr\ntree = xr.open_datatree('posterior.nc').load()\n"
    "view = tt.explore(tree, language='en')\nview",
    "print('moved', view.trust, view.scenario['sources'], round(view.answer.now.median))",
)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def lab(tmp_path, kursk_fit):
    """Address of a JupyterLab on this machine, in a folder with a run and a notebook about it."""
    if not os.environ.get("CI"):
        pytest.importorskip("jupyterlab", reason="uv run --group lab pytest -m long")
    kursk_fit.to_netcdf(tmp_path / "posterior.nc", engine="h5netcdf")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=about), tmp_path / "view.ipynb")
    port, token = free_port(), secrets.token_hex(8)
    settings = {"ServerApp.port": port, "IdentityProvider.token": token, "ServerApp.open_browser": False}
    settings |= {"ServerApp.root_dir": tmp_path, "ServerApp.allow_root": True}
    settings["LabApp.check_for_updates_class"] = "jupyterlab.NeverCheckForUpdate"
    words = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", *(f"--{k}={v}" for k, v in settings.items())]
    own = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    path = os.pathsep.join(filter(None, (str(PACKAGE), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, **own, "PYTHONPATH": path, "IPYTHONDIR": str(tmp_path / "ipython")}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(words, env=environment, stdout=log, stderr=log, cwd=tmp_path)
    try:
        _answers(f"http://127.0.0.1:{port}/api/status?token={token}", server, tmp_path / "log")
        yield f"http://127.0.0.1:{port}/lab/tree/view.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(30)


def _answers(url, server, log, seconds=90):
    end = time.monotonic() + seconds
    while True:
        assert server.poll() is None and time.monotonic() < end, log.read_text(encoding="utf-8")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)


@pytest.mark.long
def test_a_source_that_is_moved_in_jupyterlab_is_moved_in_python(lab, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(240_000)  # on a busy machine, where a kernel imports for a minute
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(lab)
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.nth(1).wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()  # before it, what is run is forgotten
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    inside = page.frame_locator(".truetoll-view iframe")
    slider = inside.locator("#trust-1")
    slider.wait_for()
    assert not page.locator(".truetoll-rest").is_visible()  # it stands for the view where there is none
    assert not page.locator(".truetoll-gone").is_visible()
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    assert cells.count() == 2 and slider.input_value() == "0.5"  # keys of the view are no keys of the notebook
    inside.locator("#refit details").wait_for()
    page.wait_for_timeout(1500)  # until it is told: sliders rest for less than half a second before
    shown = inside.locator(".pinned .median").inner_text()
    cells.nth(1).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    said = cells.nth(1).locator(".jp-OutputArea-output pre")
    said.wait_for()
    told = said.inner_text()
    assert "{'western_officials': 0.5} {'western_officials': {'trust': 0.5}}" in told
    assert f"{float(f'{int(told.split()[-1]):.2g}'):,.0f}" == shown
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Shut Down Kernel", exact=True).click()
    page.get_by_text("No Kernel").first.wait_for()
    slider.fill("0.6")
    page.locator(".truetoll-gone").wait_for(state="visible")
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "blob:", "data:"))]
    context.close()
