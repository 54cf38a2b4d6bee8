"""Who may call what: identity policies decide about API calls, and what calls need can be recorded."""
