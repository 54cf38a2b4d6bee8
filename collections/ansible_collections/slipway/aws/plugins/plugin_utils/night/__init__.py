"""Environments that sleep outside of working hours."""
