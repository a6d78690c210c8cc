"""One page about a run that needs nothing else, and the same as Markdown, LaTeX and CSV."""
