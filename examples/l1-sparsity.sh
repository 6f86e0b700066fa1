#!/bin/bash
# The L1 penalty finds the few features that matter, and with the proximal step makes exact zeros of the others.
#
#   examples/l1-sparsity.sh
#
# 100 features of which 5 count: y = 0.05 + x1 + ... + x5 + noise of 0.5; 60 rows to learn from, 1000 to test on.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

rows() { # seed, rows, role
  awk -v seed="$1" -v rows="$2" -v features=100 -v useful=5 -v weight=1 -v noise=0.5 -f "$here/linear-data.awk" |
    nn-import -q --target y --role "$3" - -o "$3.st"
}
rows 1 60 train
rows 2 1000 test
mse() { nn-predict model.st "$1" | nn-eval | awk '$1 == "mse" { print $2 }'; }
zeros() { nn-show --tensors model.st | awk 'NR > 1 && $1 == "0.weight" { print $NF }'; }

line() { # penalty, options of nn-train
  nn-init --input 100 --seed 1 "dense:1${1:+,$1}" |
    nn-train -q - train.st --batch-size all --epochs 1000 --optimizer sgd --lr 0.05 "${@:2}" -o model.st
  printf '%-18s %10s %10s %14s\n' "${1:-none} ${*:2}" "$(mse train.st)" "$(mse test.st)" "$(zeros) of 100"
}
printf '%-18s %10s %10s %14s\n' penalty 'train mse' 'test mse' 'zero weights'
line ''
line l2=0.1
line l1=0.1
for l1 in 0.02 0.1 0.2 0.5 1; do line "l1=$l1" --proximal; done
