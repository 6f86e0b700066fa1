"""ResNet-18 with torchvision's state dict: nn-init loads it, nn-predict agrees with PyTorch 2.13.0, and nn-freeze keeps it.

The network is built here as torchvision 0.29 builds it, under the same names, with weights at random and batch-norm
statistics that are not those of a new network. Fails when logits of 32 images differ by 1e-4 of the largest, or when
training a new head on the frozen network changes a byte below the head.

    make check-resnet
"""
import os
import subprocess
import tempfile

import torch
from safetensors.torch import load_file, save_file

nn = torch.nn
LAYERS = os.path.abspath("pipelines/layers/resnet18.layers")


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (self.downsample(x) if self.downsample else x))


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        inputs = 64
        for layer, outputs in enumerate([64, 128, 256, 512], 1):
            first = BasicBlock(inputs, outputs, 1 if layer == 1 else 2)
            setattr(self, f"layer{layer}", nn.Sequential(first, BasicBlock(outputs, outputs, 1)))
            inputs = outputs
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for layer in range(1, 5):
            x = getattr(self, f"layer{layer}")(x)
        return self.fc(x.mean((2, 3)))


def shell(command):
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], check=True)


def network():
    torch.manual_seed(0)
    net = ResNet18().eval()
    for name, buffer in net.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(0, 0.3)
        elif name.endswith("running_var"):
            buffer.uniform_(0.5, 2)
    for name, parameter in net.named_parameters():
        if "bn" in name or "downsample.1" in name:
            parameter.data.add_(0.2 * torch.randn_like(parameter))
    return net


def main():
    os.environ["PATH"] = os.path.abspath(".build/release") + ":" + os.environ["PATH"]
    os.chdir(tempfile.mkdtemp())
    net = network()
    save_file(net.state_dict(), "state.safetensors")
    images = torch.randn(32, 224, 224, 3)
    save_file({"x": images, "y": torch.arange(32) % 2}, "images.st")
    with torch.no_grad():
        expected = net(images.permute(0, 3, 1, 2))

    shell(f"nn-init --input 224x224x3 -f {LAYERS} --weights state.safetensors -o resnet18.st")
    shell("nn-predict -q resnet18.st images.st -o p.st")
    difference = (load_file("p.st")["output"] - expected).abs().max() / expected.abs().max()
    print(f"logits of 32 images differ by {difference:.1e} of the largest")
    assert difference < 1e-4

    shell("nn-freeze resnet18.st --freeze all --head dense:2 -o frozen.st")
    shell("nn-train -q --epochs 2 --batch-size 8 frozen.st images.st -o trained.st")
    frozen, trained = load_file("frozen.st"), load_file("trained.st")
    parameters = [name for name in net.state_dict() if not name.startswith("fc.")]
    changed = [name for name in parameters if not torch.equal(frozen[name], trained[name])]
    kept = [name for name in parameters if torch.equal(net.state_dict()[name], trained[name])]
    head = [name for name in trained if name.endswith((".weight", ".bias")) and name not in parameters]
    print(f"{len(kept)} of {len(parameters)} tensors are PyTorch's to the byte after the head {head} was trained")
    assert not changed and len(kept) == len(parameters)
    assert any(not torch.equal(frozen[name], trained[name]) for name in head)


if __name__ == "__main__":
    main()
