"""Live data: messages among processes, PocketBase's realtime connections, websockets."""

from oneclick.realtime.broker import Broker
from oneclick.realtime.hub import Realtime
from oneclick.realtime.sockets import Frame, SocketConnection, SocketHub

__all__ = ["Broker", "Frame", "Realtime", "SocketConnection", "SocketHub"]
