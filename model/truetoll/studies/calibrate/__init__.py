"""Do intervals hold what they say? Simulation-based calibration of one case."""
