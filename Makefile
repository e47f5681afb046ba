# serve · chat · ticker · test · thorough · check · coverage · generate · bench · pages · attack · fuzz · soak · chaos · pack · web · site · wheel · compiled · image · audit · release: everything else is a step of these.
# A fresh machine needs Python >= 3.11 and make; the rest is installed here, from PyPI and npm. The
# slow tests also run Debian's nginx-light, haproxy, openssl, postgresql-15, pgbouncer, redis-server,
# prometheus, systemd, default-jdk-headless, zsh, fish and firefox-esr, and fail where they are not.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

UV := $(or $(shell command -v uv),.uv/bin/uv)
NODE_GROUP := $(shell { npm --version && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; } >/dev/null 2>&1 || echo --group node)
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE # what is started again and again is compiled once

OSV := https://api.osv.dev/v1/query
PAGE := src/todo_service/web/index.html
PAGE_SOURCES := $(shell find clients/angular -name node_modules -prune -o -name .angular -prune -o -type f -print) clients/typings/index.d.ts
LIBRARY := build/compiled/library
LIBRARY_SOURCES := $(shell find packages/asyncapi-socketio -name '*.py' -o -name pyproject.toml)
FRESH = $(shell test -e $(LIBRARY)/stamp && test -z "$$(find $(LIBRARY_SOURCES) -newer $(LIBRARY)/stamp)" && echo $(CURDIR)/$(LIBRARY))

.PHONY: serve chat ticker test thorough check coverage generate pages pack web site wheel compiled test-compiled image audit release bench attack fuzz soak chaos

serve: .venv/serve.stamp $(PAGE) ## Serve the todos on http://localhost:3000, faster once `make compiled` has built the library; options in ARGS
	@PYTHONPATH='$(FRESH)' exec todo-service serve $(ARGS)

chat: .venv/dev.stamp ## Serve the example chat on http://localhost:3002
	@cd examples/chat && exec asyncapi-socketio serve chat.app:app --port 3002

ticker: .venv/dev.stamp ## Serve the example ticker on http://localhost:3003
	@cd examples/ticker && exec asyncapi-socketio serve ticker.app:app --port 3003

test: .venv/dev.stamp node_modules/.package-lock.json $(PAGE) ## Run every test but the thorough ones
	pytest -n 3 --dist worksteal -m "not thorough"

thorough: .venv/dev.stamp node_modules/.package-lock.json ## Run what make test leaves out: every planted bug, example, row and version
	pytest -n 2 --dist worksteal -m thorough

coverage: .venv/dev.stamp node_modules/.package-lock.json $(PAGE) ## Run every test, and print which branches none takes; twice as slow
	pytest -n 2 --dist worksteal --cov --cov-report=term

check: .venv/dev.stamp node_modules/.package-lock.json ## Format, lint, types, freshness, fast tests
	ruff format --check
	ruff check
	mypy
	python -m codegen --check
	pytest -n 3 --dist worksteal -q -m "not slow and not thorough"

generate: .venv/dev.stamp node_modules/.package-lock.json ## Write everything that follows from asyncapi.yaml
	python -m codegen

bench: .venv/dev.stamp node_modules/.package-lock.json $(LIBRARY)/stamp ## Measure against Node, Bun and socket.io's cluster, in one run; options in ARGS
	python -m bench $(ARGS)

pages: .venv/dev.stamp node_modules/.package-lock.json $(PAGE) ## Measure the page beside the tutorial's and TodoMVC's clients, in one browser; options in ARGS
	python -m pages $(ARGS)

attack: .venv/dev.stamp ## Print what clients that list everything and don't read cost the others; options in ARGS
	python -m attack $(ARGS)

fuzz: .venv/dev.stamp ## Throw seeded nonsense at the service; frames and seed in ARGS
	python -m fuzz $(ARGS)

soak: .venv/dev.stamp node_modules/.package-lock.json ## Load the service for five minutes, and fail when its memory grows; two nodes under faults by ARGS="--nodes 2 --seconds 1800"
	python -m soak $(ARGS)

chaos: .venv/dev.stamp node_modules/.package-lock.json ## Put nodes on one PostgreSQL under faults, and judge what clients were told; options in ARGS
	python -m chaos $(ARGS)

web: $(PAGE) ## Build the page that the service serves at /

site: .venv/dev.stamp ## Build the documentation as a site with a search, into build/site/html; fails on a link that leads nowhere
	python -m website

wheel: $(PAGE) ## Build the wheel, with the page in it, into dist
	$(UV) build --all-packages

compiled: $(LIBRARY)/stamp ## Build the library's wheel with the path of every event compiled, into dist, and unpack it for make serve; needs a C compiler

$(LIBRARY)/stamp: $(LIBRARY_SOURCES) .venv/dev.stamp
	rm -rf build/compiled dist/asyncapi_socketio-*-cp*.whl
	mkdir -p build/compiled
	cp -r packages/asyncapi-socketio build/compiled/source # mypyc writes beside the sources
	HATCH_BUILD_HOOK_ENABLE_MYPYC=1 $(UV) build --quiet --no-build-isolation --python .venv --wheel build/compiled/source --out-dir build/compiled
	mkdir -p dist
	if [[ $$(uname) == Linux ]]; then auditwheel repair --wheel-dir dist build/compiled/*.whl 2>&1 | tail -1; else cp build/compiled/*.whl dist; fi
	python -m zipfile -e dist/asyncapi_socketio-*-cp*.whl $(LIBRARY)
	touch $@

test-compiled: compiled node_modules/.package-lock.json $(PAGE) ## Run what serves on the compiled wheel, too
	PYTHONPATH=$(CURDIR)/$(LIBRARY) python -c "from asyncapi_socketio.transport import session; assert session.__file__.endswith('.so')"
	PYTHONPATH=$(CURDIR)/$(LIBRARY) pytest -n 2 --dist worksteal tests/transport tests/service tests/library tests/examples

image: ## Build the image of the service by docker, podman or buildah, with its health check; options in ARGS
	@builder=$$(command -v docker podman buildah | head -1) || { echo "docker, podman or buildah is needed" >&2; exit 1; }; \
	[[ $$builder == */docker ]] || format="--format docker"; \
	$$builder build $${format:-} --file deploy/Containerfile --tag todo-service:1.0.0 $(ARGS) .

audit: .venv/dev.stamp | $(UV) ## Ask advisories for what is locked: Python at OSV, npm at its registry; fails where they can't be asked
	@locked=$$(mktemp); trap "rm $$locked" EXIT; \
	$(UV) export --quiet --locked --all-packages --all-extras --all-groups --no-emit-workspace --output-file $$locked; \
	pip-audit --strict --disable-pip --require-hashes --progress-spinner off --vulnerability-service osv --osv-url $(OSV) --requirement $$locked
	cd clients/angular && npm audit --package-lock-only
	npm audit --package-lock-only

release: .venv/dev.stamp node_modules/.package-lock.json $(PAGE) ## Build all of a release into dist, and look into it; publishes nothing
	python -m release $(ARGS)

pack: generate ## Build the npm package of the typings, and print what would be published
	mkdir -p dist
	cd clients/typings && npm pack --pack-destination ../../dist

.venv/serve.stamp: uv.lock pyproject.toml packages/asyncapi-socketio/pyproject.toml | $(UV)
	$(UV) sync --locked --inexact --quiet $(NODE_GROUP)
	touch $@

.venv/dev.stamp: uv.lock pyproject.toml packages/asyncapi-socketio/pyproject.toml | $(UV)
	$(UV) sync --locked --quiet --group dev $(NODE_GROUP)
	touch .venv/serve.stamp $@

node_modules/.package-lock.json: package-lock.json package.json .npmrc | .venv/dev.stamp
	npm ci --silent
	touch $@

clients/angular/node_modules/.package-lock.json: $(addprefix clients/angular/,package-lock.json package.json .npmrc) | .venv/serve.stamp
	cd clients/angular && npm install --no-save --silent # npm ci wants every platform's optional packages
	touch $@

$(PAGE): clients/angular/node_modules/.package-lock.json $(PAGE_SOURCES)
	cd clients/angular && npm run --silent build

.uv/bin/uv:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed as python3" >&2; exit 1; }
	@python3 -m venv .uv || { echo "python3 can't make virtual environments: apt-get install python3-venv" >&2; rm -rf .uv; exit 1; }
	.uv/bin/pip install --quiet uv
