"""Live data: messages among processes, PocketBase's realtime connections, websockets."""

from oneclick.realtime.broker import Broker

__all__ = ["Broker"]
