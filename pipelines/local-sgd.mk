# One model trained by many processes, on one machine or several: local SGD (McMahan et al. 2017, Stich 2019). Each of K
# jobs trains on its shard of the rows for a while, their parameters and the optimizer's moments are averaged, and so on.
#
#   make -C pipelines -f local-sgd.mk                                 K = 1, 2 and 4 on the embedded digits
#   make -C pipelines -f local-sgd.mk DATA=/path/to/fashion-mnist     on Fashion-MNIST
#   make -C pipelines -f local-sgd.mk RUN=slurm                       the jobs on a cluster, see run
#
# However many jobs there are, the data is passed over as often in all: a round is EPOCHS passes of each job over its
# shard. After the first round the best job goes on and not the mean: jobs that were alike at the beginning have not yet
# agreed on what each unit does. Told are the accuracy after each round, the seconds of all rounds, and what a round
# would send over a network of real machines.

OUT = out/local-sgd
.DEFAULT_GOAL = all
include data.mk
JOBS = 1 2 4
ROUNDS = 10
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

# A round of K jobs: K.R.st comes of K.(R-1).st.
define job
$(OUT)/shard.$1.%.st: $(OUT)/part.train.st
	$(if $(filter 1,$1),cp $$< $$@,nn-split $$< --shards $1 --shard $$* --seed $(SEED) -o $$@)
$(OUT)/$1.0.st:
	mkdir -p $$(@D)
	nn-init --input $(INPUT) --seed $(SEED) $(LAYERS) -o $$@
$(foreach r,$(shell seq $(ROUNDS)),$(eval $(call round,$1,$(r),$(shell expr $(r) - 1))))
endef
define round
$(OUT)/$1.$2.st: $(OUT)/$1.$3.st $(foreach j,$(shell seq $1),$(OUT)/shard.$1.$(j).st) $(OUT)/part.valid.st
	begin=$$$$EPOCHREALTIME; \
	./run JOB=1:$1 $(OUT)/$1.$2.JOB.log nn-train $(OUT)/$1.$3.st $(OUT)/shard.$1.JOB.st $(TRAIN) --seed $2 --threads 1 \
	  -o $(OUT)/job.$1.$2.JOB.st; \
	if [ $2 = 1 ]; then \
	  for job in $(OUT)/job.$1.1.*.st; do \
	    echo "$$$$(nn-predict $$$$job $(OUT)/part.valid.st | nn-eval | sed -n 's/^nll //p') $$$$job"; \
	  done | sort -g | head -n 1 | cut -d' ' -f2 | xargs -I{} cp {} $$@; \
	else nn-ensemble --quiet --models $(OUT)/job.$1.$2.*.st -o $$@; fi; \
	awk -v begin=$$$$begin -v end=$$$$EPOCHREALTIME 'BEGIN { print end - begin }' > $(OUT)/$1.$2.seconds
	rm -f $(OUT)/job.$1.$2.*.st
endef
$(foreach jobs,$(JOBS),$(eval $(call job,$(jobs))))

$(OUT)/%.accuracy: $(OUT)/%.st $(OUT)/test.st
	nn-predict $^ | nn-eval | sed -n 's/^accuracy //p' > $@

RESULTS = $(foreach r,$(shell seq $(ROUNDS)),$(JOBS:%=$(OUT)/%.$(r).accuracy))
$(OUT)/table.txt: $(RESULTS)
	{ echo round $(JOBS:%=jobs:%); \
	  $(foreach r,$(shell seq $(ROUNDS)),echo $(r) $$(cat $(JOBS:%=$(OUT)/%.$(r).accuracy));) \
	  echo seconds $(foreach jobs,$(JOBS),$$(cat $(OUT)/$(jobs).*.seconds | awk '{ sum += $$1 } END { print sum }')); \
	} | awk -f table.awk > $@

# Parameters and adam's two moments, 4 bytes each, to the averaging machine and back.
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
