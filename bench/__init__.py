"""Measurements: every figure the documentation quotes is printed by a command here."""
