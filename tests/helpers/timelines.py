"""A case over time: many bins, a bounded force with a late contingent, counts, two tallies, a voice that drifts."""

from datetime import date, timedelta

START = date(2024, 1, 1)
EDGES = [START + timedelta(days=7 * k) for k in range(27)]


def day(week: float) -> str:
    """ISO date so many weeks after the start."""
    return (START + timedelta(days=round(7 * week))).isoformat()


TIMELINE = f"""
[case]
title = "Half a year, week by week"
bins = [{", ".join(e.isoformat() for e in EDGES)}]

[forces.north]
victims = "military"
outcomes = ["killed", "wounded", "captured"]
rate = {{ median = 0.25, low = 0.05, high = 0.7 }}
captured_share = {{ median = 0.02, low = 0.002, high = 0.1 }}
activity = [{", ".join("0.0" if 10 <= k < 13 else "1.0" for k in range(26))}]
[[forces.north.contingents]]
since = 2024-01-01
strength = {{ median = 8_000, low = 5_000, high = 20_000 }}
[[forces.north.contingents]]
since = 2024-03-10
strength = {{ median = 3_000, low = 2_000, high = 4_000 }}

[forces.south]
victims = "military"
outcomes = ["killed", "wounded"]
total = {{ median = 9_000, low = 2_000, high = 30_000 }}
counts = {{ tanks = {{ median = 150, low = 30, high = 600 }} }}

[sources.ministry]
grade = "B"
relations = {{ north = "adversary", south = "own_side" }}
bias.south = {{ drift = 0.3 }}

[sources.paper]
grade = "C"
relations = {{ north = "media", south = "media" }}

[assumptions]
profile.few = 12
"""
_ROW = "{id}; {source}; {losses}; {figure}; {since}; {as_of}; {origin}; 2; {bulletin}"


def claim(name, source, losses, figure, since, as_of, origin="", bulletin=""):
    """One line of the tests' claims, with a bulletin at its end."""
    return _ROW.format(
        id=name,
        source=source,
        losses=losses,
        figure=figure,
        since=day(since),
        as_of=day(as_of),
        origin=origin,
        bulletin=bulletin,
    )


TIMELINE_CLAIMS = (
    *(
        claim(f"daily{k}", "ministry", "north.casualties", f"{900 + 130 * k:,}", 0, 4 + k, bulletin="daily")
        for k in range(9)
    ),
    *(
        claim(f"tanks{k}", "ministry", "south.tanks", str(60 + 11 * k), 0, w, bulletin="daily")
        for k, w in enumerate((3.5, 5, 5.3, 11, 20))
    ),
    claim("hedged", "ministry", "north.casualties", "more than 2,000", 0, 14, bulletin="daily"),
    claim("week", "paper", "north.killed", "about 60", 7, 8),
    claim("long", "paper", "north.killed + south.killed", "about 900", 2.5, 17.5),
    claim("late", "ministry", "south.killed", "420", 0, 25, origin="staff"),
    claim("later", "ministry", "south.wounded", "1,300", 1, 26, origin="staff"),
    claim("share", "paper", "north.casualties", "20-40%", 0, 22),
    claim("most", "paper", "south.killed", "at most 2,000", 0, 26),
)
