"""WHAT A CASE IMPLIES: names become arrays, and arrays the model."""
