"""When were they? The same posterior, by bin."""
