#!/usr/bin/env python3
"""Writes the golden values of optimizers, clipping, penalties and constraints, Tests/Fixtures/golden/{optimizer,update}-*,
with PyTorch and Keras.

    python3 -m venv /tmp/golden
    /tmp/golden/bin/pip install torch==2.13.0 keras==3.15.1 safetensors==0.8.0 numpy==2.4.6
    /tmp/golden/bin/python Tests/Fixtures/optimizers.py

The tests read the files only. Each holds the first parameters under their own names, `x` and `y`, and the parameters
after some steps over all rows (`step1.0.weight` after the first); layers and options stand in the metadata. Every
trajectory is also computed in double precision: one that rounding would carry off is refused.
"""
import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch
from safetensors.torch import save_file

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
STEPS = (1, 10, 100)
WIDTH, HIDDEN, OUTPUTS, ROWS = 5, 7, 3, 12
LAYERS = f"dense:{HIDDEN} tanh dense:{OUTPUTS}"


def build():
    return torch.nn.Sequential(torch.nn.Linear(WIDTH, HIDDEN), torch.nn.Tanh(), torch.nn.Linear(HIDDEN, OUTPUTS))


torch.manual_seed(20261122)
torch.set_num_threads(1)
FIRST = {k: v.clone() for k, v in build().state_dict().items()}
X = torch.randn(ROWS, WIDTH)
Y = 2 * torch.randn(ROWS, OUTPUTS)


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, maximize=False):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay, maximize=maximize))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                g = -p.grad if group["maximize"] else p.grad
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * g)
                p.sub_(group["lr"] * (update + group["weight_decay"] * p))
                m.mul_(beta2).add_(g, alpha=1 - beta2)


def trajectory(make, lr, weight_decay, decay_all, dtype, steps, before_step=None, after_step=None, loss=None):
    model = build().to(dtype)
    model.load_state_dict({k: v.to(dtype) for k, v in FIRST.items()})
    x, y = X.to(dtype), Y.to(dtype)
    # Weight decay is for weights alone unless asked.
    weights = [p for k, p in model.named_parameters() if k.endswith("weight")]
    others = [p for k, p in model.named_parameters() if not k.endswith("weight")]
    groups = [{"params": weights, "weight_decay": weight_decay},
              {"params": others, "weight_decay": weight_decay if decay_all else 0.0}]
    optimizer = make(groups, lr)
    result = {}
    for step in range(1, max(steps) + 1):
        optimizer.zero_grad()
        value = torch.nn.functional.mse_loss(model(x), y)
        (value + loss(model) if loss else value).backward()
        if before_step:
            before_step(model)
        optimizer.step()
        if after_step:
            after_step(model)
        if step in steps:
            result.update({f"step{step}.{k}": v.clone() for k, v in model.state_dict().items()})
    return result


def save(name, tensors, **metadata):
    tensors = dict(FIRST, x=X, y=Y, **tensors)
    save_file({k: v.detach().float().contiguous() for k, v in tensors.items()},
              os.path.join(OUT, name + ".safetensors"), metadata={k: str(v) for k, v in metadata.items()})


def case(name, spec, make, lr, weight_decay=0.0, decay_all=False, steps=STEPS, layers=LAYERS, options="", **hooks):
    single, double = (
        trajectory(make, lr, weight_decay, decay_all, dtype, steps, **hooks) for dtype in (torch.float32, torch.float64))
    drift = max(((single[k] - double[k]).abs().max() / double[k].abs().max()).item() for k in single)
    print(f"{name:34} drift {drift:.1e}")
    assert drift < 2e-5, "rounding decides this trajectory"
    save(name, single, layers=layers, optimizer=spec, lr=lr, weight_decay=weight_decay,
         decay_all="yes" if decay_all else "no", options=options)


def optimizers():
    torch_names = {"sgd": torch.optim.SGD, "momentum": torch.optim.SGD, "nesterov": torch.optim.SGD,
                   "adagrad": torch.optim.Adagrad, "rmsprop": torch.optim.RMSprop, "adadelta": torch.optim.Adadelta,
                   "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "adamax": torch.optim.Adamax,
                   "nadam": torch.optim.NAdam, "lion": Lion}

    def variant(name, keys="", lr=None, weight_decay=0.0, decay_all=False, suffix=None, **arguments):
        """An optimizer at its defaults but for the arguments, which `keys` says in our words."""
        kind = torch_names[name]
        if lr is None:
            lr = kind([torch.zeros(1)]).defaults["lr"]
        spec = name + keys
        file = "-".join(["optimizer", name] + ([suffix] if suffix else []))
        case(file, spec, lambda groups, lr: kind(groups, lr=lr, **arguments), lr, weight_decay, decay_all)

    sgd = dict(lr=0.05)
    variant("sgd", **sgd)
    variant("sgd", suffix="decay", weight_decay=0.1, **sgd)
    variant("sgd", suffix="decay-all", weight_decay=0.1, decay_all=True, **sgd)
    variant("sgd", ",maximize=yes", suffix="maximize", lr=0.001, weight_decay=0.1, maximize=True)
    variant("sgd", ",momentum=0.9,dampening=0.3", suffix="momentum-dampening", momentum=0.9, dampening=0.3, **sgd)
    variant("sgd", ",momentum=0.9,nesterov=yes", suffix="nesterov", momentum=0.9, nesterov=True, **sgd)
    variant("sgd", ",momentum=0.9,maximize=yes", suffix="momentum-maximize", lr=0.0002, momentum=0.9, maximize=True)
    variant("momentum", ":0.8", momentum=0.8, **sgd)
    variant("momentum", ":0.8,dampening=0.5", suffix="dampening", momentum=0.8, dampening=0.5, **sgd)
    variant("momentum", ":0.8", suffix="decay", weight_decay=0.1, momentum=0.8, **sgd)
    variant("nesterov", ":0.8", momentum=0.8, nesterov=True, **sgd)
    variant("nesterov", ":0.8", suffix="decay", momentum=0.8, nesterov=True, weight_decay=0.1, **sgd)
    variant("nesterov", ":0.8,maximize=yes", suffix="maximize", lr=0.0005, momentum=0.8, nesterov=True, maximize=True)

    variant("adagrad")
    variant("adagrad", suffix="rate", lr=0.03)
    variant("adagrad", ",lr_decay=0.05", suffix="lr-decay", lr=0.1, lr_decay=0.05)
    variant("adagrad", ",initial=0.5,eps=1e-3", suffix="initial", lr=0.1, initial_accumulator_value=0.5, eps=1e-3)
    variant("adagrad", suffix="decay", lr=0.1, weight_decay=0.1)
    variant("adagrad", ",maximize=yes", suffix="maximize", maximize=True)

    # From a large eps on, the first steps are not all of one size.
    variant("rmsprop", lr=0.002)
    variant("rmsprop", ",alpha=0.9,eps=1e-2", suffix="alpha", lr=0.005, alpha=0.9, eps=1e-2)
    variant("rmsprop", ",momentum=0.8", suffix="momentum", lr=0.0005, momentum=0.8)
    variant("rmsprop", ",centered=yes,eps=1e-2", suffix="centered", lr=0.002, centered=True, eps=1e-2)
    variant("rmsprop", ",momentum=0.5,centered=yes,eps=1e-2", suffix="centered-momentum", lr=0.001, momentum=0.5,
            centered=True, eps=1e-2, weight_decay=0.1)
    variant("rmsprop", suffix="decay", lr=0.002, weight_decay=0.1, decay_all=True)
    variant("rmsprop", ",maximize=yes", suffix="maximize", lr=0.0005, maximize=True)

    variant("adadelta")
    variant("adadelta", ",rho=0.8,eps=1e-4", suffix="rho", lr=0.2, rho=0.8, eps=1e-4)
    variant("adadelta", suffix="decay", weight_decay=0.1)
    variant("adadelta", ",maximize=yes", suffix="maximize", lr=0.5, maximize=True)

    for name in ("adam", "adamw"):
        variant(name, weight_decay=0.0)
        variant(name, suffix="rate", lr=0.01)
        variant(name, ",beta1=0.8,beta2=0.95,eps=1e-4", suffix="betas", lr=0.01, betas=(0.8, 0.95), eps=1e-4)
        variant(name, suffix="decay", lr=0.01, weight_decay=0.1)
        variant(name, suffix="decay-all", lr=0.01, weight_decay=0.1, decay_all=True)
        variant(name, ",amsgrad=yes", suffix="amsgrad", lr=0.01, amsgrad=True, weight_decay=0.05)
        variant(name, ",beta2=0.9,amsgrad=yes", suffix="amsgrad-beta2", lr=0.01, amsgrad=True, betas=(0.9, 0.9))
        variant(name, ",maximize=yes", suffix="maximize", maximize=True, weight_decay=0.1)

    variant("adamax")
    variant("adamax", ",beta1=0.8,beta2=0.95,eps=1e-3", suffix="betas", lr=0.01, betas=(0.8, 0.95), eps=1e-3)
    variant("adamax", suffix="decay", weight_decay=0.1)
    variant("adamax", ",maximize=yes", suffix="maximize", lr=0.001, maximize=True)

    variant("nadam")
    variant("nadam", ",beta1=0.8,beta2=0.95,eps=1e-4", suffix="betas", lr=0.01, betas=(0.8, 0.95), eps=1e-4)
    variant("nadam", ",momentum_decay=0.1", suffix="momentum-decay", lr=0.01, momentum_decay=0.1)
    variant("nadam", suffix="decay", weight_decay=0.1)
    variant("nadam", ",decoupled=yes", suffix="decoupled", weight_decay=0.1, decoupled_weight_decay=True)
    variant("nadam", ",maximize=yes", suffix="maximize", lr=0.001, maximize=True)

    variant("lion", lr=0.0005)
    variant("lion", ",beta1=0.8,beta2=0.9", suffix="betas", lr=0.0005, betas=(0.8, 0.9))
    variant("lion", suffix="decay", lr=0.0005, weight_decay=0.1)
    variant("lion", ",maximize=yes", suffix="maximize", lr=0.0001, maximize=True)


def clips():
    """PyTorch's clips; the two of them one after the other, as nn-train does."""
    def sgd(groups, lr):
        return torch.optim.SGD(groups, lr, momentum=0.5)

    def value(model):
        torch.nn.utils.clip_grad_value_(model.parameters(), 0.1)

    def norm(model):
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.3)

    def both(model):
        value(model)
        norm(model)

    case("update-clip-value", "momentum:0.5", sgd, 0.05, before_step=value, options="clip-value=0.1")
    case("update-clip-norm", "momentum:0.5", sgd, 0.05, before_step=norm, options="clip-norm=0.3")
    case("update-clip-both", "momentum:0.5", sgd, 0.05, before_step=both, options="clip-value=0.1 clip-norm=0.3")


def unfreeze():
    """The first layer is trained from step 11 on only: its moments and its count of steps begin there."""

    class Frozen:
        count = 0

        def __call__(self, model):
            if self.count % 20 < 10:
                for name, p in model.named_parameters():
                    if name.startswith("0."):
                        p.grad = None
            self.count += 1

    for name, spec, kind, lr, arguments in [
            ("adam", "adam", torch.optim.Adam, 0.01, {}), ("nadam", "nadam", torch.optim.NAdam, 0.01, {}),
            ("adagrad", "adagrad,lr_decay=0.1", torch.optim.Adagrad, 0.1, dict(lr_decay=0.1)),
            ("momentum", "momentum:0.9,dampening=0.5", torch.optim.SGD, 0.05, dict(momentum=0.9, dampening=0.5))]:
        case("unfreeze-" + name, spec, lambda groups, lr: kind(groups, lr=lr, **arguments), lr, steps=[20],
             before_step=Frozen())


def proximal():
    """Proximal gradient descent (Parikh and Boyd 2014, section 4.2) on the l1 norm of the first weights."""
    l1 = 0.1

    @torch.no_grad()
    def soften(lr):
        def step(model):
            w = model[0].weight
            w.copy_(torch.sign(w) * torch.clamp(w.abs() - lr * l1, min=0))
        return step

    layers = f"dense:{HIDDEN},l1={l1} tanh dense:{OUTPUTS}"
    for name, spec, make, lr in [("sgd", "sgd", lambda g, lr: torch.optim.SGD(g, lr), 0.05),
                                 ("adam", "adam", lambda g, lr: torch.optim.Adam(g, lr), 0.01)]:
        case(f"update-proximal-{name}", spec, make, lr, after_step=torch.no_grad()(soften(lr)), layers=layers,
             options="proximal")


def keras_case(name, layers, options="", lr=0.05, regularizer=None, constraint=None, optimizer=None,
               spec="momentum:0.5", **arguments):
    """Keras's SGD with momentum, or another optimizer, over the same rows; kernels are PyTorch's weights transposed."""
    def dense(units, activation, **more):
        return keras.layers.Dense(units, activation=activation, **more)

    model = keras.Sequential([
        keras.Input((WIDTH,)), dense(HIDDEN, "tanh", kernel_regularizer=regularizer, kernel_constraint=constraint),
        dense(OUTPUTS, None)])
    model.set_weights([FIRST[k].numpy().T if k.endswith("weight") else FIRST[k].numpy() for k in FIRST])
    model.compile(optimizer or keras.optimizers.SGD(lr, momentum=0.5, **arguments), "mse", jit_compile=False)
    tensors = {}
    for step in range(1, max(STEPS) + 1):
        model.train_on_batch(X.numpy(), Y.numpy())
        if step in STEPS:
            for key, value in zip(FIRST, model.get_weights()):
                tensors[f"step{step}.{key}"] = torch.tensor(value).T if key.endswith("weight") else torch.tensor(value)
    # Keras: v = momentum·v − lr·g; w += v, which is PyTorch's while the rate stays.
    save(name, tensors, layers=layers, optimizer=spec, lr=lr, weight_decay=0.0, decay_all="no", options=options)
    print(name)


def keras_cases():
    hidden = f"dense:{HIDDEN}"
    rest = f"tanh dense:{OUTPUTS}"
    keras_case("optimizer-rmsprop-eps-in-root", LAYERS, lr=0.005, spec="rmsprop,alpha=0.9,eps=1e-2,eps_in_root=yes",
               optimizer=keras.optimizers.RMSprop(0.005, rho=0.9, epsilon=1e-2))
    keras_case("update-keras-clip-tensor-norm", LAYERS, "clip-tensor-norm=0.2", clipnorm=0.2)
    keras_case("update-keras-clip-value", LAYERS, "clip-value=0.1", clipvalue=0.1)
    # The mean over the rows' outputs is the loss in both; penalties are added to it.
    keras_case("update-keras-l1", f"{hidden},l1=0.01 {rest}", regularizer=keras.regularizers.L1(0.01))
    keras_case("update-keras-l2", f"{hidden},l2=0.01 {rest}", regularizer=keras.regularizers.L2(0.01))
    keras_case("update-keras-elastic", f"{hidden},l1=0.005,l2=0.02 {rest}",
               regularizer=keras.regularizers.L1L2(0.005, 0.02))
    keras_case("update-keras-maxnorm", f"{hidden},maxnorm=0.6 {rest}", constraint=keras.constraints.MaxNorm(0.6, axis=0))


if __name__ == "__main__":
    optimizers()
    clips()
    unfreeze()
    proximal()
    keras_cases()
