"""Doc -> events, claims and stances, each with its spans."""
