"""What if sources are believed otherwise? Scenarios side by side."""
