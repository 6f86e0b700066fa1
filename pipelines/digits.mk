# Handwritten digits, from a CSV file to a tested model: the main job, whole.
#
#   make -C pipelines -f digits.mk            prints the accuracy on a third of the digits that training never saw
#   make -C pipelines -f digits.mk clean all EPOCHS=10     the same with fewer epochs
#   make -C pipelines -f digits.mk report     out/digits/report.html alone: a page about the run
#
# Each stage is an artefact: when a file changes, only what depends on it is made again. (make does not see that a
# variable has changed: clean first.)

SHELL = bash
.SHELLFLAGS = -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

DATA = ../examples/data/digits.csv.gz
OUT = out/digits
SEED = 1
EPOCHS = 60
LAYERS = dense:512 bn relu dropout:0.5 dense:256 bn relu dropout:0.5 dense:10
TRAIN = --epochs $(EPOCHS) --lr 0.003 --schedule cosine

.PHONY: all report clean
all: $(OUT)/report.txt report
	cat $<
	@echo 'A page about it: pipelines/$(OUT)/report.html'
report: $(OUT)/report.html

$(OUT)/all.st: $(DATA)
	mkdir -p $(@D)
	nn-import $< --label digit -o $@

# A third is held out for the test, a tenth watches the training.
$(OUT)/digits.train.st $(OUT)/digits.valid.st $(OUT)/digits.test.st &: $(OUT)/all.st
	nn-split $< --test 0.3333 --valid 0.1 --seed $(SEED) -o '$(OUT)/digits.{role}.st'

# What is done to the training rows is recorded in them, goes into the model, and is done to all other rows by it.
$(OUT)/train.st: $(OUT)/digits.train.st
	nn-prep $< --center --scale -o $@

$(OUT)/init.st: digits.mk | $(OUT)/all.st
	nn-init --input 64 --seed $(SEED) $(LAYERS) -o $@

$(OUT)/model.st: $(OUT)/init.st $(OUT)/train.st $(OUT)/digits.valid.st
	nn-train $^ $(TRAIN) --seed $(SEED) --log $(OUT)/train.jsonl -o $@

$(OUT)/predictions.st: $(OUT)/model.st $(OUT)/digits.test.st
	nn-predict $^ -o $@

$(OUT)/report.txt: $(OUT)/predictions.st
	nn-eval $< --per-class > $@

# One page with all of it, this file as the commands.
$(OUT)/report.html: $(OUT)/model.st $(OUT)/digits.train.st $(OUT)/digits.valid.st $(OUT)/digits.test.st $(OUT)/predictions.st
	nn-report $^ $(OUT)/train.jsonl --shape 8x8 --title 'Handwritten digits' --commands $(firstword $(MAKEFILE_LIST)) -o $@

clean:
	rm -rf $(OUT)
