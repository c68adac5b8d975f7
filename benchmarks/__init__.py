"""Measurements side by side: the toolkit against something bare that does the same, in one run. See README.md."""
