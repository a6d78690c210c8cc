"""What a fit leaves on disk, and how it is read again."""
