# A small convolutional network on Fashion-MNIST, after LeNet-5 (LeCun et al. 1998), with relu, batch norm and dropout.
#
#   make -C pipelines -f cnn.mk DATA=/path/to/the/four/files
#
# It is fashion-mnist.mk, where DATA and SEED are told, with other layers: 91.7 % of the test images in a minute and a half.

OUT = out/cnn
EPOCHS = 8
LAYERS = conv:32:3,pad=same,bias=no bn relu maxpool:2 conv:64:3,pad=same,bias=no bn relu maxpool:2 \
  flatten dropout:0.4 dense:128 relu dense:10
TRAIN = --epochs $(EPOCHS) --batch-size 64 --lr 0.001 --schedule cosine

.PHONY: all download clean
all download clean:
	@$(MAKE) --no-print-directory -f fashion-mnist.mk $@ OUT='$(OUT)' INPUT=28x28 LAYERS='$(LAYERS)' TRAIN='$(TRAIN)'
