"""Projects, deployments and rollouts on Kubernetes."""
