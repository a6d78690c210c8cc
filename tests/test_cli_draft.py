"""``draft`` and ``settle``: from an article to a case, with nothing unsettled on the way, and nothing overwritten."""

import json

import pytest

from truetoll.claims.reading import read_case
from truetoll.errors import CaseError

ARTICLE = """Vale, 6 May 2031. The defence ministry of Norvia said on Monday
that 40 of its soldiers were killed since 1 May 2031.
Lutsan officials put Norvian losses at up to 300 killed and wounded.
"""


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def test_a_draft_is_written_and_refused_until_it_is_settled(run, article, tmp_path):
    out = tmp_path / "draft"
    code, said, err = run("draft", article, "--out", out)
    assert code == 0
    assert "40" in said
    assert f"truetoll settle {out}" in err
    code, _, err = run("validate", out)
    assert code == 2
    assert "is not settled: take away the '?'" in err
    with pytest.raises(CaseError):
        read_case(out)


def test_settling_by_editing(run, article, tmp_path):
    out = tmp_path / "draft"
    run("draft", article, "--out", out)
    for name in ("case.toml", "claims.csv"):
        text = (out / name).read_text(encoding="utf-8").replace("? ", "").replace('"?"', '"media"')
        (out / name).write_text(text, encoding="utf-8")
    case = read_case(out)
    assert [claim.text for claim in case.claims] == ["40", "up to 300"]
    assert all(claim.quote for claim in case.claims)


def test_settling_by_answers(run, article, tmp_path, monkeypatch):
    out, settled = tmp_path / "draft", tmp_path / "settled"
    run("draft", article, "--out", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    monkeypatch.setattr("builtins.input", lambda _="": "")
    code, _, err = run("settle", out, "--out", settled)
    assert code == 0, err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert len(read_case(settled).claims) == 2


def test_a_claim_can_be_dropped(run, article, tmp_path, monkeypatch):
    out, settled = tmp_path / "draft", tmp_path / "settled"
    run("draft", article, "--out", out)
    text = (out / "claims.csv").read_text(encoding="utf-8")
    head, first, *rest = text.splitlines()
    line = first.replace(",40,", ",? 40,")
    (out / "claims.csv").write_text("\n".join([head, line, *rest]) + "\n", encoding="utf-8")
    asked = []

    def answer(_=""):
        return "drop" if "figure of" in asked[-1] else ""

    monkeypatch.setattr("truetoll.cli.console.Console.error", lambda _, text: asked.append(text))
    monkeypatch.setattr("builtins.input", answer)
    code, *_ = run("settle", out, "--out", settled)
    assert code == 0
    assert [claim.text for claim in read_case(settled).claims] == ["up to 300"]


def test_nothing_is_overwritten(run, article, tmp_path):
    out = tmp_path / "draft"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    code, _, err = run("draft", article, "--out", out)
    assert (code, [path.name for path in out.iterdir()]) == (2, ["mine.txt"])
    assert "nothing there is touched" in err


def test_json_is_one_document(run, article, tmp_path):
    code, said, _ = run("draft", article, "--out", tmp_path / "draft", "--json")
    found = json.loads(said)
    assert (code, found["ok"], len(found["claims"]), found["as_of"]) == (0, True, 2, "2031-05-06")
    assert found["unsettled"] > 0


def test_without_answers_nothing_is_written(run, article, tmp_path, monkeypatch):
    def ended(_=""):
        raise EOFError

    run("draft", article, "--out", tmp_path / "draft")
    monkeypatch.setattr("builtins.input", ended)
    code, _, err = run("settle", tmp_path / "draft", "--out", tmp_path / "settled")
    assert (code, (tmp_path / "settled").exists()) == (2, False)
    assert "--accept" in err
