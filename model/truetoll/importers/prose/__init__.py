"""Running text -> a draft of a case: rules find loss figures that the grammar reads, and mark what is not sure."""
