"""NASCell as a hand-written autograd function in PyTorch.

Leaves are ordered so that those of one activation lie side by side, everything
elementwise is in place, and the gradients of the weights are one product each
over all steps. Both loops are TorchScript, which takes Python out of them.

Columns of a tile: leaf 3's input side; leaves 0, 2, 5, 7 (sigmoid), 4, 6 (tanh),
1 (relu); leaf 3's recurrent side. w has all but the last, u all but the first.
"""

import torch
from torch import Tensor

W_ORDER = [3, 0, 2, 5, 7, 4, 6, 1]
U_ORDER = [0, 2, 5, 7, 4, 6, 1, 3]


def reorder(w: Tensor, order: list[int]) -> Tensor:
    return torch.cat([w.chunk(8, 1)[i] for i in order], 1)


def restore(w: Tensor, order: list[int]) -> Tensor:
    return torch.cat([w.chunk(8, 1)[order.index(i)] for i in range(8)], 1)


@torch.jit.script
def forward(x: Tensor, hs: Tensor, cs: Tensor, w: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    steps, batch, n = hs.shape[0] - 1, hs.shape[1], hs.shape[2]
    tile = torch.zeros(steps, batch, 9 * n)
    torch.mm(x.flatten(0, 1), w, out=tile.view(-1, 9 * n)[:, : 8 * n])
    inner = torch.empty(steps, batch, 6 * n)
    for t in range(steps):
        a, q, c, h = tile[t], inner[t], cs[t + 1], hs[t + 1]
        a[:, n:].addmm_(hs[t], u)
        a[:, n : 5 * n].sigmoid_()
        a[:, 5 * n : 7 * n].tanh_()
        a[:, 7 * n : 8 * n].relu_()
        x3, a0, a2, a5, a7, a4, a6, a1, h3 = a.chunk(9, 1)
        a8, a9, a10, a11, inj, a13 = q.chunk(6, 1)
        torch.mul(a0, a1, out=a8)
        torch.mul(x3, h3, out=a9).relu_().add_(a2)
        torch.mul(a4, a5, out=a10)
        q[:, : 3 * n].tanh_()
        torch.add(a6, a7, out=a11).sigmoid_()
        torch.add(a8, cs[t], out=inj).tanh_()
        torch.add(a10, a11, out=a13).tanh_()
        torch.mul(inj, a9, out=c)
        torch.mul(c, a13, out=h).tanh_()
    return tile, inner


@torch.jit.script
def backward(
    tile: Tensor, inner: Tensor, hs: Tensor, cs: Tensor, u: Tensor, dy: Tensor, dc: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    steps, batch, n = hs.shape[0] - 1, hs.shape[1], hs.shape[2]
    dtile = torch.empty_like(tile)
    dh = torch.zeros_like(dc)
    d8, d9, d10, d11, d12, d13, d14 = torch.empty([7, batch, n]).unbind(0)
    dc, ut = dc.clone(), u.t()
    for t in range(steps - 1, -1, -1):
        a, q, d, h, c = tile[t], inner[t], dtile[t], hs[t + 1], cs[t + 1]
        x3, a0, a2, a5, a7, a4, a6, a1, h3 = a.chunk(9, 1)
        a8, a9, a10, a11, inj, a13 = q.chunk(6, 1)
        dx3, d0, d2, d5, d7, d4, d6, d1, dh3 = d.chunk(9, 1)
        dh.add_(dy[t])
        torch.ops.aten.tanh_backward(dh, h, grad_input=d14)
        torch.addcmul(dc, d14, a13, out=d12)
        torch.ops.aten.tanh_backward(d14.mul_(c), a13, grad_input=d13)
        torch.mul(d12, a9, out=dc)
        torch.ops.aten.tanh_backward(dc, inj, grad_input=dc)
        torch.ops.aten.tanh_backward(dc, a8, grad_input=d8)
        torch.ops.aten.tanh_backward(d12.mul_(inj), a9, grad_input=d9)
        torch.ops.aten.tanh_backward(d13, a10, grad_input=d10)
        torch.ops.aten.sigmoid_backward(d13, a11, grad_input=d11)
        torch.mul(d8, a1, out=d0)
        d2.copy_(d9)
        torch.mul(d10, a4, out=d5)
        d7.copy_(d11)
        torch.mul(d10, a5, out=d4)
        d6.copy_(d11)
        torch.mul(d8, a0, out=d1)
        sigmoids, tanhs = d[:, n : 5 * n], d[:, 5 * n : 7 * n]
        torch.ops.aten.sigmoid_backward(sigmoids, a[:, n : 5 * n], grad_input=sigmoids)
        torch.ops.aten.tanh_backward(tanhs, a[:, 5 * n : 7 * n], grad_input=tanhs)
        torch.ops.aten.threshold_backward(d1, a1, 0, grad_input=d1)
        torch.mul(x3, h3, out=d14)
        torch.ops.aten.threshold_backward(d9, d14, 0, grad_input=d9)
        torch.mul(d9, h3, out=dx3)
        torch.mul(d9, x3, out=dh3)
        torch.mm(d[:, n:], ut, out=dh)
    return dtile, dh, dc


class Function(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, h0, c0, w, u):
        hs, cs = (torch.empty(len(x) + 1, *h0.shape) for _ in range(2))
        hs[0], cs[0] = h0, c0
        tile, inner = forward(x, hs, cs, w, u)
        ctx.save_for_backward(x, hs, cs, w, u, tile, inner)
        return hs[1:], cs[-1]

    @staticmethod
    def backward(ctx, dy, dc):
        x, hs, cs, w, u, tile, inner = ctx.saved_tensors
        dtile, dh0, dc0 = backward(tile, inner, hs, cs, u, dy, dc)
        d, n = dtile.flatten(0, 1), hs.shape[2]
        dxw = d[:, : 8 * n]
        dx = torch.mm(dxw, w.t()).view_as(x)
        dw = torch.mm(x.flatten(0, 1).t(), dxw)
        du = torch.mm(hs[:-1].flatten(0, 1).t(), d[:, n:])
        return dx, dh0, dc0, dw, du
