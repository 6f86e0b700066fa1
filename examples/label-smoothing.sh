#!/bin/bash
# Label smoothing keeps a network from being too sure of itself.
#
#   examples/label-smoothing.sh
#
# 400 digits, every third of them with a wrong label. Without smoothing the network learns all of them by heart, and says
# on digits it has not seen what it says with far more certainty than it is right (the expected calibration error, ece).
# Means over three seeds.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

digits() { gzip -dc "$here/data/digits.csv.gz" | awk "$@" | nn-import -q --label digit -; }
digits -f "$here/wrong-labels.awk" | nn-prep -q --minmax --per all -o train.st
digits 'NR == 1 || NR > 401' > test.st

printf '%-10s %8s %8s %8s\n' smoothing accuracy nll ece
for smoothing in 0 0.05 0.1 0.3; do
  for seed in 1 2 3; do
    nn-init --input 64 --seed "$seed" dense:200 relu dense:200 relu dense:10 |
      nn-train -q - train.st --seed "$seed" -e 60 -b 20 --loss "cross-entropy,smoothing=$smoothing" |
      nn-predict - test.st | nn-eval
  done | awk -v s="$smoothing" '{ sum[$1] += $2 / 3 }
    END { printf "%-10s %8.3f %8.3f %8.3f\n", s, sum["accuracy"], sum["nll"], sum["ece"] }'
done
