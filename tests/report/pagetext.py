"""The text of a page: what the program says, and what stands in it from the case."""

from html.parser import HTMLParser

SILENT = {"script", "style"}
QUOTED = {"bdi", "pre", "code"}
"""Elements that hold text of the case, or commands."""
SPOKEN = ("aria-label", "alt", "title")


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.above, self.own, self.quoted = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "input", "br", "link"):
            self.above.append(tag)
        self.own += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        while self.above and self.above.pop() != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not SILENT & set(self.above):
            (self.quoted if QUOTED & set(self.above) else self.own).append(data)


def spoken(html):
    """Everything that is said or read aloud in the program's own words."""
    reader = _Reader()
    reader.feed(html)
    return reader.own
