"""Everything that talks to the API server: the connection, the client, and the cache that watches.

The only part of the plugin that imports ``kubernetes``, and only when a cluster is used for the first time.
"""
