"""A case whose every text tries to break out of a page, or to upset it."""

import csv
import io

from truetoll.claims.reading import read_case

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
END = "</script><script>alert(3)</script><!-- ]]> {{ 7 * 7 }} {% raw %}"
QUOTES = "\"'`onmouseover=alert(4)//' \" ></style></bdi></title>"
BACKWARDS = "\u202egnorw\u202c \u05d0\u05d1\u05d2 \u200f\u2067\u2066"
LONG = "A note that goes on. <b>bold</b> " * 3_200
WIDE = "x" * 3_000
TEXTS = (SCRIPT, END, QUOTES, BACKWARDS)

TOML = """
[case]
title = '''{title}'''
description = '''{text}'''
bins = [2024-01-01, 2024-03-01, 2024-07-01]

[forces.north]
name = '''{text}'''
victims = "military"
outcomes = ["killed", "wounded"]
total = {{ median = 1_000, low = 100, high = 10_000 }}
thresholds = {{ killed = [500] }}

[sources.ministry]
name = '''{name}'''
grade = "C"
relations = {{ north = "adversary" }}
reason = '''{text}'''
url = "javascript:alert(5)"

[sources.monitor]
name = '''{wide}'''
grade = "B"
relations = {{ north = "observer_ngo" }}
"""
COLUMNS = (
    "id",
    "source",
    "reported",
    "losses",
    "figure",
    "since",
    "as_of",
    "origin",
    "credibility",
    "quote",
    "url",
    "note",
)
ROWS = (
    (
        "a",
        "ministry",
        "2024-07-02",
        "north.killed",
        "about 2,700",
        "",
        "2024-07-01",
        f"o {SCRIPT}",
        "3",
        END,
        "javascript:alert(6)",
        LONG,
    ),
    (
        "b",
        "monitor",
        "2024-07-03",
        "north.killed",
        "at least 800",
        "",
        "2024-07-01",
        "",
        "2",
        BACKWARDS,
        "https://example.org/?a=1&b=\"'<x>",
        QUOTES,
    ),
    (
        "c",
        "monitor",
        "2024-07-03",
        "north.wounded",
        "3,000",
        "",
        "2024-07-01",
        "",
        "2",
        QUOTES,
        " data:text/html,<script>alert(7)</script>",
        WIDE,
    ),
    (
        "d",
        "ministry",
        "2024-07-03",
        "north.killed:0.7 | north.casualties:0.3",
        "2,000-3,000",
        "",
        "2024-07-01",
        "",
        "3",
        SCRIPT,
        "//example.org",
        END,
    ),
)


def case(folder):
    text = " ".join(TEXTS)
    toml = TOML.format(title=f"{SCRIPT} {END}", text=text, name=f"{END} {BACKWARDS}", wide=WIDE)
    sheet = io.StringIO()
    csv.writer(sheet).writerows((COLUMNS, *ROWS))
    (folder / "case.toml").write_text(toml, encoding="utf-8")
    (folder / "claims.csv").write_text(sheet.getvalue(), encoding="utf-8")
    return read_case(folder)
