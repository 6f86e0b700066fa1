#!/usr/bin/env python3
"""Writes the golden values of schedules, averages and early stopping, Tests/Fixtures/golden/{schedule,average,stop}-*.

    python3 -m venv /tmp/golden
    /tmp/golden/bin/pip install torch==2.13.0 keras==3.15.1 safetensors==0.8.0 numpy==2.4.6
    KERAS_BACKEND=torch /tmp/golden/bin/python Tests/Fixtures/schedules.py

The tests read the files only. A schedule's file holds `rates` (and `momenta`) for t = 0 … 199, from PyTorch's
schedulers, from Keras for `power`, and from a formula for `piecewise`, `table` and `invsqrt`, which neither has; the
spec, the base rate and T stand in the metadata. For `plateau` it holds the `values` that were observed, too.
"""
import math
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy
import torch
from safetensors.torch import save_file
from torch.optim import lr_scheduler as schedulers
from torch.optim import swa_utils

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
STEPS = 200
LR = 0.3


def save(name, tensors, **metadata):
    tensors = {k: torch.as_tensor(v).detach().contiguous() for k, v in tensors.items()}
    save_file(tensors, os.path.join(OUT, name + ".safetensors"), metadata={k: str(v) for k, v in metadata.items()})


def save_rates(name, spec, rates, total=STEPS, **tensors):
    assert len(rates) == STEPS
    tensors["rates"] = torch.tensor(rates, dtype=torch.float64)
    save("schedule-" + name, tensors, schedule=spec, lr=LR, total=total)


def optimizer(kind=torch.optim.SGD):
    return kind([torch.nn.Parameter(torch.zeros(1))], lr=LR)


def from_torch(name, spec, make, total=STEPS):
    """The rates of a scheduler of PyTorch."""
    steps = optimizer()
    scheduler = make(steps)
    rates = []
    for _ in range(STEPS):
        rates.append(steps.param_groups[0]["lr"])
        steps.step()
        scheduler.step()
    save_rates(name, spec, rates, total)


def warm_up(length, start, make):
    return lambda o: schedulers.SequentialLR(
        o, [schedulers.LinearLR(o, start, 1.0, length), make(o)], milestones=[length])


def one_cycle(name, keys, kind=torch.optim.SGD, momentum=True, **options):
    """The rates of OneCycleLR, and the momentum or beta1 that it sets."""
    steps = optimizer(kind)
    # One step more than is taken: PyTorch refuses to look beyond the last.
    scheduler = schedulers.OneCycleLR(steps, LR, total_steps=STEPS, cycle_momentum=momentum, **options)
    rates, momenta = [], []
    for t in range(STEPS):
        group = steps.param_groups[0]
        rates.append(group["lr"])
        momenta.append(group["betas"][0] if "betas" in group else group["momentum"])
        steps.step()
        if t + 1 < STEPS:
            scheduler.step()
    tensors = {"momenta": torch.tensor(momenta, dtype=torch.float64)} if momentum else {}
    save_rates(name, "1cycle" + keys, rates, **tensors)


def plateau(name, keys, values, **options):
    """The rates of ReduceLROnPlateau: that of epoch t, and then the value observed after it."""
    steps = optimizer()
    scheduler = schedulers.ReduceLROnPlateau(steps, **options)
    rates = []
    for value in values.tolist():
        rates.append(steps.param_groups[0]["lr"])
        scheduler.step(value)
    assert len(set(rates)) > 2, name
    save_rates(name, "plateau" + keys, rates, values=values)


def from_formula(name, spec, rate):
    save_rates(name, spec, [rate(t) for t in range(STEPS)])


def table(name, points, rate, keys=""):
    """The rates of a text file that lies beside the golden one."""
    with open(os.path.join(OUT, f"schedule-{name}.txt"), "w") as file:
        file.write("# epoch and rate\n\n")
        for t, value in points:
            file.write(f"{t}\t{value}  # as it is\n")
    from_formula(name, f"table:schedule-{name}.txt{keys}", rate)


def schedules():
    from_torch("constant", "constant", lambda o: schedulers.ConstantLR(o, 1.0))
    from_torch("constant-warmup", "constant,warmup=20,warmup_start=0.1",
               warm_up(20, 0.1, lambda o: schedulers.ConstantLR(o, 1.0)))
    from_torch("constant-warmup-start", "constant,warmup=20",
               warm_up(20, 1 / 21, lambda o: schedulers.ConstantLR(o, 1.0)))
    from_torch("step", "step:30:0.5", lambda o: schedulers.StepLR(o, 30, 0.5))
    from_torch("step-default", "step:70", lambda o: schedulers.StepLR(o, 70))
    from_torch("exponential", "exponential:0.97", lambda o: schedulers.ExponentialLR(o, 0.97))
    from_torch("linear", "linear", lambda o: schedulers.LinearLR(o, 1.0, 0.0, STEPS))
    from_torch("linear-over", "linear:1,start=0.25,over=50", lambda o: schedulers.LinearLR(o, 0.25, 1.0, 50))
    from_torch("linear-warmup", "linear:0.1,warmup=10",
               warm_up(10, 1 / 11, lambda o: schedulers.LinearLR(o, 1.0, 0.1, STEPS - 10)))
    from_torch("cosine", "cosine", lambda o: schedulers.CosineAnnealingLR(o, STEPS))
    from_torch("cosine-end", "cosine:0.1", lambda o: schedulers.CosineAnnealingLR(o, STEPS, 0.1 * LR))
    from_torch("cosine-warmup", "cosine,warmup=40,warmup_start=0.25",
               warm_up(40, 0.25, lambda o: schedulers.CosineAnnealingLR(o, STEPS - 40)))
    from_torch("cosine-restart", "cosine:0.05,restart=30",
               lambda o: schedulers.CosineAnnealingWarmRestarts(o, 30, 1, 0.05 * LR))
    from_torch("cosine-restart-mult", "cosine,restart=10,mult=2",
               lambda o: schedulers.CosineAnnealingWarmRestarts(o, 10, 2))
    from_torch("cosine-restart-mult3", "cosine:0.5,restart=7,mult=3",
               lambda o: schedulers.CosineAnnealingWarmRestarts(o, 7, 3, 0.5 * LR))
    from_torch("piecewise-milestones", "piecewise:30:0.1:80:0.01", lambda o: schedulers.MultiStepLR(o, [30, 80]))
    from_formula("piecewise", "piecewise:1:2:50:0.5:51:0.25:199:0",
                 lambda t: LR * (1 if t < 1 else 2 if t < 50 else 0.5 if t < 51 else 0.25 if t < 199 else 0))

    keras.config.set_floatx("float64")
    for name, spec, options in [("power", "power:20", dict(decay_steps=20, decay_rate=1)),
                                ("power-scale", "power:12.5:1", dict(decay_steps=25, decay_rate=2))]:
        inverse = keras.optimizers.schedules.InverseTimeDecay(LR, **options)
        from_formula(name, spec, lambda t: float(inverse(t)))
    from_formula("power-exponent", "power:10:0.7", lambda t: LR / (1 + t / 10) ** 0.7)
    # Vaswani et al. 2017, (3): d^-0.5 · min(n^-0.5, n · warmup^-1.5), where the rate at n = warmup is LR.
    from_formula("invsqrt", "invsqrt:40",
                 lambda t: LR * 40 ** 0.5 * min((t + 1) ** -0.5, (t + 1) * 40 ** -1.5))

    one_cycle("1cycle", "")
    one_cycle("1cycle-linear", ",anneal=linear,pct_start=0.4,div_factor=10,final_div_factor=100",
              anneal_strategy="linear", pct_start=0.4, div_factor=10, final_div_factor=100)
    one_cycle("1cycle-three", ",three_phase=yes", three_phase=True)
    one_cycle("1cycle-three-linear", ",three_phase=yes,pct_start=0.45,anneal=linear,base_momentum=0.5,max_momentum=0.9",
              kind=torch.optim.Adam, three_phase=True, pct_start=0.45, anneal_strategy="linear", base_momentum=0.5,
              max_momentum=0.9)
    one_cycle("1cycle-rate-alone", ",cycle_momentum=no,pct_start=0.0", momentum=False, pct_start=0.0)
    one_cycle("1cycle-rise-alone", ",pct_start=1", pct_start=1.0)

    noise = torch.randn(STEPS, dtype=torch.float64)
    falling = torch.exp(-torch.arange(STEPS) / 20.0).double() + 0.3 + 0.02 * noise
    plateau("plateau", "", falling)
    plateau("plateau-quick", ":2:0.5,threshold=0.01,cooldown=3,min_lr=0.001", falling, patience=2, factor=0.5,
            threshold=0.01, cooldown=3, min_lr=0.001)
    plateau("plateau-absolute", ":4:0.3,threshold=0.02,threshold_mode=abs", falling, patience=4, factor=0.3,
            threshold=0.02, threshold_mode="abs")
    plateau("plateau-max", ":3:0.7,mode=max", -falling, patience=3, factor=0.7, mode="max")
    plateau("plateau-accuracy", ":3:0.7,monitor=valid_accuracy,threshold=0.01,threshold_mode=abs,cooldown=1",
            1.4 - falling, patience=3, factor=0.7, mode="max", threshold=0.01, threshold_mode="abs", cooldown=1)
    plateau("plateau-eps", ":0:0.5,eps=0.01", falling, patience=0, factor=0.5, eps=0.01)

    points = [(0, 0.02), (10, 0.3), (10.5, 0.29), (60, 0.1), (150, 0.001)]
    table("table", points, lambda t: float(numpy.interp(t, *zip(*points))))
    late = [(5, 0.25), (20, 0.5), (21, 0.125), (180, 1e-5)]
    table("table-steps", late, lambda t: [v for k, v in late if k <= max(t, 5)][-1], ",interpolation=none")


def averages():
    """A small network with batch normalisation, trained for five epochs of batches in order, and its average."""
    rows, batch, epochs = 30, 8, 5
    batches = range(0, rows, batch)
    for name, spec in [("ema", "ema:0.9"), ("swa", "swa:3")]:
        model = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.BatchNorm1d(7), torch.nn.Tanh(),
                                    torch.nn.Linear(7, 3))
        tensors = {k: v.clone() for k, v in model.state_dict().items()}
        x, y, other = torch.randn(rows, 5), torch.randint(3, (rows,)), torch.randn(rows, 5)
        steps = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
        if name == "ema":
            average = swa_utils.AveragedModel(
                model, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9), use_buffers=True)
        else:
            average = swa_utils.AveragedModel(model)
        losses = []
        for epoch in range(epochs):
            for i in batches:
                steps.zero_grad()
                torch.nn.CrossEntropyLoss()(model(x[i:i + batch]), y[i:i + batch]).backward()
                steps.step()
                if name == "ema":
                    average.update_parameters(model)
            if name == "swa" and epoch >= 2:
                average.update_parameters(model)
                swa_utils.update_bn([x[i:i + batch] for i in batches], average)
            # Until there is an average the network itself is validated.
            judged = average if name == "ema" or epoch >= 2 else model
            judged.eval()
            with torch.no_grad():
                losses.append(torch.nn.CrossEntropyLoss()(judged(other), y).item())
            judged.train()
        tensors.update({"after." + k: v for k, v in average.module.state_dict().items()})
        tensors.update(x=x, y=y, other=other, valid_loss=torch.tensor(losses, dtype=torch.float64))
        save("average-" + name, tensors, average=spec, layers="dense:7 bn tanh dense:3", lr=0.2, epochs=epochs,
             batch=batch)


def stopping():
    """The epoch, from 1, after which Keras's EarlyStopping stops, and the one whose weights it restores."""
    values = torch.cat([torch.exp(-torch.arange(20) / 6.0), torch.full((20,), 0.2)]).double()
    values += 0.05 * torch.sin(torch.arange(40) * 2.0).double()
    cases = [(2, 0.0, False), (4, 0.0, False), (3, 0.05, False), (1, 0.0, True), (6, 0.01, True)]
    tensors = {"values": values}
    expected = []
    for patience, delta, higher in cases:
        class Model:
            stop_training = False

            def get_weights(self):
                return []

            def set_weights(self, weights):
                pass

        stop = keras.callbacks.EarlyStopping("value", min_delta=delta, patience=patience, mode="max" if higher else "min",
                                             restore_best_weights=True)
        stop.set_model(Model())
        stop.on_train_begin()
        last = 0
        for epoch, value in enumerate((-values if higher else values).tolist()):
            stop.on_epoch_end(epoch, {"value": value})
            last = epoch + 1
            if stop.model.stop_training:
                break
        expected.append([patience, delta, float(higher), last, stop.best_epoch + 1])
    tensors["cases"] = torch.tensor(expected, dtype=torch.float64)
    save("stop-early", tensors)


def main():
    os.makedirs(OUT, exist_ok=True)
    torch.manual_seed(20261122)
    torch.set_num_threads(1)
    schedules()
    averages()
    stopping()


if __name__ == "__main__":
    main()
