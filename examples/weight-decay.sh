#!/bin/bash
# Weight decay on a problem with far more features than rows.
#
#   examples/weight-decay.sh
#
# 200 features, 20 rows to learn from, 100 to test on: y = 0.05 + 0.01 * (x1 + ... + x200) + noise of 0.01. A linear model
# begins with standard normal weights. Unpenalised it fits the 20 rows exactly and keeps the useless weights it began
# with; under the penalty 3/2 * |w|^2 beside half the squared error they shrink to nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Normal numbers of a seed: Box and Muller over a linear congruential generator, the same in every awk.
rows() {
  awk -v seed="$1" -v rows="$2" '
    function uniform() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
    function normal(  radius) { radius = sqrt(-2 * log(uniform())); return radius * cos(6.283185307179586 * uniform()) }
    BEGIN {
      for (j = 1; j <= 200; j++) printf "x%d,", j
      print "y"
      for (i = 0; i < rows; i++) {
        sum = 0
        for (j = 1; j <= 200; j++) { x = normal(); sum += x; printf "%.6f,", x }
        printf "%.6f\n", 0.05 + 0.01 * sum + 0.01 * normal()
      }
    }'
}
rows 1 20 | nn-import -q --target y - -o train.st
rows 2 100 | nn-import -q --target y --role test - -o test.st

# Half the squared error at rate 0.003 is the squared error at half of it.
norm() { nn-export -q --format npz "$1" -o w.npz && nn-show --tensors --json "$1" | sed -n 's/.*"0.weight".*"norm":\([0-9.]*\).*/\1/p'; }
printf '%-12s %10s %10s %10s\n' penalty 'train mse' 'test mse' '|w|'
for l2 in 0 3; do
  nn-init --input 200 --seed 1 "dense:1,init=normal:0:1,l2=$l2" |
    nn-train -q - train.st --epochs 100 --batch-size 5 --optimizer sgd --lr 0.0015 --log log -o model.st
  train=$(nn-predict model.st train.st | nn-eval | awk '$1 == "mse" { print $2 }')
  test=$(nn-predict model.st test.st | nn-eval | awk '$1 == "mse" { print $2 }')
  printf '%-12s %10s %10s %10s\n' "$l2" "$train" "$test" "$(norm model.st)"
done
