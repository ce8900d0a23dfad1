"""One-Click: container images into production on Kubernetes."""
