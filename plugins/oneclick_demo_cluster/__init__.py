"""A stand-in for a Kubernetes API server, for a first look without a cluster."""
