package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// machine tells what the figures were measured on, and whether it was quiet.
func machine() string {
	s := fmt.Sprintf("%s, %s/%s, %s, GOMAXPROCS %d", time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.GOMAXPROCS(0))
	if name := fromProc("/proc/cpuinfo", "model name"); name != "" {
		s += ", CPU " + name
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ := strings.Cut(string(b), " ")
		s += ", load average before " + load
	}
	return s
}

// fromProc returns the first value of a key in a file such as /proc/cpuinfo, if
// there is such a file.
func fromProc(file, key string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
