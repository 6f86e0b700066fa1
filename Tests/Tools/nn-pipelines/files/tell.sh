#!/bin/bash
# tell.sh COMMAND: the first line of a command and what it left in the files out and err: standard output as it is, then
# the lines of standard error, sorted and counted, as the programs of a pipe write at the same time.
#
# The last digits of figures depend on the processor's vector instructions, so numbers with a decimal point stand as N;
# so do whole ones that follow from them, such as the counts of a confusion; and times as T. Of accuracies and R squared
# there is told above which bound all of them are.
set -euo pipefail
export LC_ALL=C.UTF-8
printf '$ %s\n' "$(head -n 1 "$1")"
mask() {
  sed -E 's/ [0-9.e-]+ m?s$/ T/; s/-?\b[0-9]+(\.[0-9]+)?e-?[0-9]+\b/N/g; s/-?\b[0-9]+\.[0-9]+\b/N/g; s/NaN/N/g
    s/(epochs?|first|step)("?:?) ?[0-9]+/\1\2 N/g; s/ \* *T$/ T/; s/ +/ /g; s/ $//'
}
# A figure a line, of which there are many, all in one.
figures() { awk '/^[a-z_0-9]+ N( N)*$/ { line = line (line == "" ? "" : ", ") $0; next }
  { if (line != "") print line; line = ""; print } END { if (line != "") print line }'; }
if grep -qP '[→·\x{2500}-\x{28FF}]' out; then
  echo '(a picture)'
elif grep -qE 'make -j|xargs|--best' "$1"; then
  mask < out | sed -E 's/^ *[0-9]+ //; s/\b[0-9]+\b/N/g' | sort | uniq
elif grep -qE -- '--confusion|nn-check|--diagnose|--per-class|--mc|tail|early-stop' "$1"; then
  mask < out | sed -E 's/\b[0-9]+\b/N/g' | figures
else
  mask < out | figures
fi
mask < err | sed -E 's/nn-train: interrupted.*/nn-train: interrupted/' | sort | uniq -c |
  sed -E 's/^ +/  /; s/^  [0-9]+ (layer|epoch)/  \1/'
awk '/^(accuracy|r2) / && NF == 2 { if (worst == "" || $2 < worst) worst = $2 }
  END { if (worst != "") print "  at least " (worst > 0.9 ? 0.9 : worst > 0.8 ? 0.8 : worst > 0.6 ? 0.6 : worst) }' out
