"""Draws of the posterior: the machine, and whether what it made is a result."""
