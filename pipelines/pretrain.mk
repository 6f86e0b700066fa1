# What rows without labels are worth where labels are few: a network of sigmoids that begins at random weights, or at those
# of Boltzmann machines, of denoising autoencoders, or of a task whose labels cost nothing (by how much an image is turned).
#
#   make -C pipelines -f pretrain.mk                              the embedded digits, 100 and 500 labels, ten seeds
#   make -C pipelines -f pretrain.mk DATA=/path/to/fashion-mnist  Fashion-MNIST
#   make -C pipelines -f pretrain.mk RUN=slurm                    the seeds on a cluster, see run
#
# All rows of the training data are there without labels; each seed has labels for some of its own, and its own weights.
# Below the accuracies each way is compared with random weights, seed by seed, and so is a network of relus.

OUT = out/pretrain
.DEFAULT_GOAL = all
include data.mk
SEEDS = 10
LABELS = 100 500
WAYS = random relu rbm autoencoder turns
WIDTH = 128
EPOCHS = $(if $(DATA),10,50)
TUNING = $(if $(DATA),60,100)
SHAPE = $(if $(DATA),28x28,8x8)
HIDDEN = dense:$(WIDTH) sigmoid dense:$(WIDTH) sigmoid
QUIET = --threads 1 --quiet

.PHONY: all clean
all: $(OUT)/table.txt
	@cat $<

$(OUT)/rows.st: $(OUT)/train.st
	nn-prep $< --minmax --per all -o $@
$(OUT)/few.%.st: $(OUT)/rows.st
	nn-split $< --take $(word 1,$(subst ., ,$*)) --seed $(word 2,$(subst ., ,$*)) -o $@

$(OUT)/random.%.st: pretrain.mk | $(OUT)/rows.st
	nn-init --input $(INPUT) --seed $* $(HIDDEN) dense:10 -o $@
$(OUT)/relu.%.st: pretrain.mk | $(OUT)/rows.st
	nn-init --input $(INPUT) --seed $* $(subst sigmoid,relu,$(HIDDEN)) dense:10 -o $@
$(OUT)/rbm.%.st: $(OUT)/random.%.st $(OUT)/rows.st
	nn-pretrain $^ --rbm --epochs $(EPOCHS) --seed $* $(QUIET) -o $@
$(OUT)/autoencoder.%.st: $(OUT)/random.%.st $(OUT)/rows.st
	nn-pretrain $^ --autoencoder --denoise 0.3 --epochs $(EPOCHS) --seed $* $(QUIET) -o $@
$(OUT)/turns.%.st: $(OUT)/random.%.st $(OUT)/rows.st
	nn-augment --turns --shape $(SHAPE) $(OUT)/rows.st --quiet \
	| nn-train <(nn-freeze $< --head dense:4 --seed $*) - --epochs $(EPOCHS) --seed $* $(QUIET) \
	| nn-freeze --head dense:10 --seed $* -o $@

# way.labels.seed.txt
define tune
$(OUT)/$1.$2.%.txt: $(OUT)/$1.%.st $(OUT)/few.$2.%.st $(OUT)/test.st
	nn-train $(OUT)/$1.$$*.st $(OUT)/few.$2.$$*.st --epochs $(TUNING) --batch-size 16 --seed $$* $(QUIET) \
	| nn-predict - $(OUT)/test.st | nn-eval | sed -n 's/^accuracy //p' > $$@
endef
$(foreach way,$(WAYS),$(foreach labels,$(LABELS),$(eval $(call tune,$(way),$(labels)))))

# A job for each seed, which makes all of its files by the rules above.
$(OUT)/table.txt: $(OUT)/rows.st $(OUT)/test.st
	./run JOB=1:$(SEEDS) $(OUT)/JOB.log make -f pretrain.mk $(foreach way,$(WAYS),$(LABELS:%=$(OUT)/$(way).%.JOB.txt))
	for labels in $(LABELS); do for seed in $$(seq $(SEEDS)); do \
	  $(foreach way,$(WAYS),printf '$(way) %s labels\t' "$$labels"; cat $(OUT)/$(way).$$labels.$$seed.txt;) \
	done; done > $(OUT)/accuracies.tsv
	awk -f spread.awk $(OUT)/accuracies.tsv > $@
	awk -f gain.awk -v base=random $(OUT)/accuracies.tsv >> $@

clean:
	rm -rf $(OUT)
