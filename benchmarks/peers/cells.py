"""What peers know of the cells other than NASCell: names, and how weights lie side by side.

Arrays come as the .cell files declare them: a matrix W (rows, columns) stands for W·x.
"""

import numpy as np

# The states of each cell; those that are not its output; its inputs beside x.
STATES = {"lstm": ["h", "c"], "sru": ["c"]}
LAST = {"lstm": ["c"], "sru": ["c"]}
BESIDE = {"sru": ["u", "p", "q"], "mingru": ["k"]}

# The nodes 1 to 8 of a searched cell: the node that each continues, and its activation.
NODES = {
    "enas": [(0, "sigmoid"), (1, "tanh"), (2, "relu"), (2, "sigmoid")]
    + [(4, "tanh"), (5, "tanh"), (3, "sigmoid"), (6, "sigmoid")],
    "darts": [(0, "relu"), (1, "relu"), (2, "tanh"), (3, "relu")]
    + [(4, "relu"), (1, "identity"), (5, "relu"), (1, "relu")],
}


def successors(cell: str) -> dict[int, list[int]]:
    """The nodes that continue each node, for nodes that are continued."""
    after = {}
    for i, (source, _) in enumerate(NODES[cell], 1):
        after.setdefault(source, []).append(i)
    return after


def layout(cell: str) -> list[list[str]]:
    """The parameters that lie side by side, as they multiply one value."""
    if cell in NODES:
        nodes = [[f"{m}{i}" for m in "CH" for i in after] for after in successors(cell).values()]
        return [["Wc", "Wh"], ["Uc", "Uh"], *nodes]
    return {
        "gru": [["Wr", "Wz", "Wn"], ["Ur", "Uz", "Un"], ["br", "bz", "bn"], ["cn"]],
        "lstm": [[m + gate for gate in "ifog"] for m in "WUb"],
        "sru": [["vf"], ["vr"], ["bf"], ["br"]],
        "mingru": [],
    }[cell]


def merge(cell: str, a) -> list[np.ndarray]:
    """The parameters side by side: matrices as they follow a row vector, x·W."""
    columns = lambda names: np.concatenate([vars(a)[n] for n in names]).T
    return [np.ascontiguousarray(columns(names)) for names in layout(cell)]


def split(cell: str, merged: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The gradients of the parameters, from the gradients of what merge returned."""
    parts = {}
    for names, m in zip(layout(cell), merged):
        parts |= {"d" + n: v for n, v in zip(names, np.split(np.asarray(m).T, len(names)))}
    return parts


def operands(cell: str, a) -> list[np.ndarray]:
    """x, the inputs beside it, the initial states, and the merged parameters."""
    names = ["x", *BESIDE.get(cell, []), *(s + "0" for s in STATES.get(cell, "h"))]
    return [*(vars(a)[n] for n in names), *merge(cell, a)]


def cotangents(cell: str, a) -> list[np.ndarray]:
    return [a.dy, *(vars(a)["d" + s] for s in LAST.get(cell, []))]


def named(cell: str, values: list) -> dict[str, np.ndarray]:
    """What a run computed, by name: y, last states and, if there are more, gradients."""
    names = ["y", *LAST.get(cell, [])]
    gradients = ["x", *BESIDE.get(cell, []), *(s + "0" for s in STATES.get(cell, "h"))]
    n, m = len(names), len(names) + len(gradients)
    out = dict(zip(names + ["d" + g for g in gradients], values))
    return out if len(values) == n else out | split(cell, values[m:])
