"""API Gateway with a data plane: HTTP APIs that carry requests to load balancers, in the edge process."""
