#!/bin/bash
# The curve of every schedule over 30 epochs, from a rate of 0.1: the learning rate at some epochs, and its picture.
set -euo pipefail

epochs=30
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line of the table, from lines of epoch and rate.
row() {
  awk -v name="$1" '
    BEGIN { split("▁ ▂ ▃ ▄ ▅ ▆ ▇ █", bars, " ") }
    # A little more than a half, so that nothing hangs on the last digit of a rate that is just between two bars.
    { if (NR % 5 == 1 || NR == 30) line = line sprintf(" %7.5f", $2)
      picture = picture bars[1 + int($2 / 0.1 * 7 + 0.51)] }
    END { printf "%-31s%s  %s\n", name, line, picture }'
}

# The schedules that are functions of the epoch print their rates without training.
curve() { nn-train --rates --lr 0.1 -e "$epochs" --schedule "$1" | row "$1"; }

printf '%-31s' 'schedule, at epoch'
printf ' %7s' 0 5 10 15 20 25 29
echo
curve constant
curve step:10:0.5
curve piecewise:10:0.5:25:0.1
curve exponential:0.9
curve power:10
curve linear
curve linear,warmup=5
curve invsqrt:6,by=epoch
curve cosine
curve cosine:0.1,warmup=5
curve cosine,restart=10
curve cosine,restart=4,mult=2
curve 1cycle,by=epoch
curve 1cycle,by=epoch,three_phase=yes

# A table may hold any function of the epoch: here a triangle that shrinks.
awk 'BEGIN { for (t = 0; t <= 30; t += 5) print t, (t % 10 ? 0.1 : 0.02) / (1 + t / 30) }' > "$work/triangle"
nn-train --rates -e "$epochs" --schedule "table:$work/triangle" | row table:triangle

# A plateau follows the run, so there has to be one: a network that cannot learn has every epoch without improvement.
printf '%s\n' x,y 1,2 | nn-import -q --target y - -o "$work/data.st"
nn-init --input 1 dense:1,lr=0 |
  nn-train -q -e "$epochs" --lr 0.1 --optimizer sgd --schedule plateau:4:0.5 --log - - "$work/data.st" \
    -o "$work/model.st" |
  sed 's/.*"epoch":\([0-9]*\).*"lr":\([^,]*\).*/\1 \2/' | row plateau:4:0.5

# 1cycle moves the momentum, too: it is lowest where the rate is highest.
printf '\n%-31s' '1cycle,by=epoch: momentum'
nn-train --rates --lr 0.1 -e "$epochs" --schedule 1cycle,by=epoch |
  awk 'NR % 5 == 1 || NR == 30 { printf " %7.5f", $3 } END { print "" }'
