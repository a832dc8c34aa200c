"""Turns news articles into a knowledge graph: actors, places, events, claims and stances, each with its evidence."""
