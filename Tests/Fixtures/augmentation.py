#!/usr/bin/env python3
"""Writes golden values of what nn-augment does to images, Tests/Fixtures/golden/augment-*.safetensors.

    python3 -m venv /tmp/golden
    /tmp/golden/bin/pip install torch==2.13.0 pillow==13.0.0 safetensors==0.8.0 numpy==2.4.6
    /tmp/golden/bin/python Tests/Fixtures/augmentation.py

augment-affine: for images 0, 1, ... the pixels `image.I` [h, w], the map `map.I` from a pixel (x, y) of the result to a
place in the image, [xx, xy, x0, yx, yy, y0], and `result.I`, which PyTorch's grid_sample (bilinear, zeros beyond the
border, align_corners=False) makes of both in Float64. augment-rotate: an image, and the same rotated by 30 degrees and
shifted by (3, -2) by PIL, bilinear. augment-colour: an image, and under `brightness.F`, `contrast.F` and `saturation.F`
what PIL's ImageEnhance makes of it by the factor F, which it rounds to bytes. The tests read the files only.
"""
import os

import numpy as np
import torch
from PIL import Image, ImageEnhance
from safetensors.torch import save_file

OUT = os.environ.get("GOLDEN") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
random = np.random.default_rng(11)


def save(name, tensors):
    save_file({k: torch.as_tensor(np.ascontiguousarray(v)) for k, v in tensors.items()}, os.path.join(OUT, f"augment-{name}.safetensors"))


def affine():
    tensors = {}
    for i, (h, w) in enumerate([(5, 7), (8, 8), (13, 33), (28, 28)]):
        image = random.uniform(0, 255, (h, w)).astype(np.float32)
        m = (np.array([[1, 0, 0], [0, 1, 0]]) + random.uniform(-1, 1, (2, 3)) * [0.5, 0.5, min(h, w)]).astype(np.float32)
        # grid_sample wants places as shares of -1...1 from border to border of the outermost pixels.
        y, x = np.mgrid[0:h, 0:w].astype(np.float64)
        (xx, xy, x0), (yx, yy, y0) = m.astype(np.float64)
        sx, sy = xx * x + xy * y + x0, yx * x + yy * y + y0
        grid = torch.tensor(np.stack([(2 * sx + 1) / w - 1, (2 * sy + 1) / h - 1], -1))[None]
        result = torch.nn.functional.grid_sample(
            torch.tensor(image, dtype=torch.float64)[None, None], grid, "bilinear", "zeros", align_corners=False)
        tensors |= {f"image.{i}": image, f"map.{i}": m, f"result.{i}": result[0, 0].numpy().astype(np.float32)}
    save("affine", tensors)


def pictures():
    y, x = np.mgrid[0:20, 0:20]
    smooth = np.stack([x * 12, y * 12, (x + y) * 6], -1).astype(np.uint8)
    image = Image.fromarray(smooth)
    turned = image.rotate(30, Image.Resampling.BILINEAR, translate=(3, -2))
    save("rotate", {"image": smooth, "result": np.asarray(turned)})
    noisy = random.integers(0, 256, (9, 11, 3), np.uint8)
    tensors = {"image": noisy}
    for name, kind in [("brightness", "Brightness"), ("contrast", "Contrast"), ("saturation", "Color")]:
        for factor in [0.0, 0.6, 1.7]:
            tensors[f"{name}.{factor}"] = np.asarray(getattr(ImageEnhance, kind)(Image.fromarray(noisy)).enhance(factor))
    save("colour", tensors)


affine()
pictures()
