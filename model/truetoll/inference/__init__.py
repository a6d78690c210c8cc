"""What it implies: the only floor that knows PyMC."""
