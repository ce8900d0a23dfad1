"""Thumbs of images: made when they are first asked for (contract §7)."""

from __future__ import annotations

import io
import logging
import re
import threading

from PIL import Image, ImageOps

from oneclick.fields import FileField
from oneclick.storage import LocalStorage
from oneclick.storage.kinds import HEAD, sniff

log = logging.getLogger(__name__)

DEFAULT = "100x100"
TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
MOST_PIXELS = 50_000_000
LARGEST_SIDE = 4096
_SIZE = re.compile(r"(\d+)x(\d+)([tbf]?)", re.ASCII)
# Decoding a photo takes a core and some hundred megabytes.
_room = threading.BoundedSemaphore(2)


def thumb_key(storage: LocalStorage, field: FileField, key: str, size: str) -> str | None:
    """Return the key of a file's thumb, made if need be; ``None`` for a size that the field does not have, for what is
    no image, and when it cannot be made."""
    match = _SIZE.fullmatch(size)
    if match is None or (size != DEFAULT and size not in field.thumbs):
        return None
    width, height, mode = int(match[1]), int(match[2]), match[3]
    if (not width and not height) or max(width, height) > LARGEST_SIDE:
        return None
    folder, _, name = key.rpartition("/")
    thumb = f"{folder}/thumbs_{name}/{size}_{name}"
    if storage.exists(thumb):
        return thumb
    try:
        with _room, storage.open(key) as source:
            if sniff(source.read(HEAD)) not in TYPES:
                return None
            source.seek(0)
            storage.put(thumb, _shrunk(source.read(), width, height, mode))
    except (OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        log.warning("no thumb of %s could be made", key, exc_info=True)
        return None
    return thumb


def _shrunk(content: bytes, width: int, height: int, mode: str) -> bytes:
    with Image.open(io.BytesIO(content)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError(f"an image of {opened.width}x{opened.height} is too large")
        kind = opened.format if opened.format in ("JPEG", "GIF") else "PNG"
        image = ImageOps.exif_transpose(opened)
    if kind == "JPEG" and image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    elif kind == "GIF" or image.mode == "P":
        image = image.convert("RGBA")
    target = io.BytesIO()
    _sized(image, width, height, mode).save(target, kind)
    return target.getvalue()


def _sized(image: Image.Image, width: int, height: int, mode: str) -> Image.Image:
    """Return the image in the wanted size: cropped to fill it, or with ``f``, or with one side free, kept whole."""
    if not width or not height:
        factor = width / image.width if width else height / image.height
        return image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))))
    if mode == "f":
        factor = min(width / image.width, height / image.height, 1.0)
        return image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))))
    vertical = {"t": 0.0, "b": 1.0}.get(mode, 0.5)
    return ImageOps.fit(image, (width, height), centering=(0.5, vertical))
