# The data of an experiment, to be included: train.st and test.st in $(OUT). They are the embedded digits, of which a third
# is for the test, or with DATA=/path/to/the/four/files Fashion-MNIST, as fashion-mnist.mk downloads it. CLASSES names the
# classes of the latter.

SHELL = bash
.SHELLFLAGS = -euo pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

DATA =
ifneq ($(DATA),)
INPUT = 784
$(OUT)/train.st: $(DATA)/train-images-idx3-ubyte.gz $(DATA)/train-labels-idx1-ubyte.gz
	mkdir -p $(@D)
	nn-import $^ $(if $(CLASSES),--classes '$(CLASSES)') -o $@
$(OUT)/test.st: $(DATA)/t10k-images-idx3-ubyte.gz $(DATA)/t10k-labels-idx1-ubyte.gz
	mkdir -p $(@D)
	nn-import $^ $(if $(CLASSES),--classes '$(CLASSES)') --role test -o $@
else
INPUT = 64
$(OUT)/train.st $(OUT)/test.st &: ../examples/data/digits.csv.gz
	mkdir -p $(@D)
	nn-import $< --label digit | nn-split --test 0.3333 --seed 1 -o '$(OUT)/{role}.st'
endif
