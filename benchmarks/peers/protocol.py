"""What a peer says to the driver: package wire of this folder, in Python.

A peer calls serve with its version and a function that makes a case ready, which
returns two functions: one runs the case once, the other does so and returns what
it computed, by name, as numpy arrays.
"""

import json
import os
import sys
import time
import traceback
from types import SimpleNamespace
from typing import Callable

# Frameworks print; the driver's line is kept apart from what they say.
_replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def reply(**values) -> None:
    print(json.dumps(values), file=_replies, flush=True)


try:  # what is not installed is named, not an accident
    import numpy as np
except ImportError as e:
    reply(error=str(e))
    sys.exit()

Setup = Callable[[SimpleNamespace, SimpleNamespace], tuple[Callable, Callable]]


def read(file: str) -> SimpleNamespace:
    with open(file, "rb") as f:
        arrays = {}
        for a in json.loads(f.readline()):
            n = int(np.prod(a["shape"]))
            arrays[a["name"]] = np.frombuffer(f.read(4 * n), "<f4").reshape(a["shape"])
        return SimpleNamespace(**arrays)


def write(file: str, arrays: dict[str, np.ndarray]) -> None:
    with open(file, "wb") as f:
        shapes = [{"name": name, "shape": a.shape} for name, a in arrays.items()]
        f.write(json.dumps(shapes).encode() + b"\n")
        for a in arrays.values():
            f.write(np.ascontiguousarray(a, "<f4").tobytes())


def timed(run: Callable, n: int) -> float:
    run()  # another process had the caches before
    start = time.perf_counter()
    for _ in range(n):
        run()
    return time.perf_counter() - start


def serve(version: str, setup: Setup) -> None:
    reply(version=version)
    run = outputs = None
    for line in sys.stdin:
        request = SimpleNamespace(**json.loads(line))
        try:
            if request.op == "setup":
                run = outputs = None  # their memory is free before the next are made
                run, outputs = setup(request, read(request.file))
                reply()
            elif request.op == "outputs":
                write(request.file, outputs())
                reply()
            elif request.op == "run":
                reply(seconds=timed(run, request.n))
            else:
                reply(error=f"unknown request {request.op!r}")
        except Exception as e:
            traceback.print_exc()
            reply(error=f"{type(e).__name__}: {e}".split("\n")[0])
