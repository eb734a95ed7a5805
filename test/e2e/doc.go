// Package e2e holds tests that use the built binaries as users do: they start
// them, send them OTLP and read what comes out. `make e2e` builds what they need
// and runs them; without TOKENCOST_E2E=1 they are skipped.
package e2e
