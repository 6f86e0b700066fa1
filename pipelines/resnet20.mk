# ResNet-20 (He et al. 2016) on Fashion-MNIST, on images mirrored and shifted anew in each epoch.
#
#   make -C pipelines -f resnet20.mk DATA=/path/to/the/four/files
#
# It is fashion-mnist.mk, where DATA and SEED are told, with other layers and a stream of epochs.

OUT = out/resnet20
EPOCHS = 8
ROWS = <(nn-augment --flip --crop 2 --repeat $(EPOCHS) --seed $$(SEED) $(OUT)/part.train.st | nn-prep --like $(OUT)/train.st)
TRAIN = --batch-size 128 --optimizer momentum --lr 0.1 --schedule cosine,warmup=1 --weight-decay 1e-4

.PHONY: all download clean
all download clean:
	@$(MAKE) --no-print-directory -f fashion-mnist.mk $@ OUT='$(OUT)' INPUT=28x28x1 LAYERS='-f layers/resnet20.layers' \
	  ROWS='$(ROWS)' TRAIN='$(TRAIN)'
