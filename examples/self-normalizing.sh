#!/bin/bash
# A hundred layers that keep mean 0 and standard deviation 1 by themselves (Klambauer et al. 2017): standardised inputs,
# LeCun's normal initialiser, selu, alpha dropout. Beside it what relu, He's initialiser and plain dropout make of them.
#
#   examples/self-normalizing.sh
#
# Prints mean and standard deviation after the layers 1, 25, 50, 75 and 100, dropout included, in the first step of
# training: 500 rows, 200 units a layer.
set -euo pipefail
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

awk -v seed=1 -v rows=500 -v features=200 -v useful=10 -v weight=1 -v noise=1 -f "$here/linear-data.awk" |
  nn-import -q --target y - | nn-prep -q --center --scale -o data.st

figures() { # activation, initialiser, dropout
  local layers=()
  for _ in {1..100}; do layers+=(dense:200 "$1" "$3"); done
  # nn-check may find that such a network is no good, which is the point: status 1 is no trouble here.
  { nn-init --input 200 --seed 1 --init "$2" "${layers[@]}" dense:1 |
    nn-check --activations --rows 500 --json - data.st 2> /dev/null || test $? = 1; } |
    grep -o '"mean":[^,]*,"std":[^,]*' | awk -F'[:,]' -v name="$1, $3" '
      NR % 3 == 0 { layer = NR / 3
        if (layer == 1 || layer % 25 == 0) { mean = mean sprintf("%10.3g", $2); std = std sprintf("%10.3g", $4) } }
      END { printf "%-24s mean %s\n%-24s std  %s\n", name, mean, "", std }'
}
printf '%-29s%10s%10s%10s%10s%10s\n' '' 1 25 50 75 100
figures selu lecun_normal alphadropout:0.05
figures selu lecun_normal dropout:0.05
figures relu he_normal dropout:0.05
figures tanh glorot_normal dropout:0.05
