# A cross-validation: each fold is held out once, and what the folds come to is told with its spread.
#
#   make -C pipelines -f cv.mk -j 2                                  five folds of the digits
#   make -C pipelines -f cv.mk FOLDS=10 DATA=x.csv LABEL=y INPUT=30 GROUP=patient     folds that part no patient's rows
#
# (make does not see that another variable has changed: clean first.)
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
all: $(OUT)/$(FOLDS)-report.txt
	@cat $<

$(OUT)/all.st: $(DATA)
	mkdir -p $(@D)
	nn-import $< --label $(LABEL) $(if $(GROUP),--group $(GROUP)) -o $@

$(OUT)/$(FOLDS)-fold%.train.st $(OUT)/$(FOLDS)-fold%.valid.st: $(OUT)/all.st
	nn-split $< --folds $(FOLDS) --fold $* --seed $(SEED) -o '$(OUT)/$(FOLDS)-fold$*.{role}.st'

$(OUT)/$(FOLDS)-model%.st: $(OUT)/$(FOLDS)-fold%.train.st
	nn-prep $< --center --scale \
	| nn-train <(nn-init --input $(INPUT) --seed $(SEED) $(LAYERS)) - $(TRAIN) --seed $(SEED) --threads 1 --quiet -o $@

$(OUT)/$(FOLDS)-p%.st: $(OUT)/$(FOLDS)-model%.st $(OUT)/$(FOLDS)-fold%.valid.st
	nn-predict $^ --threads 1 -o $@

$(OUT)/$(FOLDS)-report.txt: $(FOLD_NUMBERS:%=$(OUT)/$(FOLDS)-p%.st)
	nn-eval --folds $^ > $@

clean:
	rm -rf $(OUT)
