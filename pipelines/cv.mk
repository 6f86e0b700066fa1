# A cross-validation: each fold is held out once, and what the folds come to is told with its spread.
#
#   make -C pipelines -f cv.mk                                       five folds of the digits
#   make -C pipelines -f cv.mk FOLDS=10 DATA=x.csv LABEL=y INPUT=30 GROUP=patient     folds that part no patient's rows
#   make -C pipelines -f cv.mk RUN=slurm                             the folds on a cluster, see run
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

PREDICTIONS = $(patsubst %,$(OUT)/$(FOLDS)-p%.st,$(shell seq $(FOLDS)))

.PHONY: all clean
all: $(OUT)/$(FOLDS)-report.txt
	@cat $<

$(OUT)/all.st: $(DATA)
	mkdir -p $(@D)
	nn-import $< --label $(LABEL) $(if $(GROUP),--group $(GROUP)) -o $@

# A job for each fold; those that are there already are not made again.
$(PREDICTIONS) &: $(OUT)/all.st
	./run JOB=1:$(FOLDS) $(OUT)/$(FOLDS)-fold.JOB.log '\
	  if [ $(OUT)/$(FOLDS)-pJOB.st -nt $< ]; then exit; fi; \
	  nn-split $< --folds $(FOLDS) --fold JOB --seed $(SEED) -o "$(OUT)/$(FOLDS)-foldJOB.{role}.st"; \
	  nn-prep $(OUT)/$(FOLDS)-foldJOB.train.st --center --scale \
	  | nn-train <(nn-init --input $(INPUT) --seed $(SEED) $(LAYERS)) - $(TRAIN) --seed $(SEED) --threads 1 --quiet \
	    -o $(OUT)/$(FOLDS)-modelJOB.st; \
	  nn-predict $(OUT)/$(FOLDS)-modelJOB.st $(OUT)/$(FOLDS)-foldJOB.valid.st --threads 1 -o $(OUT)/$(FOLDS)-pJOB.st'
# What some jobs have made stays when another one fails.
.PRECIOUS: $(PREDICTIONS)

$(OUT)/$(FOLDS)-report.txt: $(PREDICTIONS)
	nn-eval --folds $^ > $@

clean:
	rm -rf $(OUT)
