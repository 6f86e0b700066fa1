# A cross-validation: each fold is held out once, and what the folds come to is told with its spread.
#
#   make -C pipelines -f cv.mk -j 2                                  five folds of the digits
#   make -C pipelines -f cv.mk FOLDS=10 DATA=x.csv LABEL=y INPUT=30 GROUP=patient     folds that part no patient's rows
#
# The preparation is fitted on the training rows of each fold, as it would be on rows that nobody has seen yet.

SHELL = bash
.SHELLFLAGS = -euo pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

DATA = ../examples/data/digits.csv.gz
LABEL = digit
GROUP =
INPUT = 64
OUT = out/cv
FOLDS = 5
SEED = 1
LAYERS = dense:128 relu dropout:0.3 dense:10
TRAIN = --epochs 20 --lr 0.003

FOLD_NUMBERS = $(shell seq $(FOLDS))

.PHONY: all clean
all: $(OUT)/report.txt
	@cat $<

$(OUT)/all.st: $(DATA)
	mkdir -p $(@D)
	nn-import $< --label $(LABEL) $(if $(GROUP),--group $(GROUP)) -o $@

$(OUT)/fold%.train.st $(OUT)/fold%.valid.st: $(OUT)/all.st
	nn-split $< --folds $(FOLDS) --fold $* --seed $(SEED) -o '$(OUT)/fold$*.{role}.st'

$(OUT)/model%.st: $(OUT)/fold%.train.st
	nn-prep $< --center --scale \
	| nn-train <(nn-init --input $(INPUT) --seed $(SEED) $(LAYERS)) - $(TRAIN) --seed $(SEED) --threads 1 --quiet -o $@

$(OUT)/p%.st: $(OUT)/model%.st $(OUT)/fold%.valid.st
	nn-predict $^ --threads 1 -o $@

$(OUT)/report.txt: $(FOLD_NUMBERS:%=$(OUT)/p%.st)
	nn-eval --folds $^ > $@

clean:
	rm -rf $(OUT)
