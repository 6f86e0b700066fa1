# Ensembles of ten, made in five ways, beside Monte-Carlo dropout: what each gains over its mean member.
#
#   make -C pipelines -f ensemble.mk          ten models that differ in their seed: each, the mean member, the ensemble
#   make -C pipelines -f ensemble.mk table    all ways
#   ... DATA=/path/to/fashion-mnist           on Fashion-MNIST, as all of these
#   ... RUN=slurm                             the trainings on a cluster, see run
#
# seeds: other weights and another order of the rows. bags: each on rows drawn anew, with replacement (Breiman 1996).
# settings: another width and dropout each. snapshots: one long training whose rate falls and starts again ten times
# (Huang et al. 2017). soup: one model's ten fine-tunings, their parameters averaged (Wortsman et al. 2022), which predicts
# at the price of one. dropout: one model, a hundred passes.
#
# Each member is a training of its own on one thread, and a job of run, which spreads them over processors or machines.

OUT = out/ensemble
.DEFAULT_GOAL = all
include data.mk
MEMBERS = 10
WIDTH = 128
DROPOUT = 0.3
EPOCHS = $(if $(DATA),10,30)
PASSES = 100
TRAIN = --epochs $(EPOCHS) --batch-size $(if $(DATA),128,32) --lr 0.003 --schedule cosine --threads 1 --quiet
LAYERS = dense:$(WIDTH) relu dropout:$(DROPOUT) dense:10
INIT = nn-init --input $(INPUT) --seed JOB
ENSEMBLES = seeds bags settings snapshots
WAYS = $(ENSEMBLES) soup dropout
NUMBERS = $(shell seq $(MEMBERS))

.PHONY: all table clean
all: $(OUT)/members.txt
	@cat $<
table: $(OUT)/table.txt
	@cat $<

$(OUT)/prepared.st: $(OUT)/train.st
	nn-prep $< --center --scale --per all -o $@

# The models of a way, each by a job. Those that are newer than what they are made of are not trained again, and what
# some jobs have made stays when another one fails.
models = $(NUMBERS:%=$(OUT)/$1.%.st)
.PRECIOUS: $(foreach way,$(ENSEMBLES) tuned,$(call models,$(way)))

$(call models,seeds) &: $(OUT)/prepared.st
	./run JOB=1:$(MEMBERS) $(OUT)/seeds.JOB.log '[ $(OUT)/seeds.JOB.st -nt $< ] || \
	  $(INIT) $(LAYERS) | nn-train - $< $(TRAIN) --seed JOB -o $(OUT)/seeds.JOB.st'
$(call models,bags) &: $(OUT)/prepared.st
	./run JOB=1:$(MEMBERS) $(OUT)/bags.JOB.log '[ $(OUT)/bags.JOB.st -nt $< ] || \
	  nn-split $< --bootstrap --seed JOB \
	  | nn-train <($(INIT) $(LAYERS)) - $(TRAIN) --seed JOB -o $(OUT)/bags.JOB.st'
$(call models,settings) &: $(OUT)/prepared.st
	./run JOB=1:$(MEMBERS) $(OUT)/settings.JOB.log 'widths=(64 96 128 192 256) dropouts=(0.2 0.5); \
	  [ $(OUT)/settings.JOB.st -nt $< ] || \
	  $(INIT) dense:$${widths[(JOB - 1) % 5]} relu dropout:$${dropouts[JOB % 2]} dense:10 \
	  | nn-train - $< $(TRAIN) --seed JOB -o $(OUT)/settings.JOB.st'

# Each cycle begins where the one before it ended, so all are one job.
$(call models,snapshots) &: $(OUT)/seeds.1.st $(OUT)/prepared.st
	./run JOB=1:1 $(OUT)/snapshots.log 'model=$<; \
	  for cycle in $(NUMBERS); do \
	    nn-train $$model $(OUT)/prepared.st $(TRAIN) --fresh --seed $$cycle -o $(OUT)/snapshots.$$cycle.st; \
	    model=$(OUT)/snapshots.$$cycle.st; \
	  done'

$(call models,tuned) &: $(OUT)/seeds.1.st $(OUT)/prepared.st
	./run JOB=1:$(MEMBERS) $(OUT)/tuned.JOB.log '[ $(OUT)/tuned.JOB.st -nt $< ] || \
	  nn-train $^ $(TRAIN) --fresh --lr 0.0005 --seed JOB -o $(OUT)/tuned.JOB.st'
$(OUT)/soup.st: $(call models,tuned)
	nn-ensemble --models $^ -o $@

# Predictions: of each member, and of all together.
$(OUT)/%.predictions: $(OUT)/%.st $(OUT)/test.st
	nn-predict $^ --threads 1 -o $@
define together
$(OUT)/$1.ensemble.predictions: $(NUMBERS:%=$(OUT)/$1.%.predictions)
	nn-ensemble $$^ -o $$@
endef
$(foreach way,$(ENSEMBLES),$(eval $(call together,$(way))))
$(OUT)/soup.ensemble.predictions: $(OUT)/soup.predictions
	cp $< $@
$(OUT)/soup.%.predictions: $(OUT)/tuned.%.predictions
	cp $< $@
$(OUT)/dropout.ensemble.predictions: $(OUT)/seeds.1.st $(OUT)/test.st
	nn-predict $^ --mc $(PASSES) -o $@
$(OUT)/dropout.%.predictions: $(OUT)/seeds.1.predictions
	cp $< $@

# A line of what was evaluated: its name, accuracy, negative log-likelihood and calibration error.
$(OUT)/%.figures: $(OUT)/%.predictions
	nn-eval $< | awk -v name=$* '/^(accuracy|nll|ece) / { line = line " " $$2 } END { print name line }' > $@

# Of one way: the mean and the best of its members, and all together.
$(OUT)/%.rows: $(NUMBERS:%=$(OUT)/\%.%.figures) $(OUT)/%.ensemble.figures
	awk -v way=$* '$$1 ~ /ensemble/ { print way, a/n, best, $$2, l/n, $$3, e/n, $$4; next } \
	  { a += $$2; l += $$3; e += $$4; n++; if ($$2 > best) best = $$2 }' $^ > $@
$(OUT)/table.txt: $(WAYS:%=$(OUT)/%.rows)
	{ echo way accuracy:mean best together nll:mean together ece:mean together; cat $^; } | awk -f table.awk > $@

$(OUT)/members.txt: $(NUMBERS:%=$(OUT)/seeds.%.figures) $(OUT)/seeds.ensemble.figures
	awk '{ sub(/seeds\./, "member-") } \
	  /ensemble/ { print "mean-member", a/n, l/n, e/n; print "ensemble", $$2, $$3, $$4; next } \
	  { a += $$2; l += $$3; e += $$4; n++; print }' $^ \
	| { echo seeds accuracy nll ece; cat; } | awk -f table.awk > $@

clean:
	rm -rf $(OUT)
