"""What was said: figures, sources, cases. No arrays, no PyMC."""
