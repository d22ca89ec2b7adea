"""ESMM's step written by hand in PyTorch: torch_esmm.py FOLDER sparse|fused BATCH STEPS WARM

`sparse`: SparseAdam for the table, Adam for the rest. `fused`: Adam(fused=True) for all, the whole table included. Batches are taken
in order from memory, which costs nothing.
"""

from rows import Clock, answering, arguments, columns, threads

EMBEDDING, MLP = 18, (360, 200, 80)


def network(about, sparse=False):
    """The embedding of all fields in one table, and the two towers."""
    import torch

    table = torch.nn.Embedding(about["fields"] * about["size"], EMBEDDING, sparse=sparse)
    torch.nn.init.normal_(table.weight, std=0.01)

    def tower():
        widths = (about["fields"] * EMBEDDING, *MLP)
        layers = []
        for before, after in zip(widths, widths[1:]):
            layers += [torch.nn.Linear(before, after), torch.nn.ReLU()]
        return torch.nn.Sequential(*layers, torch.nn.Linear(widths[-1], 1))

    return table, tower(), tower()


def in_one_table(about, ids):
    """Ids `[rows, fields]` as rows of the table that all fields share."""
    import torch

    return torch.from_numpy(ids).long() + torch.arange(about["fields"]) * about["size"]


def main():
    about, kind, batch, steps, warm = arguments(("sparse", "fused"))
    answer = answering()
    import torch

    threads()
    torch.manual_seed(1)
    ids, click, conversion = columns(about, batch * steps)
    ids = in_one_table(about, ids)
    click, conversion = torch.from_numpy(click).float(), torch.from_numpy(conversion).float()
    table, ctr, cvr = network(about, kind == "sparse")
    rest = [*ctr.parameters(), *cvr.parameters()]
    if kind == "sparse":
        optimisers = [torch.optim.SparseAdam(table.parameters(), 1e-3), torch.optim.Adam(rest, 1e-3, fused=True)]
    else:
        optimisers = [torch.optim.Adam([*table.parameters(), *rest], 1e-3, fused=True)]
    loss_of = torch.nn.BCELoss()
    clock, losses = Clock(), []
    for start in range(0, batch * steps, batch):
        part = slice(start, start + batch)
        x = table(ids[part]).view(batch, -1)
        p, q = torch.sigmoid(ctr(x)).squeeze(1), torch.sigmoid(cvr(x)).squeeze(1)
        loss = loss_of(p, click[part]) + loss_of(p * q, conversion[part])
        for optimiser in optimisers:
            optimiser.zero_grad()
        loss.backward()
        for optimiser in optimisers:
            optimiser.step()
        losses.append(loss.item())
        clock.tick()
    answer(["torch"], samplesPerSecond=clock.rate(batch, warm), steps=steps - warm, loss=sum(losses[-10:]) / len(losses[-10:]))


if __name__ == "__main__":
    main()
