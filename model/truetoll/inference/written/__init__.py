"""The model once more, as loops: the log density that samplers call, and what is read off their draws."""
