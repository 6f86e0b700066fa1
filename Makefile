# make demo          build, and run the digits pipeline on the embedded data
# make test          build, and run every test
# make check-faults  every system call of every tool fails, in ten ways
# make check-kill    nn-train is killed NN_KILLS=200 times and ends with the same bytes
# make check-streams NN_STREAM_MB=2000 of rows pass through tools that have 64 MB, and files train in less than their size
# make check-threads the thread sanitizer looks at the kernels, the training and the import
# make check-cluster the pipelines run on Slurm and by GNU parallel over ssh, started for them from Debian's packages
# make fuzz          every reader of outside bytes is fuzzed, each for FUZZ_SECONDS=60
# make golden        write the golden values again with PyTorch and Keras, elsewhere, and compare
# make check-onnx    exported ONNX files run in onnxruntime and agree with nn-predict
# make check-resnet  ResNet-18 with a state dict of PyTorch agrees with PyTorch, and stays as it is when it is frozen
# make pictures      draw the pictures of the README again
# make install       PREFIX=/usr/local DESTDIR= : programs, manual pages, completions
# make uninstall     the same files away

SHELL = bash
.SHELLFLAGS = -euo pipefail -c
PREFIX = /usr/local
BUILD = .build/release
TOOLS = $(notdir $(wildcard Sources/nn-*))

.PHONY: all build setup demo pictures test check-faults check-kill check-streams check-threads check-cluster fuzz lint golden check-onnx check-resnet install uninstall clean
all: build

build: setup
	swift build -c release

# The two libraries, from Debian's packages, when they are missing.
setup:
	@if ! pkg-config --exists openblas zlib 2>/dev/null; then \
	  echo "installing libopenblas-dev and zlib1g-dev"; \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get -qq update && $$sudo apt-get -qq install -y pkg-config libopenblas-dev zlib1g-dev >/dev/null; \
	fi

demo: build
	PATH="$(CURDIR)/$(BUILD):$$PATH" $(MAKE) --no-print-directory -C pipelines -f digits.mk clean all

pictures: build
	PATH="$(CURDIR)/$(BUILD):$$PATH" examples/pictures/draw.sh

test: setup
	swift build -c release --build-tests
	swift test -c release --skip-build --disable-xctest 2>&1 | awk '{ print } /^(✘|↳)/ { failed = failed $$0 "\n" } \
	  END { if (failed ~ /✘/) printf "\nWhat failed, once more:\n%s", failed }'

# The longer forms of tests that `make test` has, too; each prints what it did.
check-faults: setup
	swift build -c release --build-tests
	NN_EXHAUSTIVE=1 swift test -c release --skip-build --disable-xctest --filter FaultTests

NN_KILLS = 200
check-kill: setup
	swift build -c release --build-tests
	NN_KILLS=$(NN_KILLS) swift test -c release --skip-build --disable-xctest --filter KillTests

NN_STREAM_MB = 2000
check-streams: setup
	swift build -c release --build-tests
	NN_STREAM_MB=$(NN_STREAM_MB) swift test -c release --skip-build --disable-xctest --filter MemoryTests

# In a build of its own. A race ends the tests with the sanitizer's report; what is timed has one thread and is left out.
check-threads: setup
	swift build -c release --sanitize=thread --scratch-path .build-thread --build-tests
	TSAN_OPTIONS=halt_on_error=1 swift test -c release --sanitize=thread --scratch-path .build-thread --skip-build \
	  --disable-xctest --filter 'KernelsTests|NetworksTests|TrainingTests|InterchangeTests|PreparationTests' \
	  --skip 'SlowTextTests|SpecTests'

check-cluster: build
	PATH="$(CURDIR)/$(BUILD):$$PATH" Tests/Cluster/check.sh

FUZZ_SECONDS = 60
fuzz: setup
	$(MAKE) --no-print-directory -j$(shell nproc) -C Tests/Fuzz run FUZZ_SECONDS=$(FUZZ_SECONDS)

lint:
	swift format lint --strict --recursive Package.swift Sources Tests
	mandoc -T lint -W warning man/*
	shellcheck -x .ci/run pipelines/run $(wildcard examples/*.sh examples/*/*.sh Tests/*.sh Tests/Cluster/*.sh Tests/Fuzz/*.sh \
	  Tests/Tools/*.sh)

# Not part of the tests, which need no Python.
GOLDEN = $(or $(TMPDIR),/tmp)/nn-golden
golden: SCRIPT = compare
check-onnx: SCRIPT = onnx_agreement
check-resnet: SCRIPT = resnet_agreement
golden check-onnx check-resnet:
	[ -x $(GOLDEN)/bin/python ] || python3 -m venv $(GOLDEN)
	$(GOLDEN)/bin/pip install -q -r Tests/Fixtures/requirements.txt
	$(GOLDEN)/bin/python Tests/Fixtures/$(SCRIPT).py

install:
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin share/man/man1 share/man/man5 share/man/man7 \
	  share/bash-completion/completions share/zsh/site-functions share/fish/vendor_completions.d)
	for tool in $(TOOLS); do \
	  install -s $(BUILD)/$$tool $(DESTDIR)$(PREFIX)/bin/$$tool; \
	  $(BUILD)/$$tool --completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$tool; \
	  $(BUILD)/$$tool --completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$tool; \
	  $(BUILD)/$$tool --completion fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$tool.fish; \
	done
	for page in man/*.[157]; do install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/; done

uninstall:
	for tool in $(TOOLS); do \
	  rm -f $(DESTDIR)$(PREFIX)/bin/$$tool $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$tool \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$tool \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$tool.fish; \
	done
	for page in man/*.[157]; do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done

clean:
	rm -rf .build pipelines/out
