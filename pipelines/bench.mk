# How fast the tools are beside PyTorch, JAX, scikit-learn, onnxruntime, NumPy, pandas and polars, on this machine.
#
#   make -C pipelines -f bench.mk DATA=/path/to/the/four/files         every workload
#   make -C pipelines -f bench.mk DATA=... T1 D2 ROUNDS=9 THREADS=1    some of them
#   make -C pipelines -f bench.mk list                                 what they are
#   make -C pipelines -f bench.mk growth DATA=...                      time of a row by batch, width and depth
#
# DATA is the folder of Fashion-MNIST's four files, as for fashion-mnist.mk. The peers are Python packages, of the
# versions in bench/requirements.txt; they go into VENV, which is made when it does not exist and taken as it is when
# it does. PEERS=none measures the tools alone and needs no packages. A round runs the tool and each peer once, in turn.
# The table goes to standard output, and all that was measured to $(OUT)/results.jsonl, a JSON line a program.
# Leave the machine alone meanwhile: the table says how busy others kept it.

SHELL = bash
.SHELLFLAGS = -euo pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

DATA = data/fashion-mnist
OUT = out/bench
VENV = $(or $(TMPDIR),/tmp)/nn-bench-peers
PEERS = all
ROUNDS = 5
THREADS = 2
PYTHON = python3

WORKLOADS = T1 T2 T3 T3a T4 T5 T6 P1 P1s P2 P3 D1a D1b D2 D3 D4 S1 S2 E1

# Layer lists; the peers read them from the models. T3a trains T3's network.
T1 = dense:300 relu dense:100 relu dense:10
T2 = bn dense:300 relu bn dense:100 relu bn dense:10
T3 = dense:256 relu dropout:0.2 dense:256 relu dropout:0.5 dense:10
T4 = dense:1024 relu dense:1024 relu dense:10
T5 = conv:32:3 relu conv:64:3 relu maxpool:2 flatten dense:128 relu dense:10
# ResNet-20 (He et al. 2016), its two shortcuts between shapes with projections.
conv = conv:$1:3,pad=1,bias=no$2 bn
block = residual $(call conv,$1) relu $(call conv,$1) end relu
wider = residual $(call conv,$1,$(comma)stride=2) relu $(call conv,$1) shortcut conv:$1:1,stride=2,bias=no bn end relu
comma = ,
T6 = $(call conv,16) relu $(foreach i,1 2 3,$(call block,16)) $(call wider,32) $(foreach i,1 2,$(call block,32)) \
  $(call wider,64) $(foreach i,1 2,$(call block,64)) globalavgpool dense:10

MEMBERS = 0 1 2 3 4 5 6 7 8 9
FILES = train.st test.st one.st images.csv T5.train.st T6.train.st \
  $(foreach net,T1 T2 T3 T4 T5 T6,$(net).init.st) T1.st T3.st $(MEMBERS:%=member.%.st)
RUN = $(PYTHON) bench/run.py --data '$(DATA)' --out '$(OUT)' --rounds $(ROUNDS) --threads $(THREADS) \
  $(if $(filter none,$(PEERS)),,--peers '$(VENV)/bin/python')

# The goals that are workloads; without one, all. One recipe measures them all, for one table.
CHOSEN = $(or $(filter $(WORKLOADS),$(MAKECMDGOALS)),$(WORKLOADS))

.PHONY: all list peers files measure growth clean $(WORKLOADS)
all: measure
$(WORKLOADS): measure

measure: files $(if $(filter none,$(PEERS)),,peers)
	$(RUN) $(CHOSEN)

# Training only, beside PyTorch eager; ROUNDS and THREADS count here too.
growth: $(OUT)/train.st peers
	$(PYTHON) bench/growth.py --out '$(OUT)' --rounds $(ROUNDS) --threads $(THREADS) --peers '$(VENV)/bin/python'

list:
	@$(PYTHON) bench/run.py --list

peers: $(VENV)/bin/python
$(VENV)/bin/python:
	$(PYTHON) -m venv '$(VENV)'
	'$(VENV)/bin/pip' install --quiet --requirement bench/requirements.txt || { rm -rf '$(VENV)'; exit 1; }

files: $(FILES:%=$(OUT)/%)

$(OUT)/raw.st: $(DATA)/train-images-idx3-ubyte.gz $(DATA)/train-labels-idx1-ubyte.gz
	mkdir -p $(@D)
	nn-import --quiet $^ -o $@

# Rows of 784 floats from 0 to 1: what tools and peers train on.
$(OUT)/train.st: $(OUT)/raw.st
	nn-prep --quiet --flatten --minmax --per all $< -o $@

$(OUT)/test.st: $(DATA)/t10k-images-idx3-ubyte.gz $(DATA)/t10k-labels-idx1-ubyte.gz $(OUT)/train.st
	nn-import --quiet $(wordlist 1,2,$^) | nn-prep --quiet --like $(OUT)/train.st -o $@

$(OUT)/one.st: $(OUT)/test.st
	nn-split --quiet --no-shuffle --no-stratify --shards 10000 --shard 1 $< -o $@

$(OUT)/images.csv: $(OUT)/raw.st
	nn-export --quiet --format csv $< | tail -n +2 > $@

# The first images, and as many bytes as make images of three channels, whatever they show.
$(OUT)/T5.train.st: $(OUT)/raw.st
	nn-split --quiet --no-shuffle --no-stratify --shards 6 --shard 0 $< | nn-prep --quiet --minmax --per all - -o $@

$(OUT)/T6.train.st: $(DATA)/train-images-idx3-ubyte.gz $(DATA)/train-labels-idx1-ubyte.gz
	mkdir -p $(@D)
	nn-import --quiet \
	  <(printf '\0\0\x08\x04\0\0\x07\xd0\0\0\0\x20\0\0\0\x20\0\0\0\x03'; \
	    gzip -dc $(word 1,$^) | tail -c +17 | head -c $$((2000 * 32 * 32 * 3)) || true) \
	  <(printf '\0\0\x08\x01\0\0\x07\xd0'; gzip -dc $(word 2,$^) | tail -c +9 | head -c 2000 || true) \
	  | nn-prep --quiet --minmax --per all - -o $@

$(OUT)/T5.init.st: INPUT = 28x28
$(OUT)/T6.init.st: INPUT = 32x32x3
INPUT = 784
$(OUT)/%.init.st: bench.mk
	mkdir -p $(@D)
	nn-init --input $(INPUT) --init glorot_uniform --seed 1 $($*) -o $@

$(OUT)/member.%.st: $(OUT)/train.st
	nn-init --input 784 --init glorot_uniform --seed $* $(T1) \
	  | nn-train --quiet --epochs 1 --lr 0.001 --batch-size 256 --seed $* - $< -o $@

$(OUT)/%.st: $(OUT)/%.init.st $(OUT)/train.st
	nn-train --quiet --epochs 1 --lr 0.001 --batch-size 256 $^ -o $@

clean:
	rm -rf $(OUT)
