# What augmentation is worth where images are few: a convolutional network on 2,000 images of Fashion-MNIST, as they are
# and changed anew in each epoch.
#
#   make -C pipelines -f augment.mk DATA=/path/to/fashion-mnist     accuracy of both on the 10,000 test images, five seeds
#   make -C pipelines -f augment.mk DATA=/path/to/fashion-mnist RUN=slurm      the seeds on a cluster, see run
#
# 0.8629 as they are, 0.8702 changed, with a spread of 0.002. Both see as many images. Each seed has its own 2,000 images and its own weights.

OUT = out/augment
.DEFAULT_GOAL = all
include data.mk
$(if $(DATA),,$(error DATA=/path/to/fashion-mnist is due))
SEEDS = 5
IMAGES = 2000
EPOCHS = 60
CHANGES = --flip --crop 1
LAYERS = conv:32:3,pad=same,bias=no bn relu maxpool:2 conv:64:3,pad=same,bias=no bn relu maxpool:2 \
  flatten dropout:0.4 dense:128 relu dense:10
TRAIN = --batch-size 64 --schedule cosine

.PHONY: all clean
all: $(OUT)/table.txt
	@cat $<

$(OUT)/few.%.st: $(OUT)/train.st
	nn-split $< --take $(IMAGES) --seed $* -o $@
$(OUT)/prepared.%.st: $(OUT)/few.%.st
	nn-prep $< --center --scale --per all -o $@
$(OUT)/init.%.st: augment.mk | $(OUT)/train.st
	nn-init --input 28x28 --seed $* $(LAYERS) -o $@

$(OUT)/plain.%.st: $(OUT)/init.%.st $(OUT)/prepared.%.st
	nn-train $^ $(TRAIN) --epochs $(EPOCHS) --seed $* -o $@

# The stream tells how many epochs there are. Pixels are moved before they are prepared, so that the border is black.
$(OUT)/changed.%.st: $(OUT)/init.%.st $(OUT)/few.%.st $(OUT)/prepared.%.st
	nn-augment $(CHANGES) --repeat $(EPOCHS) --seed $* $(OUT)/few.$*.st | nn-prep --like $(OUT)/prepared.$*.st \
	| nn-train $< - $(TRAIN) --seed $* -o $@

$(OUT)/%.txt: $(OUT)/%.st $(OUT)/test.st
	nn-predict $^ | nn-eval | sed -n 's/^accuracy //p' > $@

# A job for each seed, which makes all of its files by the rules above.
$(OUT)/table.txt: $(OUT)/train.st $(OUT)/test.st
	./run JOB=1:$(SEEDS) $(OUT)/JOB.log make -f augment.mk $(OUT)/plain.JOB.txt $(OUT)/changed.JOB.txt
	for seed in $$(seq $(SEEDS)); do printf 'as they are\t'; cat $(OUT)/plain.$$seed.txt; \
	  printf 'changed anew\t'; cat $(OUT)/changed.$$seed.txt; done | awk -f spread.awk > $@

clean:
	rm -rf $(OUT)
