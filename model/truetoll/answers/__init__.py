"""What answers of all questions have in common: intervals, notices, the words they are said in."""
