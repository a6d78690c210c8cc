"""The model as loops, with their slopes: what samplers call."""
