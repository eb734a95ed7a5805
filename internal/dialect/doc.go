// Package dialect reads a call from a GenAI span. It knows how each
// instrumentation spells its attributes, which spans of it are calls, whether
// its counts include cached and reasoning tokens, and which facts it can tell.
// It knows no prices and writes no attributes.
//
// Every dialect is one file: a [dialect] with rows of keys, rows of emitters
// and, where usage hides in JSON, a table of paths. Adding one means adding
// such a file and its name to the list in registry.go.
//
// Sources: the tables name what was read (released package code, the
// semantic conventions) or seen (telemetry of unmodified clients that talked
// to a loopback mock of the provider). Where both exist, what was seen counts.
package dialect

//go:generate go run ./dialectdoc ../../docs/dialects.md
