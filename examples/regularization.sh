#!/bin/bash
# What keeps a network from learning its rows by heart: ten ways against a baseline, mean and spread over ten seeds.
#
#   examples/regularization.sh [SEEDS]
#
# 400 digits, every third of them with a wrong label. A network without restraint learns the wrong labels as well as the
# right ones; what is measured on the other 1397 digits, all labelled rightly, is what it has understood.
set -euo pipefail
seeds=${1:-10}
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

digits() { gzip -dc "$here/data/digits.csv.gz" | awk "$@" | nn-import -q --label digit -; }
digits -f "$here/wrong-labels.awk" | nn-prep -q --minmax --per all -o train.st
digits 'NR == 1 || NR > 401' > test.st
nn-split -q --valid 0.25 --seed 1 train.st -o 'part.{role}.st'

accuracy() { nn-predict model.st "$1" | nn-eval | awk '$1 == "accuracy" { print $2 }'; }

# line NAME "OPTIONS OF NN-TRAIN" LAYER...: a line of the table. The seed is that of weights, order and masks.
line() {
  local name=$1 options data=(train.st)
  read -ra options <<< "$2"
  case $2 in *early-stop*) data=(part.train.st part.valid.st) ;; esac
  for ((seed = 1; seed <= seeds; seed++)); do
    nn-init --input 64 --seed "$seed" "${@:3}" |
      nn-train -q - "${data[@]}" --seed "$seed" -e 60 -b 20 "${options[@]}" -o model.st
    echo "$(accuracy train.st) $(accuracy test.st)"
  done | awk -v name="$name" '
    { train += $1; test += $2; squares += $2 * $2 }
    END { mean = test / NR; v = squares / NR - mean * mean
          printf "%-16s %8.3f %8.3f %8.3f\n", name, train / NR, mean, sqrt(v > 0 ? v : 0) }'
}

plain=(dense:200 relu dense:200 relu dense:10)
printf '%-16s %8s %8s %8s\n' '' train test spread
line none '' "${plain[@]}"
line 'early stopping' '--early-stop patience=5 --keep best' "${plain[@]}"
line 'weight decay' '--weight-decay 0.03' "${plain[@]}"
line 'L1' '' dense:200,l1=1e-3 relu dense:200,l1=1e-3 relu dense:10,l1=1e-3
line 'L2' '' dense:200,l2=1e-2 relu dense:200,l2=1e-2 relu dense:10,l2=1e-2
line 'max-norm' '' dense:200,maxnorm=0.5 relu dense:200,maxnorm=0.5 relu dense:10,maxnorm=0.5
line dropout '' dropout:0.2 dense:200 relu dropout:0.5 dense:200 relu dropout:0.5 dense:10
line DropConnect '' dropconnect:200:0.5 relu dropconnect:200:0.5 relu dropconnect:10:0.5
line mixup '--mixup 4' "${plain[@]}"
line 'none, selu' '' dense:200 selu dense:200 selu dense:10
line 'alpha dropout' '' dense:200 selu alphadropout:0.2 dense:200 selu alphadropout:0.2 dense:10
