"""The README keeps its word: its example is a case, its names exist."""

import re
from pathlib import Path

import truetoll as tt

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    assert found, f"no {language} block"
    return found.group(1)


def test_the_example_case_is_read_without_problems_or_notices(tmp_path):
    (tmp_path / "case.toml").write_text(block("toml"), encoding="utf-8")
    (tmp_path / "claims.csv").write_text(block("csv"), encoding="utf-8")
    case = tt.read_case(tmp_path)
    assert [claim.id for claim in case.claims] == ["own-dead", "enemy-dead", "enemy-all"]
    assert case.notices == ()


def test_the_script_uses_public_names_and_five_lines():
    script = block("python").strip()
    assert set(re.findall(r"tt\.(\w+)", README)) <= set(tt.__all__)
    assert len([line for line in script.splitlines() if line]) <= 5


def test_every_local_link_leads_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
