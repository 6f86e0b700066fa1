# Parts of the digits and trained networks, in the current directory.
nn-import -q --label digit "$DATA/digits.csv.gz" | nn-split -q --take 300 --test 100 -o '{role}.st'
nn-init -i 64 -s 3 dense:16 bn relu dropout:0.3 dense:10 | nn-train -q -e 20 --lr 0.01 - train.st -o model.st
