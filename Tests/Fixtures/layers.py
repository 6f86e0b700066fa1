#!/usr/bin/env python3
"""Writes the golden values of every layer, Tests/Fixtures/golden/{layer,norm,activity}-*.safetensors.

    python3 -m venv /tmp/golden
    /tmp/golden/bin/pip install torch==2.13.0 keras==3.15.1 safetensors==0.8.0 numpy==2.4.6
    /tmp/golden/bin/python Tests/Fixtures/layers.py

layer-NAME[-VARIANT]: for batches 0, 1, ... of several shapes the input `x`, a random output gradient `dy`, and what
PyTorch makes of them in Float64: `y`, `dx`, the parameters under their own names and their gradients `grad.NAME`; `inference` is
the output in evaluation mode, where it differs. The masks of the dropout family are those of our counter-based
generator, written down here a second time. norm-*: running statistics over several batches. activity-keras: Keras's
activity_regularizer. The tests read the files only.
"""
import os

os.environ["KERAS_BACKEND"] = "torch"
import keras  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

from masks import SEED, STEP, mask  # noqa: E402

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
SHAPES = [(1, 1), (33, 5), (1, 16), (7, 17), (7, 40)]  # rows, columns


def save(name, tensors, **metadata):
    tensors = {k: v.detach().float().clone().contiguous() for k, v in tensors.items()}
    save_file(tensors, os.path.join(OUT, name + ".safetensors"), metadata={k: str(v) for k, v in metadata.items()})


def layer(name, text, make, shapes=SHAPES, kinks=False):
    """`make(columns)` is a module; `text` the layer as we write it, of which {n} is the number of outputs."""
    tensors, texts = {}, []
    for i, (rows, columns) in enumerate(shapes):
        module = make(columns)
        for p in module.parameters():
            torch.nn.init.uniform_(p, -0.5, 1.5)
        module.double()  # PyTorch's own rounding is as large as what the tests allow
        x = (torch.randn(rows, columns) * 2).double()
        if kinks:
            x[0, 0] = 0
        x.requires_grad_()
        y = module(x)
        dy = torch.randn(y.shape).double()
        y.backward(dy)
        case = {"x": x, "dy": dy, "y": y, "dx": x.grad}
        case.update({k: p for k, p in module.named_parameters()})
        case.update({"grad." + k: p.grad for k, p in module.named_parameters()})
        module.eval()
        inference = module(x)
        if not torch.equal(inference, y):
            case["inference"] = inference
        tensors.update({f"{i}.{k}": v for k, v in case.items()})
        texts.append(text.format(n=y.shape[1]))
    save("layer-" + name, tensors, layers=" ".join(texts), seed=SEED, step=STEP)


class Dropped(torch.nn.Module):
    """Dropout with our mask."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        return x * mask(*x.shape, self.p) / (1 - self.p) if self.training else x


class AlphaDropped(torch.nn.Module):
    """Alpha dropout with our mask, its numbers taken from what PyTorch's makes of ones and of zeros."""

    def __init__(self, p):
        super().__init__()
        probe = torch.cat([torch.zeros(1000), torch.ones(1000)]).double()
        seen = F.alpha_dropout(probe, p, training=True)
        self.p, self.dropped = p, seen.min()
        self.shift, high = seen[:1000].max(), seen[1000:].max()
        self.scale = high - self.shift
        assert len(seen[:1000].unique()) == 2 and len(seen[1000:].unique()) == 2 and seen[:1000].min() == self.dropped

    def forward(self, x):
        if not self.training:
            return x
        m = mask(*x.shape, self.p).double()
        return m * (self.scale * x + self.shift) + (1 - m) * self.dropped


class DropConnected(torch.nn.Linear):
    """A linear layer whose weights are dropped with our mask, laid out in panels of 16 outputs."""

    def __init__(self, inputs, outputs, p):
        super().__init__(inputs, outputs)
        self.p = p

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        n, k = self.weight.shape
        panels = mask((n + 15) // 16 * k, 16, self.p).reshape(-1, k, 16)
        m = panels.permute(0, 2, 1).reshape(-1, k)[:n]
        return F.linear(x, self.weight * m / (1 - self.p), self.bias)


def running(name, text, batches, columns, **options):
    """Running statistics after each of several batches, the last of which has another size."""
    module = torch.nn.BatchNorm1d(columns, **options)
    tensors = {}
    for i, rows in enumerate(batches):
        x = torch.randn(rows, columns) * 3 + 5
        tensors[f"{i}.x"], tensors[f"{i}.y"] = x, module(x)
        tensors.update({f"{i}.{k}": v.clone() for k, v in module.state_dict().items() if k.startswith("running")})
    module.eval()
    tensors["inference"] = module(x)
    save("norm-" + name, tensors, layer=text, batches=len(batches))


def frozen():
    """A frozen layer in training mode."""
    columns = 17
    module = torch.nn.BatchNorm1d(columns)
    for p, low, high in [(module.weight, -1, 2), (module.bias, -1, 1), (module.running_mean, -1, 1),
                         (module.running_var, 0.5, 4)]:
        torch.nn.init.uniform_(p, low, high)
    module.eval()
    x = torch.randn(7, columns, requires_grad=True)
    y = module(x)
    dy = torch.randn_like(y)
    y.backward(dy)
    tensors = {"0." + k: v for k, v in {"x": x, "dy": dy, "y": y, "dx": x.grad, "weight": module.weight,
               "bias": module.bias, "running_mean": module.running_mean, "running_var": module.running_var}.items()}
    save("layer-bn-frozen", tensors, layers="bn,lr=0", seed=SEED, step=STEP)


def activity():
    """Gradients of a network with penalties on its activations, and the penalty, by Keras."""
    regularizer = keras.regularizers.L1L2
    first = keras.layers.Dense(18, activity_regularizer=regularizer(0.02, 0.03))
    last = keras.layers.Dense(3, activity_regularizer=regularizer(0.05, 0.01))
    model = keras.Sequential([keras.Input((5,)), first, keras.layers.ReLU(), last])
    x, target = torch.randn(7, 5), torch.randn(7, 3)
    output = model(x)
    penalty = sum(model.losses)
    loss = ((output - target) ** 2).mean()
    (loss + penalty).backward()
    tensors = {"x": x, "y": target, "output": output, "loss": loss, "penalty": penalty}
    for name, dense in [("0", first), ("2", last)]:
        kernel, bias = dense.kernel.value, dense.bias.value
        tensors.update({name + ".weight": kernel.T, name + ".bias": bias, "grad." + name + ".weight": kernel.grad.T,
                        "grad." + name + ".bias": bias.grad})
    save("activity-keras", tensors, input=5, loss="mse",
         layers="dense:18,activity_l1=0.02,activity_l2=0.03 relu dense:3,activity_l1=0.05,activity_l2=0.01")


def main():
    torch.manual_seed(20261122)
    keras.utils.set_random_seed(20261122)
    torch.set_num_threads(1)
    nn = torch.nn
    layer("dense", "dense:{n}", lambda c: nn.Linear(c, c + 3))
    layer("dense-no-bias", "dense:{n},bias=no", lambda c: nn.Linear(c, 18, bias=False))
    layer("dropconnect", "dropconnect:{n}", lambda c: DropConnected(c, c + 3, 0.5))
    layer("dropconnect-p", "dropconnect:{n}:0.2", lambda c: DropConnected(c, 18, 0.2))
    batches = [(2, 1), (33, 5), (3, 16), (7, 17), (7, 40)]
    layer("bn", "bn", lambda c: nn.BatchNorm1d(c), shapes=batches)
    layer("bn-eps", "bn,eps=0.1,momentum=0.5", lambda c: nn.BatchNorm1d(c, eps=0.1, momentum=0.5), shapes=batches)
    frozen()
    layer("layernorm", "layernorm", lambda c: nn.LayerNorm(c))
    layer("layernorm-eps", "layernorm,eps=0.1", lambda c: nn.LayerNorm(c, eps=0.1))
    layer("dropout", "dropout:0.5", lambda c: Dropped(0.5))
    layer("dropout-p", "dropout:0.1", lambda c: Dropped(0.1))
    layer("alphadropout", "alphadropout:0.5", lambda c: AlphaDropped(0.5))
    layer("alphadropout-p", "alphadropout:0.1", lambda c: AlphaDropped(0.1))
    layer("flatten", "flatten", lambda c: nn.Flatten())
    for name, make in {"relu": nn.ReLU, "leakyrelu": nn.LeakyReLU, "elu": nn.ELU, "selu": nn.SELU,
                       "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "gelu": nn.GELU, "silu": nn.SiLU,
                       "softplus": nn.Softplus}.items():
        layer(name, name, lambda c: make(), kinks=True)
    layer("leakyrelu-slope", "leakyrelu:0.3", lambda c: nn.LeakyReLU(0.3), kinks=True)
    layer("elu-alpha", "elu:0.5", lambda c: nn.ELU(0.5), kinks=True)
    layer("gelu-tanh", "gelu,approximate=tanh", lambda c: nn.GELU("tanh"), kinks=True)
    layer("prelu", "prelu", lambda c: nn.PReLU(), kinks=True)
    layer("prelu-each", "prelu,shared=no", lambda c: nn.PReLU(c), kinks=True)
    layer("softmax", "softmax", lambda c: nn.Softmax(1))
    layer("logsoftmax", "logsoftmax", lambda c: nn.LogSoftmax(1))
    running("momentum", "bn", [7, 33, 2, 5], 17)
    running("momentum-half", "bn,momentum=0.5,eps=1e-3", [7, 33, 2, 5], 5, momentum=0.5, eps=1e-3)
    running("momentum-one", "bn,momentum=1", [7, 2], 16, momentum=1.0)
    activity()


if __name__ == "__main__":
    main()
