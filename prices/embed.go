// Package prices holds the built-in price book: one file per provider, and
// common.yaml with what they share.
package prices

import "embed"

// Files are the YAML files of the book.
//
//go:embed *.yaml
var Files embed.FS
