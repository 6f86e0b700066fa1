# One model trained by many processes, on one machine or several: local SGD (McMahan et al. 2017, Stich 2019). Each of K
# jobs trains on its shard of the rows for a while, their parameters and the optimizer's moments are averaged, and so on.
#
#   make -C pipelines -f local-sgd.mk                                 K = 1, 2 and 4 on the embedded digits
#   make -C pipelines -f local-sgd.mk DATA=/path/to/fashion-mnist     on Fashion-MNIST
#   make -C pipelines -f local-sgd.mk RUN=slurm                       the jobs on a cluster, see run
#
# However many jobs there are, the data is passed over as often in all: a round is EPOCHS passes of each job over its
# shard. After the first round the best job goes on and not the mean: jobs that were alike at the beginning have not yet
# agreed on what each unit does. Told are the accuracy after so many passes over the data and the seconds that they
# took, and what a round would send over a network of real machines.

OUT = out/local-sgd
.DEFAULT_GOAL = all
include data.mk
JOBS = 1 2 4
ROUNDS = 10
ROUND_NUMBERS = $(shell seq $(ROUNDS))
EPOCHS = $(if $(DATA),1,3)
SEED = 1
LAYERS = dense:256 relu dense:256 relu dense:10
TRAIN = --optimizer adam --lr 0.001 --batch-size 32 --epochs $(EPOCHS)

.PHONY: all network clean
all: $(OUT)/table.txt $(OUT)/network.txt
	@cat $(OUT)/table.txt; echo; cat $(OUT)/network.txt

$(OUT)/prepared.st: $(OUT)/train.st
	nn-prep $< --center --scale --per all -o $@
$(OUT)/part.train.st $(OUT)/part.valid.st &: $(OUT)/prepared.st
	nn-split $< --valid 0.1 --seed $(SEED) -o '$(OUT)/part.{role}.st'

# The rounds of K jobs, in K.tsv: passes over the data, accuracy, seconds so far.
$(OUT)/%.tsv: $(OUT)/part.train.st $(OUT)/part.valid.st $(OUT)/test.st
	./run JOB=1:$* $(OUT)/shard.$*.JOB.log \
	  nn-split $< $(if $(filter-out 1,$*),--shards $* --shard JOB) --seed $(SEED) -o $(OUT)/shard.$*.JOB.st
	nn-init --input $(INPUT) --seed $(SEED) $(LAYERS) -o $(OUT)/$*.0.st
	model=$(OUT)/$*.0.st; seconds=0; \
	for round in $(ROUND_NUMBERS); do \
	  begin=$$EPOCHREALTIME; \
	  ./run JOB=1:$* $(OUT)/$*.$$round.JOB.log nn-train $$model $(OUT)/shard.$*.JOB.st $(TRAIN) --seed $$round \
	    --threads 1 -o $(OUT)/job.$*.JOB.st; \
	  model=$(OUT)/$*.$$round.st; \
	  if [ $$round = 1 ]; then cp "$$($(best_job))" $$model; \
	  else nn-ensemble --quiet --models $(OUT)/job.$*.*.st -o $$model; fi; \
	  seconds=$$(awk "BEGIN { print $$seconds + $$EPOCHREALTIME - $$begin }"); \
	  accuracy=$$(nn-predict $$model $(OUT)/test.st | nn-eval | sed -n 's/^accuracy //p'); \
	  printf '%s\t%s\t%s\n' $$((round * $(EPOCHS))) $$accuracy $$seconds; \
	done > $@
	rm -f $(OUT)/job.$*.*.st $(OUT)/shard.$*.*.st
# Of a round's models the one that finds the rows of part.valid.st most likely.
best_job = for job in $(OUT)/job.$*.*.st; do \
    echo "$$(nn-predict $$job $(OUT)/part.valid.st | nn-eval | sed -n 's/^nll //p') $$job"; \
  done | sort -g | head -n 1 | cut -d ' ' -f 2

$(OUT)/table.txt: $(JOBS:%=$(OUT)/%.tsv)
	{ echo epochs $(JOBS:%=jobs:% seconds); paste $^ | awk '{ for (i = 4; i <= NF; i += 3) $$i = ""; print }'; } | awk -f table.awk > $@

# Of each job: parameters and adam's two moments, 4 bytes each, to the averaging machine and back.
nets = 784-300-100-10 784-1024-1024-10 resnet20
784-300-100-10 = --input 784 dense:300 relu dense:100 relu dense:10
784-1024-1024-10 = --input 784 dense:1024 relu dense:1024 relu dense:10
resnet20 = --input 32x32x3 -f layers/resnet20.layers
$(OUT)/network.txt: local-sgd.mk
	mkdir -p $(@D)
	{ echo 'network parameters megabytes:round seconds:1Gbit/s seconds:10Gbit/s'; \
	  $(foreach net,$(nets),nn-init $($(net)) | nn-show | sed -n 's/^parameters: /$(net) /p';) \
	} | awk 'NR > 1 { mb = 2 * 3 * 4 * $$2 / 1e6; $$3 = sprintf("%.1f", mb); $$4 = mb * 8 / 1e3 + 0.00001; $$5 = mb * 8 / 1e4 + 0.00001 } { print }' \
	| awk -f table.awk > $@

clean:
	rm -rf $(OUT)
