# What a model knows of its own doubt: plain prediction, temperature scaling and Monte-Carlo dropout beside each other.
#
#   make -C pipelines -f uncertainty.mk                               on the embedded digits, in seconds
#   make -C pipelines -f uncertainty.mk DATA=/path/to/fashion-mnist   on Fashion-MNIST
#
# The model learns the classes but the two of UNSEEN. Told are accuracy, negative log-likelihood and calibration error on
# the classes that it knows, and the area under the ROC curve with which its doubt tells wrong rows from right ones, and
# rows of the two others from those of the classes that it knows.

OUT = out/uncertainty
.DEFAULT_GOAL = all
include data.mk
SEED = 1
UNSEEN = 8,9
PASSES = 100
EPOCHS = $(if $(DATA),20,60)
LAYERS = dense:256 relu dropout:0.5 dense:256 relu dropout:0.5 dense:10

.PHONY: all clean
all: $(OUT)/table.txt
	@cat $<

$(OUT)/seen.train.st $(OUT)/seen.valid.st &: $(OUT)/train.st
	nn-split $< --except $(UNSEEN) --keep-ids --valid 0.2 --seed $(SEED) -o '$(OUT)/seen.{role}.st'
$(OUT)/seen.test.st: $(OUT)/test.st
	nn-split $< --except $(UNSEEN) --keep-ids --no-shuffle --role test -o $@
$(OUT)/unseen.test.st: $(OUT)/test.st
	nn-split $< --only $(UNSEEN) --keep-ids --no-shuffle --role test -o $@

$(OUT)/model.st: $(OUT)/seen.train.st
	nn-prep $< --center --scale --per all \
	| nn-train <(nn-init --input $(INPUT) --seed $(SEED) $(LAYERS)) - --epochs $(EPOCHS) --batch-size 128 \
	  --schedule cosine --seed $(SEED) -o $@

# The temperature is found on rows that were neither trained on nor are tested on.
$(OUT)/calibrated.st: $(OUT)/model.st $(OUT)/seen.valid.st
	temperature=$$(nn-predict $^ | nn-eval --calibrate | sed -n 's/^temperature //p'); \
	nn-freeze $< --temperature "$$temperature" -o $@

plain = $(OUT)/model.st
calibrated = $(OUT)/calibrated.st
dropout = $(OUT)/model.st --mc $(PASSES) --seed $(SEED)
WAYS = plain calibrated dropout

.SECONDEXPANSION:
$(OUT)/%.json: $$(firstword $$($$*)) $(OUT)/seen.test.st $(OUT)/unseen.test.st
	nn-eval --json --unseen <(nn-predict $($*) $(OUT)/unseen.test.st) <(nn-predict $($*) $(OUT)/seen.test.st) > $@

FIGURES = accuracy nll ece auc_wrong_entropy auc_unseen_entropy
$(OUT)/table.txt: $(WAYS:%=$(OUT)/%.json)
	{ echo way $(FIGURES); for way in $(WAYS); do \
	  echo "$$way" $$(for name in $(FIGURES); do sed -E "s/.*\"$$name\":([^,}]*).*/\1/" $(OUT)/$$way.json; done); \
	done; } | awk -f table.awk > $@

clean:
	rm -rf $(OUT)
