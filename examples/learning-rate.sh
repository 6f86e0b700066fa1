#!/bin/bash
# Which learning rate? A range test (Smith 2017) raises it from step to step and watches the loss; nn-check does so and
# suggests one. Then the suggestion against a rate that is too small and one that is too large.
#
#   examples/learning-rate.sh
set -euo pipefail
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

nn-import -q --label digit "$here/data/digits.csv.gz" | nn-split -q --test 0.3 --seed 1 - -o '{role}.st'
nn-prep -q --center --scale train.st -o prepared.st
nn-init --input 64 --seed 1 dense:100 relu dense:100 relu dense:10 -o init.st

nn-check --lr-range 1e-5..10 --optimizer sgd --log range.jsonl init.st prepared.st
best=$(nn-check --lr-range 1e-5..10 --optimizer sgd --json init.st prepared.st | sed 's/.*"suggestion":\([^,}]*\).*/\1/')
for rate in 0.0005 "$best" 5; do
  if nn-train -q init.st prepared.st --optimizer sgd --lr "$rate" -e 5 -o model.st 2> message; then
    result=$(nn-predict model.st test.st | nn-eval | awk '$1 == "accuracy" { print $1, $2 }')
  else
    result=$(sed 's/nn-train: //; s/;.*//' message)
  fi
  printf 'lr %-8.2g %s\n' "$rate" "$result"
done
