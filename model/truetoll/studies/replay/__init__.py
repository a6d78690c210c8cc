"""How did the answer move as figures came in? A case as known on one day after the other."""
