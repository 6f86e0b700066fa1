# Small parts of the digits, from 0 to 1, and networks for them, in the current directory.
nn-import -q --label digit "$DATA/digits.csv.gz" | nn-prep -q --minmax --per all |
  nn-split -q --take 300 --valid 50 --test 50 -o '{role}.st'
nn-init -i 64 -s 3 dense:24 bn sigmoid dropout:0.2 dense:16 sigmoid dense:10 -o init.st
# Says whether files have the same bytes.
same() {
  local first=$1 other
  for other in "${@:2}"; do cmp "$first" "$other" || return; done
  echo same
}
# What stands in the log but the times.
untimed() { sed 's/,"seconds":[^}]*//' "$@"; }
