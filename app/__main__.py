"""Serve: ``python -m app``."""

from app.server import serve

serve()
