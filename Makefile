# make demo          build, and run the digits pipeline on the embedded data
# make test          build, and run every test
# make check-faults  every system call of every tool fails, in ten ways
# make check-kill    nn-train is killed NN_KILLS=200 times and ends with the same bytes
# make check-streams NN_STREAM_MB=2000 of rows pass through tools that have 64 MB, nn-train --stream among them
# make check-threads the thread sanitizer looks at the kernels, the training and the import
# make check-cluster the pipelines run on Slurm and by GNU parallel over ssh, started for them from Debian's packages
# make fuzz          every reader of outside bytes is fuzzed, each for FUZZ_SECONDS=60
# make golden        write the golden values again with PyTorch and Keras, elsewhere, and compare
# make check-onnx    exported ONNX files run in onnxruntime and agree with nn-predict
# make check-resnet  ResNet-18 with a state dict of PyTorch agrees with PyTorch, and stays as it is when it is frozen
# make pictures      draw the pictures of the README again
# make install       PREFIX=/usr/local DESTDIR= : programs, manual pages, completions, pipelines and examples
# make uninstall     the same files away
# make deb           a Debian package, in .build; make tarball: the same files to be unpacked anywhere
# make check-install that package in a fresh Debian without Swift: installed, used, removed
# make sizes         a table: the size of each program, and the time in which it starts

SHELL = bash
.SHELLFLAGS = -euo pipefail -c
PREFIX = /usr/local
BUILD = .build/release
TOOLS = $(notdir $(wildcard Sources/nn-*))

.DELETE_ON_ERROR:
.PHONY: all build setup demo pictures test check-faults check-kill check-streams check-threads check-cluster fuzz lint golden check-onnx check-resnet install uninstall deb tarball check-install sizes clean
all: build

build: setup
	swift build -c release
	$(MAKE) --no-print-directory $(PROGRAM)

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
	shellcheck -x .ci/run .packaging/*.sh pipelines/run $(wildcard examples/*.sh examples/*/*.sh Tests/*.sh \
	  Tests/Cluster/*.sh Tests/Fuzz/*.sh Tests/Tools/*.sh Tests/Tools/nn-pipelines/files/*.sh)

# Not part of the tests, which need no Python.
GOLDEN = $(or $(TMPDIR),/tmp)/nn-golden
golden: SCRIPT = compare
check-onnx: SCRIPT = onnx_agreement
check-resnet: SCRIPT = resnet_agreement
golden check-onnx check-resnet:
	[ -x $(GOLDEN)/bin/python ] || python3 -m venv $(GOLDEN)
	$(GOLDEN)/bin/pip install -q -r Tests/Fixtures/requirements.txt
	$(GOLDEN)/bin/python Tests/Fixtures/$(SCRIPT).py

# Installed is one program that all the tools are links to: each alone holds the Swift runtime anew, which is most of it
# (ten times the disk). Left out are sections that nothing needs, the names that -static-stdlib exports for plug-ins,
# libgcc_s.so, and symbols; lld's folding of equal functions would save a fiftieth more, and is not worth its risk. The
# hashes of the modules' options and a build id over them would tell one folder of the sources from another.
PROGRAM = $(BUILD)/nn-tools
$(PROGRAM): $(TOOLS:%=$(BUILD)/%) Sources/Linking/one-program.c Makefile
	mkdir -p $(BUILD)/nn-tools.product
	for tool in $(TOOLS); do echo "TOOL(\"$$tool\", $${tool//-/_}_main)"; done > $(BUILD)/nn-tools.product/tools.h
	clang -O2 -I $(BUILD)/nn-tools.product -c Sources/Linking/one-program.c -o $(BUILD)/nn-tools.product/one-program.o
	sort -u $(TOOLS:%=$(BUILD)/%.product/Objects.LinkFileList) > $(BUILD)/nn-tools.product/Objects.LinkFileList
	swiftc -emit-executable -o $@ @$(BUILD)/nn-tools.product/Objects.LinkFileList $(BUILD)/nn-tools.product/one-program.o \
	  -static-stdlib -Xclang-linker -static-libgcc -L Sources/Linking -lz -Xlinker --wrap=malloc \
	  -Xlinker --gc-sections -Xlinker --no-export-dynamic -Xlinker -z -Xlinker now -Xlinker --build-id=none
	llvm-objcopy --strip-all -R .swift_modhash -R .comment $@

$(BUILD)/nn-%:
	@echo "$@ is not there: make comes before make install" && false

ZSH = share/zsh/site-functions
FOLDERS = bin lib/nn-tools share/nn-tools share/doc/nn-tools share/man/man1 share/man/man5 share/man/man7 \
  share/bash-completion/completions $(ZSH) share/fish/vendor_completions.d
INSTALLED = $(addprefix $(DESTDIR)$(PREFIX)/,$(FOLDERS))
install: $(PROGRAM)
	install -d $(INSTALLED)
	cd $(DESTDIR)$(PREFIX) && install $(abspath $(PROGRAM)) lib/nn-tools/nn-tools && for tool in $(TOOLS); do \
	  ln -sf ../lib/nn-tools/nn-tools bin/$$tool; \
	  bin/$$tool --completion bash > share/bash-completion/completions/$$tool; \
	  bin/$$tool --completion zsh > $(ZSH)/_$$tool; \
	  bin/$$tool --completion fish > share/fish/vendor_completions.d/$$tool.fish; \
	done
	for page in man/*.[157]; do install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/; done
	install -m 644 README.md $(DESTDIR)$(PREFIX)/share/doc/nn-tools/
	find pipelines examples -type f ! -path '*/out/*' ! -path 'pipelines/bench*' | while read -r file; do \
	  install -D -m $$([ -x $$file ] && echo 755 || echo 644) $$file $(DESTDIR)$(PREFIX)/share/nn-tools/$$file; done

# Folders that other programs may have made stay.
uninstall:
	cd $(DESTDIR)$(PREFIX) && for tool in $(TOOLS); do \
	  rm -f bin/$$tool share/bash-completion/completions/$$tool $(ZSH)/_$$tool share/fish/vendor_completions.d/$$tool.fish; \
	done
	for page in man/*.[157]; do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done
	rm -rf $(addprefix $(DESTDIR)$(PREFIX)/,lib/nn-tools share/nn-tools share/doc/nn-tools)

# What is made of one commit has the same bytes whenever it is made.
VERSION = $(shell sed -n 's/^public let version = "\(.*\)"/\1/p' Sources/CommandLine/Tool.swift)
EPOCH = $(or $(shell git log -1 --format=%ct 2>/dev/null),$(shell stat -c %Y README.md))
PACKAGE = .build/nn-tools_$(VERSION)_$(shell dpkg --print-architecture).deb
TARBALL = .build/nn-tools-$(VERSION)-$(shell uname -sm | tr 'A-Z ' 'a-z-').tar.xz

deb: build
	rm -rf .build/package && umask 022 && $(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/.build/package PREFIX=/usr \
	  ZSH=share/zsh/vendor-completions
	SOURCE_DATE_EPOCH=$(EPOCH) .packaging/deb.sh $(VERSION) .build/package $(PACKAGE)
	ls -l $(PACKAGE)

# To be unpacked in /usr/local, in ~/.local, or anywhere else.
tarball: build
	rm -rf .build/package && umask 022 && $(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/.build/package PREFIX=
	tar -C .build/package --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$(EPOCH) -cf - . | xz -9e > $(TARBALL)
	ls -l $(TARBALL)

# In a fresh Debian without Swift, in a folder of its own; as root.
check-install: deb
	rm -rf .build/package && $(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/.build/package > /dev/null
	$(MAKE) --no-print-directory uninstall DESTDIR=$(CURDIR)/.build/package > /dev/null
	! find .build/package ! -type d | grep . || { echo "make uninstall leaves these"; false; }
	.packaging/check-install.sh $(PACKAGE)

sizes: build
	rm -rf .build/package && $(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/.build/package PREFIX=
	@.packaging/sizes.sh .build/package

clean:
	rm -rf .build pipelines/out
