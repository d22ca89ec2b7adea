"""torch-rechub's ESMM as shipped, with its own loader and trainer: rechub_esmm.py FOLDER BATCH STEPS WARM

A step ends when its optimiser has stepped. Its towers have batch normalisation, its Adam is dense with weight decay, and its loader
makes a batch row by row: all are its defaults.
"""

from rows import Clock, answering, arguments, columns, threads


def main():
    about, _, batch, steps, warm = arguments()
    answer = answering()
    import numpy
    import torch
    from torch_rechub.basic.features import SparseFeature
    from torch_rechub.models.multi_task import ESMM
    from torch_rechub.trainers import MTLTrainer
    from torch_rechub.utils.data import DataGenerator

    threads()
    torch.manual_seed(1)
    ids, click, conversion = columns(about, batch * steps)
    names = [f"f{field}" for field in range(about["fields"])]
    x = {name: ids[:, field].copy() for field, name in enumerate(names)}
    y = numpy.stack([conversion, click, conversion], axis=1)
    features = [SparseFeature(name, about["size"], embed_dim=18) for name in names]
    tower = {"dims": [360, 200, 80], "activation": "relu", "dropout": 0.0}
    half = len(features) // 2
    model = ESMM(features[:half], features[half:], cvr_params=dict(tower), ctr_params=dict(tower))
    few = {name: column[:2] for name, column in x.items()}
    loader, _, _ = DataGenerator(x, y).generate_dataloader(x_val=few, y_val=y[:2], x_test=few, y_test=y[:2], batch_size=batch)
    trainer = MTLTrainer(model, task_types=["classification"] * 3, n_epoch=1)
    clock = Clock()
    trainer.optimizer.register_step_post_hook(clock.tick)
    losses = trainer.train_one_epoch(loader)
    answer(["torch", "torch-rechub"], samplesPerSecond=clock.rate(batch, warm), steps=steps - warm, loss=float(losses[1] + losses[2]))


if __name__ == "__main__":
    main()
