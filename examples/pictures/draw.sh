#!/bin/bash
# Draws the pictures of the README anew, from the embedded digits; the tools are on PATH. make pictures runs it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

nn-import -q --label digit "$here/../data/digits.csv.gz" |
  nn-split -q --valid 0.2 --test 0.2 --seed 1 -o '{role}.st'
nn-prep -q --center --scale train.st -o prepared.st
nn-prep -q --like prepared.st valid.st -o known.st

# A wide layer and a narrow one, from five seeds each.
for seed in 1 2 3 4 5; do
  for units in 128 8; do
    nn-init --input 64 --seed "$seed" dense:$units relu dense:10 |
      nn-train -q --seed "$seed" --epochs 30 --lr 0.003 --valid known.st --log "$units units-$seed.jsonl" - prepared.st \
        -o model.st
  done
done
nn-plot --mean --title 'Digits by a wide layer and a narrow one, five seeds each: mean and standard deviation' \
  '128 units-'?.jsonl '8 units-'?.jsonl -o "$here/curves.svg"

# How uncertain a network is about digits that it has not seen.
nn-init --input 64 --seed 1 dense:128 relu dropout:0.5 dense:10 |
  nn-train -q --seed 1 --epochs 20 --lr 0.003 - prepared.st | nn-predict --mc 100 --seed 1 - test.st |
  nn-plot --figure entropy --title 'Monte-Carlo dropout: what is wrong is uncertain' -o "$here/entropy.svg"
