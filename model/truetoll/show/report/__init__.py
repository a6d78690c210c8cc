"""A report: one page that needs nothing else, in which a reader can question the answer."""
