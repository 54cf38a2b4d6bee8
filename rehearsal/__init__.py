"""The local cloud: AWS's control plane on one machine, made to move."""
