"""Experiments that disturb an environment on purpose, and what they find."""
