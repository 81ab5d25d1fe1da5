"""NASCell in JAX: jit and lax.scan, with the input product hoisted.

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

unroll = int(sys.argv[1])


def gates(xw, hu, c):
    x0, x1, x2, x3, x4, x5, x6, x7 = jnp.split(xw, 8, 1)
    h0, h1, h2, h3, h4, h5, h6, h7 = jnp.split(hu, 8, 1)
    sigmoid, tanh, relu = jax.nn.sigmoid, jnp.tanh, jax.nn.relu
    a8 = tanh(sigmoid(x0 + h0) * relu(x1 + h1))
    a9 = tanh(sigmoid(x2 + h2) + relu(x3 * h3))
    a10 = tanh(tanh(x4 + h4) * sigmoid(x5 + h5))
    a11 = sigmoid(tanh(x6 + h6) + sigmoid(x7 + h7))
    c = tanh(a8 + c) * a9
    return tanh(c * tanh(a10 + a11)), c


@jax.jit
def sequence(x, h, c, w, u):
    def body(state, xw):
        h, c = gates(xw, state[0] @ u, state[1])
        return (h, c), h

    (_, c), y = jax.lax.scan(body, (h, c), x @ w, unroll=unroll)
    return y, c


@jax.jit
def both(leaves, cotangents):
    outputs, backward = jax.vjp(sequence, *leaves)
    return (*outputs, *backward(cotangents))


@jax.jit
def step(x, h, c, w, u):
    return gates(x @ w, h @ u, c)


def setup(case, a):
    leaves = x, h0, c0, w, u = [jnp.array(v) for v in (a.x, a.h0, a.c0, a.kernel, a.recurrent)]
    if case.mode == "step":
        return streaming(x, h0, c0, w, u)
    if case.mode == "forward":
        f, arguments, names = sequence, leaves, ["y", "c"]
    else:
        f, arguments = both, (leaves, (jnp.array(a.dy), jnp.array(a.dc)))
        names = ["y", "c", "dx", "dh0", "dc0", "dkernel", "drecurrent"]
    return lambda: jax.block_until_ready(f(*arguments)), lambda: dict(zip(names, f(*arguments)))


def streaming(x, h0, c0, w, u):
    xs, state = list(x), [h0, c0]

    def run():
        state[:] = jax.block_until_ready(step(xs[0], *state, w, u))

    def outputs():
        h, c, ys = h0, c0, []
        for xt in xs:
            h, c = step(xt, h, c, w, u)
            ys.append(h)
        return {"y": jnp.stack(ys), "c": c}

    return run, outputs


protocol.serve(jax.__version__, setup)
