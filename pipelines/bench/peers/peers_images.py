"""Networks of convolutions: PyTorch in all its ways, and Keras on TensorFlow."""
from peers_torch import descent, initial, setup
from shared import registry, tensors

PEERS, peer = registry()


def images(job):
    """Images [n, height, width, channels] and their classes."""
    import numpy as np
    data = tensors(f"{job.out}/{job.workload}.train.st")
    x = data["x"]
    return x.reshape(*x.shape[:3], -1), data["y"].astype(np.int64)


def layer_list(path):
    """The layers of a model: name, values, keys."""
    from safetensors import safe_open
    with safe_open(path, "np") as file:
        lines = file.metadata()["nn.arch"].split("\n")
    for line in lines:
        head, *keys = line.split(",")
        name, *values = head.split(":")
        yield name, [int(value) for value in values], dict(key.split("=") for key in keys)


def network(torch, path, channels):
    """The network of a model that the tools wrote, with its parameters."""
    nn = torch.nn
    modules, width = nn.ModuleDict(), channels
    marks, starts = [], []
    for i, (name, values, keys) in enumerate(layer_list(path)):
        marks.append(name)
        if name == "conv":
            modules[str(i)] = nn.Conv2d(width, values[0], values[1], int(keys.get("stride", 1)), int(keys.get("pad", 0)),
                                        bias=keys.get("bias") != "no")
            width = values[0]
        elif name == "dense":
            modules[str(i)] = nn.LazyLinear(values[0])
        elif name == "bn":
            modules[str(i)] = nn.BatchNorm2d(width)
        elif name == "maxpool":
            modules[str(i)] = nn.MaxPool2d(values[0])
        elif name == "residual":
            starts.append(width)
        elif name == "shortcut":
            width = starts[-1]
        elif name == "end":
            starts.pop()
        else:
            modules[str(i)] = {"relu": nn.ReLU, "flatten": nn.Flatten, "globalavgpool": lambda: nn.Sequential(
                nn.AdaptiveAvgPool2d(1), nn.Flatten())}[name]()

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = modules

        def forward(self, x):
            blocks = []
            for i, name in enumerate(marks):
                if name == "residual":
                    blocks.append([x, x])
                elif name == "shortcut":
                    blocks[-1][1], x = x, blocks[-1][0]
                elif name == "end":
                    x = x + blocks.pop()[1]
                else:
                    x = self.layers[str(i)](x)
            return x
    return Network()


def training(job, fused=True, last=False, compiled=False):
    torch = setup(job)
    x, y = images(job)
    x = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous()
    y = torch.from_numpy(y)
    model = network(torch, initial(job), x.shape[1]).train()
    model(x[:2])  # which makes the dense layers as wide as they are
    found = {f"layers.{name}": torch.from_numpy(value) for name, value in tensors(initial(job)).items()}
    model.load_state_dict({name: found[name] for name in model.state_dict() if name in found}, strict=True)
    if last:
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    if job.optimizer == "adam":
        update = torch.optim.Adam(model.parameters(), lr=job.lr, fused=fused)
    else:
        update = torch.optim.SGD(model.parameters(), lr=job.lr, momentum=0.9, fused=fused)
    return descent(torch, model, update, x, y, job.batch, compiled)


@peer("torch", "T5", "T6")
def train_eager(job):
    return training(job, fused=False)


@peer("torch-fused", "T5", "T6")
def train_fused(job):
    return training(job)


@peer("torch-channels-last", "T5", "T6")
def train_channels_last(job):
    return training(job, last=True)


@peer("torch-compile", "T5", "T6")
def train_compiled(job):
    """Compiled, channels last: PyTorch's fastest way."""
    return training(job, last=True, compiled=True)


@peer("keras", "T5")
def train_keras(job):
    import os
    os.environ["KERAS_BACKEND"], os.environ["TF_CPP_MIN_LOG_LEVEL"] = "tensorflow", "3"
    import tensorflow
    tensorflow.config.threading.set_intra_op_parallelism_threads(job.threads)
    import keras
    x, y = images(job)
    whole = len(x) // job.batch * job.batch
    layers, named = [keras.Input(x.shape[1:])], {}
    for i, (name, values, _) in enumerate(layer_list(initial(job))):
        make = {"conv": lambda: keras.layers.Conv2D(*values), "dense": lambda: keras.layers.Dense(*values),
                "relu": keras.layers.ReLU, "maxpool": lambda: keras.layers.MaxPooling2D(*values),
                "flatten": keras.layers.Flatten}[name]
        layers.append(make())
        named[i] = layers[-1]
    model = keras.Sequential(layers)
    found = tensors(initial(job))
    for i, layer in named.items():
        if f"{i}.weight" in found:  # the rows of the first dense layer stand in another order, which changes no time
            weight = found[f"{i}.weight"]
            layer.set_weights([weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight.T, found[f"{i}.bias"]])
    model.compile(keras.optimizers.Adam(job.lr), keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    def epoch():
        history = model.fit(x[:whole], y[:whole], batch_size=job.batch, epochs=1, verbose=0)
        return history.history["loss"][0]
    return epoch
