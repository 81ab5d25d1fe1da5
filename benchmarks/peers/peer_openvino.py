"""gru, lstm, enas and darts in OpenVINO, forward only: the graphs of ONNX Runtime.

Its argument says what the graph is: "operator" or "unrolled".
"""

import sys

import protocol

try:
    import openvino

    import onnx_graphs
except ImportError as e:
    protocol.reply(error=str(e))
    sys.exit()

import cells


def setup(case, a):
    core = openvino.Core()
    graph = onnx_graphs.model(case, a, sys.argv[1]).SerializeToString()
    options = {
        "INFERENCE_NUM_THREADS": case.threads,
        "NUM_STREAMS": 1,
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",  # and not bfloat16
    }
    request = core.compile_model(core.read_model(graph), "CPU", options).create_infer_request()
    states = [name + "0" for name in cells.STATES.get(case.cell, "h")]
    inputs = {name: openvino.Tensor(vars(a)[name].copy()) for name in ["x", *states]}
    for name, tensor in inputs.items():
        request.set_tensor(name, tensor)
    names = ["y", *cells.LAST.get(case.cell, [])]
    outputs = lambda: [request.get_tensor(name).data.copy() for name in names]

    def run():
        request.infer()
        return outputs

    return run, lambda: cells.named(case.cell, run()())


protocol.serve(openvino.__version__, setup)
