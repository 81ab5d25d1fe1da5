"""NASCell in PyTorch: eager, TorchScript, torch.compile, or an autograd function.

"compile" compiles what is elementwise of a step, in seconds; "whole" compiles all
steps as one graph, in a minute, for somewhat less time of a run.

All hoist the input product, take the sequence apart with unbind, and leave the
products to MKL, which torch ships.
"""

import sys

import protocol

try:
    import torch
    from torch import Tensor
except ImportError as e:
    protocol.reply(error=str(e))
    sys.exit()

from function_torch import U_ORDER, W_ORDER, Function, reorder, restore


def gates(xw: Tensor, hu: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    x0, x1, x2, x3, x4, x5, x6, x7 = xw.chunk(8, 1)
    h0, h1, h2, h3, h4, h5, h6, h7 = hu.chunk(8, 1)
    a8 = torch.tanh(torch.sigmoid(x0 + h0) * torch.relu(x1 + h1))
    a9 = torch.tanh(torch.sigmoid(x2 + h2) + torch.relu(x3 * h3))
    a10 = torch.tanh(torch.tanh(x4 + h4) * torch.sigmoid(x5 + h5))
    a11 = torch.sigmoid(torch.tanh(x6 + h6) + torch.sigmoid(x7 + h7))
    c = torch.tanh(a8 + c) * a9
    return torch.tanh(c * torch.tanh(a10 + a11)), c


def sequence(x: Tensor, h: Tensor, c: Tensor, w: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    ys = []
    for xw in torch.matmul(x, w).unbind(0):
        h, c = gates(xw, torch.mm(h, u), c)
        ys.append(h)
    return torch.stack(ys), c


def step(x: Tensor, h: Tensor, c: Tensor, w: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    return gates(torch.mm(x, w), torch.mm(h, u), c)


FORMS = {
    "eager": lambda f: f,
    "script": torch.jit.script,
    "compile": lambda f: f,
    "whole": lambda f: torch.compile(f, dynamic=False),
}


def setup(case, a):
    torch.set_num_threads(case.threads)
    if form in ("compile", "whole"):
        torch._dynamo.reset()  # else the shapes so far count against a limit
    x, h0, c0, w, u, dy, dc = (
        torch.from_numpy(v.copy()) for v in (a.x, a.h0, a.c0, a.kernel, a.recurrent, a.dy, a.dc)
    )
    if case.mode == "step":
        return streaming(FORMS[form](step), x, h0, c0, w, u)
    if form == "function":
        f, w, u = Function.apply, reorder(w, W_ORDER), reorder(u, U_ORDER)
    else:
        f = FORMS[form](sequence)
    leaves = (x, h0, c0, w, u)
    if case.mode == "forward":

        def run():
            with torch.inference_mode():
                return f(*leaves)

        return run, lambda: named(["y", "c"], run())

    for leaf in leaves:
        leaf.requires_grad_()

    def both():
        y, c = f(*leaves)
        return (y, c, *torch.autograd.grad((y, c), leaves, (dy, dc)))

    def outputs():
        *others, dw, du = both()
        if form == "function":
            dw, du = restore(dw, W_ORDER), restore(du, U_ORDER)
        return named(["y", "c", "dx", "dh0", "dc0", "dkernel", "drecurrent"], (*others, dw, du))

    return both, outputs


def streaming(f, x, h0, c0, w, u):
    state = [h0, c0]

    def run():
        with torch.inference_mode():
            state[:] = f(x[0], *state, w, u)

    def outputs():
        h, c, ys = h0, c0, []
        with torch.inference_mode():
            for xt in x.unbind(0):
                h, c = f(xt, h, c, w, u)
                ys.append(h)
        return named(["y", "c"], (torch.stack(ys), c))

    return run, outputs


def named(names, tensors):
    return {n: t.detach().numpy() for n, t in zip(names, tensors)}


form = sys.argv[1]
if form == "compile":
    gates = torch.compile(gates, dynamic=False)
protocol.serve(torch.__version__, setup)
