"""Other people's data -> a case folder. Sees the claims floor only."""
