"""What were the losses? One posterior, and everything that may be said of it."""
