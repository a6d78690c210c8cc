"""Cases of the tests: small folders, written, then read as an analyst's would be."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from truetoll.claims.reading import read_case
from truetoll.claims.schema import Case
from truetoll.model.tables import Tables, build_tables

HEADER = "id,source,reported,losses,figure,since,as_of,origin,bulletin,credibility,quote,url,note"


def make_case(folder: Path, toml: str, claims: Iterable[str]) -> Case:
    """Write a folder and read it.

    A claim: ``id | source | losses | figure | since | as_of | origin | credibility [| bulletin]``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(toml, encoding="utf-8")
    rows = "\n".join(map(_row, claims))
    (folder / "claims.csv").write_text(f"{HEADER}\n{rows}\n", encoding="utf-8")
    return read_case(folder)


def _row(claim: str) -> str:
    # A line takes ";" between columns: "|" separates the readings of a claim.
    parts = [part.strip() for part in claim.split(";")]
    name, source, losses, figure, since, as_of, origin, credibility, bulletin = (*parts, "")[:9]
    return f'{name},{source},,{losses},"{figure}",{since},{as_of},{origin},{bulletin},{credibility},,,'


EVERYTHING = """
[case]
title = "All that the schema allows"
bins = [2024-01-01, 2024-03-01, 2024-06-01, 2024-07-01]
activity = [1.0, 0.0, 0.4]
profile_sd = 0.4

[forces.north]
victims = "military"
outcomes = ["killed", "wounded", "captured", "missing"]
sums = { irrecoverable = ["killed", "missing"] }
rate = { median = 0.25, low = 0.05, high = 0.7 }
captured_share = { median = 0.02, low = 0.002, high = 0.1 }
missing_share = { median = 0.05, low = 0.01, high = 0.3 }
profile_sd = [0.2, 0.9, 0.5]
[[forces.north.contingents]]
since = 2024-01-01
strength = { median = 8_000, low = 5_000, high = 20_000 }
[[forces.north.contingents]]
since = 2024-02-10
strength = { median = 3_000, low = 2_000, high = 4_000 }
[[forces.north.contingents]]
since = 2024-06-01
strength = { median = 1_000, low = 900, high = 1_500 }

[forces.guard]
victims = "military"
outcomes = ["killed", "wounded"]
strength = { median = 600, low = 500, high = 900 }
rate = { median = 0.5, low = 0.3, high = 0.9 }
activity = [1.0, 1.0, 1.0]

[forces.south]
victims = "military"
outcomes = ["killed", "wounded", "missing"]
total = { median = 9_000, low = 2_000, high = 30_000 }
missing_share = { median = 0.1, low = 0.05, high = 0.2 }
wounded_per_killed = { median = 2.0, low = 1.5, high = 4.0 }
counts = { tanks = { median = 150, low = 50, high = 300 } }

[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = { median = 200, low = 20, high = 3_000 }

[sources.ministry]
grade = "B"
relations = { north = "own_side", south = "adversary", guard = "own_side" }
bias.south = { mu = 0.5, tau = 0.2, shared = 0.5, slant = 0.1 }

[sources.rival]
grade = "C"
relations = { north = "adversary", south = "own_side", town = "own_side", guard = "adversary" }
bias.town = { tau = 0.9 }

[sources.ngo]
grade = "A"
relations = { town = "observer_ngo", south = "observer_ngo", north = "observer_ngo" }

[sources.paper]
grade = "F"
relations = { north = "media", town = "media", guard = "media" }

[assumptions]
origin.rho = 0.5
hedge.up_to = 0.4
bound.sd = 0.08
"""

EVERYTHING_CLAIMS = (
    "exact; rival; north.killed; exactly 2,714; 2024-01-01; 2024-05-01; ; 2",
    "about; ministry; north.wounded; about 1,500; 2024-01-01; 2024-03-01; ; 3",
    "vague; paper; north.missing; hundreds; 2024-01-20; 2024-06-15; brief; 5",
    "nearly; paper; north.captured; nearly 90; 2024-01-01; 2024-07-01; brief; 6",
    "least; rival; north.casualties; at least 3,000; 2024-01-01; 2024-07-01; ; 4",
    "more; ministry; south.killed; more than 2,300; 2024-02-01; 2024-07-01; staff; 1",
    "upto; ministry; south.casualties; up to 12,000; 2024-01-01; 2024-07-01; staff; 3",
    "most; rival; south.killed + south.missing; at most 2,000; 2024-01-01; 2024-07-01; ; 2",
    "fewer; ngo; town.killed; no fewer than 150; 2024-01-01; 2024-07-01; ; 2",
    "names; ngo; town.killed; 130 names; 2024-01-01; 2024-07-01; ; ",
    "camp; ngo; north.captured; capacity 500; 2024-01-01; 2024-07-01; ; ",
    "share; paper; north.casualties; 30-50%; 2024-01-01; 2024-06-01; ; 3",
    "upshare; rival; north.killed; up to 20%; 2024-01-01; 2024-07-01; ; 3",
    "sent; ministry; north.strength; about 11,000; 2024-01-01; 2024-04-01; ; 2",
    "sent-more; rival; north.strength; more than 9,000; 2024-01-01; 2024-07-01; ; 2",
    "both; rival; north.killed + guard.killed:0.6 | north.casualties + guard.casualties:0.4; 4,000;"
    " 2024-01-15; 2024-05-20; both; 3",
    "both-again; rival; north.killed + guard.killed:0.6 | north.casualties + guard.casualties:0.4; 4,000;"
    " 2024-01-15; 2024-05-20; both; 3",
    "tanks; ministry; south.tanks; 200; 2024-01-01; 2024-07-01; staff; 3",
    "lost; ministry; north.irrecoverable; 1,200; 2024-01-01; 2024-07-01; lone; 1",
    "guard; paper; guard.killed:0.7 | guard.casualties:0.3; up to 300; 2024-01-01; 2024-07-01; brief; 4",
    "guard-strength; paper; guard.strength; 700; 2024-01-01; 2024-07-01; ; 2",
    "town; paper; town.killed; thousands; 2024-01-01; 2024-07-01; ; 5",
    "study; ngo; town.killed; 300 (95% CI 190-400); 2024-01-01; 2024-06-01; ; 3",
    "ratio; rival; north.killed / south.killed; 3 to 1; 2024-01-20; 2024-06-15; ; 3",
    "part; paper; town.killed / (town.killed + north.killed); 5-10%; 2024-01-01; 2024-05-10; ; 4",
    "each; ministry; north.wounded / north.killed:0.7 | north.wounded / north.irrecoverable:0.3;"
    " at least 2.5 times as many; 2024-01-01; 2024-07-01; staff; 2",
    "ratio-study; ngo; south.wounded / south.killed; 2.8 (95% CI 2.1-3.5); 2024-01-01; 2024-07-01; ; 3",
    "part-study; ngo; south.killed / south.casualties; 24% (90% CI 20-30%); 2024-01-01; 2024-07-01; ; 3",
    "sent-ratio; rival; north.strength / guard.strength; up to 20 to 1; 2024-01-01; 2024-07-01; ; 2",
    "months; rival; north.killed / north.killed [2024-01-15..2024-03-20]; half as many; 2024-06-01; 2024-07-01; ; 3",
    "early; ministry; south.killed / south.casualties [2024-01-01..2024-07-01]; 10-15% in January;"
    " 2024-01-10; 2024-02-20; staff; 3",
    "sent-since; rival; north.strength / north.strength [2024-01-01..2024-02-01]; 1.2; 2024-01-01; 2024-07-01; ; 3",
    "study-both; paper; north.killed:0.8 | north.casualties:0.2; 2,000 (SE 150); 2024-01-01; 2024-06-01; brief; 3",
)

SKIRMISH = """
[case]
title = "One force, two voices"
bins = {bins}

[forces.north]
victims = "military"
outcomes = ["killed", "wounded"]
strength = {{ median = 9_000, low = 6_000, high = 15_000 }}
rate = {{ median = 0.2, low = 0.06, high = 0.5 }}

[sources.own]
grade = "B"
relations = {{ north = "own_side" }}

[sources.foe]
grade = "C"
relations = {{ north = "adversary" }}
"""
ONE_BIN, TWO_BINS = "[2024-01-01, 2024-07-01]", "[2024-01-01, 2024-02-01, 2024-07-01]"
SKIRMISH_CLAIMS = tuple(
    claim.replace("ALL", "2024-01-01; 2024-07-01")
    for claim in (
        "killed; own; north.killed; about 300; ALL; briefing; 2",
        "wounded; own; north.wounded; 900; ALL; briefing; 3",
        "least; own; north.killed:0.7 | north.casualties:0.3; at least 400; ALL; ; 4",
        "share; foe; north.casualties; 20-40%; ALL; ; 3",
        "upto; foe; north.casualties; up to 4,000; ALL; ; 3",
        "names; own; north.killed; 150 names; ALL; ; ",
    )
)

# No persons at all: a force of which only things are asked, some of them a sum.
THINGS = """
[case]
title = "Armour"
bins = [2024-01-01, 2024-02-01, 2024-07-01]

[forces.north]
victims = "military"
counts = { tanks = { median = 150, low = 20, high = 900 }, ifvs = { median = 300, low = 40, high = 2_000 } }
sums = { armour = ["tanks", "ifvs"] }
thresholds = { armour = [500] }

[sources.own]
grade = "B"
relations = { north = "own_side" }

[sources.foe]
grade = "C"
relations = { north = "adversary" }
"""
THINGS_CLAIMS = (
    "few; own; north.tanks; about 60; 2024-01-01; 2024-02-01; ; 2",
    "more; foe; north.armour; more than 700; 2024-01-01; 2024-07-01; ; 3",
    "both; foe; north.tanks + north.ifvs; up to 800; 2024-01-01; 2024-07-01; ; 3",
    "either; own; north.tanks:0.5 | north.armour:0.5; 200; 2024-01-01; 2024-07-01; ; 2",
)

# Forces stated relative to another: to one with a strength, to one with a total, and a chain that is told from its end.
SCOPES = """
[case]
title = "Scopes"
bins = [2024-01-01, 2024-02-01, 2024-07-01]

[forces.proxies]
victims = "military"
outcomes = ["killed", "wounded"]
ratio = { to = "others", median = 0.5, low = 0.2, high = 0.9 }

[forces.army]
victims = "military"
outcomes = ["killed", "wounded"]
rate = { median = 0.2, low = 0.06, high = 0.5 }
[[forces.army.contingents]]
since = 2024-01-01
strength = { median = 9_000, low = 6_000, high = 15_000 }
[[forces.army.contingents]]
since = 2024-02-01
strength = { median = 900, low = 600, high = 1_500 }

[forces.others]
victims = "military"
outcomes = ["killed", "wounded", "missing"]
missing_share = { median = 0.1, low = 0.05, high = 0.2 }
counts = { tanks = { median = 150, low = 20, high = 900 } }
ratio = { to = "army", median = 0.25, low = 0.1, high = 1.2 }

[forces.direct]
victims = "civilian"
outcomes = ["killed"]
total = { median = 900, low = 80, high = 20_000 }

[forces.indirect]
victims = "civilian"
outcomes = ["killed"]
ratio = { to = "direct", median = 0.25, low = 0.1, high = 0.6 }

[totals]
dead = "direct + indirect"
soldiers = "army + others + proxies"

[sources.own]
grade = "B"
relations = { army = "own_side", others = "own_side", proxies = "own_side", direct = "own_side", indirect = "own_side" }

[sources.foe]
grade = "C"
relations = { army = "adversary", others = "media", proxies = "adversary", direct = "adversary", indirect = "media" }
"""
SCOPES_CLAIMS = (
    "army; own; army.killed; about 600; 2024-01-01; 2024-02-01; ; 2",
    "all; foe; soldiers.killed; more than 2,000; 2024-01-01; 2024-07-01; ; 3",
    "proxies; foe; proxies.casualties; up to 800; 2024-01-01; 2024-07-01; ; 3",
    "others; own; others.missing:0.5 | others.casualties:0.5; 200; 2024-01-01; 2024-07-01; ; 2",
    "tanks; own; others.tanks; 120; 2024-01-01; 2024-07-01; ; 2",
    "sent; own; army.strength; about 9,000; 2024-01-01; 2024-07-01; ; 2",
    "dead; foe; dead.killed; 1,500; 2024-01-01; 2024-07-01; wire; 3",
    "direct; foe; direct.killed; 1,100; 2024-01-01; 2024-03-01; wire; 3",
    "part; own; indirect.killed / dead.killed; about 30%; 2024-01-01; 2024-07-01; ; 3",
)

# Every form, a share, readings and a shared origin; nothing that only makes it slow.
ALL_FORMS = (
    SKIRMISH
    + """
[sources.register]
relations = {{ north = "observer_ngo" }}
completeness = {{ median = 0.4, low = 0.2, high = 0.6, reason = "made up" }}
"""
)
ALL_FORMS_CLAIMS = (
    *SKIRMISH_CLAIMS,
    "register; register; north.killed; 300 names; 2024-01-01; 2024-07-01; ; 3",
    "most; foe; north.wounded; at most 3,000; 2024-01-01; 2024-07-01; ; 2",
    "fewer; own; north.casualties; no fewer than 900; 2024-01-01; 2024-07-01; ; 3",
    "beds; own; north.wounded; capacity 4,000; 2024-01-01; 2024-07-01; ; ",
    "study; foe; north.killed; 800 (95% CI 550-950); 2024-01-01; 2024-07-01; ; 3",
    "fewer-than; own; north.killed; fewer than 1,100; 2024-01-01; 2024-07-01; ; 3",
    "none; foe; north.wounded; no losses; 2024-01-01; 2024-01-03; ; 3",
    "ratio; foe; north.wounded / north.killed; 3 to 1; 2024-01-01; 2024-07-01; ; 3",
    "part; own; north.killed / north.casualties; about 30%; 2024-01-01; 2024-07-01; ; 3",
)

# Totals of log sd 9.8: flat. No spread of noise, every claim sound, figures exact: a linear model of normals.
CHORUS = """
[case]
title = "Five like sources, and a pair of figures"
bins = [2024-01-01, 2024-12-31]

[forces.north]
victims = "military"
outcomes = ["killed"]
total = { median = 1_000, low = 1e-4, high = 1e10 }

[forces.east]
victims = "military"
outcomes = ["killed", "wounded"]
total = { median = 1_000, low = 1e-4, high = 1e10 }
"""


def voices(grades: str = "CCCCC", relations: str = "third_party_state " * 5) -> str:
    """Write the five sources, each with its grade and relation."""
    return "".join(
        f'[sources.{name}]\ngrade = "{grade}"\nrelations = {{ north = "{relation}", east = "analyst" }}\n'
        for name, grade, relation in zip("abcde", grades, relations.split(), strict=True)
    )


CHORUS += voices()
IN_COMMON = "shared.military = { kappa0 = 0.15, kappa = 0.15 }\n"
KNOWN_BIAS = """
[assumptions]
bias.military.third_party_state = { mu = 0.15, tau = 0.4 }
"""
"""Of the chorus, with `IN_COMMON`: closed forms are not to move with what history tells of sources."""
LINEAR = f"""{KNOWN_BIAS}noise.log_sd = 0.0
disagreement.log_sd = 0.0
soundness.credibility = {{ 1 = 1.0, 2 = 1.0, 3 = 1.0, 4 = 1.0, 5 = 1.0, 6 = 1.0 }}
"""
CHORUS_CLAIMS = tuple(
    claim.replace("FROM", "2024-01-01").replace("ALL", "2024-01-01; 2024-12-31")
    for claim in (
        "a; a; north.killed; exactly 1,203; ALL; wire; 1",
        "b; b; north.killed; exactly 2,411; ALL; ; 1",
        "c; c; north.killed; exactly 1,789; ALL; ; 1",
        "d; d; north.killed; exactly 1,555; ALL; ; 1",
        "e; e; north.killed; exactly 3,007; ALL; ; 1",
        "a2; a; north.killed; exactly 1,403; FROM; 2024-12-30; wire; 1",
        "a3; a; north.killed; exactly 1,103; FROM; 2024-12-29; wire; 1",
        "a4; a; north.killed; exactly 1,303; FROM; 2024-12-28; wire; 1",
        "few; e; east.killed; exactly 300; ALL; pair; 1",
        "many; e; east.wounded; exactly 2,700; ALL; pair; 1",
        "names; b; north.killed; 3,000 names; ALL; ; ",
    )
)
FLAT = "{ median = 1_000, low = 1e-4, high = 1e10 }"


def lone(
    folder: Path, used: set[str], total: str = FLAT, assumptions: str = LINEAR + IN_COMMON, sources: str = "", **data
) -> Tables:
    """Tables of the chorus in which only the claims named in `used` have weight.

    `total` replaces the prior of the north, `sources` the five sources, `data` single arrays.
    """
    toml = CHORUS.replace(FLAT, total, 1)
    toml = toml[: toml.index("[sources.a]")] + sources if sources else toml
    case = make_case(folder, toml + assumptions, CHORUS_CLAIMS)
    tables = build_tables(case)
    intervals = [claim.id for claim in case.claims if claim.figure.form == "interval"]
    weights = {
        "interval_weight": np.array([float(name in used) for name in intervals]),
        "bound_weight": np.array([float("names" in used)]),
    }
    return dataclasses.replace(tables, data=tables.data | weights | data)
