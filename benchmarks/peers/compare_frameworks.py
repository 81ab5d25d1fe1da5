"""Compares recurrent layers of PyTorch and Keras with the cells that they are.

    compare_frameworks.py [-o FOLDER] {torch | keras}

It must be run in this module's root folder, in the environment of the framework. For each
layer it draws weights and inputs, runs the framework forward and backward in float64, writes
all of it as a vector file, and has cellgen check compare: the float64 interpreter with the
framework's outputs and gradients, and the generated package with the interpreter. Without -o,
the files are temporary.

Where frameworks differ from the cells, and from each other:

- PyTorch stacks gates as rows, W·x, as the cells do; Keras has them as columns, x·W.
- The gates' order is r, z, n in PyTorch, z, r, n in Keras; i, f, g, o in PyTorch's LSTM.
- PyTorch has two biases, Keras too after the reset. Both are added to every gate, so that the
  cell has their sum; only n has a second bias, inside r · (Un·h + cn).
- z keeps the old state in both: h' = (1 − z)·n + z·h.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

STEPS, BATCH, INPUT, HIDDEN, PROJECTION = 6, 3, 5, 20, 7

GRU = "generated/gru/gru.cell"
GRU_BEFORE = "generated/grubefore/grubefore.cell"
LSTM = "gen/equation/testdata/oracle/LSTM.cell"
LSTMP = "benchmarks/cells/lstmp/lstmp.cell"


class Sides:
    """Draws values, and puts together the two sides of a vector file."""

    def __init__(self, cell: str, name: str, states: dict[str, int], output: int, dims: dict):
        self.cell, self.random = cell, np.random.default_rng(len(name))
        draw = lambda *shape: self.random.normal(size=shape)
        self.x, self.dy = draw(STEPS, BATCH, INPUT), draw(STEPS, BATCH, output)
        self.states = {s: draw(BATCH, width) / 2 for s, width in states.items()}
        self.dstates = {s: draw(BATCH, width) for s, width in states.items()}
        self.file = {"cell": name, "steps": STEPS, "batch": BATCH}
        self.file["dims"] = {"input": INPUT, "hidden": HIDDEN, **dims}

    def weights(self, *shape: int) -> np.ndarray:
        return self.random.normal(size=shape) / np.sqrt(shape[-1])

    def vectors(self, parameters, y, last, dx, dstates, dparameters) -> dict:
        given = {"x": self.x, "inputs": {}, "parameters": parameters, "states": self.states}
        want = {"y": y, "states": last, "dx": dx, "dinputs": {}}
        want |= {"dparameters": dparameters, "dstates": dstates}
        given |= {"dy": self.dy, "dstates": self.dstates, "want": want}
        return self.file | flat(given)


def flat(value):
    """Arrays as flat lists, in objects."""
    if isinstance(value, dict):
        return {name: flat(v) for name, v in value.items()}
    return np.asarray(value, np.float64).ravel().tolist()


def rows(matrix, names: str, kind: str) -> dict:
    """The gates of a matrix or bias, which lie side by side in the first dimension."""
    return {kind + name: part for name, part in zip(names, np.split(matrix, len(names)))}


def torch_layer(kind: str, projection: int = 0):
    """torch.nn.GRU or torch.nn.LSTM: the cell's file and the vectors."""
    import torch

    width = projection or HIDDEN
    states = {"h": width} | ({"c": HIDDEN} if kind == "LSTM" else {})
    cell = {"GRU": GRU, "LSTM": LSTMP if projection else LSTM}[kind]
    name = kind + ("P" if projection else "")
    s = Sides(cell, name, states, width, {"proj": projection} if projection else {})
    options = {"proj_size": projection} if projection else {}
    layer = getattr(torch.nn, kind)(INPUT, HIDDEN, dtype=torch.float64, **options)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(torch.from_numpy(s.weights(*p.shape)))

    leaf = lambda v: torch.from_numpy(v.copy()).requires_grad_()
    x, first = leaf(s.x), {k: leaf(v) for k, v in s.states.items()}
    given = tuple(v[None] for v in first.values())
    y, last = layer(x, given if kind == "LSTM" else given[0])
    last = dict(zip(states, last if kind == "LSTM" else [last]))
    loss = (y * torch.from_numpy(s.dy)).sum()
    for k, v in last.items():
        loss = loss + (v[0] * torch.from_numpy(s.dstates[k])).sum()
    loss.backward()

    numpy = lambda tensors: {k: v.detach().numpy() for k, v in tensors.items()}
    parameters = numpy(dict(layer.named_parameters()))
    gradients = {k: p.grad.numpy() for k, p in layer.named_parameters()}
    dstates = {k: v.grad.numpy() for k, v in first.items()}
    of = lambda arrays, gradient: torch_parameters(kind, arrays, gradient)
    return s.vectors(
        of(parameters, False),
        y.detach().numpy(),
        numpy(last),
        x.grad.numpy(),
        dstates,
        of(gradients, True),
    ), s.cell


def torch_parameters(kind: str, p: dict, gradient: bool) -> dict:
    """The cell's parameters, or their gradients. Both biases of a gate have the gradient of
    their sum."""
    gates = {"GRU": "rzn", "LSTM": "ifgo"}[kind]
    out = rows(p["weight_ih_l0"], gates, "W") | rows(p["weight_hh_l0"], gates, "U")
    biases, others = rows(p["bias_ih_l0"], gates, "b"), rows(p["bias_hh_l0"], gates, "b")
    return (
        out
        | both_biases(kind, biases, others, gradient)
        | ({"P": p["weight_hr_l0"]} if "weight_hr_l0" in p else {})
    )


def both_biases(kind: str, biases: dict, others: dict, gradient: bool) -> dict:
    inside = {"cn": others["bn"]} if kind == "GRU" else {}
    if not gradient:
        biases = {k: v if kind == "GRU" and k == "bn" else v + others[k] for k, v in biases.items()}
    return biases | inside


def keras_gru(reset_after: bool):
    """Keras' GRU: the cell's file and the vectors."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    cell, name = (GRU, "GRU") if reset_after else (GRU_BEFORE, "GRUBefore")
    s = Sides(cell, name, {"h": HIDDEN}, HIDDEN, {})
    layer = tf.keras.layers.GRU(
        HIDDEN,
        reset_after=reset_after,
        return_sequences=True,
        return_state=True,
        time_major=True,
        dtype="float64",
    )
    layer.build(s.x.shape)
    for v in layer.trainable_variables:
        v.assign(s.weights(*v.shape))
    x, h = tf.constant(s.x), tf.constant(s.states["h"])
    with tf.GradientTape() as tape:
        tape.watch([x, h])
        y, last = layer(x, initial_state=h)
        loss = tf.reduce_sum(y * s.dy) + tf.reduce_sum(last * s.dstates["h"])
    variables = layer.trainable_variables
    dx, dh, *gradients = (v.numpy() for v in tape.gradient(loss, [x, h, *variables]))
    of = lambda arrays, gradient: keras_parameters(arrays, gradient, reset_after)
    return s.vectors(
        of([v.numpy() for v in variables], False),
        y,
        {"h": last},
        dx,
        {"h": dh},
        of(gradients, True),
    ), s.cell


def keras_parameters(arrays, gradient: bool, reset_after: bool) -> dict:
    kernel, recurrent, bias = arrays
    out = rows(kernel.T, "zrn", "W") | rows(recurrent.T, "zrn", "U")
    if not reset_after:
        return out | rows(bias, "zrn", "b")
    return out | both_biases("GRU", rows(bias[0], "zrn", "b"), rows(bias[1], "zrn", "b"), gradient)


LAYERS = {
    "torch": {
        "torch.nn.GRU": lambda: torch_layer("GRU"),
        "torch.nn.LSTM": lambda: torch_layer("LSTM"),
        "torch.nn.LSTM(proj_size)": lambda: torch_layer("LSTM", PROJECTION),
    },
    "keras": {
        "keras.GRU(reset_after=True)": lambda: keras_gru(True),
        "keras.GRU(reset_after=False)": lambda: keras_gru(False),
    },
}


def check(title: str, vectors: dict, cell: str, folder: str) -> bool:
    """Writes a vector file, and compares the cell with it."""
    file = os.path.join(
        folder, "".join(c if c.isalnum() else "_" for c in title).strip("_") + ".json"
    )
    with open(file, "w") as f:
        json.dump(vectors, f)
    command = [os.environ.get("GO", "go"), "run", "./cmd/cellgen", "check", "-vectors", file, cell]
    if "proj" in vectors["dims"]:
        command[-1:-1] = ["-width", f"proj={vectors['dims']['proj']}"]
    print(f"{title}: {' '.join(command)}", flush=True)
    return subprocess.run(command).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("framework", choices=LAYERS)
    parser.add_argument("-o", metavar="FOLDER", help="keep the vector files in this folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.o or temporary
        os.makedirs(folder, exist_ok=True)
        agree = [check(title, *run(), folder) for title, run in LAYERS[arguments.framework].items()]
    return 0 if all(agree) else 1


if __name__ == "__main__":
    sys.exit(main())
