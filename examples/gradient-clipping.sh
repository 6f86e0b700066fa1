#!/bin/bash
# Clipping saves a network whose gradients explode.
#
#   examples/gradient-clipping.sh [DIGITS.csv.gz]
#
# Eight dense layers of relu, begun with weights that are twice as large as they should be: each layer doubles what it is
# given, and the gradient as well. Without clipping the first steps throw the weights out of the range of numbers; with
# the gradient clipped the same network learns at the same rate.
set -euo pipefail
digits=$(realpath "${1:-"$(dirname "$0")/data/digits.csv.gz"}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

nn-import -q --label digit "$digits" | nn-split -q --test 0.3 --seed 1 - -o '{role}.st'
nn-prep -q --center --scale train.st -o prepared.st
layers=()
for _ in {1..8}; do layers+=("dense:50,init=normal:0:0.4" relu); done
nn-init --input 64 --seed 1 "${layers[@]}" dense:10 -o init.st

try() { # name, options
  local name=$1
  shift
  if nn-train -q init.st prepared.st --optimizer sgd --lr 0.05 --epochs 60 "$@" -o model.st 2> message; then
    printf '%-22s accuracy %s\n' "$name" "$(nn-predict model.st test.st | nn-eval | awk '$1 == "accuracy" { print $2 }')"
  else
    printf '%-22s %s\n' "$name" "$(sed 's/nn-train: //; s/;.*//' message)"
  fi
}
try 'no clipping'
try '--clip-value 1' --clip-value 1
try '--clip-norm 5' --clip-norm 5
