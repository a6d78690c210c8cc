"""Do intervals hold on wars that were settled later? Scores on past losses, each without its own war."""
