# Small parts of the digits and networks for them, in the current directory.
nn-import -q --label digit "$DATA/digits.csv.gz" | nn-split -q --take 300 --valid 50 --test 50 -o '{role}.st'
nn-init -i 64 -s 3 dense:16 bn relu dropout:0.2 dense:10 -o init.st
# Slow enough to be caught at work.
slow() { nn-init -i 64 -s 3 dense:400 relu dropout:0.2 dense:400 bn tanh dense:10 -o slow.st; }
# Says whether files have the same bytes.
same() {
  local first=$1 other
  for other in "${@:2}"; do cmp "$first" "$other" || return; done
  echo same
}
# What stands in the log but the times.
untimed() { sed 's/,"seconds":[^}]*//' "$@"; }
