# Transfer learning: a model that knows eight kinds of clothes learns two new ones from 200 images.
#
#   make -C pipelines -f transfer.mk DATA=/path/to/fashion-mnist
#   make -C pipelines -f transfer.mk DATA=/path/to/fashion-mnist RUN=slurm      the seeds on a cluster, see run
#
# Model A learns Fashion-MNIST without sandals and shirts. Model B tells sandals from shirts: A's layers with a new head,
# first the head alone, then everything with a smaller rate; beside it the same net from scratch. Each seed has its own
# model A and its own 200 images.

OUT = out/transfer
.DEFAULT_GOAL = all
include data.mk
$(if $(DATA),,$(error DATA=/path/to/fashion-mnist is due))
SEEDS = 10
ROWS = 200
LAYERS = dense:300 selu dense:100 selu dense:50 selu dense:50 selu dense:50 selu
EPOCHS = 10
CLASSES = T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot
NEW = Sandal,Shirt

.PHONY: all clean
all: $(OUT)/table.txt
	@cat $<

$(OUT)/a-train.st: $(OUT)/train.st
	nn-split $< --except '$(NEW)' --seed 1 | nn-prep --minmax --per all -o $@
$(OUT)/b-test.st: $(OUT)/test.st
	nn-split $< --only '$(NEW)' --no-shuffle --role test -o $@
$(OUT)/b-train.%.st: $(OUT)/train.st
	nn-split $< --only '$(NEW)' --take $(ROWS) --seed $* -o $@

$(OUT)/a.%.st: $(OUT)/a-train.st
	nn-init --input 784 --seed $* $(LAYERS) dense:8 \
	| nn-train - $< --epochs $(EPOCHS) --optimizer sgd --lr 0.01 --seed $* -o $@

# A's layers, frozen, under a new head; then unfrozen with a smaller rate.
$(OUT)/head.%.st: $(OUT)/a.%.st $(OUT)/b-train.%.st
	nn-freeze $< --freeze all --head dense:2 --seed $* \
	| nn-train - $(OUT)/b-train.$*.st --epochs 4 --lr 0.01 --seed $* -o $@
$(OUT)/tuned.%.st: $(OUT)/head.%.st $(OUT)/b-train.%.st
	nn-freeze $< --unfreeze all | nn-train - $(OUT)/b-train.$*.st --fresh --epochs 16 --lr 0.0003 --seed $* -o $@

# The same net without A's knowledge, for as many epochs, with its own preparation.
$(OUT)/scratch.%.st: $(OUT)/b-train.%.st
	nn-prep $< --minmax --per all \
	| nn-train <(nn-init --input 784 --seed $* $(LAYERS) dense:2) - --epochs 20 --seed $* -o $@

$(OUT)/%.txt: $(OUT)/%.st $(OUT)/b-test.st
	nn-predict $^ | nn-eval | sed -n 's/^accuracy //p' > $@

# A job for each seed, which makes all of its files by the rules above.
$(OUT)/table.txt: $(OUT)/a-train.st $(OUT)/b-test.st
	./run JOB=1:$(SEEDS) $(OUT)/JOB.log make -f transfer.mk $(OUT)/scratch.JOB.txt $(OUT)/head.JOB.txt $(OUT)/tuned.JOB.txt
	for seed in $$(seq $(SEEDS)); do \
	  printf 'from scratch\t'; cat $(OUT)/scratch.$$seed.txt; \
	  printf 'head only\t'; cat $(OUT)/head.$$seed.txt; \
	  printf 'fine-tuned\t'; cat $(OUT)/tuned.$$seed.txt; \
	done | awk -f spread.awk > $@

clean:
	rm -rf $(OUT)
