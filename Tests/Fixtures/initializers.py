#!/usr/bin/env python3
"""Writes the golden values of every initialiser, Tests/Fixtures/golden/initializer-*.safetensors.

    /tmp/golden/bin/pip install -r Tests/Fixtures/requirements.txt
    /tmp/golden/bin/python Tests/Fixtures/initializers.py

initializer-NAME[-VARIANT]: the quantiles of a weight [500, 1000] (500 outputs, 1000 inputs) that PyTorch or Keras drew,
at 0, 0.01, ... 0.99, 1. Random streams differ, so a
distribution is what there is to agree on. The tests read the files only.
"""
import os

os.environ["KERAS_BACKEND"] = "torch"
import keras  # noqa: E402
import torch  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from torch.nn import init  # noqa: E402

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
OUTPUTS, INPUTS = 500, 1000


def save(name, text, weight):
    assert weight.shape == (OUTPUTS, INPUTS)
    values = weight.detach().double().flatten().sort().values
    ranks = torch.linspace(0, values.numel() - 1, 101).round().long()
    save_file({"quantiles": values[ranks].float()}, os.path.join(OUT, f"initializer-{name}.safetensors"),
              metadata={"initializer": text})


def torch_weight(name, text, fill, *arguments, **keywords):
    torch.manual_seed(1)
    weight = torch.empty(OUTPUTS, INPUTS)
    fill(weight, *arguments, **keywords)
    save(name, text, weight)


def keras_weight(name, text, make, **keywords):
    kernel = make(seed=1, **keywords)((INPUTS, OUTPUTS))  # Keras keeps [inputs, outputs]
    save(name, text, torch.as_tensor(keras.ops.convert_to_numpy(kernel)).T)


def main():
    torch_weight("zeros", "zeros", init.zeros_)
    torch_weight("ones", "ones", init.ones_)
    torch_weight("constant", "constant:0.25", init.constant_, 0.25)
    torch_weight("uniform", "uniform:-0.3:0.3", init.uniform_, -0.3, 0.3)
    torch_weight("normal", "normal:2:0.05", init.normal_, 2, 0.05)
    torch_weight("small", "small", init.normal_, 0, 0.01)
    torch_weight("truncated_normal", "truncated_normal:-1:0.5", init.trunc_normal_, -1, 0.5, a=-2, b=0)
    torch_weight("glorot_uniform", "glorot_uniform", init.xavier_uniform_)
    torch_weight("glorot_normal", "glorot_normal", init.xavier_normal_)
    torch_weight("glorot_normal-gain", "glorot_normal:3", init.xavier_normal_, 3)
    torch_weight("glorot_uniform-tanh", "glorot_uniform:1.6666667", init.xavier_uniform_, init.calculate_gain("tanh"))
    for kind, fill in [("uniform", init.kaiming_uniform_), ("normal", init.kaiming_normal_)]:
        torch_weight(f"he_{kind}", f"he_{kind}", fill, nonlinearity="relu")
        torch_weight(f"he_{kind}-out", f"he_{kind}:fan_out", fill, mode="fan_out", nonlinearity="relu")
        torch_weight(f"he_{kind}-slope", f"he_{kind}:fan_in:0.5", fill, a=0.5)
    keras_weight("lecun_uniform", "lecun_uniform", keras.initializers.LecunUniform)
    # Keras's is the truncated one; PyTorch's gain for linear layers draws it plain, as we do.
    torch_weight("lecun_normal", "lecun_normal", init.kaiming_normal_, nonlinearity="linear")
    torch.manual_seed(1)
    save("torch", "torch", torch.nn.Linear(INPUTS, OUTPUTS).weight)
    scaling = keras.initializers.VarianceScaling
    keras_weight("variance_scaling", "variance_scaling", scaling)
    keras_weight("variance_scaling-avg", "variance_scaling:2:fan_avg", scaling, scale=2, mode="fan_avg")
    keras_weight("variance_scaling-untruncated", "variance_scaling:2:fan_out:untruncated_normal", scaling, scale=2,
                 mode="fan_out", distribution="untruncated_normal")
    keras_weight("variance_scaling-uniform", "variance_scaling:3:fan_in:uniform", scaling, scale=3, mode="fan_in",
                 distribution="uniform")
    torch_weight("orthogonal", "orthogonal", init.orthogonal_)
    torch_weight("orthogonal-gain", "orthogonal:2", init.orthogonal_, 2)
    torch_weight("identity", "identity", init.eye_)


if __name__ == "__main__":
    main()
