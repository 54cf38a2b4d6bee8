"""Previews of branches: services beside the declared ones, for a while."""
