"""ONNX graphs of gru and lstm, as the operators GRU and LSTM, and of enas and darts.

The graph of enas and darts goes over time as a Scan or unrolled, with the input's
product hoisted. Weights are constants, which runtimes pack.
"""

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

import cells

node = helper.make_node
ACTIVATIONS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "identity": "Identity"}


def f32(name: str, *shape: int):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def model(case, a, form: str) -> ModelProto:
    """The model of a case: from x and the initial states to y and, of lstm, the last c."""
    t, b, n = case.steps, case.batch, case.hidden
    make = searched if case.cell in cells.NODES else operator
    nodes, constants = make(case, a, form)
    states = [f32(s + "0", b, n) for s in cells.STATES.get(case.cell, "h")]
    outputs = [f32("y", t, b, n), *(f32(s, b, n) for s in cells.LAST.get(case.cell, []))]
    initial = [numpy_helper.from_array(np.ascontiguousarray(v), k) for k, v in constants.items()]
    graph = helper.make_graph(nodes, case.cell, [f32("x", t, b, n), *states], outputs, initial)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def operator(case, a, form: str) -> tuple[list, dict]:
    """The operator GRU or LSTM. Its gates have an order of its own, its bias is two."""
    gates = {"gru": "zrn", "lstm": "iofg"}[case.cell]
    stack = lambda m: np.concatenate([vars(a)[m + g] for g in gates])
    bias = np.zeros(2 * len(gates) * case.hidden, np.float32)
    bias[: len(bias) // 2] = stack("b")
    kind, outputs, more = "LSTM", ["ys", "", "cs"], {}
    inputs = ["x", "w", "u", "b", "", "h1", "c1"]
    if case.cell == "gru":
        kind, outputs, more, inputs = "GRU", ["ys"], {"linear_before_reset": 1}, inputs[:-1]
        bias[-case.hidden :] = a.cn
    zero = np.array([0], np.int64)
    constants = {"w": stack("W")[None], "u": stack("U")[None], "b": bias[None], "axis0": zero}
    nodes = [
        node("Unsqueeze", [s + "0", "axis0"], [s + "1"]) for s in cells.STATES.get(case.cell, "h")
    ]
    nodes.append(node(kind, inputs, outputs, hidden_size=case.hidden, **more))
    nodes.append(node("Squeeze", ["ys", "axis1"], ["y"]))
    if case.cell == "lstm":
        nodes.append(node("Squeeze", ["cs", "axis0"], ["c"]))
    return nodes, constants | {"axis1": zero + 1}


def step(cell: str, xw: str, h: str, h1: str, p: str) -> list:
    """The nodes of one step of enas or darts, from xw and h to h1; p begins their names."""
    nodes = []

    def value(kind: str, *inputs: str, name: str = "", n: int = 1, **attributes) -> list[str]:
        outputs = [name or f"{p}{len(nodes)}.{i}" for i in range(n)]
        nodes.append(node(kind, inputs, outputs, **attributes))
        return outputs

    def follow(s: str, product: str, activations: list[str]) -> list[str]:
        """s + σ(gate)·(f(candidate) − s), for gates and candidates in a product."""
        n = len(activations)
        parts = value("Split", product, n=2 * n, axis=-1, num_outputs=2 * n)
        results = []
        for gate, candidate, f in zip(parts, parts[n:], activations):
            (g,) = value("Sigmoid", gate)
            (c,) = [candidate] if f == "identity" else value(ACTIVATIONS[f], candidate)
            (d,) = value("Sub", c, s)
            (d,) = value("Mul", g, d)
            results += value("Add", s, d)
        return results

    (hu,) = value("MatMul", h, "w1")
    (sum0,) = value("Add", xw, hu)
    s = {0: follow(h, sum0, ["tanh"])[0]}
    for k, (source, after) in enumerate(cells.successors(cell).items()):
        (product,) = value("MatMul", s[source], f"w{k + 2}")
        s |= zip(after, follow(s[source], product, [cells.NODES[cell][i - 1][1] for i in after]))
    (total,) = value("Sum", *(s[i] for i in range(1, 9)))
    value("Mul", total, "eighth", name=h1)
    return nodes


def searched(case, a, form: str) -> tuple[list, dict]:
    t, b, n = case.steps, case.batch, case.hidden
    constants = {f"w{i}": m for i, m in enumerate(cells.merge(case.cell, a))}
    eighth = {"eighth": np.array(0.125, np.float32)}
    hoisted = node("MatMul", ["x", "w0"], ["xw"])
    if form == "unrolled":
        zero = np.array([0], np.int64)
        return [hoisted, *unrolled(case.cell, t)], constants | eighth | {"axis0": zero}
    # The body holds the weights: of outer constants no product would be packed.
    inner = {k: v for k, v in (constants | eighth).items() if k != "w0"}
    body = helper.make_graph(
        [*step(case.cell, "xwt", "ht", "h1", "v"), node("Identity", ["h1"], ["yt"])],
        "body",
        [f32("ht", b, n), f32("xwt", b, 2 * n)],
        [f32("h1", b, n), f32("yt", b, n)],
        [numpy_helper.from_array(v, k) for k, v in inner.items()],
    )
    loop = node("Scan", ["h0", "xw"], ["h", "y"], num_scan_inputs=1, body=body)
    return [hoisted, loop], {"w0": constants["w0"]}


def unrolled(cell: str, steps: int) -> list:
    nodes = [node("Split", ["xw"], [f"x_{t}" for t in range(steps)], axis=0, num_outputs=steps)]
    for t in range(steps):
        h = f"h_{t - 1}" if t else "h0"
        nodes.append(node("Squeeze", [f"x_{t}", "axis0"], [f"xw_{t}"]))
        nodes += step(cell, f"xw_{t}", h, f"h_{t}", f"{t}/")
        nodes.append(node("Unsqueeze", [f"h_{t}", "axis0"], [f"y_{t}"]))
    return [*nodes, node("Concat", [f"y_{t}" for t in range(steps)], ["y"], axis=0)]
