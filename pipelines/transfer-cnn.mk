# Transfer learning as the field means it: a convolutional network that knows five kinds of clothes learns the other five
# from 50 images of each.
#
#   make -C pipelines -f transfer-cnn.mk DATA=/path/to/fashion-mnist     each stage's accuracy beside training from scratch
#   make -C pipelines -f transfer-cnn.mk DATA=/path/to/fashion-mnist RUN=slurm      the seeds on a cluster, see run
#
# The base learns the classes 0 to 4. Its convolutions stay, frozen, and get a new head for the classes 5 to 9; then they
# are unfrozen stage by stage, with smaller rates: the upper block, and all. Beside it the same network from scratch, for
# as many epochs: 0.933 from scratch, then 0.939, 0.941 and 0.942. Each seed has its own base, its own 250 images and its own weights.

OUT = out/transfer-cnn
.DEFAULT_GOAL = all
include data.mk
$(if $(DATA),,$(error DATA=/path/to/fashion-mnist is due))
SEEDS = 5
IMAGES = 250
BASE = conv:32:3,pad=same,bias=no bn relu maxpool:2 conv:64:3,pad=same,bias=no bn relu maxpool:2 flatten dropout:0.4
HEAD = dense:128 relu dense:5
UPPER = 4-5
CLASSES = T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot
OLD = T-shirt/top,Trouser,Pullover,Dress,Coat
STAGES = scratch head top all

.PHONY: all clean
all: $(OUT)/table.txt
	@cat $<

$(OUT)/new-test.st: $(OUT)/test.st
	nn-split $< --except '$(OLD)' --no-shuffle --role test -o $@

$(OUT)/base.%.st: $(OUT)/train.st
	nn-split $< --only '$(OLD)' --seed $* | nn-prep --center --scale --per all \
	| nn-train <(nn-init --input 28x28 --seed $* $(BASE) $(HEAD)) - --epochs 4 --batch-size 64 --seed $* -o $@
$(OUT)/few.%.st: $(OUT)/train.st
	nn-split $< --except '$(OLD)' --take $(IMAGES) --seed $* -o $@

# A model takes the preparation of its base; raw images are prepared as those were.
TRAIN = nn-train - $(OUT)/few.$*.st --batch-size 16 --seed $* --schedule cosine
$(OUT)/head.%.st: $(OUT)/base.%.st $(OUT)/few.%.st
	nn-freeze $< --drop 3 --freeze all --append '$(HEAD)' --seed $* | $(TRAIN) --epochs 20 -o $@
$(OUT)/top.%.st: $(OUT)/head.%.st
	nn-freeze $< --unfreeze $(UPPER) | $(TRAIN) --fresh --epochs 20 --lr 0.0003 -o $@
$(OUT)/all.%.st: $(OUT)/top.%.st
	nn-freeze $< --unfreeze all | $(TRAIN) --fresh --epochs 20 --lr 0.0001 -o $@
$(OUT)/scratch.%.st: $(OUT)/few.%.st
	nn-prep $< --center --scale --per all \
	| nn-train <(nn-init --input 28x28 --seed $* $(BASE) $(HEAD)) - --batch-size 16 --seed $* --schedule cosine \
	  --epochs 60 -o $@

$(OUT)/%.txt: $(OUT)/%.st $(OUT)/new-test.st
	nn-predict $^ | nn-eval | sed -n 's/^accuracy //p' > $@

# What a stage is called in the table.
scratch = from scratch
head = new head
top = upper block
all = everything

# A job for each seed, which makes all of its files by the rules above.
$(OUT)/table.txt: $(OUT)/train.st $(OUT)/new-test.st
	./run JOB=1:$(SEEDS) $(OUT)/JOB.log make -f transfer-cnn.mk $(STAGES:%=$(OUT)/%.JOB.txt)
	{ $(foreach stage,$(STAGES),for seed in $$(seq $(SEEDS)); do \
	  printf '%s\t' '$($(stage))'; cat $(OUT)/$(stage).$$seed.txt; done;) } | awk -f spread.awk > $@

clean:
	rm -rf $(OUT)
