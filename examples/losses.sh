#!/bin/bash
# The losses of course notes' examples, each as nn-check --initial-loss finds it before any training.
#
#   examples/losses.sh
#
# A network of one layer without parameters to speak of stands before the loss: `flatten` hands the logits on,
# `logsoftmax` and `sigmoid` make of them what nll and bce take.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# loss DATA COLUMNS LAYER SPEC: the loss of a network that is one layer.
loss() {
  nn-init --input "$2" "$3" -o net.st
  # It may say that such a first loss is no good sign; here it is as asked for.
  { nn-check --initial-loss --json --loss "$4" net.st "$1" || true; } | sed 's/.*"loss":\([0-9.]*\).*/\1/' |
    awk -v name="$4" -v layer="$3" '{ printf "%-15s after %-10s %.4f\n", name, layer, $1 }'
}

echo "softmax of 3, 1, -3:"
printf '3,1,-3\n' | nn-import -q --no-header - | nn-predict -q <(nn-init --input 3 softmax) - | nn-export --format csv |
  awk -F, 'NR > 1 { printf "  %.4f %.4f %.4f\n", $1, $2, $3 }'

cat > nll.csv <<'END'
a,b,c,d,e,class
0.7382,0.7357,0.1277,0.5875,0.4181,1
0.4176,0.3701,0.9907,0.3997,0.0968,0
0.7373,0.5034,0.9795,0.5484,0.1390,4
END
cat > ids.csv <<'END'
a,b,c,class
0.5953,0.9872,0.7510,1
0.9447,0.0602,0.7399,0
0.2185,0.6771,0.0168,2
0.7719,0.8075,0.7505,1
END
cat > onehot.csv <<'END'
a,b,c,one,two,three
0.5953,0.9872,0.7510,0,1,0
0.9447,0.0602,0.7399,1,0,0
0.2185,0.6771,0.0168,0,0,1
0.7719,0.8075,0.7505,0,1,0
END
cat > binary.csv <<'END'
logit,yes
-0.7001,0
-0.7231,0
-0.2049,1
END
nn-import -q --label class --classes 0,1,2,3,4 nll.csv -o nll.st
nn-import -q --label class ids.csv -o ids.st
nn-import -q --target one --target two --target three onehot.csv -o onehot.st
nn-import -q --target yes binary.csv -o binary.st
loss nll.st 5 logsoftmax nll
loss ids.st 3 flatten cross-entropy
loss onehot.st 3 flatten cross-entropy
loss binary.st 1 sigmoid bce
loss binary.st 1 flatten bce-with-logits
