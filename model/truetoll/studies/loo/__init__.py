"""How well do the figures foretell each other? Leave-one-out by origin."""
