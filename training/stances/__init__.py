"""The stance network: how the actors of a sentence lean toward each other, read on from the middle of the shipped encoder."""
