# Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28 × 28, ten classes.
#
#   make -C pipelines -f fashion-mnist.mk DATA=/path/to/the/four/files
#   make -C pipelines -f fashion-mnist.mk download all     for people with a network
#
# DATA holds train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and
# t10k-labels-idx1-ubyte.gz (Xiao, Rasul and Vollgraf 2017, MIT licence).

SHELL = bash
.SHELLFLAGS = -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

DATA = data/fashion-mnist
URL = http://fashion-mnist.s3-website.eu-central-1.amazonaws.com
OUT = out/fashion-mnist
SEED = 1
EPOCHS = 10
INPUT = 784
ROWS = $(OUT)/train.st
LAYERS = dense:256 relu dropout:0.2 dense:256 relu dropout:0.5 dense:10
TRAIN = --epochs $(EPOCHS) --batch-size 256 --lr 0.001 --schedule cosine

FILES = train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz
CLASSES = T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot

.PHONY: all download clean
all: $(OUT)/report.txt
	cat $<

download: $(FILES:%=$(DATA)/%)
$(FILES:%=$(DATA)/%):
	mkdir -p $(@D)
	curl --fail --location --silent --show-error --output $@ $(URL)/$(@F)

$(OUT)/all.st: $(DATA)/train-images-idx3-ubyte.gz $(DATA)/train-labels-idx1-ubyte.gz
	mkdir -p $(@D)
	nn-import $^ --classes '$(CLASSES)' -o $@

$(OUT)/test.st: $(DATA)/t10k-images-idx3-ubyte.gz $(DATA)/t10k-labels-idx1-ubyte.gz
	mkdir -p $(@D)
	nn-import $^ --classes '$(CLASSES)' --role test -o $@

$(OUT)/part.train.st $(OUT)/part.valid.st &: $(OUT)/all.st
	nn-split $< --valid 5000 --seed $(SEED) -o '$(OUT)/part.{role}.st'

$(OUT)/train.st: $(OUT)/part.train.st
	nn-prep $< --center --scale --per all -o $@

$(OUT)/init.st: fashion-mnist.mk | $(OUT)/all.st
	nn-init --input $(INPUT) --seed $(SEED) $(LAYERS) -o $@

$(OUT)/model.st: $(OUT)/init.st $(OUT)/train.st $(OUT)/part.valid.st
	nn-train $(OUT)/init.st $(OUT)/part.valid.st $(ROWS) $(TRAIN) --seed $(SEED) --checkpoint $(OUT)/checkpoint.st --log $(OUT)/train.jsonl -o $@

$(OUT)/predictions.st: $(OUT)/model.st $(OUT)/test.st
	nn-predict $^ -o $@

$(OUT)/report.txt: $(OUT)/predictions.st
	nn-eval $< --per-class > $@

clean:
	rm -rf $(OUT)
