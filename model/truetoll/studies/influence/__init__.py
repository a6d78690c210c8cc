"""What rests on whom? Without each source and claim, and which are at odds with the rest."""
