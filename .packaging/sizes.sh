#!/usr/bin/env bash
# A table of the programs below TREE/bin: the bytes of each, and the median time of 21 starts.
set -euo pipefail
tree=$1 runs=21

# The median of how long a command takes from its start to its end, in milliseconds.
median() {
  for ((i = 0; i < runs; i++)); do
    local start=$EPOCHREALTIME end
    "$@" > /dev/null
    end=$EPOCHREALTIME
    echo $((${end/./} - ${start/./}))
  done | sort -n | awk '{ t[NR] = $1 } END { printf "%.1f", t[(NR + 1) / 2] / 1000 }'
}

printf '%-14s %12s %12s %12s\n' program bytes '--help, ms' '--version, ms'
worst=0
for tool in "$tree"/bin/nn-*; do
  help=$(median "$tool" --help) version=$(median "$tool" --version)
  printf '%-14s %12d %12s %12s\n' "${tool##*/}" "$(stat -L -c %s "$tool")" "$help" "$version"
  worst=$(printf '%s\n' "$worst" "$help" "$version" | sort -g | tail -1)
done
printf 'one file, %d links to it; everything installed: %d KiB; slowest start: %s ms\n' \
  "$(find "$tree/bin" -type l | wc -l)" "$(du -k -s "$tree" | cut -f 1)" "$worst"
awk -v worst="$worst" 'BEGIN { exit worst >= 10 }' || { echo 'a start takes 10 ms or more' >&2; exit 1; }
