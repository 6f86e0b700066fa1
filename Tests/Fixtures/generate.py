#!/usr/bin/env python3
"""Writes the golden values of networks and training, Tests/Fixtures/golden/*.safetensors, with PyTorch.

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install torch==2.13.0 safetensors==0.8.0 numpy==2.4.6
    /tmp/golden/bin/python Tests/Fixtures/generate.py

The tests read the files only. Each holds the first parameters under their own names, `x` and `y`, and what PyTorch
made of them; the layer list and the options stand in the metadata.
"""
import os

import torch
from safetensors.torch import save_file

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
MODULES = {"relu": torch.nn.ReLU, "leakyrelu": torch.nn.LeakyReLU, "elu": torch.nn.ELU, "selu": torch.nn.SELU,
           "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh}


def build(layers, width):
    modules = []
    for text in layers.split():
        name, _, value = text.partition(":")
        if name == "dense":
            modules.append(torch.nn.Linear(width, int(value)))
            width = int(value)
        elif name == "bn":
            modules.append(torch.nn.BatchNorm1d(width))
            torch.nn.init.uniform_(modules[-1].weight, 0.5, 1.5)
            torch.nn.init.uniform_(modules[-1].bias, -0.5, 0.5)
        elif name == "softmax":
            modules.append(torch.nn.Softmax(1))
        elif name == "flatten":
            modules.append(torch.nn.Flatten())
        else:
            modules.append(MODULES[name](*([float(value)] if value else [])))
    return torch.nn.Sequential(*modules)


def loss_function(name):
    return {"cross-entropy": torch.nn.CrossEntropyLoss(), "mse": torch.nn.MSELoss(),
            "bce-with-logits": torch.nn.BCEWithLogitsLoss()}[name]


def targets(name, rows, outputs):
    if name == "cross-entropy":
        return torch.randint(outputs, (rows,))
    y = torch.randn(rows, outputs)
    return (y > 0).float() if name == "bce-with-logits" else y


def save(name, tensors, **metadata):
    tensors = {k: v.detach().contiguous() for k, v in tensors.items()}
    save_file(tensors, os.path.join(OUT, name + ".safetensors"), metadata={k: str(v) for k, v in metadata.items()})


def gradients(name, layers, width, rows, loss):
    """Output, loss, and the gradients with respect to the parameters, of one batch in training mode."""
    model = build(layers, width)
    first = {k: v.clone() for k, v in model.state_dict().items()}
    x = torch.randn(rows, width)
    output = model(x)
    y = targets(loss, rows, output.shape[1])
    value = loss_function(loss)(output, y)
    value.backward()
    tensors = dict(first, x=x, y=y, output=output, loss=value)
    tensors.update({"grad." + k: p.grad for k, p in model.named_parameters()})
    tensors.update({"after." + k: v for k, v in model.state_dict().items() if "running" in k or "num_batches" in k})
    model.eval()
    tensors["inference"] = model(x)
    save("gradients-" + name, tensors, layers=layers, input=width, loss=loss)


def steps(name, spec, make, clip_norm=0.0, clip_value=0.0, weight_decay=0.0, lr=0.1, schedule="constant"):
    """Parameters after three epochs of mini-batches in order, the last one smaller."""
    layers, width, rows, batch = "dense:7 tanh dense:3", 5, 30, 8
    model = build(layers, width)
    first = {k: v.clone() for k, v in model.state_dict().items()}
    x, y = torch.randn(rows, width), torch.randint(3, (rows,))
    # Weight decay is for weights alone.
    groups = [{"params": [p for k, p in model.named_parameters() if k.endswith("weight")], "weight_decay": weight_decay},
              {"params": [p for k, p in model.named_parameters() if k.endswith("bias")], "weight_decay": 0.0}]
    optimizer = make(groups, lr)
    rates = {"constant": None, "step:2:0.5": lambda o: torch.optim.lr_scheduler.StepLR(o, 2, 0.5),
             "exponential:0.8": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.8),
             "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 3)}[schedule]
    scheduler = rates(optimizer) if rates else None
    for _ in range(3):
        for i in range(0, rows, batch):
            optimizer.zero_grad()
            torch.nn.CrossEntropyLoss()(model(x[i:i + batch]), y[i:i + batch]).backward()
            if clip_value:
                torch.nn.utils.clip_grad_value_(model.parameters(), clip_value)
            if clip_norm:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
            optimizer.step()
        if scheduler:
            scheduler.step()
    tensors = dict(first, x=x, y=y)
    tensors.update({"after." + k: v for k, v in model.state_dict().items()})
    save("steps-" + name, tensors, layers=layers, input=width, optimizer=spec, lr=lr, schedule=schedule,
         clip_norm=clip_norm, clip_value=clip_value, weight_decay=weight_decay, epochs=3, batch=batch)


def main():
    os.makedirs(OUT, exist_ok=True)
    torch.manual_seed(20261121)
    torch.set_num_threads(1)
    gradients("dense", "dense:10", 17, 9, "cross-entropy")
    gradients("one-row", "dense:18 relu dense:3", 5, 1, "cross-entropy")
    for name in MODULES:
        gradients(name, f"dense:19 {name} dense:4", 6, 11, "cross-entropy")
    gradients("elu-alpha", "dense:19 elu:0.5 dense:4", 6, 11, "cross-entropy")
    gradients("leakyrelu-slope", "dense:19 leakyrelu:0.2 dense:4", 6, 11, "cross-entropy")
    gradients("stacked", "sigmoid tanh dense:8 tanh sigmoid dense:4 relu tanh dense:3", 6, 11, "mse")
    gradients("sign-kept", "dense:19 relu flatten sigmoid dense:9 leakyrelu flatten flatten tanh dense:4", 6, 11, "mse")
    gradients("bn", "bn dense:20 bn relu dense:33 elu bn dense:5", 17, 40, "cross-entropy")
    gradients("softmax", "dense:12 softmax dense:3", 4, 7, "mse")
    gradients("softmax-last", "dense:5 softmax", 4, 7, "mse")
    gradients("bce", "dense:12 relu dense:3", 4, 7, "bce-with-logits")
    gradients("bce-one", "dense:12 relu dense:1", 4, 7, "bce-with-logits")
    gradients("mse", "dense:12 selu dense:2", 4, 7, "mse")
    gradients("wide", "dense:130 relu dense:70 relu dense:10", 200, 70, "cross-entropy")

    sgd, adam, adamw = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
    steps("sgd", "sgd", lambda g, lr: sgd(g, lr))
    steps("sgd-decay", "sgd", lambda g, lr: sgd(g, lr), weight_decay=0.1)
    steps("momentum", "momentum:0.9", lambda g, lr: sgd(g, lr, momentum=0.9), lr=0.05)
    steps("momentum-dampening", "sgd,momentum=0.8,dampening=0.3", lambda g, lr: sgd(g, lr, momentum=0.8, dampening=0.3))
    steps("nesterov", "nesterov:0.9", lambda g, lr: sgd(g, lr, momentum=0.9, nesterov=True), lr=0.05, weight_decay=0.01)
    steps("adam", "adam", lambda g, lr: adam(g, lr), lr=0.02)
    steps("adam-betas", "adam,beta1=0.8,beta2=0.95,eps=1e-4",
          lambda g, lr: adam(g, lr, betas=(0.8, 0.95), eps=1e-4), lr=0.02, weight_decay=0.05)
    steps("adamw", "adamw", lambda g, lr: adamw(g, lr), lr=0.02, weight_decay=0.1)
    steps("clip-norm", "sgd", lambda g, lr: sgd(g, lr), clip_norm=0.3, lr=0.5)
    steps("clip-value", "momentum:0.5", lambda g, lr: sgd(g, lr, momentum=0.5), clip_value=0.02, lr=0.5)
    steps("step", "sgd", lambda g, lr: sgd(g, lr), schedule="step:2:0.5")
    steps("exponential", "adam", lambda g, lr: adam(g, lr), schedule="exponential:0.8", lr=0.05)
    steps("cosine", "sgd", lambda g, lr: sgd(g, lr), schedule="cosine")


if __name__ == "__main__":
    main()
