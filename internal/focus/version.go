package focus

import "fmt"

// Version is a released version of the specification.
type Version string

// The versions that are written.
const (
	V12 Version = "1.2"
	V13 Version = "1.3"
	V14 Version = "1.4"
)

// Versions lists the versions, the oldest first.
func Versions() []string { return []string{string(V12), string(V13), string(V14)} }

// ParseVersion reads a version.
func ParseVersion(s string) (Version, error) {
	switch v := Version(s); v {
	case V12, V13, V14:
		return v, nil
	}
	return "", fmt.Errorf("FOCUS version %q is not written; use 1.2, 1.3 or 1.4", s)
}

// within tells whether the version is in the range from the first to the last
// one; an empty last one is open.
func (v Version) within(first, last Version) bool { return v >= first && (last == "" || v <= last) }
