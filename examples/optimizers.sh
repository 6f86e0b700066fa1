#!/usr/bin/env bash
# Where optimizers go in 20 steps over f(x) = 0.1 x1^2 + 2 x2^2 from (-5, -2): a long valley, steep across, flat along.
#
#   examples/optimizers.sh        needs nn-import, nn-init, nn-train, nn-predict and nn-export on PATH
#
# The mean squared error of a bias-free dense layer over the rows (sqrt(0.2), 0) and (0, 2) with targets 0 is just f,
# and its two weights are x. Batch gradient descent is --batch-size all. Weights are 32-bit floats: seven digits count.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# rows NAME A B: the data of f(x) = A x1^2 + B x2^2.
rows() {
  awk -v a="$2" -v b="$3" 'BEGIN { printf "x1,x2,y\n%.9g,0,0\n0,%.9g,0\n", sqrt(2 * a), sqrt(2 * b) }' |
    nn-import -q --target y - -o "$1.st"
}

# start NAME X1 X2: a model whose weights are X1 and X2. One step of gradient descent at rate 1 over the rows (1, 0) and
# (0, 1) with targets X1 and X2 goes from zeros right there.
start() {
  printf 'x1,x2,y\n1,0,%s\n0,1,%s\n' "$2" "$3" | nn-import -q --target y - -o corner.st
  nn-init --input 2 dense:1,bias=no,init=zeros |
    nn-train -q -e 1 -b all --optimizer sgd --lr 1 - corner.st | nn-freeze --strip -o "$1.st"
}

# weights MODEL: its weights, which are its outputs for the rows (1, 0) and (0, 1).
weights() { nn-predict "$1" axes.st | nn-export --format csv | awk -F, 'NR > 1 { printf "%s ", $1 }'; }

# line LABEL MODEL DATA STEPS NN-TRAIN-OPTIONS...: one line of the table.
line() {
  nn-train -q -b all --no-shuffle -e "$4" "${@:5}" "$2.st" "$3.st" -o end.st
  weights end.st | awk -v label="$1" '{ printf "%-30s %13.6f %13.6f\n", label, $1, $2 }'
}

printf 'x1,x2\n1,0\n0,1\n' | nn-import -q - -o axes.st
start valley -5 -2
rows f 0.1 2
rows g 1 2

echo "f(x) = 0.1 x1^2 + 2 x2^2 from (-5, -2), 20 steps"
line "sgd, lr 0.4" valley f 20 --optimizer sgd --lr 0.4
line "sgd, lr 0.6" valley f 20 --optimizer sgd --lr 0.6
line "momentum 0.5, lr 0.6" valley f 20 --optimizer momentum:0.5 --lr 0.6
line "momentum 0.25, lr 0.6" valley f 20 --optimizer momentum:0.25 --lr 0.6
line "nesterov 0.5, lr 0.4" valley f 20 --optimizer nesterov:0.5 --lr 0.4
line "adagrad, lr 0.4" valley f 20 --optimizer adagrad --lr 0.4
line "adagrad, lr 2" valley f 20 --optimizer adagrad --lr 2
line "rmsprop, lr 0.4, alpha 0.9" valley f 20 --optimizer rmsprop,alpha=0.9 --lr 0.4
line "  with eps in the root" valley f 20 --optimizer rmsprop,alpha=0.9,eps=1e-6,eps_in_root=yes --lr 0.4
line "adadelta, rho 0.9" valley f 20 --optimizer adadelta
line "adam, lr 0.16" valley f 20 --optimizer adam --lr 0.16
line "adamax, lr 0.16" valley f 20 --optimizer adamax --lr 0.16
line "nadam, lr 0.16" valley f 20 --optimizer nadam --lr 0.16
line "lion, lr 0.1" valley f 20 --optimizer lion --lr 0.1

echo "f(x) = x1^2 + 2 x2^2 from (-5, -2), 20 steps"
line "sgd, lr 0.1" valley g 20 --optimizer sgd --lr 0.1

# The same square twice, in each weight: the step is 2 lr x.
echo "f(x) = x1^2 + x2^2 from (10, -10), 10 steps"
start twins 10 -10
rows h 1 1
for rate in 0.2 0.05 1.1; do line "sgd, lr $rate" twins h 10 --optimizer sgd --lr "$rate"; done
