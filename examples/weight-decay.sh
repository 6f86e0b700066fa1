#!/bin/bash
# Weight decay on a problem with far more features than rows.
#
#   examples/weight-decay.sh
#
# 200 features, 20 rows to learn from, 100 to test on: y = 0.05 + 0.01 * (x1 + ... + x200) + noise of 0.01. A linear model
# begins with standard normal weights. Unpenalised it fits the 20 rows exactly and keeps the useless weights it began
# with; under the penalty 3/2 * |w|^2 beside half the squared error they shrink to nothing.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

rows() { # seed, rows, role
  awk -v seed="$1" -v rows="$2" -v features=200 -v useful=200 -v weight=0.01 -v noise=0.01 -f "$here/linear-data.awk" |
    nn-import -q --target y --role "$3" - -o "$3.st"
}
rows 1 20 train
rows 2 100 test
mse() { nn-predict model.st "$1" | nn-eval | awk '$1 == "mse" { print $2 }'; }
norm() { nn-show --tensors model.st | awk 'NR > 1 && $1 == "0.weight" { print $(NF - 1) }'; }

printf '%-10s %10s %10s %10s\n' penalty 'train mse' 'test mse' '|w|'
for l2 in 0 3; do
  # Half the squared error at rate 0.003 is the squared error at half of it.
  nn-init --input 200 --seed 3 "dense:1,init=normal:0:1,l2=$l2" |
    nn-train -q - train.st --epochs 100 --batch-size 5 --optimizer sgd --lr 0.0015 -o model.st
  printf '%-10s %10s %10s %10s\n' "$l2" "$(mse train.st)" "$(mse test.st)" "$(norm)"
done
