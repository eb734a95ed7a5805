# `make` prints the targets. Everything needs Go and a module mirror only; the real-client tests of .ci/run need Node too.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# A copy without a repository, or one that belongs to another user, must build too.
export GOFLAGS := -buildvcs=false $(filter-out -buildvcs=%,$(GOFLAGS))

BIN         := bin
OTELCOL     := $(BIN)/otelcol-tokencost
TOOLS       := $(CURDIR)/.tools
SOURCES     := go.mod go.sum $(shell find cmd connector exporter extension internal prices processor -type f \
  -not -name '*_test.go' -not -path '*/testdata/*' -not -path 'internal/tools/*' 2>/dev/null)
HANDWRITTEN  = $$(git ls-files -co --exclude-standard '*.go' | grep -v '/generated_')
PACKAGES    := ./...
FUZZTIME    ?= 60s
BENCHROUNDS ?= 7

# The pinned versions of the Collector's modules.
CORE_STABLE := 1\.67
CORE_BETA   := 0\.161
CONTRIB     := 0\.161\.0

.PHONY: help
help: ## Show the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## First steps

.PHONY: run
run: $(BIN)/genaigen $(OTELCOL) ## Build the distribution, send it sample calls, show what they cost, keep running
	@$(BIN)/genaigen demo --collector $(OTELCOL) --config examples/quickstart/config.yaml

.PHONY: test
test: ## Run the tests
	go test $(PACKAGES)

.PHONY: build
build: $(OTELCOL) $(BIN)/tokencost $(BIN)/genaigen ## Build bin/otelcol-tokencost, bin/tokencost and bin/genaigen

$(BIN)/genaigen $(BIN)/tokencost: $(BIN)/%: $(SOURCES)
	@echo "Building $@ …"
	@go build -trimpath -o $@ ./cmd/$*

$(OTELCOL): $(SOURCES) builder-config.yaml $(TOOLS)/builder
	@go run ./internal/distbuilder/cmd/distbuilder -manifest builder-config.yaml -ocb $(TOOLS)/builder -output $@

## Checks

.PHONY: lint
lint: $(TOOLS)/staticcheck $(TOOLS)/gofumpt ## Check formatting, vet and staticcheck
	@unformatted=$$($(TOOLS)/gofumpt -l $(HANDWRITTEN)); \
	  if [ -n "$$unformatted" ]; then echo "not formatted, run make fmt:"; echo "$$unformatted"; exit 1; fi
	go vet $(PACKAGES)
	$(TOOLS)/staticcheck $(PACKAGES)

.PHONY: fmt
fmt: $(TOOLS)/gofumpt ## Format all Go files
	$(TOOLS)/gofumpt -w $(HANDWRITTEN)

.PHONY: test-race
test-race: ## Run the tests under the race detector (needs a C compiler)
	go test -race $(PACKAGES)

.PHONY: check
check: check-pins check-tidy check-generate check-pricebook ## Check pins, modules, generated files and the price book

.PHONY: check-pins
check-pins: ## Check that every Collector module is at the pinned version
	@bad=$$(grep -hE '^\s*(require )?(go\.opentelemetry\.io/collector|github\.com/open-telemetry/opentelemetry-collector-contrib)[/ ]|gomod: (go\.opentelemetry|github\.com/open-telemetry)' \
	    go.mod builder-config.yaml examples/*/builder-config.yaml \
	  | grep -vE 'go\.opentelemetry\.io/collector[^ ]* v($(CORE_STABLE)|$(CORE_BETA))\.[0-9]+|collector-contrib[^ ]* v$(CONTRIB)( |$$)' || true); \
	if [ -n "$$bad" ]; then echo "not at the pinned versions of the Collector:"; echo "$$bad"; exit 1; fi
	@echo "all Collector modules are at the pinned versions"

.PHONY: check-tidy
check-tidy: ## Check that go.mod and go.sum say what is needed
	go mod tidy -diff
	cd internal/tools && go mod tidy -diff
	go mod verify

.PHONY: generate
generate: $(TOOLS)/mdatagen ## Generate the components' metadata, telemetry and tests, and generated pages
	PATH="$(TOOLS):$$PATH" go generate ./...

.PHONY: check-generate
check-generate: ## Check that generated files are current
	@before=$$(git status --porcelain; git diff | git hash-object --stdin); $(MAKE) generate; \
	after=$$(git status --porcelain; git diff | git hash-object --stdin); \
	if [ "$$before" != "$$after" ]; then echo "generated files are out of date; run make generate and commit:"; git status --short; exit 1; fi

## The price book

.PHONY: pricebook
pricebook: ## Build the built-in price book from its sources
	go run ./internal/bookbuilder/cmd/bookbuilder build

.PHONY: check-pricebook
check-pricebook: ## Check that the built-in price book is current and agrees with its evidence
	go run ./internal/bookbuilder/cmd/bookbuilder check

.PHONY: pricebook-report
pricebook-report: ## Show where the built-in price book and published tables differ
	go run ./internal/bookbuilder/cmd/bookbuilder report

## Longer tests

.PHONY: e2e
e2e: build custom-collector agent-collector ## Test the built binaries as users run them
	TOKENCOST_E2E=1 go test -count=1 -v -timeout 20m ./test/e2e/...

.PHONY: e2e-metrics
e2e-metrics: $(OTELCOL) ## Hold spend in a real Prometheus, dashboards and rules to known truth (installs Prometheus by apt-get if missing)
	examples/prometheus-grafana/install-prometheus.sh
	TOKENCOST_E2E_METRICS=1 go test -count=1 -v -timeout 15m ./test/metrics/

.PHONY: e2e-ledger
e2e-ledger: $(OTELCOL) $(BIN)/otelcol-agent ## Kill Collectors and servers that keep a ledger KILLS times a test, and compare with the truth (installs PostgreSQL by apt-get if missing)
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; }
	TOKENCOST_E2E_LEDGER=1 TOKENCOST_KILLS=$(or $(KILLS),100) go test -count=1 -v -timeout 55m ./test/ledger/

.PHONY: dashboard-images
dashboard-images: $(OTELCOL) ## Draw the dashboards of the documentation from minutes of traffic in a real Prometheus
	TOKENCOST_E2E_METRICS=1 TOKENCOST_DRAW=$(CURDIR)/docs/images go test -count=1 -v -run TestDrawDashboards ./test/metrics/

.PHONY: e2e-clients
e2e-clients: $(OTELCOL) ## Compare what real clients cost with what a mock of the providers billed (needs Node 20, npm, Python 3)
	TOKENCOST_CLIENTS=$(or $(TOKENCOST_CLIENTS),1) go test -count=1 -v -timeout 60m ./test/clients/

.PHONY: e2e-focus
e2e-focus: ## Read FOCUS files with DuckDB and compare them with the ledger (needs Node 20 and npm)
	npm install --ignore-scripts --no-audit --no-fund --no-save --prefix test/focus # versions of the lock file; npm ci wants those of other platforms in it too
	TOKENCOST_FOCUS=1 go test -count=1 -v ./test/focus/

.PHONY: e2e-clickhouse
e2e-clickhouse: $(OTELCOL) ## Hold the ledger and the views of examples/clickhouse to ClickHouse's engine (needs Node 20 and npm, which fetches 550 MB)
	npm install --ignore-scripts --no-audit --no-fund --no-save --prefix test/clickhouse
	TOKENCOST_CLICKHOUSE=1 go test -count=1 -v ./test/clickhouse/ ./internal/ledger/clickhouse/
	TOKENCOST_CLICKHOUSE=1 TOKENCOST_E2E_LEDGER=1 TOKENCOST_KILLS=$(or $(KILLS),20) go test -count=1 -v -run ClickHouse ./test/ledger/

.PHONY: differential
differential: ## Compare random calls with @pydantic/genai-prices (needs Node 20 and npm)
	npm ci --ignore-scripts --no-audit --no-fund --prefix test/differential
	TOKENCOST_DIFFERENTIAL=1 go test -count=1 -v ./test/differential/

.PHONY: custom-collector
custom-collector: $(BIN)/otelcol-custom ## Build examples/custom-collector: stock components and token_cost

$(BIN)/otelcol-custom: $(SOURCES) examples/custom-collector/builder-config.yaml $(TOOLS)/builder
	@go run ./internal/distbuilder/cmd/distbuilder -manifest examples/custom-collector/builder-config.yaml -ocb $(TOOLS)/builder -output $@

.PHONY: agent-collector
agent-collector: $(BIN)/otelcol-agent ## Build the agent of examples/agent-to-gateway: token_cost and the load_balancing exporter

$(BIN)/otelcol-agent: $(SOURCES) examples/agent-to-gateway/builder-config.yaml $(TOOLS)/builder
	@go run ./internal/distbuilder/cmd/distbuilder -manifest examples/agent-to-gateway/builder-config.yaml -ocb $(TOOLS)/builder -output $@

.PHONY: bench
bench: $(OTELCOL) ## Measure token_cost beside stock processors and connectors, what is remembered, and the Collector with and without it
	@go run ./test/bench -collector $(OTELCOL) -rounds $(BENCHROUNDS)

.PHONY: bench-ledger
bench-ledger: ## Measure how fast calls are stored, and a report of a month with ROWS calls
	TOKENCOST_ROWS=$(or $(ROWS),10000000) go test -run '^$$' -bench . -benchtime $(or $(BENCHTIME),50x) -timeout 60m ./test/ledger/

.PHONY: fuzz
fuzz: ## Run every fuzz test for FUZZTIME (60s, or a number of inputs such as 3000x)
	@for p in $$(grep -rlE '^func Fuzz' --include='*_test.go' cmd connector exporter internal processor test 2>/dev/null | xargs -rn1 dirname | sort -u); do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]*' $$p/*_test.go | cut -d' ' -f2); do \
	    echo "fuzz ./$$p $$f $(FUZZTIME)"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x ./$$p; \
	  done; \
	done

.PHONY: ci
ci: ## Run everything that must pass before a change is merged
	.ci/run

.PHONY: clean
clean: ## Remove what was built and what the demo wrote
	rm -rf $(BIN) _build examples/*/_build data .tools

$(TOOLS)/%: internal/tools/go.mod internal/tools/go.sum
	@echo "Building the tool $* …"
	@mkdir -p $(TOOLS)
	@cd internal/tools && go build -o $@ $$(go list -f '{{.ImportPath}}' tool | grep -E '/$*$$')
