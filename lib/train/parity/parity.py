"""Losses of 100 steps in PyTorch, written beside this file as parity.json: python parity.py (with torch 2.15.0)

Networks, start weights and batches are those of parity.test.ts. Weights and data come from whole-number arithmetic, the same on both
sides: nothing is drawn.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

FIELDS, SIZE, WIDTH, ROWS, BATCH, STEPS = 5, 20, 8, 1600, 64, 100
torch.set_num_threads(1)


def unit(name, i):
    """Element i of the numbers called `name`, in [-0.5, 0.5)."""
    k = sum((place + 1) * ord(letter) for place, letter in enumerate(name)) % 9973
    return ((i * 7919 + k * 104729 + (i * i % 9973) * (31 + k)) % 10007) / 10007 - 0.5


def start(name, shape, scale):
    count = 1
    for n in shape:
        count *= n
    return torch.tensor([unit(name, i) * scale for i in range(count)], dtype=torch.float32).reshape(shape)


ids = torch.tensor([[int((unit(f"field {f}", row) + 0.5) * SIZE) for f in range(FIELDS)] for row in range(ROWS)])
click = torch.tensor([float(unit("click", row) + 0.5 < 0.1 + 0.04 * (int(ids[row, 0]) % 10)) for row in range(ROWS)])
conversion = click * torch.tensor([float(unit("conversion", row) + 0.5 < 0.1 + 0.08 * (int(ids[row, 1]) % 10)) for row in range(ROWS)])


class Network:
    def __init__(self):
        self.weights = {}

    def weight(self, name, shape, scale):
        if name not in self.weights:
            self.weights[name] = start(name, shape, scale).requires_grad_()
        return self.weights[name]

    def embed(self, x):
        table = self.weight("embedding", [FIELDS * SIZE, WIDTH], 0.4)
        return F.embedding(x + torch.arange(FIELDS) * SIZE, table).reshape(len(x), FIELDS * WIDTH)

    def linear(self, name, x, width):
        w = self.weight(f"{name}/w", [x.shape[1], width], 2 / x.shape[1] ** 0.5)
        return x @ w + self.weight(f"{name}/b", [width], 0.2)

    def mlp(self, name, x, widths):
        for i, width in enumerate(widths):
            x = torch.relu(self.linear(f"{name}/{i}", x, width))
        return x

    def logit(self, name, x):
        return self.linear(f"{name}/logit", x, 1).squeeze(1)


def esmm(nn, x):
    e = nn.embed(x)
    return nn.logit("ctr", nn.mlp("ctr", e, [16, 8])), nn.logit("cvr", nn.mlp("cvr", e, [16, 8]))


def experts(nn, x):
    e = nn.embed(x)
    count, width = 4, 12
    w = nn.weight("experts/0/w", [FIELDS * WIDTH, count * width], 2 / (FIELDS * WIDTH) ** 0.5)
    b = nn.weight("experts/0/b", [count * width], 0.2)
    each = [torch.relu(F.linear(e, w[:, j * width : (j + 1) * width].T, b[j * width : (j + 1) * width])) for j in range(count)]

    def task(name):
        gate = torch.softmax(nn.linear(f"{name}/gate", e, count), 1)
        return nn.logit(name, nn.mlp(name, sum(gate[:, j : j + 1] * each[j] for j in range(count)), [8]))

    return task("ctr"), task("cvr")


def attention(nn, x):
    e = nn.embed(x).reshape(len(x), FIELDS, WIDTH)

    def heads(of):
        projected = e @ nn.weight(f"attention/{of}", [WIDTH, WIDTH], 2 / WIDTH**0.5)
        return projected.reshape(len(x), FIELDS, 2, WIDTH // 2).transpose(1, 2)

    # The last field is masked: no query sees it.
    mask = (torch.arange(FIELDS) < FIELDS - 1).expand(len(x), 1, FIELDS, FIELDS)
    seen = F.scaled_dot_product_attention(heads("query"), heads("key"), heads("value"), attn_mask=mask)
    flat = seen.transpose(1, 2).reshape(len(x), FIELDS * WIDTH)
    a, b = nn.mlp("ctr", flat, [8]), nn.mlp("cvr", flat, [8])
    both = torch.stack([b, a], 1)
    q, k, v = (both @ nn.weight(f"transfer/{of}", [8, 8], 2 / 8**0.5) for of in ("query", "key", "value"))
    share = torch.softmax((q * k).sum(2) / 8**0.5, 1)
    return nn.logit("ctr", a), nn.logit("cvr", (share.unsqueeze(2) * v).sum(1))


def train(model, optimiser):
    nn = Network()
    model(nn, ids[:1])
    weights = nn.weights.values()
    step_by = torch.optim.Adam(weights, lr=0.01) if optimiser == "adam" else torch.optim.Adagrad(weights, lr=0.05)
    losses = []
    for step in range(STEPS):
        at = torch.arange(step * BATCH, (step + 1) * BATCH) % ROWS
        ctr, cvr = model(nn, ids[at])
        both = F.logsigmoid(ctr) + F.logsigmoid(cvr)
        of_ctr = F.binary_cross_entropy_with_logits(ctr, click[at])
        of_ctcvr = -(conversion[at] * both + (1 - conversion[at]) * torch.log1p(-both.exp())).mean()
        loss = of_ctr + of_ctcvr
        step_by.zero_grad()
        loss.backward()
        step_by.step()
        losses.append(loss.item())
    return losses


runs = {
    "esmm, adam": train(esmm, "adam"),
    "esmm, adagrad": train(esmm, "adagrad"),
    "experts, adam": train(experts, "adam"),
    "attention, adam": train(attention, "adam"),
}
text = json.dumps({"torch": torch.__version__, "losses": runs}, indent="\t")
Path(__file__).with_name("parity.json").write_text(text + "\n")
for name, losses in runs.items():
    print(name, losses[0], losses[-1])
