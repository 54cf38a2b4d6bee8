"""The state of an environment in another account or region: found there, copied here, compared."""
