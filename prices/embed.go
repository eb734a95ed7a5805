// Package prices holds the built-in price book: one file for each provider, and
// common.yaml for what they share. See docs/built-in-book.md.
package prices

import "embed"

// Files are the files of the built-in book, in one directory.
//
//go:embed *.yaml
var Files embed.FS
