# The front door of the house. `make` prints what it can do.
PYTHON ?= python3.11

.DEFAULT_GOAL := help
.PHONY: help
help:  ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
