"""What is the answer under each of many assumption sets? Results on disk, resumable."""
