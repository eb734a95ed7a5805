// Command attributiondoc writes docs/attribution.md: the text in page.md with
// the table of default keys of package attribution. It is run by go generate in
// that package.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: attributiondoc FILE")
		os.Exit(2)
	}
	text, err := page()
	if err == nil {
		err = os.WriteFile(os.Args[1], text, 0o644) //nolint:gosec // a page for everybody
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "attributiondoc:", err)
		os.Exit(1)
	}
}
