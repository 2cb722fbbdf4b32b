"""Messages on a pipe: pickled, each behind its length. Only ever between two processes of one Easel."""

import pickle
import struct
from typing import BinaryIO, Final

LENGTH: Final = struct.Struct(">I")


def encode(message: object) -> bytes:
    """The bytes that stand for one message."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def decode(body: bytes) -> object:
    """The message whose bytes after the length these are."""
    return pickle.loads(body)  # noqa: S301 — written by our own other half, over a pipe nobody else holds


def read(pipe: BinaryIO) -> object | None:
    """Waits for the next message; None when the other side has closed."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = pipe.read(length)
    return decode(body) if len(body) == length else None
