"""torch.nn.GRU and torch.nn.LSTM.

Its argument is "eager", or "compile", which takes a minute or more for each case.
The LSTM runs in oneDNN; PyTorch gives oneDNN no GRU, and runs its own.
"""

import sys

import protocol

try:
    import torch
except ImportError as e:
    protocol.reply(error=str(e))
    sys.exit()

GATES = {"gru": "rzn", "lstm": "ifgo"}


def module(case, a) -> torch.nn.Module:
    """The layer with the cell's weights. What PyTorch's second bias has is cn alone."""
    rnn = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[case.cell](case.hidden, case.hidden)
    stack = lambda m: torch.from_numpy(protocol.np.concatenate([vars(a)[m + g] for g in gates]))
    gates = GATES[case.cell]
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(stack("W"))
        rnn.weight_hh_l0.copy_(stack("U"))
        rnn.bias_ih_l0.copy_(stack("b"))
        rnn.bias_hh_l0.zero_()
        if case.cell == "gru":
            rnn.bias_hh_l0[2 * case.hidden :] = torch.from_numpy(a.cn.copy())
    return rnn


def setup(case, a):
    torch.set_num_threads(case.threads)
    if form == "compile":
        torch._dynamo.reset()
        torch._dynamo.config.allow_rnn = True
    tensor = lambda v: torch.from_numpy(v.copy())
    x, h0 = tensor(a.x), tensor(a.h0[None])
    state = (h0, tensor(a.c0[None])) if case.cell == "lstm" else h0
    rnn = module(case, a)
    f = torch.compile(rnn, dynamic=False) if form == "compile" else rnn

    def forward():
        y, last = f(x, state)
        return [y, last[1]] if case.cell == "lstm" else [y]

    if case.mode == "forward":

        def run():
            with torch.inference_mode():
                return forward()

        return run, lambda: {n: v.numpy() for n, v in zip("yc", run())}

    states = state if case.cell == "lstm" else (state,)
    leaves = [v.requires_grad_() for v in (x, *states)] + list(rnn.parameters())
    d = [tensor(a.dy)] + ([tensor(a.dc[None])] if case.cell == "lstm" else [])

    def both():
        outputs = forward()
        return outputs, torch.autograd.grad(outputs, leaves, d)

    return both, lambda: outputs_of(case.cell, *both())


def outputs_of(cell: str, outputs, gradients) -> dict:
    names = ["y", "c"][: len(outputs)] + ["dx", "dh0", "dc0"][: len(outputs) + 1]
    *others, w, u, b, b2 = [v.detach().numpy() for v in (*outputs, *gradients)]
    out = dict(zip(names, others))
    for kind, v in (("dW", w), ("dU", u), ("db", b)):
        gates = GATES[cell]
        out |= {kind + g: part for g, part in zip(gates, protocol.np.split(v, len(gates)))}
    return out | ({"dcn": protocol.np.split(b2, 3)[2]} if cell == "gru" else {})


form = sys.argv[1]
protocol.serve(torch.__version__, setup)
