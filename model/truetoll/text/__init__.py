"""What the program can say: messages, which are codes with values, and all words, a catalogue a language."""
