#!/bin/bash
# The parameters of a network with batch normalisation, layer by layer: four vectors a layer, of which the scale and the
# shift are trained and the moving mean and variance are not.
#
#   examples/batch-norm.sh
set -euo pipefail
nn-init --input 28x28 flatten bn dense:300 relu bn dense:100 relu bn dense:10 | nn-show
