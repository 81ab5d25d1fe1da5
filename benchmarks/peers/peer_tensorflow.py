"""TensorFlow Addons' own NASCell, in Keras' RNN under tf.function.

Its argument is "function", or "xla" for the same compiled by XLA. The
steps are unrolled, which is faster than Keras' loop at every size.
"""

import os
import sys
import warnings

import protocol

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
warnings.filterwarnings("ignore")
try:
    import tensorflow as tf
    import tensorflow_addons as tfa
except ImportError as e:
    protocol.reply(error=str(e))
    sys.exit()

compiled = tf.function(jit_compile=sys.argv[1] == "xla")


def setup(case, a):
    tf.keras.backend.clear_session()
    x, h0, c0, dy, dc = map(tf.constant, (a.x, a.h0, a.c0, a.dy, a.dc))
    cell = tfa.rnn.NASCell(case.hidden)
    cell.build(x.shape[1:])
    cell.kernel.assign(a.kernel)
    cell.recurrent_kernel.assign(a.recurrent)
    if case.mode == "step":
        return streaming(cell, x, c0, h0)
    rnn = tf.keras.layers.RNN(
        cell, return_sequences=True, return_state=True, time_major=True, unroll=True
    )

    @compiled
    def forward(x, h0, c0):
        y, c, _ = rnn(x, initial_state=[c0, h0])
        return y, c

    @compiled
    def both(x, h0, c0):
        leaves = x, h0, c0, cell.kernel, cell.recurrent_kernel
        with tf.GradientTape() as tape:
            tape.watch(leaves[:3])
            y, c, _ = rnn(x, initial_state=[c0, h0])
        return y, c, *tape.gradient((y, c), leaves, (dy, dc))

    names = ["y", "c", "dx", "dh0", "dc0", "dkernel", "drecurrent"]
    f = forward if case.mode == "forward" else both
    return lambda: f(x, h0, c0), lambda: {n: v.numpy() for n, v in zip(names, f(x, h0, c0))}


def streaming(cell, x, c0, h0):
    @compiled
    def step(x, c, h):
        return cell(x, [c, h])[1]

    xs, state = tf.unstack(x), [c0, h0]

    def run():
        state[:] = step(xs[0], *state)

    def outputs():
        c, h, ys = c0, h0, []
        for xt in xs:
            c, h = step(xt, c, h)
            ys.append(h.numpy())
        return {"y": protocol.np.stack(ys), "c": c.numpy()}

    return run, outputs


protocol.serve(f"{tf.__version__}, Addons {tfa.__version__}", setup)
