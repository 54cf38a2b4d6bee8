"""Services that stand although the environment's list of services has them no longer."""
