"""Which assumption moved the answer? Parts of a scenario, and every assumption alone at its plausible ends."""
