#!/bin/bash
# Do signals and gradients pass through 20 layers of 100 units? It is the first weights that decide, and which are right
# depends on the activation (Glorot and Bengio 2010; He et al. 2015).
#
# Prints two tables of standard deviations at the layers 1, 5, 10, 15 and 20, in the first step on prepared digits:
# of the outputs, by activation and initialiser, and of the gradients of the outputs, by activation.
set -euo pipefail

data=${DATA:-$(dirname "$0")/data}
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
nn-import -q --label digit "$data/digits.csv.gz" | nn-prep -q --center --scale > "$rows"

# figures KEY ACTIVATION INITIALISER: a line of the table.
figures() {
  local key=$1 activation=$2 initialiser=$3 layers=()
  for _ in {1..20}; do layers+=(dense:100 "$activation"); done
  printf '%-10s%-15s' "$activation" "$initialiser"
  # Most of these models fail the check, which is the point: status 1 is no trouble here.
  { nn-init --input 64 --seed 1 --init "$initialiser" "${layers[@]}" dense:10 |
    nn-check --activations --json - "$rows" 2> /dev/null || test $? = 1; } |
    grep -o "\"$key\":[^,}]*" |
    awk -F: 'NR % 2 == 0 { k = NR / 2; if (k == 1 || k % 5 == 0) printf "%10.1e", $2 } END { print "" }'
}

head='%-10s%-15s%10s%10s%10s%10s%10s\n'
# shellcheck disable=SC2059
printf "$head" outputs initialiser 1 5 10 15 20
for initialiser in small normal:0:1 glorot_normal; do figures std tanh "$initialiser"; done
for initialiser in small glorot_normal he_normal; do figures std relu "$initialiser"; done
figures std selu lecun_normal
echo
# shellcheck disable=SC2059
printf "$head" gradients initialiser 1 5 10 15 20
figures gradient_std sigmoid glorot_normal
figures gradient_std tanh glorot_normal
figures gradient_std relu he_normal
