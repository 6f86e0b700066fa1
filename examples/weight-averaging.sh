#!/bin/bash
# The average of the weights along the way is better than where the way happens to end.
#
#   examples/weight-averaging.sh
#
# 400 digits, every third of them with a wrong label, and plain gradient descent at a rate that never lets the weights
# rest. The result of the last step, an exponential moving average of the steps, and the mean of the last 21 of 40
# epochs (stochastic weight averaging, Izmailov et al. 2018), on digits with right labels; means over five seeds.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

digits() { gzip -dc "$here/data/digits.csv.gz" | awk "$@" | nn-import -q --label digit -; }
digits -f "$here/wrong-labels.awk" | nn-prep -q --minmax --per all -o train.st
digits 'NR == 1 || NR > 401' > test.st

line() { # name, options of nn-train
  for seed in 1 2 3 4 5; do
    nn-init --input 64 --seed "$seed" dense:100 relu dense:10 |
      nn-train -q - train.st --seed "$seed" -e 40 -b 16 --optimizer sgd --lr 0.3 "${@:2}" |
      nn-predict - test.st | nn-eval
  done | awk -v name="$1" '{ sum[$1] += $2 / 5 }
    END { printf "%-12s %8.3f %8.3f\n", name, sum["accuracy"], sum["nll"] }'
}
printf '%-12s %8s %8s\n' '' accuracy nll
line 'last step'
line 'ema:0.99' --average ema:0.99
line 'swa:20' --average swa:20
