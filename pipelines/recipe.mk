# The recipe for training a network, step by step: from the first loss to a tested model.
#
#   make -C pipelines -f recipe.mk                                 on the embedded digits, in seconds
#   make -C pipelines -f recipe.mk DATA=/path/to/fashion-mnist     on Fashion-MNIST
#   make -C pipelines -f recipe.mk RUN=slurm                       the trials of the searches on a cluster, see run
#
#   1 the loss before training is that of a model that knows nothing, gradients are right, signals pass through all layers
#   2 the model can learn a few rows by heart
#   3 the learning rates at which the loss falls
#   4 a coarse search: many trials of few epochs, over wide ranges
#   5 a refined one around what was best
#   6 the final run, what its curves look like and mean, and the test
#
# Each step is an artefact, which is made again when what it depends on has changed.

OUT = out/recipe
.DEFAULT_GOAL = all
include data.mk
include trials.mk
SEED = 1
COARSE = 30
REFINED = 15
COARSE_EPOCHS = $(if $(DATA),1,3)
REFINED_EPOCHS = $(if $(DATA),3,10)
EPOCHS = $(if $(DATA),20,60)
UNITS = 128
DROP = 0.2
STEPS = 1-start 2-overfit 3-range 4-coarse 5-refined 6-final

.PHONY: all clean
all: $(STEPS:%=$(OUT)/%.txt)
	@for step in $(STEPS); do echo "== $$step"; cat $(OUT)/$$step.txt; done

$(OUT)/part.train.st $(OUT)/part.valid.st &: $(OUT)/train.st
	nn-split $< --valid 0.2 --seed $(SEED) -o '$(OUT)/part.{role}.st'
$(OUT)/prepared.st: $(OUT)/part.train.st
	nn-prep $< --center --scale --per all -o $@
# The layers of a width and a dropout, which the searches fill in.
layers = dense:$1 relu dropout:$2 dense:$1 relu dropout:$2 dense:10
init = nn-init --input $(INPUT) --seed $(SEED) $(call layers,$1,$2)
$(OUT)/init.st: recipe.mk | $(OUT)/prepared.st
	$(call init,$(UNITS),$(DROP)) -o $@

$(OUT)/1-start.txt: $(OUT)/init.st $(OUT)/prepared.st
	nn-check $^ > $@
$(OUT)/2-overfit.txt: $(OUT)/init.st $(OUT)/prepared.st
	nn-check --overfit 50 <(nn-init --input $(INPUT) --seed $(SEED) $(call layers,$(UNITS),0)) $(OUT)/prepared.st > $@
$(OUT)/3-range.txt: $(OUT)/init.st $(OUT)/prepared.st
	nn-check --lr-range 1e-5..1 --log $(OUT)/range.jsonl $^ > $@
	nn-plot $(OUT)/range.jsonl -o $(OUT)/3-range.svg

# A search: the same command prints its lines, and then what came of them.
trial = $(call init,{units},{drop}) | nn-train - $(OUT)/prepared.st --valid $(OUT)/part.valid.st --quiet --threads 1 \
  --seed $(SEED) --lr {lr} --weight-decay {decay} --epochs $1 --log $(OUT)/$2/{id}.jsonl -o $(OUT)/$2/{id}.st
coarse = nn-search --quiet --random $(COARSE) --seed $(SEED) lr=log:1e-5..1e-1 units=32,64,128,256 drop=0..0.6 \
  decay=log:1e-6..1e-2 '$(call trial,$(COARSE_EPOCHS),coarse)'
refined = nn-search --quiet --sobol $(REFINED) --seed $(SEED) lr=log:$$(around lr 3) units=$$(best units) \
  drop=0..0.6 decay=log:$$(around decay 3) '$(call trial,$(REFINED_EPOCHS),refined)'
# best NAME: the value in the first line of the table; around NAME FACTOR: from so many times less to so many times more.
tools = best() { awk -F '\t' -v name="$$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($$i == name) c = i } NR == 2 { print $$c }' $<; }; \
  around() { awk -v x="$$(best "$$1")" -v f="$$2" 'BEGIN { printf "%.3g..%.3g", x / f, x * f }'; };

$(OUT)/coarse.tsv: $(OUT)/prepared.st $(OUT)/part.valid.st
	mkdir -p $(OUT)/coarse
	$(coarse) > $(OUT)/coarse.lines
	$(call trials,coarse)
	$(coarse) --best valid_loss --table > $@
$(OUT)/refined.tsv: $(OUT)/coarse.tsv
	mkdir -p $(OUT)/refined
	$(tools) $(refined) > $(OUT)/refined.lines
	$(call trials,refined)
	$(tools) $(refined) --best valid_loss --table > $@
$(OUT)/4-coarse.txt: $(OUT)/coarse.tsv
	{ head -n 4 $<; $(coarse) --best valid_loss --importance; } > $@
$(OUT)/5-refined.txt: $(OUT)/refined.tsv
	head -n 4 $< > $@

$(OUT)/model.st: $(OUT)/refined.tsv $(OUT)/prepared.st $(OUT)/part.valid.st
	$(tools) $(call init,$$(best units),$$(best drop)) \
	| nn-train - $(OUT)/prepared.st $(OUT)/part.valid.st --epochs $(EPOCHS) --lr $$(best lr) --weight-decay $$(best decay) \
	  --schedule cosine --keep best --seed $(SEED) --log $(OUT)/final.jsonl -o $@
$(OUT)/6-final.txt: $(OUT)/model.st $(OUT)/test.st
	nn-plot $(OUT)/final.jsonl -o $(OUT)/6-curves.svg
	{ nn-plot --diagnose $(OUT)/final.jsonl; nn-predict $^ | nn-eval | grep -E '^(rows|accuracy|nll|ece) '; } > $@

clean:
	rm -rf $(OUT)
