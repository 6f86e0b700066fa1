# Ten models that differ in their seed, and their mean prediction.
#
#   make -C pipelines -f ensemble.mk -j 2     prints each member, the mean member and the ensemble
#
# Each member is a training of its own on one thread, so make's -j spreads them over the processors.

SHELL = bash
.SHELLFLAGS = -euo pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

DATA = ../examples/data/digits.csv.gz
LABEL = digit
INPUT = 64
OUT = out/ensemble
MEMBERS = 1 2 3 4 5 6 7 8 9 10
LAYERS = dense:128 relu dropout:0.3 dense:10
TRAIN = --epochs 30 --lr 0.003 --schedule cosine

.PHONY: all table clean
all: table

$(OUT)/all.st: $(DATA)
	mkdir -p $(@D)
	nn-import $< --label $(LABEL) -o $@

$(OUT)/part.train.st $(OUT)/part.test.st &: $(OUT)/all.st
	nn-split $< --test 0.3333 --seed 1 -o '$(OUT)/part.{role}.st'

$(OUT)/train.st: $(OUT)/part.train.st
	nn-prep $< --center --scale -o $@

$(OUT)/model%.st: $(OUT)/train.st
	nn-init --input $(INPUT) --seed $* $(LAYERS) | nn-train - $< $(TRAIN) --seed $* --threads 1 --quiet -o $@

$(OUT)/p%.st: $(OUT)/model%.st $(OUT)/part.test.st
	nn-predict $^ --threads 1 -o $@

$(OUT)/ensemble.st: $(MEMBERS:%=$(OUT)/p%.st)
	nn-ensemble $^ -o $@

$(OUT)/%.json: $(OUT)/%.st
	nn-eval $< --json > $@

# accuracy and nll of a JSON report, as two words
figures = sed -E 's/.*"accuracy":([^,}]*).*"nll":([^,}]*).*/\1 \2/'

$(OUT)/table.txt: $(MEMBERS:%=$(OUT)/p%.json) $(OUT)/ensemble.json
	{ for i in $(MEMBERS); do echo "member-$$i $$($(figures) $(OUT)/p$$i.json)"; done; \
	  echo "ensemble $$($(figures) $(OUT)/ensemble.json)"; } \
	| awk '{ if ($$1 == "ensemble") { printf "%-12s  %.4f  %.4f\n", "mean member", a/n, l/n } else { a += $$2; l += $$3; n++ } \
	         printf "%-12s  %.4f  %.4f\n", $$1, $$2, $$3 }' > $@

table: $(OUT)/table.txt
	@echo "              accuracy  nll"
	@cat $<

clean:
	rm -rf $(OUT)
