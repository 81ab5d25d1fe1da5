"""Compares file formats with the libraries that they come from.

    formats.py [-fixtures] {torch | tensorflow}

It must be run in this module's root folder, in the environment of the framework. It writes
tensors with the framework's libraries, has this module convert them to each format that it
writes, reads these with the libraries again, and expects equal bits. With -fixtures, it writes
the files that the tests of runtime/safetensors, runtime/npz and runtime/tfbundle read, instead.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np

# The numbers of the tests' awkward tensors, by their bits.
BITS = [
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x00800000,
    0x3F800000, 0xBF800001, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000,
    0xFFC12345, 0x7F800001, 0xFF812345, 0x7FFFFFFF, 0xFFFFFFFF, 0x12345678,
]  # fmt: skip


def awkward() -> dict[str, np.ndarray]:
    """The tests' awkward tensors: every kind of number and shape."""
    return {
        "bits": np.array(BITS, np.uint32).view(np.float32).reshape(3, 1, 6),
        "empty": np.zeros(0, np.float32),
        "layer0.kernel": np.arange(1, 7, dtype=np.float32).reshape(2, 3),
        "none of 3": np.zeros((3, 0, 2), np.float32),
        "scalar": np.array(-0.5, np.float32),
    }


def wide() -> dict[str, np.ndarray]:
    """Numbers that are not float32, or not in the usual order."""
    kernel = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    return {
        "big": kernel.astype(">f4"),
        "double": np.array([1 / 3, 1e39, -1e-50, 1 + 2**-24]),
        "fortran": np.asfortranarray(kernel),
        "fortran big double": np.asfortranarray(kernel.astype(">f8")),
        "half": np.array([1 / 3, 6e-8, -65504, np.inf], np.float16),
    }


def equal(got: dict, want: dict) -> None:
    """Expects the same names, shapes and, after rounding to float32, bits."""
    assert sorted(got) == sorted(want), (sorted(got), sorted(want))
    for name, w in want.items():
        with np.errstate(over="ignore"):
            w = np.asarray(w).astype(np.float32)
        g = np.asarray(got[name])
        assert g.dtype == np.float32 and g.shape == w.shape, (name, g.dtype, g.shape, w.shape)
        assert np.ascontiguousarray(g).tobytes() == np.ascontiguousarray(w).tobytes(), (name, g, w)


def convert(source: str, target: str) -> None:
    command = [os.environ.get("GO", "go"), "run", "./benchmarks/peers/convert", source, target]
    subprocess.run(command, check=True)


def read(path: str) -> dict[str, np.ndarray]:
    """Reads a file with the libraries' own readers."""
    if path.endswith(".npz"):
        with np.load(path, allow_pickle=False) as f:
            return dict(f)
    from safetensors.numpy import load_file

    return load_file(path)


def check(title: str, source: str, want: dict) -> None:
    """Converts a file to each format, and reads it."""
    for target in ["safetensors", "npz"]:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "f." + target)
            convert(source, path)
            equal(read(path), want)
            if title.startswith("torch"):
                equal(read_torch(path), want)
        print(f"{title} to {target}: equal", flush=True)


def read_torch(path: str) -> dict[str, np.ndarray]:
    """Reads a file as tensors of PyTorch."""
    import torch
    from safetensors.torch import load_file

    if path.endswith(".safetensors"):
        return {name: t.numpy() for name, t in load_file(path).items()}
    return {name: torch.from_numpy(a).numpy() for name, a in read(path).items()}


def write_torch(path: str, integers: bool) -> dict[str, np.ndarray]:
    """Writes a layer's state, and numbers of each type, with PyTorch."""
    import torch
    from safetensors.torch import save_file

    tensors = {
        "lstm.weight_ih_l0": torch.arange(24, dtype=torch.float32).reshape(8, 3) / 8,
        "lstm.weight_hh_l0": torch.arange(16, dtype=torch.float32).reshape(8, 2) / -16,
        "bf16": torch.tensor([1 / 3, -0.0, float("inf"), 1e-40], dtype=torch.bfloat16),
        "double": torch.tensor([1 / 3, 1e39], dtype=torch.float64),
        "empty": torch.zeros(0, 3),
        "half": torch.tensor([1 / 3, 6e-8, -65504], dtype=torch.float16),
        "scalar": torch.tensor(0.25),
    }
    want = {name: t.float().numpy() for name, t in tensors.items()}
    if integers:
        tensors["steps"] = torch.tensor(7)
    save_file(tensors, path, metadata={"format": "pt"})
    return want


def write_fortran(path: str) -> np.ndarray:
    """Writes one array, column by column."""
    array = np.asfortranarray(np.arange(24, dtype=np.float64).reshape(2, 3, 4) / 7)
    np.save(path, array)
    return array


def write_checkpoint(prefix: str) -> dict:
    """Writes a checkpoint of objects, as TensorFlow 2 does, with variables of each type."""
    import tensorflow as tf

    values = {
        "kernel": tf.constant(np.arange(6, dtype=np.float32).reshape(2, 3) / 3),
        "bits": tf.constant(awkward()["bits"]),
        "double": tf.constant([1 / 3, 1e39], tf.float64),
        "half": tf.constant([1 / 3, 6e-8, -65504], tf.float16),
        "bfloat": tf.constant([1 / 3, -0.0], tf.bfloat16),
        "scalar": tf.constant(-0.5),
        "empty": tf.zeros([3, 0]),
    }
    root = tf.Module()
    root.layer = tf.Module()
    for name, value in values.items():
        setattr(root.layer, name, tf.Variable(value))
    steps = tf.Variable(7, dtype=tf.int64)
    tf.train.Checkpoint(model=root, steps=steps).write(prefix)
    return {f"model/layer/{k}": v.numpy() for k, v in values.items()}


def write_saver(prefix: str, partitioned: bool = False) -> dict:
    """Writes a checkpoint as TensorFlow 1 does, in format V2."""
    import tensorflow as tf

    v1 = tf.compat.v1
    values = {
        "rnn/nas_cell/kernel": np.arange(16, dtype=np.float32).reshape(2, 8) / 16,
        "rnn/nas_cell/recurrent_kernel": np.arange(16, dtype=np.float32).reshape(2, 8) / -16,
    }
    with tf.Graph().as_default(), v1.Session() as session:
        for name, value in values.items():
            if partitioned:
                part = v1.fixed_size_partitioner(2)
                v1.get_variable(name, value.shape, initializer=v1.ones_initializer(), partitioner=part)
            else:
                v1.get_variable(name, value.shape, initializer=v1.constant_initializer(value))
        v1.get_variable("global_step", [], tf.int64, initializer=v1.zeros_initializer())
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(session, prefix, write_meta_graph=False, write_state=False)
    return values


def testdata(package: str, file: str) -> str:
    folder = os.path.join("runtime", package, "testdata")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, file)


def fixtures(framework: str) -> None:
    if framework == "torch":
        from safetensors.numpy import save_file

        write_torch(testdata("safetensors", "torch.safetensors"), integers=True)
        save_file(awkward(), testdata("safetensors", "reference.safetensors"))
        np.savez(testdata("npz", "savez.npz"), **awkward())
        np.savez_compressed(testdata("npz", "compressed.npz"), **wide())
        write_fortran(testdata("npz", "fortran.npy"))
        np.savez(testdata("npz", "refused.npz"), ints=np.arange(3), texts=np.array(["a"]))
        return
    write_checkpoint(testdata("tfbundle", "objects"))
    write_saver(testdata("tfbundle", "saver"))
    write_saver(testdata("tfbundle", "partitioned"), partitioned=True)


def check_torch(folder: str) -> None:
    from safetensors.numpy import save_file

    path = lambda name: os.path.join(folder, name)
    check("torch", path("t.safetensors"), write_torch(path("t.safetensors"), integers=False))
    save_file(awkward(), path("n.safetensors"))
    check("safetensors.numpy", path("n.safetensors"), awkward())
    np.savez(path("s.npz"), **awkward())
    check("numpy.savez", path("s.npz"), awkward())
    np.savez_compressed(path("c.npz"), **wide())
    check("numpy.savez_compressed", path("c.npz"), wide())
    check("numpy.save", path("f.npy"), {"arr_0": write_fortran(path("f.npy"))})


def check_tensorflow(folder: str) -> None:
    objects = os.path.join(folder, "objects")
    check("tf.train.Checkpoint", objects + ".index", write_checkpoint(objects))
    saver = os.path.join(folder, "saver")
    check("tf.compat.v1.train.Saver", saver + ".index", write_saver(saver))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("framework", choices=["torch", "tensorflow"])
    parser.add_argument("-fixtures", action="store_true", help="write the tests' files")
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if arguments.fixtures:
        fixtures(arguments.framework)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        {"torch": check_torch, "tensorflow": check_tensorflow}[arguments.framework](folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
