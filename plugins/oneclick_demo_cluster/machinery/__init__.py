"""What an API server does with an object: storage, versions, merging, defaults, checks. No sockets, no threads."""
