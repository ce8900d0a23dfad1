"""Image updates, watched for on RQ."""
