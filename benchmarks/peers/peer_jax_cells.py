"""The cells other than NASCell in JAX: jit and lax.scan, the input's product hoisted.

Its argument is how many steps of the scan are unrolled.
"""

import sys

import protocol

try:
    import jax
    import jax.numpy as jnp
except ImportError as e:
    protocol.reply(error=str(e))
    sys.exit()

import cells

unroll = int(sys.argv[1])
sigmoid, tanh, relu = jax.nn.sigmoid, jnp.tanh, jax.nn.relu
ACTIVATIONS = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu, "identity": lambda v: v}


def scan(body, state, xs):
    return jax.lax.scan(body, state, xs, unroll=unroll)


def gru(x, h, w, u, b, cn):
    def body(h, xw):
        rx, zx, nx = jnp.split(xw, 3, 1)
        rh, zh, nh = jnp.split(h @ u, 3, 1)
        z = sigmoid(zx + zh)
        n = tanh(nx + sigmoid(rx + rh) * (nh + cn))
        h = n + z * (h - n)
        return h, h

    return [scan(body, h, x @ w + b)[1]]


def lstm(x, h, c, w, u, b):
    def body(state, xw):
        h, c = state
        i, f, o, g = jnp.split(xw + h @ u, 4, 1)
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        h = sigmoid(o) * tanh(c)
        return (h, c), h

    (_, c), y = scan(body, (h, c), x @ w + b)
    return [y, c]


def searched(cell: str):
    """ENAS or DARTS."""
    nodes, after = cells.NODES[cell], cells.successors(cell)

    def sequence(x, h, w, u, *matrices):
        def body(h, xw):
            gate, candidate = jnp.split(xw + h @ u, 2, 1)
            s = {0: h + sigmoid(gate) * (tanh(candidate) - h)}
            for (source, follow), m in zip(after.items(), matrices):
                parts = jnp.split(s[source] @ m, 2 * len(follow), 1)
                for i, gate, candidate in zip(follow, parts, parts[len(follow) :]):
                    candidate = ACTIVATIONS[nodes[i - 1][1]](candidate)
                    s[i] = s[source] + sigmoid(gate) * (candidate - s[source])
            h = sum(s[i] for i in range(1, 9)) / 8
            return h, h

        return [scan(body, h, x @ w)[1]]

    return sequence


def sru(x, u, p, q, c, vf, vr, bf, br):
    def body(c, given):
        x, u, p, q = given
        f, r = sigmoid(p + vf * c + bf), sigmoid(q + vr * c + br)
        c = u + f * (c - u)
        return c, x + r * (c - x)

    c, y = scan(body, c, (x, u, p, q))
    return [y, c]


def mingru(x, k, h):
    def body(h, given):
        x, k = given
        h = h + sigmoid(k) * (jnp.where(x > 0, x + 0.5, sigmoid(x)) - h)
        return h, h

    return [scan(body, h, (x, k))[1]]


CELLS = {"gru": gru, "lstm": lstm, "sru": sru, "mingru": mingru}
CELLS |= {cell: searched(cell) for cell in cells.NODES}


def setup(case, a):
    sequence = CELLS[case.cell]

    def both(leaves, d):
        outputs, backward = jax.vjp(sequence, *leaves)
        return [*outputs, *backward(d)]

    leaves = [jnp.array(v) for v in cells.operands(case.cell, a)]
    if case.mode == "forward":
        f, arguments = jax.jit(sequence), leaves
    else:
        f, arguments = (
            jax.jit(both),
            (leaves, [jnp.array(v) for v in cells.cotangents(case.cell, a)]),
        )
    return lambda: jax.block_until_ready(f(*arguments)), lambda: cells.named(
        case.cell, f(*arguments)
    )


protocol.serve(jax.__version__, setup)
