package cli

import (
	"fmt"
	"io"
	"os"
)

// maxSmall bounds files of configuration, in bytes.
const maxSmall = 4 << 20

// openFile opens a file that is named on the command line.
func openFile(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s is a directory; name files", name)
	}
	return f, nil
}

// readFile reads a file of at most so many bytes.
func readFile(name string, most int) ([]byte, error) {
	f, err := openFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := readBounded(f, most)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// readBounded reads all there is, which may be so many bytes.
func readBounded(in io.Reader, most int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, int64(most)+1))
	if err == nil && len(data) > most {
		return nil, fmt.Errorf("is longer than %d MiB", most>>20)
	}
	return data, err
}
