# Ensembles of ten, made in five ways, beside Monte-Carlo dropout: what each gains over its mean member.
#
#   make -C pipelines -f ensemble.mk -j 2         ten models that differ in their seed: each, the mean member, the ensemble
#   make -C pipelines -f ensemble.mk -j 2 table   all ways
#   ... DATA=/path/to/fashion-mnist               on Fashion-MNIST, as all of these
#
# seeds: other weights and another order of the rows. bags: each on rows drawn anew, with replacement (Breiman 1996).
# settings: another width and dropout each. snapshots: one long training whose rate falls and starts again ten times
# (Huang et al. 2017). soup: one model's ten fine-tunings, their parameters averaged (Wortsman et al. 2022), which predicts
# at the price of one. dropout: one model, a hundred passes.
#
# Each member is a training of its own on one thread, so make's -j spreads them over the processors.

OUT = out/ensemble
.DEFAULT_GOAL = all
include data.mk
MEMBERS = 1 2 3 4 5 6 7 8 9 10
WIDTH = 128
DROPOUT = 0.3
EPOCHS = $(if $(DATA),10,30)
PASSES = 100
TRAIN = --epochs $(EPOCHS) --batch-size $(if $(DATA),128,32) --lr 0.003 --schedule cosine --threads 1 --quiet
LAYERS = dense:$(WIDTH) relu dropout:$(DROPOUT) dense:10
INIT = nn-init --input $(INPUT) --seed $*
ENSEMBLES = seeds bags settings snapshots
WAYS = $(ENSEMBLES) soup dropout

.PHONY: all table clean
all: $(OUT)/members.txt
	@cat $<
table: $(OUT)/table.txt
	@cat $<

$(OUT)/prepared.st: $(OUT)/train.st
	nn-prep $< --center --scale --per all -o $@

$(OUT)/seeds.%.st: $(OUT)/prepared.st
	$(INIT) $(LAYERS) | nn-train - $< $(TRAIN) --seed $* -o $@
$(OUT)/bags.%.st: $(OUT)/prepared.st
	nn-split $< --bootstrap --seed $* | nn-train <($(INIT) $(LAYERS)) - $(TRAIN) --seed $* -o $@
widths = 64 96 128 192 256
$(OUT)/settings.%.st: WIDTH = $(word $(shell expr \( $* - 1 \) % 5 + 1),$(widths))
$(OUT)/settings.%.st: DROPOUT = $(word $(shell expr $* % 2 + 1),0.2 0.5)
$(OUT)/settings.%.st: $(OUT)/prepared.st
	$(INIT) $(LAYERS) | nn-train - $< $(TRAIN) --seed $* -o $@

# Each cycle begins where the one before it ended.
define cycle
$(OUT)/snapshots.$1.st: $(if $2,$(OUT)/snapshots.$2.st,$(OUT)/seeds.$1.st) $(OUT)/prepared.st
	nn-train $$^ $(TRAIN) --fresh --seed $1 -o $$@
$(if $(word 2,$3),$(call cycle,$(word 2,$3),$1,$(wordlist 2,99,$3)))
endef
$(eval $(call cycle,$(firstword $(MEMBERS)),,$(MEMBERS)))

$(OUT)/tuned.%.st: $(OUT)/seeds.1.st $(OUT)/prepared.st
	nn-train $^ $(TRAIN) --fresh --lr 0.0005 --seed $* -o $@
$(OUT)/soup.st: $(MEMBERS:%=$(OUT)/tuned.%.st)
	nn-ensemble --models $^ -o $@

# Predictions: of each member, and of all together.
$(OUT)/%.predictions: $(OUT)/%.st $(OUT)/test.st
	nn-predict $^ --threads 1 -o $@
define together
$(OUT)/$1.ensemble.predictions: $(MEMBERS:%=$(OUT)/$1.%.predictions)
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
$(OUT)/%.rows: $(MEMBERS:%=$(OUT)/\%.%.figures) $(OUT)/%.ensemble.figures
	awk -v way=$* '$$1 ~ /ensemble/ { print way, a/n, best, $$2, l/n, $$3, e/n, $$4; next } \
	  { a += $$2; l += $$3; e += $$4; n++; if ($$2 > best) best = $$2 }' $^ > $@
$(OUT)/table.txt: $(WAYS:%=$(OUT)/%.rows)
	{ echo way accuracy:mean best together nll:mean together ece:mean together; cat $^; } | awk -f table.awk > $@

$(OUT)/members.txt: $(MEMBERS:%=$(OUT)/seeds.%.figures) $(OUT)/seeds.ensemble.figures
	awk '{ sub(/seeds\./, "member-") } \
	  /ensemble/ { print "mean-member", a/n, l/n, e/n; print "ensemble", $$2, $$3, $$4; next } \
	  { a += $$2; l += $$3; e += $$4; n++; print }' $^ \
	| { echo seeds accuracy nll ece; cat; } | awk -f table.awk > $@

clean:
	rm -rf $(OUT)
