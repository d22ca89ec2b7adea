"""deepctr-torch's ESMM as shipped, trained by its own fit: deepctr_esmm.py FOLDER BATCH STEPS WARM

A step ends when its optimiser has stepped. Its Adam is dense and its loss has the table's L2 norm in it: both are its defaults.
"""

import sys
import types

from rows import Clock, answering, arguments, columns, threads


def main():
    about, _, batch, steps, warm = arguments()
    answer = answering()
    # Asked for a newer version of itself at import, and not among what it says it needs.
    sys.modules.setdefault("requests", types.ModuleType("requests"))
    import numpy
    import torch
    from deepctr_torch.inputs import SparseFeat
    from deepctr_torch.models import ESMM

    threads()
    ids, click, conversion = columns(about, batch * steps)
    names = [f"f{field}" for field in range(about["fields"])]
    x = {name: ids[:, field].copy() for field, name in enumerate(names)}
    y = numpy.stack([click, conversion], axis=1)
    model = ESMM([SparseFeat(name, about["size"], embedding_dim=18) for name in names], tower_dnn_hidden_units=(360, 200, 80))
    model.compile("adam", loss=["binary_crossentropy"] * 2, metrics=[])
    clock = Clock()
    model.optim.register_step_post_hook(clock.tick)
    history = model.fit(x, y, batch_size=batch, epochs=1, verbose=0)
    answer(["torch", "deepctr-torch"], samplesPerSecond=clock.rate(batch, warm), steps=steps - warm, loss=float(history.history["loss"][-1]))


if __name__ == "__main__":
    main()
