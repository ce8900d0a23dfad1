"""Debian's registry in processes of the tests' own, images pushed to it by the API, and a proxy that misbehaves."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bcrypt
import httpx2
import yaml

from tests.conftest import free_port

CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def binary() -> str | None:
    """Return Debian's ``docker-registry``, ``None`` where it is not installed."""
    return shutil.which("docker-registry")


class Registry:
    """A running registry. Without a user name it is open to all."""

    def __init__(self, address: str, username: str = "", password: str = "") -> None:
        self.address, self.username, self.password = address, username, password
        login = (username, password) if username else None
        self.http = httpx2.Client(base_url=f"http://{address}", auth=login, timeout=30)

    def push(self, repository: str, tag: str, content: str = "") -> str:
        """Push an image whose content is ``content``; return its digest."""
        config = self._blob(repository, json.dumps({"architecture": "amd64", "os": "linux", "content": content or tag}))
        layer = self._blob(repository, f"layer of {content or tag}")
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, **config},
            "layers": [{"mediaType": LAYER, **layer}],
        }
        body = json.dumps(manifest).encode()
        path = f"/v2/{repository}/manifests/{tag}"
        answer = self.http.put(path, content=body, headers={"Content-Type": MANIFEST})
        assert answer.status_code == 201, answer.text
        return str(answer.headers["docker-content-digest"])

    def _blob(self, repository: str, text: str) -> dict[str, Any]:
        data = text.encode()
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        started = self.http.post(f"/v2/{repository}/blobs/uploads/")
        assert started.status_code == 202, started.text
        url = httpx2.URL(started.headers["location"]).copy_merge_params({"digest": digest})
        answer = self.http.put(url, content=data, headers={"Content-Type": "application/octet-stream"})
        assert answer.status_code == 201, answer.text
        return {"digest": digest, "size": len(data)}


@contextlib.contextmanager
def registry(program: str, username: str = "", password: str = "") -> Iterator[Registry]:
    """Run a registry on a free port."""
    folder, port = Path(tempfile.mkdtemp(prefix="oc-registry-")), free_port()
    config: dict[str, Any] = {
        "version": "0.1",
        "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "images")}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    if username:
        hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
        (folder / "htpasswd").write_text(f"{username}:{hashed}\n")
        config["auth"] = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    (folder / "config.yml").write_text(yaml.safe_dump(config))
    command = [program, "serve", str(folder / "config.yml")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"PATH": os.environ["PATH"]})
    found = Registry(f"127.0.0.1:{port}", username, password)
    try:
        end = time.monotonic() + 30
        while True:
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, (folder / "log").read_text()
            with contextlib.suppress(httpx2.HTTPError):
                if found.http.get("/v2/").status_code == 200:
                    break
            time.sleep(0.05)
        yield found
    finally:
        found.http.close()
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


class Proxy:
    """Stands in front of a registry. ``mood``: ``pass``, ``hang``, ``busy`` (429), ``circle`` or ``elsewhere`` (lies
    about the next page). ``requests`` are those that came."""

    def __init__(self, behind: Registry) -> None:
        self.behind, self.mood = behind, "pass"
        self.requests: list[str] = []
        self.released = threading.Event()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                proxy.answer(self)

            do_HEAD = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        self.requests.append(f"{request.command} {request.path}")
        if self.mood == "hang":
            self.released.wait(60)
            return
        headers = {"Accept": request.headers.get("Accept", "*/*")}
        answer = self.behind.http.request(request.command, request.path, headers=headers)
        status, sent = answer.status_code, {}
        for name in ("Content-Type", "Docker-Content-Digest", "Link"):
            if name in answer.headers:
                sent[name] = answer.headers[name]
        if self.mood == "busy":
            status, sent["Retry-After"] = 429, "3600"
        elif self.mood == "circle":
            sent["Link"] = f'<{request.path}>; rel="next"'
        elif self.mood == "elsewhere":
            sent["Link"] = '<http://169.254.169.254/v2/shop/tags/list>; rel="next"'
        with contextlib.suppress(OSError):
            request.send_response(status)
            for name, value in sent.items():
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(answer.content)))
            request.end_headers()
            request.wfile.write(answer.content)

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
