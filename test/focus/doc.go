// Package focus reads the FOCUS files that the project writes with DuckDB, which
// shares no code with it, and compares totals, types and every value.
// `make e2e-focus` installs DuckDB from npm; without TOKENCOST_FOCUS=1 the tests
// are skipped.
package focus
