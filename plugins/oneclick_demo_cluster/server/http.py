"""The sockets: HTTP/1.1 with kept connections, one thread each, and chunked streams."""

from __future__ import annotations

import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from oneclick_demo_cluster.machinery.errors import StatusError
from oneclick_demo_cluster.server.app import ApiServer
from oneclick_demo_cluster.server.discovery import VERSION
from oneclick_demo_cluster.server.messages import Request, Response, error_response

MOST_BODY_BYTES = 3 * 1024 * 1024
MOST_CONNECTIONS = 600


class Server(ThreadingHTTPServer):
    """Listens; each connection has a thread."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], api: ApiServer) -> None:
        self.api = api
        self.room = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(address, Handler)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection, or turn it away when there are too many."""
        if not self.room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of the server."""


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the answers."""

    protocol_version = "HTTP/1.1"
    server_version = f"oneclick-demo-cluster/{VERSION}"
    sys_version = ""
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True
    timeout = 300
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged."""

    def handle_request(self) -> None:
        """Answer one request."""
        try:
            body = self._read_body()
        except StatusError as error:
            self.close_connection = True
            self._send(error_response(error))
            return
        request = Request.build(self.command, self.path, dict(self.headers.items()), body)
        response = self.server.api.answer(request)
        if response.stream is None:
            self._send(response)
        else:
            self._stream(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_request  # noqa: N815

    def _read_body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return self._read_chunks()
        text = self.headers.get("Content-Length") or "0"
        if not text.isdigit():
            raise StatusError(400, "BadRequest", "bad Content-Length")
        length = int(text)
        if length > MOST_BODY_BYTES:
            raise _too_large()
        return self.rfile.read(length) if length else b""

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            size = self.rfile.readline(100).partition(b";")[0].strip()
            try:
                length = int(size, 16)
            except ValueError:
                raise StatusError(400, "BadRequest", "malformed chunked encoding") from None
            if len(body) + length > MOST_BODY_BYTES:
                raise _too_large()
            body += self.rfile.read(length)
            self.rfile.readline(10)
            if not length:
                return bytes(body)

    def _send(self, response: Response) -> None:
        self.send_response(response.code)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Cache-Control", "no-cache, private")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def _stream(self, response: Response) -> None:
        self.send_response(response.code)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Cache-Control", "no-cache, private")
        self.end_headers()
        self.wfile.flush()
        assert response.stream is not None
        try:
            for chunk in response.stream:
                if chunk:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
                    self.wfile.flush()
                elif self._client_is_gone():
                    self.close_connection = True
                    return
            self.wfile.write(b"0\r\n\r\n")
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def _client_is_gone(self) -> bool:
        poll = select.poll()
        poll.register(self.connection, select.POLLIN | select.POLLHUP | select.POLLERR)
        if not poll.poll(0):
            return False
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True


def _too_large() -> StatusError:
    return StatusError(413, "RequestEntityTooLarge", f"Request entity too large: limit is {MOST_BODY_BYTES}")
