// Package bookbuilder holds the tools that make the built-in price book, and
// the tests that hold the book to what it promises. Data sets become evidence
// (datasets, evidence), evidence is weighed (consensus), what vendors state is
// laid over it (facts), and the result is written as YAML (build, book).
package bookbuilder
