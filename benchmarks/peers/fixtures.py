"""Writes the files that the tests of runtime/weights read.

    fixtures.py {torch | tensorflow}

It must be run in this module's root folder, in the environment of the framework, with
safetensors installed (pip install safetensors). For each layer it draws float32 weights and writes
them as users of the framework do: NAME.safetensors, .npz, .onnx or a checkpoint. Then it runs the
layer forward and backward in float64, and writes NAME.vectors.npz:

- x [T][B][D], y [T][B][H] and dy, the cotangents of y, from states that are zero;
- dx, and d:TENSOR, the gradients of the weights, by the names that these have in the file.
"""

import argparse
import os
import sys

import numpy as np

STEPS, BATCH, INPUT, HIDDEN, PROJECTION = 4, 2, 3, 5, 4

random = np.random.default_rng(18)


def draw(*shape: int) -> np.ndarray:
    return random.normal(size=shape).astype(np.float32)


def weight(*shape: int) -> np.ndarray:
    return draw(*shape) / np.sqrt(np.float32(shape[-1] if len(shape) > 1 else 4))


def path(name: str) -> str:
    return os.path.join("runtime", "weights", "testdata", name)


def vectors(name: str, gradients: dict | None = None, **arrays) -> None:
    """Writes arrays, and gradients by the names of tensors."""
    arrays |= {"d:" + k: v for k, v in (gradients or {}).items()}
    np.savez(path(name + ".vectors.npz"), **{k: np.asarray(v, np.float32) for k, v in arrays.items()})


# PyTorch


def torch_layers() -> None:
    torch_layer("pytorch-lstm", "LSTM")
    torch_layer("pytorch-lstm-nobias", "LSTM", bias=False)
    torch_layer("pytorch-lstmp", "LSTM", proj_size=PROJECTION)
    torch_layer("pytorch-gru", "GRU")
    torch_layer("pytorch-stack", "LSTM", num_layers=2, bidirectional=True, prefix="encoder.rnn.")
    onnx_layers()


def torch_layer(name: str, kind: str, prefix: str = "", **options) -> None:
    import torch
    from safetensors.torch import save_file

    layer = getattr(torch.nn, kind)(INPUT, HIDDEN, **options)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(torch.from_numpy(weight(*p.shape)))
    save_file({prefix + k: v for k, v in layer.state_dict().items()}, path(name + ".safetensors"))
    if name in ("pytorch-lstm", "pytorch-gru"):  # the same layer, by PyTorch's exporter
        given, file = torch.zeros(STEPS, 1, INPUT), path(name.replace("pytorch", "onnx-torch") + ".onnx")
        torch.onnx.export(layer, (given,), file, dynamo=False)
    layer.double()
    x = torch.from_numpy(draw(STEPS, BATCH, INPUT)).double().requires_grad_()
    y, _ = layer(x)
    dy = draw(*y.shape)
    (y * torch.from_numpy(dy)).sum().backward()
    gradients = {prefix + k: p.grad for k, p in layer.named_parameters()}
    vectors(name, gradients, x=x.detach(), y=y.detach(), dy=dy, dx=x.grad)


# ONNX: the operators' own equations, in PyTorch for gradients, and ONNX Runtime beside them.


def onnx_layers() -> None:
    onnx_layer("onnx-lstm", "LSTM")
    onnx_layer("onnx-lstm-both", "LSTM", direction="bidirectional")
    onnx_layer("onnx-peephole", "LSTM", peepholes=True)
    onnx_layer("onnx-gru", "GRU", linear_before_reset=1)
    onnx_layer("onnx-grubefore", "GRU")


def onnx_layer(name: str, op: str, peepholes: bool = False, **attributes) -> None:
    import onnx
    import onnxruntime
    import torch
    from onnx import TensorProto, helper, numpy_helper

    n = {"LSTM": 4, "GRU": 3}[op]
    directions = 2 if "direction" in attributes else 1
    weights = {
        "rnn.W": weight(directions, n * HIDDEN, INPUT),
        "rnn.R": weight(directions, n * HIDDEN, HIDDEN),
        "rnn.B": weight(directions, 2 * n * HIDDEN),
    }
    inputs = ["x", *weights]
    if peepholes:
        weights["rnn.P"] = weight(directions, 3 * HIDDEN)
        inputs += ["", "", "", "rnn.P"]
    node = helper.make_node(op, inputs, ["y"], name="rnn", hidden_size=HIDDEN, **attributes)
    value = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        [node], "g", [value("x", STEPS, BATCH, INPUT)], [value("y", STEPS, directions, BATCH, HIDDEN)],
        [numpy_helper.from_array(v, k) for k, v in weights.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path(name + ".onnx"))

    leaf = lambda v: torch.from_numpy(v).double().requires_grad_()
    x, leaves = leaf(draw(STEPS, BATCH, INPUT)), {k: leaf(v) for k, v in weights.items()}
    both = []
    for d in range(directions):
        of = {k[-1]: v[d] for k, v in leaves.items()}
        step = {"LSTM": onnx_lstm, "GRU": onnx_gru}[op]
        xs, h, c, ys = (x.flip(0) if d else x), x.new_zeros(BATCH, HIDDEN), 0, []
        for xt in xs:
            h, c = step(xt, h, c, of, attributes)
            ys.append(h)
        y = torch.stack(ys)
        both.append(y.flip(0) if d else y)
    y = torch.cat(both, -1)
    dy = draw(*y.shape)
    (y * torch.from_numpy(dy)).sum().backward()
    session = onnxruntime.InferenceSession(model.SerializeToString())
    ran = session.run(None, {"x": x.detach().float().numpy()})[0]  # [T][directions][B][H]
    ran = np.concatenate(list(ran.transpose(1, 0, 2, 3)), -1)
    assert np.abs(ran - y.detach().numpy()).max() < 1e-6, name
    gradients = {k: v.grad for k, v in leaves.items()}
    vectors(name, gradients, x=x.detach(), y=ran, dy=dy, dx=x.grad)


def onnx_lstm(x, h, c, of: dict, attributes: dict):
    import torch

    xs = (x @ of["W"].T + of["B"][: 4 * HIDDEN]).chunk(4, -1)
    hs = (h @ of["R"].T + of["B"][4 * HIDDEN :]).chunk(4, -1)
    i, o, f, g = (a + b for a, b in zip(xs, hs))
    pi, po, pf = of["P"].chunk(3) if "P" in of else (0, 0, 0)
    c = torch.sigmoid(f + pf * c) * c + torch.sigmoid(i + pi * c) * torch.tanh(g)
    return torch.sigmoid(o + po * c) * torch.tanh(c), c


def onnx_gru(x, h, c, of: dict, attributes: dict):
    import torch

    xz, xr, xn = (x @ of["W"].T + of["B"][: 3 * HIDDEN]).chunk(3, -1)
    uz, ur, un = of["R"].chunk(3)
    bz, br, bn = of["B"][3 * HIDDEN :].chunk(3)
    z, r = torch.sigmoid(xz + h @ uz.T + bz), torch.sigmoid(xr + h @ ur.T + br)
    if attributes.get("linear_before_reset"):
        n = torch.tanh(xn + r * (h @ un.T + bn))
    else:
        n = torch.tanh(xn + (r * h) @ un.T + bn)
    return (1 - z) * n + z * h, c


# Keras, TensorFlow 1, TensorFlow Addons


def tensorflow_layers() -> None:
    import tensorflow as tf

    keras = tf.keras.layers
    keras_layer("keras-lstm", keras.LSTM, unit_forget_bias=True)
    keras_layer("keras-gru", keras.GRU, reset_after=True)
    keras_layer("keras-grubefore", keras.GRU, reset_after=False)
    import tensorflow_addons as tfa

    addons_cell("addons-nascell", tfa.rnn.NASCell)
    addons_cell("addons-nascell-bias", tfa.rnn.NASCell, use_bias=True)
    addons_cell("addons-nascellp", tfa.rnn.NASCell, projection=PROJECTION)
    tf1_layer("tf1-lstm")
    tf1_layer("tf1-lstmp", num_proj=PROJECTION)
    tf1_layer("tf1-peephole", use_peepholes=True)


def run_tensorflow(name: str, layer, variables: dict) -> None:
    """Runs a float64 layer of Keras, whose variables have the names of files."""
    import tensorflow as tf

    x = tf.constant(draw(STEPS, BATCH, INPUT).astype(np.float64))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        dy = draw(*y.shape)
        loss = tf.reduce_sum(y * dy.astype(np.float64))
    dx, *gradients = tape.gradient(loss, [x, *variables.values()])
    vectors(name, dict(zip(variables, gradients)), x=x, y=y, dy=dy, dx=dx)


def build(layer) -> None:
    layer.build((STEPS, BATCH, INPUT))
    for v in layer.trainable_variables:
        v.assign(weight(*v.shape).astype(np.float64))


def keras_layer(name: str, kind, **options) -> None:
    layer = kind(
        HIDDEN, return_sequences=True, time_major=True, dtype="float64", name=name.split("-")[1], **options
    )  # fmt: skip
    build(layer)
    variables = {v.name: v for v in layer.trainable_variables}
    np.savez(path(name + ".npz"), **{k: v.numpy().astype(np.float32) for k, v in variables.items()})
    run_tensorflow(name, layer, variables)


def addons_cell(name: str, kind, **options) -> None:
    import tensorflow as tf

    cell = kind(HIDDEN, dtype="float64", **options)
    layer = tf.keras.layers.RNN(
        cell, return_sequences=True, time_major=True, unroll=True, dtype="float64"
    )
    build(layer)
    names = ["kernel", "recurrent_kernel", "bias", "projection_weights"]
    variables = {"cell/" + n: getattr(cell, n) for n in names if hasattr(cell, n)}
    saved = tf.Module()
    for n, v in variables.items():
        setattr(saved, n.split("/")[1], tf.Variable(v.numpy().astype(np.float32)))
    tf.train.Checkpoint(cell=saved).write(path(name))
    run_tensorflow(name, layer, variables)


def tf1_layer(name: str, **options) -> None:
    """Runs a cell of TensorFlow 1; a second graph saves its weights in float32."""
    import tensorflow as tf

    v1, values = tf.compat.v1, {}
    for dtype in [tf.float64, tf.float32]:
        with tf.Graph().as_default(), v1.Session() as session:
            cell = v1.nn.rnn_cell.LSTMCell(HIDDEN, name="lstm_cell", dtype=dtype, **options)
            x = v1.placeholder(dtype, [STEPS, BATCH, INPUT])
            y = tf.stack(v1.nn.static_rnn(cell, tf.unstack(x), dtype=dtype)[0])
            variables = {v.op.name: v for v in v1.trainable_variables()}
            for k, v in variables.items():
                values.setdefault(k, weight(*v.shape.as_list()))
                v.load(values[k].astype(dtype.as_numpy_dtype), session)
            if dtype == tf.float32:
                v1.train.Saver().save(session, path(name), write_meta_graph=False, write_state=False)
                break
            dy = draw(*y.shape.as_list())
            wanted = v1.gradients(y * dy.astype(np.float64), [x, *variables.values()])
            given = draw(STEPS, BATCH, INPUT)
            out, dx, *gradients = session.run([y, *wanted], {x: given.astype(np.float64)})
            vectors(name, dict(zip(variables, gradients)), x=given, y=out, dy=dy, dx=dx)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("framework", choices=["torch", "tensorflow"])
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    {"torch": torch_layers, "tensorflow": tensorflow_layers}[parser.parse_args().framework]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
