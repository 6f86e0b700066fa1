#!/usr/bin/env python3
"""Writes the golden values of layers on images and of residual blocks, Tests/Fixtures/golden/*.safetensors.

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install torch==2.13.0 safetensors==0.8.0 numpy==2.4.6
    /tmp/golden/bin/python Tests/Fixtures/convolution.py

As layers.py and generate.py do, whose files these stand beside: layer-*, norm-images and gradients-residual-*, by PyTorch in
Float64. Images are [rows, height, width, channels], outputs that are images as well; parameters are in PyTorch's shapes.
"""
import os

import torch
from safetensors.torch import save_file

from masks import SEED, STEP, mask

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
nn = torch.nn


class DroppedChannels(nn.Module):
    """Dropout2d with our mask."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        return x * mask(*x.shape[:2], self.p)[:, :, None, None] / (1 - self.p) if self.training else x


def last(x):
    """Channels last, of images."""
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def first(x):
    return x.permute(0, 3, 1, 2) if x.dim() == 4 else x


def save(name, tensors, **metadata):
    tensors = {k: v.detach().float().clone().contiguous() if v.is_floating_point() else v.clone()
               for k, v in tensors.items()}
    save_file(tensors, os.path.join(OUT, name + ".safetensors"), metadata={k: str(v) for k, v in metadata.items()})


def layer(name, *cases):
    """Each case: the layer as we write it, the module, and the shape of its input, channels last."""
    tensors, texts = {}, []
    for i, (text, module, shape) in enumerate(cases):
        module = module.double()
        for p in module.parameters():
            nn.init.uniform_(p, -0.5, 1.5)
        frozen = "lr=0" in text
        if frozen:
            nn.init.uniform_(module.running_mean, -1, 1)
            nn.init.uniform_(module.running_var, 0.5, 4)
            module.eval()
        case = {"x": torch.randn(shape).double() * 2}
        if frozen:
            case.update(running_mean=module.running_mean, running_var=module.running_var)
        x = first(case["x"]).requires_grad_()
        y = module(x)
        dy = torch.randn(y.shape).double()
        y.backward(dy)
        case.update(dy=last(dy), y=last(y), dx=last(x.grad))
        case.update({k: p for k, p in module.named_parameters()})
        if not frozen:
            case.update({"grad." + k: p.grad for k, p in module.named_parameters()})
        module.eval()
        inference = module(x)
        if not torch.equal(inference, y):
            case["inference"] = last(inference)
        tensors.update({f"{i}.{k}": v for k, v in case.items()})
        texts.append(text)
    save("layer-" + name, tensors, layers=" ".join(texts), seed=SEED, step=STEP)


def running():
    """Running statistics after each of several batches of images."""
    module = nn.BatchNorm2d(5).double()
    tensors = {}
    for i, rows in enumerate([2, 1, 3]):
        x = torch.randn(rows, 3, 4, 5).double() * 3 + 5
        tensors[f"{i}.x"], tensors[f"{i}.y"] = x, last(module(first(x)))
        tensors.update({f"{i}.{k}": v.clone() for k, v in module.state_dict().items() if k.startswith("running")})
    module.eval()
    tensors["inference"] = last(module(first(x)))
    save("norm-images", tensors, layer="bn", batches=3)


MODULES = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "globalavgpool": lambda: nn.Sequential(
    nn.AdaptiveAvgPool2d(1), nn.Flatten()), "flatten": nn.Flatten}


class Network(nn.Module):
    """A network of a layer list, with residual blocks; its parameters have our names."""

    def __init__(self, layers, shape):
        super().__init__()
        self.texts = layers.split()
        x, stack = first(torch.zeros(2, *shape)), []
        for i, text in enumerate(self.texts):
            name, _, rest = text.partition(":")
            values = [v for v in rest.split(",") if v and "=" not in v]
            keys = dict(v.split("=") for v in text.split(",") if "=" in v)
            if name == "dense":
                self.add_module(str(i), nn.Linear(x.shape[1], int(values[0])))
            elif name == "conv":
                channels, kernel = values[0].split(":")
                self.add_module(str(i), nn.Conv2d(
                    x.shape[1], int(channels), int(kernel), stride=int(keys.get("stride", 1)),
                    padding=int(keys.get("pad", 0)), bias=keys.get("bias") != "no"))
            elif name.split(",")[0] == "bn":
                self.add_module(str(i), (nn.BatchNorm2d if x.dim() == 4 else nn.BatchNorm1d)(x.shape[1]))
                nn.init.uniform_(self[i].weight, 0.5, 1.5)
                nn.init.uniform_(self[i].bias, -0.5, 0.5)
            elif name == "maxpool":
                self.add_module(str(i), nn.MaxPool2d(int(values[0])))
            elif name in MODULES:
                self.add_module(str(i), MODULES[name]())
            x = self.step(i, x, stack)

    def __getitem__(self, i):
        return getattr(self, str(i))

    def step(self, i, x, stack):
        if self.texts[i] == "residual":
            stack.append([x, None])
            return x
        if self.texts[i] == "shortcut":
            stack[-1][1] = x
            return stack[-1][0]
        if self.texts[i] == "end":
            start, main = stack.pop()
            return x + (start if main is None else main)
        return self[i](x)

    def forward(self, x):
        stack = []
        for i in range(len(self.texts)):
            x = self.step(i, x, stack)
        return x


def gradients(name, layers, shape, rows):
    """Output, loss, and the gradients with respect to the parameters, of one batch in training mode."""
    model = Network(layers, shape).double()
    for module in model.modules():
        if hasattr(module, "reset_running_stats"):
            module.reset_running_stats()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    x = torch.randn(rows, *shape).double()
    output = model(first(x))
    y = torch.randint(output.shape[1], (rows,))
    loss = nn.CrossEntropyLoss()(output, y)
    loss.backward()
    tensors = dict(before, x=x, y=y, output=output, loss=loss)
    tensors.update({"grad." + k: p.grad for k, p in model.named_parameters()})
    tensors.update({"after." + k: v for k, v in model.state_dict().items() if "running" in k or "num_batches" in k})
    model.eval()
    tensors["inference"] = model(first(x))
    save("gradients-residual-" + name, tensors, layers=layers, input="x".join(map(str, shape)), loss="cross-entropy")


def main():
    torch.manual_seed(20261124)
    torch.set_num_threads(1)
    conv = nn.Conv2d
    layer("conv", ("conv:4:3x3", conv(6, 4, 3), (2, 5, 7, 6)), ("conv:17:3", conv(1, 17, 3), (3, 4, 3, 1)),
          ("conv:16:2x3", conv(3, 16, (2, 3)), (1, 3, 5, 3)), ("conv:33:1,bias=no", conv(6, 33, 1, bias=False), (2, 2, 3, 6)),
          ("conv:1:3", conv(16, 1, 3), (1, 4, 17, 16)))
    layer("conv-flat-image", ("conv:3:2", conv(1, 3, 2), (2, 3, 4, 1)))
    layer("conv-pad", ("conv:4:3,pad=same", conv(6, 4, 3, padding="same"), (2, 4, 5, 6)),
          ("conv:5:2x4,pad=same", conv(3, 5, (2, 4), padding="same"), (2, 4, 5, 3)),
          ("conv:4:3,pad=1", conv(6, 4, 3, padding=1), (2, 3, 5, 6)),
          ("conv:16:3,pad=1", conv(16, 16, 3, padding=1), (1, 3, 14, 16)),
          ("conv:4:2x3,pad=3", conv(3, 4, (2, 3), padding=3), (1, 3, 2, 3)),
          ("conv:4:3x5,pad=valid", conv(3, 4, (3, 5)), (1, 4, 6, 3)))
    layer("conv-stride", ("conv:4:3,stride=2,pad=1", conv(6, 4, 3, 2, 1), (2, 5, 6, 6)),
          ("conv:4:1,stride=2", conv(6, 4, 1, 2), (2, 5, 6, 6)), ("conv:17:2,stride=3", conv(3, 17, 2, 3), (2, 7, 5, 3)),
          ("conv:4:5,stride=2,pad=2", conv(3, 4, 5, 2, 2), (1, 6, 7, 3)),
          ("conv:3:1,stride=3,pad=4", conv(2, 3, 1, 3, 4), (1, 2, 1, 2)))
    layer("conv-dilation", ("conv:4:3,dilation=2", conv(6, 4, 3, dilation=2), (2, 5, 7, 6)),
          ("conv:4:3,dilation=2,pad=same", conv(3, 4, 3, dilation=2, padding="same"), (1, 4, 5, 3)),
          ("conv:4:3x2,dilation=3,stride=2,pad=2", conv(3, 4, (3, 2), 2, 2, 3), (1, 6, 7, 3)),
          ("conv:5:3,dilation=2,stride=2,pad=2", conv(3, 5, 3, 2, 2, 2), (2, 5, 6, 3)),
          ("conv:4:3,dilation=4,stride=6,pad=5", conv(3, 4, 3, 6, 5, 4), (1, 9, 8, 3)))
    layer("conv-groups", ("conv:6:3,groups=2", conv(6, 6, 3, groups=2), (2, 4, 5, 6)),
          ("conv:12:3,groups=6,pad=1", conv(6, 12, 3, padding=1, groups=6), (1, 3, 4, 6)),
          ("conv:36:2,groups=2", conv(4, 36, 2, groups=2), (1, 3, 4, 4)),
          ("conv:6:4x1,stride=2,groups=3,dilation=2,pad=3", conv(6, 6, (4, 1), 2, 3, 2, 3), (1, 4, 5, 6)))
    layer("conv-depthwise", ("conv:6:3,groups=6", conv(6, 6, 3, groups=6), (2, 4, 5, 6)),
          ("conv:36:3,groups=36,pad=1", conv(36, 36, 3, padding=1, groups=36), (1, 3, 4, 36)),
          ("conv:6:3,groups=6,stride=2,pad=1", conv(6, 6, 3, 2, 1, groups=6), (2, 5, 4, 6)),
          ("conv:6:2x3,groups=6,dilation=2,bias=no", conv(6, 6, (2, 3), dilation=2, groups=6, bias=False), (1, 4, 6, 6)))
    layer("maxpool", ("maxpool:2", nn.MaxPool2d(2), (2, 4, 6, 3)), ("maxpool:3", nn.MaxPool2d(3), (2, 7, 5, 17)),
          ("maxpool:3,stride=2,pad=1", nn.MaxPool2d(3, 2, 1), (2, 6, 5, 6)),
          ("maxpool:2x3,stride=1", nn.MaxPool2d((2, 3), 1), (1, 4, 5, 16)))
    layer("avgpool", ("avgpool:2", nn.AvgPool2d(2), (2, 4, 5, 3)),
          ("avgpool:3,stride=2,pad=1", nn.AvgPool2d(3, 2, 1), (2, 6, 5, 17)),
          ("avgpool:2x3,stride=1", nn.AvgPool2d((2, 3), 1), (1, 4, 5, 16)))
    layer("globalavgpool", *(("globalavgpool", MODULES["globalavgpool"](), shape)
                             for shape in [(2, 3, 4, 5), (1, 1, 1, 3), (2, 2, 3, 33)]))
    layer("bn-images", *(("bn", nn.BatchNorm2d(shape[3]), shape)
                         for shape in [(2, 3, 4, 5), (1, 3, 3, 1), (3, 4, 4, 16), (2, 2, 5, 33)]),
          ("bn,eps=0.1,momentum=0.5,weight=0", nn.BatchNorm2d(6, eps=0.1, momentum=0.5), (2, 3, 4, 6)))
    layer("bn-images-frozen", ("bn,lr=0", nn.BatchNorm2d(17), (2, 3, 4, 17)))
    running()
    layer("layernorm-images", ("layernorm", nn.LayerNorm([5, 3, 4]), (2, 3, 4, 5)),
          ("layernorm,eps=0.1", nn.LayerNorm([16, 2, 2], eps=0.1), (3, 2, 2, 16)))
    layer("prelu-images", ("prelu", nn.PReLU(), (2, 3, 4, 5)), ("prelu,shared=no", nn.PReLU(5), (2, 3, 4, 5)),
          ("prelu:0.1,shared=no", nn.PReLU(16), (2, 3, 4, 16)))
    layer("dropout2d", ("dropout2d:0.5", DroppedChannels(0.5), (4, 3, 4, 5)),
          ("dropout2d:0.2", DroppedChannels(0.2), (3, 2, 2, 33)))
    layer("flatten-images", ("flatten", nn.Flatten(), (2, 3, 4, 5)), ("flatten", nn.Flatten(), (2, 5, 1, 17)),
          ("flatten", nn.Flatten(), (2, 3, 4, 1)))

    conv3 = "conv:6:3,pad=1,bias=no"
    gradients("identity", f"{conv3} bn relu residual {conv3} bn relu {conv3} bn end relu globalavgpool dense:4", (5, 6, 3), 4)
    gradients("projection", f"{conv3} bn relu residual conv:8:3,stride=2,pad=1 bn relu conv:8:3,pad=1 bn "
              "shortcut conv:8:1,stride=2 bn end relu residual conv:8:3,pad=1 relu end flatten dense:4", (5, 6, 3), 4)
    gradients("preactivation", f"{conv3} residual bn relu {conv3} bn relu {conv3} end residual bn relu {conv3} end "
              "bn relu maxpool:2 flatten dense:4", (6, 5, 3), 4)
    gradients("beginning", "residual conv:3:3,pad=1 bn shortcut bn relu end relu residual tanh end globalavgpool dense:4",
              (4, 4, 3), 3)
    gradients("elementwise", "dense:7 residual relu end residual tanh dense:5 shortcut sigmoid dense:5 tanh end dense:4",
              (6,), 5)
    gradients("nested", "dense:8 residual residual dense:8 tanh end dense:8 shortcut residual dense:8 relu shortcut end "
              "tanh end relu residual dense:8 end dense:3", (6,), 5)


if __name__ == "__main__":
    main()
