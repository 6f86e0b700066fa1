# A search two ways: every trial to its end, or successive halving, in which most trials are given up early.
#
#   make -C pipelines -f search.mk              400 trials by halving against 200 to their end, on the embedded digits
#   make -C pipelines -f search.mk RUN=slurm    the trials on a cluster, see run
#
# Each prints its best trials, how good the best one is on rows that no search has seen, and the epochs that it took. The
# trials' own files tell what is done: make goes on where it was stopped. (It does not see that a variable has changed:
# clean first.)

SHELL = bash
.SHELLFLAGS = -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

DATA = ../examples/data/digits.csv.gz
LABEL = digit
INPUT = 64
OUT = out/search
SEED = 1
FULL_TRIALS = 200
HALVING_TRIALS = 400
EPOCHS = 27

SPACE = lr=log:1e-4..1e-1 hidden=16,32,64,128,256 l2=log:1e-6..1e-2 'drop=0..0.5 if hidden>=32' batch=16,32,64
TRIAL = nn-init --input $(INPUT) --seed $(SEED) dense:{hidden} relu dropout:{drop=0} dense:10 | \
  nn-train - $(OUT)/train.st --valid $(OUT)/part.valid.st --quiet --threads 1 --seed $(SEED) --batch-size {batch} \
  --lr {lr} --weight-decay {l2}

# The two searches: the same command prints what is to run, and later what came of it.
full = nn-search --quiet --random $(FULL_TRIALS) --seed $(SEED) $(SPACE) \
  '$(TRIAL) -e $(EPOCHS) --log $(OUT)/full/{id}.jsonl -o $(OUT)/full/{id}.st'
halving = nn-search --quiet --random $(HALVING_TRIALS) --seed $(SEED) --halving valid_loss --epochs 1..$(EPOCHS) $(SPACE) \
  '$(TRIAL) -e {epochs} --checkpoint $(OUT)/halving/{id}.ck --log $(OUT)/halving/{id}.jsonl -o $(OUT)/halving/{id}.{epochs}.st'
include trials.mk

.PHONY: all clean
all: $(OUT)/full.txt $(OUT)/halving.txt
	@for search in full halving; do echo "$$search:"; cat $(OUT)/$$search.txt; echo; done

$(OUT)/all.st: $(DATA)
	mkdir -p $(@D)
	nn-import $< --label $(LABEL) -o $@

$(OUT)/part.train.st $(OUT)/part.valid.st $(OUT)/part.test.st &: $(OUT)/all.st
	nn-split $< --valid 0.2 --test 0.3333 --seed $(SEED) -o '$(OUT)/part.{role}.st'

$(OUT)/train.st: $(OUT)/part.train.st
	nn-prep $< --center --scale -o $@

$(OUT)/full.tsv: $(OUT)/train.st $(OUT)/part.valid.st
	mkdir -p $(OUT)/full
	$(full) > $(OUT)/full.lines
	$(call trials,full)
	$(full) --best valid_loss --table > $@

# One rung after the other: the lines of each depend on the logs of the one before.
$(OUT)/halving.tsv: $(OUT)/train.st $(OUT)/part.valid.st
	mkdir -p $(OUT)/halving
	for rung in 1 2 3 4 5 6 7 8 9 10; do $(halving) > $(OUT)/halving.lines; $(call trials,halving); done
	$(halving) --best valid_loss --table > $@

# The best trial that came to its end, tested.
$(OUT)/%.txt: $(OUT)/%.tsv $(OUT)/part.test.st
	column=$$(head -n 1 $< | tr '\t' '\n' | grep -nx epochs | cut -d : -f 1); \
	best=$$(awk -F '\t' '$$5 == "finished" { print $$4; exit }' $<); \
	[ "$$best" ] || { echo "$<: no trial came to its end" >&2; exit 1; }; \
	model=$$(ls -t $(OUT)/$*/$$best*.st | head -n 1); \
	{ head -n 6 $< | cut -f 1-10; \
	  nn-predict "$$model" $(OUT)/part.test.st | nn-eval | grep -E '^(accuracy|nll) '; \
	  awk -F '\t' -v c="$$column" 'NR > 1 { n += $$c } END { print "trials", NR - 1; print "epochs", n }' $<; } > $@

clean:
	rm -rf $(OUT)
