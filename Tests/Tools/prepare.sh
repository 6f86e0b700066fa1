#!/bin/bash
# Makes, in the current directory, the files that the examples of the manual pages, of --help and of the README may
# assume. The built tools are on PATH; $DATA is the folder examples/data.
#
#   digits.csv.gz                              the digits as they come: 1797 images of 8x8, label column "digit"
#   digits.st                                  the same, imported
#   digits.train.st digits.valid.st digits.test.st    its parts; also as train.st, valid.st, test.st
#   flats.csv                                  a table of 800 flats with numbers, texts and empty cells
#   unlabelled.st                              the images of test.st without their labels
#   init.st                                    an untrained network for the digits, with dropout
#   model.st model2.st model3.st               the network after training from three seeds
#   p1.st p2.st p3.st                          the predictions of the three models for test.st
#   train.libsvm test.libsvm                   some of the digits as LIBSVM text
#   layers.txt                                 a layer list, one layer a line
#   photos/                                    six tiny images, in folders of two classes
#   train-images.gz train-labels.gz            a tiny pair of IDX files, as MNIST comes
set -euo pipefail

cp "$DATA/digits.csv.gz" "$DATA/flats.csv" .
nn-import -q --label digit digits.csv.gz -o digits.st
nn-split -q --valid 0.1 --test 0.2 --seed 1 digits.st -o 'digits.{role}.st'
for role in train valid test; do cp "digits.$role.st" "$role.st"; done
gzip -dc digits.csv.gz | cut -d, -f1-64 | nn-import -q - -o unlabelled.st

zcat digits.csv.gz | awk -F, 'NR > 1 {
  line = $65; for (i = 1; i <= 64; i++) if ($i != 0) line = line " " i ":" $i; print line
}' >digits.libsvm
head -n 100 digits.libsvm >train.libsvm
tail -n 100 digits.libsvm >test.libsvm
rm digits.libsvm

layers=(dense:32 relu dropout:0.1 dense:10)
printf '%s\n' '# a network for the digits' "${layers[@]}" > layers.txt
nn-init --input 64 --seed 1 "${layers[@]}" -o init.st
nn-train -q --epochs 5 --lr 0.01 --optimizer adam --seed 1 init.st train.st -o model.st
for seed in 2 3; do
  nn-init --input 64 --seed "$seed" "${layers[@]}" |
    nn-train -q --epochs 5 --lr 0.01 --optimizer adam --seed "$seed" - train.st -o "model$seed.st"
done
nn-predict model.st test.st -o p1.st
nn-predict model2.st test.st -o p2.st
nn-predict model3.st test.st -o p3.st

# 20 images of 4x4 pixels in two classes.
{
  printf '\0\0\10\3\0\0\0\24\0\0\0\4\0\0\0\4'
  for _ in {1..20}; do printf '\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20'; done
} | gzip -n > train-images.gz
{
  printf '\0\0\10\1\0\0\0\24'
  for _ in {1..10}; do printf '\0\1'; done
} | gzip -n > train-labels.gz

# Letters are bytes, too.
mkdir -p photos/cat photos/dog
for i in 1 2 3; do
  printf 'P5 2 2 255 abc%s' "$i" > "photos/cat/$i.pgm"
  printf 'P6 2 3 255 abcdefghijklmnopq%s' "$i" > "photos/dog/$i.ppm"
done
