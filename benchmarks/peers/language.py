"""Trains a byte-level language model in PyTorch and with `lm train`, in turns, at the same sizes.

    go build -o lm ./cmd/lm
    python language.py LM TEXT [-cell lstm|nascell] [-hidden H] [-embed E] [-batch B] [-steps T]
        [-dropout P] [-rounds N] [-updates N] [-threads N] [-epochs N]

Prints the symbols a second of whole training: embedding, cell, dropout, softmax, gradients, clipping
and AdamW. PyTorch's cell is nn.LSTM, or NASCell in the faster of two forms: compiled by
torch.compile, or an autograd function of our own in TorchScript. With -epochs PyTorch trains to
the end, with the same schedule, and the nats of a symbol of the last tenth are printed, too.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np
import torch
from torch import nn

from function_torch import U_ORDER, W_ORDER, Function, reorder


def gates(xw, hu, c):
    x, h = xw.chunk(8, 1), hu.chunk(8, 1)
    a8 = torch.tanh(torch.sigmoid(x[0] + h[0]) * torch.relu(x[1] + h[1]))
    a9 = torch.tanh(torch.sigmoid(x[2] + h[2]) + torch.relu(x[3] * h[3]))
    a10 = torch.tanh(torch.tanh(x[4] + h[4]) * torch.sigmoid(x[5] + h[5]))
    a11 = torch.sigmoid(torch.tanh(x[6] + h[6]) + torch.sigmoid(x[7] + h[7]))
    c = torch.tanh(a8 + c) * a9
    return torch.tanh(c * torch.tanh(a10 + a11)), c


class NAS(nn.Module):
    """NASCell over x [T][B][D], as nn.LSTM is called."""

    def __init__(self, inputs: int, hidden: int, form: str):
        super().__init__()
        self.form = form
        self.w = nn.Parameter(torch.empty(inputs, 8 * hidden))
        self.u = nn.Parameter(torch.empty(hidden, 8 * hidden))
        nn.init.xavier_uniform_(self.w)
        nn.init.xavier_uniform_(self.u)
        self.gates = torch.compile(gates, dynamic=False) if form == "compile" else gates

    def forward(self, x, state):
        h, c = state
        if self.form == "function":
            ys, c = Function.apply(x, h, c, reorder(self.w, W_ORDER), reorder(self.u, U_ORDER))
            return ys, (ys[-1], c)
        ys = []
        for xw in torch.matmul(x, self.w).unbind(0):
            h, c = self.gates(xw, torch.mm(h, self.u), c)
            ys.append(h)
        return torch.stack(ys), (h, c)


class Model(nn.Module):
    def __init__(self, vocabulary: int, o: argparse.Namespace, form: str):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, o.embed)
        self.rnn = nn.LSTM(o.embed, o.hidden) if o.cell == "lstm" else NAS(o.embed, o.hidden, form)
        self.dropout = nn.Dropout(o.dropout)
        self.head = nn.Linear(o.hidden, vocabulary)
        self.lstm = o.cell == "lstm"

    def begin(self, batch: int, hidden: int):
        zero = torch.zeros(batch, hidden)
        return (zero[None], zero[None].clone()) if self.lstm else (zero, zero.clone())

    def forward(self, tokens, state):
        y, state = self.rnn(self.embedding(tokens), state)
        return self.head(self.dropout(y)), tuple(s.detach() for s in state)


class Training:
    """Stripes of the text, AdamW with warm-up and a cosine, and clipping, as in lm train."""

    def __init__(self, text: np.ndarray, o: argparse.Namespace, form: str, updates: int):
        symbols, numbers = np.unique(text, return_inverse=True)
        cut = len(numbers) - round(len(numbers) / 10)
        self.held = torch.from_numpy(numbers[cut - 1 :].astype(np.int64))
        rows = (cut - 1) // o.batch
        at = np.arange(o.batch) * rows
        stripes = np.stack([numbers[a : a + rows + 1] for a in at], 1).astype(np.int64)
        self.stripes, self.chunks, self.o = torch.from_numpy(stripes), rows // o.steps, o
        self.model = Model(len(symbols), o, form)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), o.rate, betas=(0.9, 0.99), weight_decay=0.1, fused=True
        )
        warm, last = 50, 0.01
        shape = lambda t: last + (1 - last) * (0.5 + 0.5 * math.cos(math.pi * t))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda i: min(1, (i + 1) / warm) * shape(max(0, i - warm) / max(1, updates - warm))
        )
        self.chunk = 0

    def update(self):
        o = self.o
        if self.chunk % self.chunks == 0:
            self.state = self.model.begin(o.batch, o.hidden)
        first = self.chunk % self.chunks * o.steps
        x, y = self.stripes[first : first + o.steps], self.stripes[first + 1 : first + o.steps + 1]
        self.optimizer.zero_grad()
        logits, self.state = self.model(x, self.state)
        nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten()).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1)
        self.optimizer.step()
        self.schedule.step()
        self.chunk += 1

    def evaluate(self) -> float:
        self.model.eval()
        state, nats = self.model.begin(1, self.o.hidden), 0.0
        with torch.inference_mode():
            for i in range(0, len(self.held) - 1, 512):
                x, y = self.held[i : i + 512], self.held[i + 1 : i + 513]
                logits, state = self.model(x[: len(y), None], state)
                nats += nn.functional.cross_entropy(logits[:, 0], y, reduction="sum").item()
        self.model.train()
        return nats / (len(self.held) - 1)


def time_torch(t: Training, updates: int) -> float:
    began = time.perf_counter()
    for _ in range(updates):
        t.update()
    return updates * t.o.batch * t.o.steps / (time.perf_counter() - began)


def time_lm(o: argparse.Namespace) -> float:
    """Symbols a second of one epoch on the first part of the text."""
    with tempfile.TemporaryDirectory() as folder:
        command = [o.lm, "train", "-model", folder, "-text", o.text, "-quiet", "-sample", "0", "-epochs", "1"]
        for name in ["cell", "hidden", "embed", "batch", "steps", "dropout", "rate"]:
            command += ["-" + name, str(getattr(o, name))]
        command += ["-limit", str(min(len(pathlib.Path(o.text).read_bytes()), o.updates * o.batch * o.steps * 10 // 9)),
                    "-shards", str(o.threads)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={"GOMAXPROCS": str(o.threads), "HOME": folder})
        last = json.loads((pathlib.Path(folder) / "curve.jsonl").read_text().splitlines()[-1])
        return last["update"] * o.batch * o.steps / last["seconds"]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("lm")
    p.add_argument("text")
    p.add_argument("-cell", default="lstm", choices=["lstm", "nascell"])
    for name, value in {"hidden": 320, "embed": 64, "batch": 32, "steps": 64, "rounds": 5, "updates": 100,
                        "threads": 2, "epochs": 0}.items():
        p.add_argument("-" + name, type=int, default=value)
    p.add_argument("-dropout", type=float, default=0.3)
    p.add_argument("-rate", type=float, default=6e-3)
    o = p.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    text = np.frombuffer(pathlib.Path(o.text).read_bytes(), np.uint8)
    forms = ["nn.LSTM"] if o.cell == "lstm" else ["compile", "function"]
    if o.epochs:
        t = Training(text, o, forms[-1], 1)
        t = Training(text, o, forms[-1], o.epochs * t.chunks)
        began = time.perf_counter()
        for epoch in range(o.epochs):
            time_torch(t, t.chunks)
            print(f"torch {forms[-1]}, epoch {epoch + 1}: {time.perf_counter() - began:.0f} s, {t.evaluate():.4f} nats", flush=True)
        return
    trainings = {f: Training(text, o, f, 10**6) for f in forms}
    for t in trainings.values():
        time_torch(t, 3)  # compiles, and warms up
    rates: dict[str, list[float]] = {name: [] for name in [*forms, "lm train"]}
    for _ in range(o.rounds):
        rates["lm train"].append(time_lm(o))
        for f, t in trainings.items():
            rates[f].append(time_torch(t, o.updates))
    ours = statistics.median(rates["lm train"])
    for name, r in rates.items():
        print(f"{o.cell} H={o.hidden} B={o.batch} T={o.steps}: {name:9} {statistics.median(r):9.0f} symbols/s, "
              f"lm is {ours / statistics.median(r):.2f} times as fast")


main()
