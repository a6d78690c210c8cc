"""Many refits of one compiled model, on one machine or several, kept as they are done."""
