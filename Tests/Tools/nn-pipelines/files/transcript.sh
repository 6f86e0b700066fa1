#!/bin/bash
# transcript.sh PAGE: runs the commands of a page of the manual in order, in this directory, and tells of each what it
# wrote (see tell.sh), up to the first that fails.
set -euo pipefail
here=$(dirname "$0")
awk -f "$here/../../nn-tensors/commands.awk" -v files=1 "$1"
for command in command.*; do
  # All in one shell, for which the commands are written.
  printf '{\n%s\n} > out 2> err\n' "$(cat "$command")"
  printf 'bash "%s/tell.sh" %s\n' "$here" "$command"
done > page.sh
bash -euo pipefail page.sh || { echo "status $?"; cat err; }
