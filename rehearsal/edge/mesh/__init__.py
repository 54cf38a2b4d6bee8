"""The proxies of ECS Service Connect: one beside each task, in the edge process, for what the task calls."""
