# Small parts of the digits, raw and prepared, and a network for them, in the current directory.
nn-import -q --label digit "$DATA/digits.csv.gz" | nn-split -q --take 300 -o raw.st
nn-prep -q --center --scale raw.st -o train.st
nn-init -i 64 -s 3 dense:16 bn relu dropout:0.2 dense:10 -o init.st
# Numbers of text and of JSON as N, which are not the same on all processors.
numberless() { sed -E 's/-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?%?/N/g; s/ +/ /g'; }
