"""gru, lstm, enas and darts in ONNX Runtime, forward only.

Its argument says what the graph is: "operator", "scan" or "unrolled".
"""

import sys

import protocol

try:
    import onnxruntime

    import onnx_graphs
except ImportError as e:
    protocol.reply(error=str(e))
    sys.exit()

import cells


def setup(case, a):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = case.threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    # As in peer_onnxruntime.py: threads spin during a run, and not after it.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    graph = onnx_graphs.model(case, a, sys.argv[1]).SerializeToString()
    s = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    states = [name + "0" for name in cells.STATES.get(case.cell, "h")]
    inputs = {name: vars(a)[name] for name in ["x", *states]}
    run = lambda: s.run(None, inputs)
    return run, lambda: cells.named(case.cell, run())


protocol.serve(onnxruntime.__version__, setup)
