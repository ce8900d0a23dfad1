"""The HTTP side: routes, discovery, verbs, watches and log streams."""
