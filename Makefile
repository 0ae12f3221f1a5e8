# Two commands on a fresh Debian 12: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

JOBS ?= $(shell nproc)
# The whole program and the shop; the tests are built by the suites that run them.
PROGRAMS := weir shop shoppers

# A precompiled header is taken from the cache only with this; a clone in another folder hits, too.
export CCACHE_SLOPPINESS := pch_defines,time_macros
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

.PHONY: help deps build demo steps test test-full unit asan tsan simulate fuzz install package bench micro-bench clean

help:
	@echo 'make deps       install what is missing of the packages (Debian 12; root or sudo)'
	@echo 'make build      build/release/proxy/weir and the shop'
	@echo 'make demo       a primary, two replicas, Weir, the shop and its shoppers; Ctrl-C ends all'
	@echo '                (DEMO_SECONDS=20 make demo ends by itself)'
	@echo 'make steps      the shop from one server to a rack, with figures for each step; STEPS="--only 4-2 --seconds 10"'
	@echo 'make test       all suites, with the counts that fit 20 minutes on 2 cores'
	@echo 'make test-full  all suites, with the large counts, and the thread sanitizer'
	@echo 'make unit       the unit tests'
	@echo 'make asan       the unit tests of the pure folders under ASan and UBSan (ASAN=all: of all)'
	@echo 'make tsan       the unit tests under the thread sanitizer'
	@echo 'make fuzz       FUZZ_SECONDS=600: all fuzzing targets, for that long together; TARGETS="session digest": some'
	@echo 'make simulate   SEEDS=10000 FROM=1: that many simulated worlds; TRACE=7: one of them, step by step'
	@echo 'make install    PREFIX=/usr/local DESTDIR=: program, manuals, systemd units'
	@echo 'make package    a Debian package in build/package'
	@echo 'make bench      Weir beside PgBouncer, Pgpool-II and HAProxy; BENCH="--only simple-16 --rounds 1": docs/performance.md'
	@echo 'make micro-bench FILTER=digest: the parts of a request by themselves'
	@echo 'tests/run -h    one suite, or some: docs/testing.md'

deps:
	@cmake/packages build

build: deps
	@cmake/compile release $(JOBS) $(PROGRAMS)

demo: build
	@cmake/packages steps
	@replication_setup/demo

steps: build
	@cmake/packages steps
	@replication_setup/steps $(STEPS)

test: build
	@cmake/packages steps
	@tests/run --jobs $(JOBS)

test-full: build
	@cmake/packages steps
	@cmake/packages patroni
	@cmake/packages package
	@tests/run --jobs $(JOBS) --full

unit: deps
	@tests/run --jobs $(JOBS) unit

asan: deps
	@tests/run --jobs $(JOBS) asan

tsan: deps
	@tests/run --jobs $(JOBS) tsan

SEEDS ?= 1000
FROM ?= 1
fuzz: deps
	@cmake/packages fuzz
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run --jobs $(JOBS) $(TARGETS)

simulate: deps
	@cmake/compile release $(JOBS) simulate
	@build/release/tests/simulation/simulate --jobs $(JOBS) $(if $(TRACE),--trace $(TRACE),--seeds $(SEEDS) --from $(FROM))

bench: build
	@cmake/packages bench
	@cmake/compile release $(JOBS) bench_stub
	@tests/bench/run $(BENCH)

# DESTDIR and PREFIX as usual.
PREFIX ?= /usr/local
install: build
	@cmake/compile release $(JOBS) manuals
	@cmake --install build/release --prefix $(PREFIX) --strip

package: deps
	@cmake/packages package
	@cmake/compile package $(JOBS) weir shop manuals
	@cd build/package && cpack -G DEB && ls -1 *.deb

micro-bench: deps
	@cmake/packages bench
	@cmake/compile release $(JOBS) micro_bench
	@build/release/tests/micro_bench --benchmark_filter='$(FILTER)'

clean:
	rm -rf build
