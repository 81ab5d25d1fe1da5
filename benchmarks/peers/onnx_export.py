"""Compares exported ONNX models with what they were exported from.

    onnx_export.py

It must be run in this module's root folder, in an environment with onnx and onnxruntime. It has
benchmarks/peers/exported write models of cells and stacks, with inputs and the outputs that cellgen
computes, has onnx check each model, runs it in ONNX Runtime, and expects every output to be within
BOUND of cellgen's, relative in the Euclidean norm. Both compute in float32.
"""

import collections
import glob
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

BOUND = 2e-6


def write(folder: str) -> None:
    command = [os.environ.get("GO", "go"), "run", "./benchmarks/peers/exported", folder]
    subprocess.run(command, check=True)


def distance(got: np.ndarray, want: np.ndarray) -> float:
    """How far apart arrays are, relative in the Euclidean norm; infinities and NaN must be equal."""
    assert got.dtype == np.float32 and got.shape == want.shape, (got.dtype, got.shape, want.shape)
    finite = np.isfinite(want)
    if not np.array_equal(got[~finite], want[~finite], equal_nan=True):
        return np.inf
    g, w = got[finite].astype(np.float64), want[finite].astype(np.float64)
    return float(np.linalg.norm(g - w) / max(np.linalg.norm(w), 1e-30))


def run(session: onnxruntime.InferenceSession, path: str) -> float:
    """Runs a model with the inputs of a file, and returns the largest distance of its outputs."""
    with np.load(path) as f:
        arrays = dict(f)
    kinds = {"tensor(float)": np.float32, "tensor(int64)": np.int64}
    inputs = {i.name: arrays.pop(i.name).astype(kinds[i.type]) for i in session.get_inputs()}
    names = [o.name for o in session.get_outputs()]
    assert sorted(names) == sorted(arrays), (path, names, sorted(arrays))
    return max(distance(g, arrays[n]) for n, g in zip(names, session.run(names, inputs)))


def check(path: str) -> tuple[float, bool]:
    """Returns the largest distance of a model's outputs, and whether it has a recurrent operator."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    files = sorted(glob.glob(glob.escape(path.removesuffix(".onnx")) + ".*.npz"))
    assert len(files) == 4, files
    operators = {n.op_type for n in model.graph.node}
    return max(run(session, f) for f in files), bool(operators & {"LSTM", "GRU"})


def main() -> int:
    worst, failed = collections.defaultdict(list), 0
    with tempfile.TemporaryDirectory() as folder:
        write(folder)
        for path in sorted(glob.glob(os.path.join(folder, "*.onnx"))):
            name = os.path.basename(path).removesuffix(".onnx")
            d, operator = check(path)
            worst[name.split("-")[0], operator].append(d)
            if not d <= BOUND:
                failed += 1
                print(f"{name}: {d:.1e} from cellgen, the bound is {BOUND:.0e}", flush=True)
    for (kind, operator), distances in sorted(worst.items()):
        how = "with LSTM or GRU" if operator else "as Scans"
        print(f"{kind}: {len(distances)} models {how}, at most {max(distances):.1e} from cellgen")
    return 1 if failed or not worst else 0


if __name__ == "__main__":
    sys.exit(main())
