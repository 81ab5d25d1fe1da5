"""NASCell in ONNX Runtime: a graph with the input product hoisted, forward only.

Its argument says how the graph goes over time: "scan", an operator with a body, or
"unrolled", the body once a step. Weights are constants, which the runtime packs.
"""

import sys

import protocol

try:
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
except ImportError as e:
    protocol.reply(error=str(e))
    sys.exit()

node, info = helper.make_node, helper.make_tensor_value_info


def gates(xw: str, h: str, c: str, h1: str, c1: str, prefix: str = "") -> list:
    """The nodes of one step, from xw, h and c to h1 and c1."""
    p = lambda name: prefix + name
    nodes = [
        node("MatMul", [h, "u"], [p("hu")]),
        node("Split", [xw], [p(f"x{i}") for i in range(8)], axis=-1, num_outputs=8),
        node("Split", [p("hu")], [p(f"hu{i}") for i in range(8)], axis=-1, num_outputs=8),
    ]

    def value(name: str, activation: str, operator: str, left: str, right: str) -> None:
        nodes.append(node(operator, [left, right], [p("p" + name)]))
        nodes.append(node(activation, [p("p" + name)], [p(name)]))

    leaves = "Sigmoid Relu Sigmoid Relu Tanh Sigmoid Tanh Sigmoid".split()
    for i, activation in enumerate(leaves):
        value(f"a{i}", activation, "Mul" if i == 3 else "Add", p(f"x{i}"), p(f"hu{i}"))
    value("a8", "Tanh", "Mul", p("a0"), p("a1"))
    value("a9", "Tanh", "Add", p("a2"), p("a3"))
    value("a10", "Tanh", "Mul", p("a4"), p("a5"))
    value("a11", "Sigmoid", "Add", p("a6"), p("a7"))
    value("inj", "Tanh", "Add", p("a8"), c)
    value("a13", "Tanh", "Add", p("a10"), p("a11"))
    nodes.append(node("Mul", [p("inj"), p("a9")], [c1]))
    nodes.append(node("Mul", [c1, p("a13")], [p("p14")]))
    nodes.append(node("Tanh", [p("p14")], [h1]))
    return nodes


def scan(batch: int, n: int, u) -> list:
    # The body holds u: of an outer constant no product would be packed.
    f32 = lambda name, *shape: info(name, TensorProto.FLOAT, shape)
    body = helper.make_graph(
        [*gates("xwt", "ht", "ct", "h1", "c1"), node("Identity", ["h1"], ["yt"])],
        "body",
        [f32("ht", batch, n), f32("ct", batch, n), f32("xwt", batch, 8 * n)],
        [f32("h1", batch, n), f32("c1", batch, n), f32("yt", batch, n)],
        [u],
    )
    return [node("Scan", ["h0", "c0", "xw"], ["h", "c", "y"], num_scan_inputs=1, body=body)]


def unrolled(steps: int) -> list:
    nodes = [node("Split", ["xw"], [f"x_{t}" for t in range(steps)], axis=0, num_outputs=steps)]
    h, c, one = "h0", "c0", "axis0"
    for t in range(steps):
        h1, c1 = f"h_{t}", "c" if t == steps - 1 else f"c_{t}"
        nodes.append(node("Squeeze", [f"x_{t}", one], [f"xw_{t}"]))
        nodes += gates(f"xw_{t}", h, c, h1, c1, f"{t}/")
        nodes.append(node("Unsqueeze", [h1, one], [f"y_{t}"]))
        h, c = h1, c1
    return [*nodes, node("Concat", [f"y_{t}" for t in range(steps)], ["y"], axis=0)]


def session(case, a) -> onnxruntime.InferenceSession:
    t, b, n = case.steps, case.batch, case.hidden
    f32 = lambda name, *shape: info(name, TensorProto.FLOAT, shape)
    values = {"w": a.kernel, "u": a.recurrent, "axis0": np.array([0], np.int64)}
    constants = [numpy_helper.from_array(v, name) for name, v in values.items()]
    hoisted = node("MatMul", ["x", "w"], ["xw"])
    x, outputs = f32("x", t, b, n), [f32("y", t, b, n), f32("c", b, n)]
    if case.mode == "step":
        nodes, x = gates("xw", "h0", "c0", "y", "c"), f32("x", b, n)
        outputs[0] = f32("y", b, n)
    else:
        nodes = scan(b, n, constants.pop(1)) if form == "scan" else unrolled(t)
    inputs = [x, f32("h0", b, n), f32("c0", b, n)]
    graph = helper.make_graph([hoisted, *nodes], "nascell", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = case.threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    # Threads spin while a run lasts, as by default, but not on when it is over:
    # that would take a core from whoever is measured next.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    cpu = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=cpu)


def setup(case, a):
    if case.mode == "forward+backward":
        raise NotImplementedError("has no gradients")
    s = session(case, a)
    if case.mode == "step":
        return streaming(s, a)
    inputs = {"x": a.x, "h0": a.h0, "c0": a.c0}
    run = lambda: s.run(["y", "c"], inputs)
    return run, lambda: dict(zip(["y", "c"], run()))


def streaming(s, a):
    """The state stays where the runtime left it, in two pairs of buffers."""
    on_cpu = onnxruntime.OrtValue.ortvalue_from_numpy
    x, states = on_cpu(a.x[0]), [[on_cpu(a.h0), on_cpu(a.c0)] for _ in range(2)]
    bindings = []
    for before, after in [states, states[::-1]]:
        b = s.io_binding()
        for name, v in [("x", x), ("h0", before[0]), ("c0", before[1])]:
            b.bind_ortvalue_input(name, v)
        for name, v in [("y", after[0]), ("c", after[1])]:
            b.bind_ortvalue_output(name, v)
        bindings.append(b)

    def run():
        s.run_with_iobinding(bindings[0])
        bindings.reverse()

    def outputs():
        h, c, ys = a.h0, a.c0, []
        for xt in a.x:
            h, c = s.run(["y", "c"], {"x": xt, "h0": h, "c0": c})
            ys.append(h)
        return {"y": np.stack(ys), "c": c}

    return run, outputs


form = sys.argv[1]
protocol.serve(onnxruntime.__version__, setup)
