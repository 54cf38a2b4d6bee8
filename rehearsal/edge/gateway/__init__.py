"""API Gateway with a data plane: HTTP and REST APIs that carry requests to load balancers, in the edge process."""
