"""What we may say: a posterior in, tables out."""
