"""Cells that PyTorch has not: ENAS, DARTS, and the recurrences of SRU and minGRU.

Its argument is "script" (TorchScript) or, for ENAS and DARTS, "compile", a step compiled in
seconds. The input's products are hoisted, matrices that multiply one value lie side by side,
and what needs no state is computed for all steps at once. "plain" is TorchScript without the
last of these: every equation in the loop.
"""

import sys

import protocol

try:
    import torch
    from torch import Tensor
except ImportError as e:
    protocol.reply(error=str(e))
    sys.exit()

import cells


def searched(cell: str):
    """One step of ENAS or DARTS."""
    nodes, after = cells.NODES[cell], cells.successors(cell)

    def step(xw: Tensor, h: Tensor, u: Tensor, *matrices: Tensor) -> Tensor:
        gate, candidate = torch.addmm(xw, h, u).chunk(2, 1)
        s = {0: torch.lerp(h, torch.tanh(candidate), torch.sigmoid(gate))}
        for (source, follow), m in zip(after.items(), matrices):
            gates, *candidates = torch.mm(s[source], m).tensor_split(columns(len(follow), h), 1)
            gates = torch.sigmoid(gates).chunk(len(follow), 1)
            for i, gate, candidate in zip(follow, gates, candidates):
                f = nodes[i - 1][1]
                candidate = candidate if f == "identity" else getattr(torch, f)(candidate)
                s[i] = torch.lerp(s[source], candidate, gate)
        return (s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7] + s[8]) * 0.125

    return step


def columns(n: int, h: Tensor) -> list[int]:
    """Where each candidate begins, behind n gates."""
    return [(n + i) * h.shape[1] for i in range(n)]


def sequence_of(step):
    """All steps, in Python."""

    def sequence(x: Tensor, h: Tensor, w: Tensor, *weights: Tensor) -> list[Tensor]:
        ys = []
        for xw in torch.matmul(x, w).unbind(0):
            h = step(xw, h, *weights)
            ys.append(h)
        return [torch.stack(ys)]

    return sequence


class Loop(torch.nn.Module):
    """All steps, in TorchScript, around a step that is traced: script knows no *arguments."""

    def __init__(self, step, operands):
        super().__init__()
        x, h, w, *weights = operands
        traced = lambda xw, h, weights: step(xw, h, *weights)
        self.step = torch.jit.trace(traced, (torch.matmul(x[0], w), h, weights), check_trace=False)

    def forward(self, x: Tensor, h: Tensor, w: Tensor, weights: list[Tensor]) -> list[Tensor]:
        ys: list[Tensor] = []
        for xw in torch.matmul(x, w).unbind(0):
            h = self.step(xw, h, weights)
            ys.append(h)
        return [torch.stack(ys)]


def sru(
    x: Tensor,
    u: Tensor,
    p: Tensor,
    q: Tensor,
    c0: Tensor,
    vf: Tensor,
    vr: Tensor,
    bf: Tensor,
    br: Tensor,
):
    c, cs = c0, [c0]
    for ut, pt in zip(u.unbind(0), (p + bf).unbind(0)):
        c = torch.lerp(ut, c, torch.sigmoid(torch.addcmul(pt, vf, c)))
        cs.append(c)
    states = torch.stack(cs)
    r = torch.sigmoid(torch.addcmul(q + br, vr, states[:-1]))
    return [torch.lerp(x, states[1:], r), c]


def sru_plain(
    x: Tensor,
    u: Tensor,
    p: Tensor,
    q: Tensor,
    c0: Tensor,
    vf: Tensor,
    vr: Tensor,
    bf: Tensor,
    br: Tensor,
):
    c, ys = c0, []
    for t in range(x.shape[0]):
        f = torch.sigmoid(p[t] + vf * c + bf)
        r = torch.sigmoid(q[t] + vr * c + br)
        c = f * c + (1 - f) * u[t]
        ys.append(r * c + (1 - r) * x[t])
    return [torch.stack(ys), c]


def mingru(x: Tensor, k: Tensor, h: Tensor):
    ys = []
    candidates = torch.where(x > 0, x + 0.5, torch.sigmoid(x))
    for z, g in zip(torch.sigmoid(k).unbind(0), candidates.unbind(0)):
        h = torch.lerp(h, g, z)
        ys.append(h)
    return [torch.stack(ys)]


def mingru_plain(x: Tensor, k: Tensor, h: Tensor):
    ys = []
    for t in range(x.shape[0]):
        z = torch.sigmoid(k[t])
        h = (1 - z) * h + z * torch.where(x[t] > 0, x[t] + 0.5, torch.sigmoid(x[t]))
        ys.append(h)
    return [torch.stack(ys)]


def prepare(cell: str, operands):
    """A function of the operands, in this form."""
    if cell in cells.NODES:
        step = searched(cell)
        if form == "script":
            loop = torch.jit.script(Loop(step, operands))
            return lambda x, h, w, *weights: loop(x, h, w, weights)
        return sequence_of(torch.compile(step, dynamic=False))
    f = {"sru": (sru, sru_plain), "mingru": (mingru, mingru_plain)}[cell][form == "plain"]
    return torch.jit.script(f)


def setup(case, a):
    torch.set_num_threads(case.threads)
    if form == "compile":
        torch._dynamo.reset()  # else the shapes so far count against a limit
    tensors = lambda arrays: [torch.from_numpy(v.copy()) for v in arrays]
    leaves = tensors(cells.operands(case.cell, a))
    f = prepare(case.cell, leaves)
    numpy = lambda values: cells.named(case.cell, [v.detach().numpy() for v in values])
    if case.mode == "forward":

        def run():
            with torch.inference_mode():
                return f(*leaves)

        return run, lambda: numpy(run())

    d = tensors(cells.cotangents(case.cell, a))
    for leaf in leaves:
        leaf.requires_grad_()

    def both():
        outputs = f(*leaves)
        return [*outputs, *torch.autograd.grad(outputs, leaves, d)]

    return both, lambda: numpy(both())


form = sys.argv[1]
protocol.serve(torch.__version__, setup)
