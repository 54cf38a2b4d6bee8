"""Releases: what shifts traffic, and what puts it back when nobody is left to do it."""
