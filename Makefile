# Everything a contributor runs. `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# What may be given on the command line, such as `make fuzz FUZZTIME=1m`.
FUZZTIME  ?= 10s
BENCHTIME ?= 1s
# How many random scenes of each kind `make scenes` draws.
SCENES    ?= 2000
# How many polygons the benchmark from file to area reads (1000000 is 700 MB).
export TAOHE_BENCH_ROWS ?= 20000
# `make test RACE=-race` looks for data races too; it needs a C compiler.
RACE      ?=
# Packages to test, measure or look through.
PKG       ?= ./...
# Folder of the public layers of `make real`; they are not part of the project.
REAL      ?= ../shared/real
# Data directory of `make db` and `make serve`; the program's own when empty.
DATA_DIR  ?=

# git refuses to look into a clone that belongs to another user, and go build
# then stops; the version is left out of the binary instead.
VCS := $(shell git status --short >/dev/null 2>&1 && echo auto || echo false)

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: setup build ## import the sample county, run all rules, compare with the expected figures
	bin/taohe demo

.PHONY: serve
serve: setup build ## serve the HTTP interface on this machine
	bin/taohe serve $(if $(DATA_DIR),--data-dir $(DATA_DIR))

.PHONY: real
real: setup build ## import public layers and compare with figures computed elsewhere
	bin/taohe real --dir $(REAL)

.PHONY: build
build: ## build bin/taohe
	go build -buildvcs=$(VCS) -trimpath -o bin/taohe ./cmd/taohe

.PHONY: web
web: web/node_modules ## build the browser application into web/dist, which the next build embeds (needs npm)
	npm run build --prefix web

.PHONY: test-web
test-web: setup web ## walk through the browser application in a real Chromium, upon an empty database (TAOHE_PICTURES=folder)
	TAOHE_WEB=1 go test -count=1 -timeout 20m -run '^TestWeb' -v ./cmd/taohe

web/node_modules: web/package-lock.json
	npm ci --prefix web
	@touch $@

.PHONY: setup
setup: ## find PostgreSQL with PostGIS; on Debian and Ubuntu install what is missing
	@scripts/setup

.PHONY: test
test: setup ## run all tests, each on a database of its own (RACE=-race, PKG=./geo)
	@set -o pipefail; go test $(RACE) -shuffle=on -timeout 30m $(PKG) | { grep --line-buffered -v '\[no test files\]$$' || true; }

.PHONY: scenes
scenes: setup ## hold the overlay against the second opinion on SCENES random scenes (hours)
	TAOHE_SCENES=$(SCENES) go test -timeout 0 -v ./internal/oracle -run 'TestLattice|TestFree|TestProperties|TestPartial'

# What is measured on: township (seconds to make), county, city or province;
# COUNTIES=100 cuts the same ground into so many counties, AGAIN=-again draws it
# anew after a change of what is drawn.
SIZE     ?=
COUNTIES ?= 0
AGAIN    ?=
# How often each way has its turn, and how many parcels are loaded.
ROUNDS   ?= 3
PARCELS  ?= 100000

comma := ,
bench_dir := $(if $(DATA_DIR),-data-dir $(DATA_DIR))

.PHONY: bench
bench: setup ## run the benchmarks, bench-overlay and bench-tiles of a township (BENCHTIME=5s, PKG=./overlay, TAOHE_BENCH_ROWS=1000000)
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $(PKG)
	$(if $(filter ./...,$(PKG)),$(MAKE) --no-print-directory bench-overlay bench-tiles SIZE=$(or $(SIZE),township))

.PHONY: bench-data
bench-data: setup ## draw made counties into the database bench_SIZE (SIZE=county|city|province)
	go run ./internal/bench/mkdata -size $(or $(SIZE),county) -counties $(COUNTIES) $(AGAIN) $(bench_dir)

.PHONY: bench-overlay
bench-overlay: setup ## measure runs beside naive PostGIS, GEOS, ogr2ogr and QGIS (SIZE=county ROUNDS=3)
	go run ./internal/bench/measure -size $(or $(SIZE),county) -rounds $(ROUNDS) $(bench_dir)

.PHONY: bench-tiles
bench-tiles: setup ## make generalised copies and tiles of land parcels, and measure both (SIZE=county ROUNDS=3)
	go run ./internal/bench/measure -tiles $(or $(SIZE),county) -rounds $(ROUNDS) $(AGAIN) $(bench_dir)

.PHONY: bench-web
bench-web: setup web ## have a browser look at the map of a made county, and pan it (SIZE=county ROUNDS=3)
	go run ./internal/bench/measure -web $(or $(SIZE),county) -rounds $(ROUNDS) $(bench_dir)

.PHONY: bench-load
bench-load: setup ## measure the load of parcels beside a bare COPY (PARCELS=1000000 ROUNDS=3)
	go run ./internal/bench/measure -load $(PARCELS) -rounds $(ROUNDS) $(bench_dir)

.PHONY: bench-growth
bench-growth: setup ## measure runs of a county, a city and a province beside each other (SIZE=county,city ROUNDS=1)
	go run ./internal/bench/measure -growth $(if $(SIZE),$(SIZE),county$(comma)city$(comma)province) -rounds $(ROUNDS) $(bench_dir)

READERS ?= 200
.PHONY: bench-readers
bench-readers: setup ## have READERS read mines' reports for a minute while a run goes on (SIZE=county)
	go run ./internal/bench/measure -size $(or $(SIZE),county) -readers $(READERS) $(bench_dir)

SOAK ?= 1h
.PHONY: soak
soak: setup ## use the service in all ways at once for SOAK and look at memory, connections, files and disk
	go run ./internal/bench/measure -soak $(SOAK) $(bench_dir)

# The memory of the program on the largest files, which takes minutes and 8 GB
# of disk; MEMORY=10 does it on a tenth.
MEMORY ?= 100
.PHONY: memory
memory: setup ## load and upload the largest files and measure the program's peak memory (MEMORY=10)
	TAOHE_MEMORY=$(MEMORY) go test -count=1 -timeout 2h -run '^TestMemory$$' -v ./cmd/taohe

.PHONY: faults
faults: setup ## break everything in the middle of the work: clients, programs, databases, disks (as root), clocks (TAOHE_FAULTS_SEED)
	TAOHE_FAULTS=1 go test -count=1 -timeout 60m -run '^TestFault' -v ./cmd/taohe ./internal/pipeline

.PHONY: torture
torture: ## read the made files that try the readers, compare with GDAL if installed (OUT=folder writes them)
	$(if $(OUT),go run ./internal/torture/mktorture -out $(OUT))
	go test -count=1 ./internal/torture

.PHONY: fuzz
fuzz: ## run every fuzz test for FUZZTIME each
	scripts/fuzz $(FUZZTIME)

REQUESTS ?= 5000
.PHONY: fuzz-api
fuzz-api: setup ## send REQUESTS requests made from the OpenAPI document (TAOHE_API_SEED draws the same again)
	TAOHE_API_FUZZ=$(REQUESTS) go test -count=1 -timeout 0 -run '^TestFuzz$$' -v ./api

.PHONY: conformance
conformance: setup ## run OGC's suite where Maven has it, and our tests of each requirement (SUITE=required)
	SUITE='$(SUITE)' scripts/conformance

.PHONY: lint
lint: bin/golangci-lint ## look through the code (.golangci.yml says for what, and why)
	bin/golangci-lint run $(PKG)

# Built from the pinned source, once, in a module of its own.
bin/golangci-lint: tools/go.mod tools/go.sum
	go build -C tools -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: vuln
vuln: bin/govulncheck ## look the dependencies up in the databases of known vulnerabilities, where these can be reached (LOOKUP=required)
	LOOKUP='$(LOOKUP)' scripts/vuln

bin/govulncheck: tools/go.mod tools/go.sum
	go build -C tools -o ../bin/govulncheck golang.org/x/vuln/cmd/govulncheck

.PHONY: test-qgis
test-qgis: setup ## have QGIS read the service (python3-qgis and qgis-providers)
	go test -count=1 -run '^TestRequirements$$/^clients$$/^QGIS$$' -v ./api/ogc

.PHONY: lint-api
lint-api: tools/openapi/node_modules ## lint the OpenAPI document (needs npm)
	TAOHE_OPENAPI_LINTER=$(CURDIR)/tools/openapi go test -count=1 -run '^TestLinter$$' ./api

tools/openapi/node_modules: tools/openapi/package-lock.json
	npm ci --prefix tools/openapi --no-audit --no-fund --ignore-scripts
	@touch $@

.PHONY: sample
sample: ## make sample-data again from its generator
	go run ./internal/sample/mksample

.PHONY: bless
bless: setup ## write the kept reports of the sample county anew; the diff is what a reviewer reads
	go test -count=1 -run '^TestSampleCounty$$' ./internal/demo -args -bless

.PHONY: verify
verify: setup ## check that what is generated is as its source says, and that nothing races
	go mod tidy -diff
	cd tools && go mod tidy -diff
	cd internal/bench/geos && go mod tidy -diff
	go generate ./...
	$(MAKE) --no-print-directory sample
	@changed=$$(git status --porcelain); if [ -n "$$changed" ]; then \
		echo 'verify: not committed, or not what its generator makes:'; echo "$$changed"; exit 1; fi
	@if command -v gcc >/dev/null || command -v clang >/dev/null; then \
		$(MAKE) --no-print-directory test RACE=-race; \
	else echo 'verify: no C compiler, so races are not looked for'; fi

.PHONY: db
db: setup ## open psql on the private database, starting it if nobody has
	@PATH="$$PATH:$$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)" \
		go run ./internal/cluster/psql $(if $(DATA_DIR),-data-dir $(DATA_DIR))
