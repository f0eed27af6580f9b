"""A drawing process: reads requests on standard input, answers with pictures on standard output.

A request is its length (4 bytes, big-endian) and a ``ImageRequest`` in JSON. An answer is one byte (0: a picture,
1: what went wrong), a length and the bytes. It ends when its input closes or nobody takes its answers, without a word,
or after two minutes without an request.
"""

from __future__ import annotations

import io
import logging
import os
import select
import signal
import struct
import sys
from typing import BinaryIO

from storylib.errors import StorylibError
from storylib.kit.finish import lines, picture
from storylib.kit.sizes import Order

IDLE = 120.0  # seconds
NICENESS = 5  # screens come first


def serve(requests: io.RawIOBase, pictures: BinaryIO, idle: float = IDLE) -> None:
    """Answer requests until there are none. ``requests`` is unbuffered, so that waiting sees all that was sent."""
    while select.select([requests], [], [], idle)[0]:
        header = read(requests, 4)
        length = struct.unpack(">I", header)[0] if len(header) == 4 else 0
        request = read(requests, length)
        if not length or len(request) < length:
            return
        status, body = answer(request)
        pictures.write(struct.pack(">BI", status, len(body)) + body)
        pictures.flush()


def read(stream: io.RawIOBase, length: int) -> bytes:
    """Exactly that many bytes; fewer only at the end of the stream."""
    data = b""
    while len(data) < length and (part := stream.read(length - len(data))):
        data += part
    return data


def answer(request: bytes) -> tuple[int, bytes]:
    """0 and the picture, or 1 and the reason."""
    try:
        order = Order.model_validate_json(request)
        return 0, lines(order, order.width) if order.lines else picture(order, order.width, edge=order.edge)
    except StorylibError as error:
        return 1, str(error).encode()
    except Exception as error:  # whatever it is, the caller is told, and the next request is served
        logging.exception("a request could not be drawn")
        return 1, f"{type(error).__name__} while drawing".encode()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when to stop
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody is there to be told that nobody is there
    os.nice(NICENESS)
    serve(io.FileIO(0), sys.stdout.buffer)
