"""The masks of the dropout family: those of our counter-based generator, written down a second time."""
import numpy as np
import torch

SEED, STEP, LAYER = 0x0123456789ABCDEF, 3, 0  # of the masks
DROPOUT = 0x40000000  # the purpose of masks in training, to which the layer's position is added


def philox(counter, key):
    """Philox4x32-10 (Salmon et al. 2011)."""
    c, k = list(counter), [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def mask(rows, columns, p):
    """1 where element (r, c) is kept: its 16 bits are at least round(65536 p)."""
    m = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            word = philox((c // 8, r, STEP, DROPOUT + LAYER), SEED)[c % 8 // 2]
            m[r, c] = (word >> 16 * (c % 2) & 0xFFFF) >= round(p * 65536)
    return torch.from_numpy(m)
