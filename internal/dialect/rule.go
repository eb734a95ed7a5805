package dialect

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// Rule is a user's statement about an emitter. It is tried before what the
// package knows, and arithmetic proof overrides it.
type Rule struct {
	Scope    string    // name of the instrumentation scope, "*" for any run of characters
	Versions string    // of the scope: "<2.0.0", ">=1.2 <2"; empty for all, also for scopes without version
	Provider string    // spelling of a provider, or empty for all
	Input    call.Side // whether input includes cache reads and writes; SideUnknown leaves it open
	Output   call.Side // whether output includes reasoning; SideUnknown leaves it open
}

// ErrRule is wrapped by the errors about rules.
var ErrRule = errors.New("usage rule")

// ParseSide reads "inclusive" or "exclusive"; the empty string is SideUnknown.
func ParseSide(s string) (call.Side, error) {
	switch s {
	case "":
		return call.SideUnknown, nil
	case "inclusive":
		return call.Inclusive, nil
	case "exclusive":
		return call.Exclusive, nil
	}
	return call.SideUnknown, fmt.Errorf("%w: side %q is neither inclusive nor exclusive", ErrRule, s)
}

// userRule is a checked Rule.
type userRule struct {
	scope    string
	versions versions
	provider string
	in, out  call.Side
}

func checkRule(r Rule) (userRule, error) {
	u := userRule{scope: r.Scope, provider: r.Provider, in: r.Input, out: r.Output}
	if r.Scope == "" {
		return u, fmt.Errorf("%w: scope is empty; use \"*\" for every scope", ErrRule)
	}
	if r.Input == call.SideUnknown && r.Output == call.SideUnknown {
		return u, fmt.Errorf("%w: rule for scope %q says neither input nor output", ErrRule, r.Scope)
	}
	var err error
	if u.versions, err = parseVersions(r.Versions); err != nil {
		return u, fmt.Errorf("%w: versions of scope %q: %w", ErrRule, r.Scope, err)
	}
	return u, nil
}

// versions is a conjunction of bounds on a version.
type versions []bound

type bound struct {
	op string
	v  version
}

// version is the numeric core of a version: up to four parts.
type version [4]uint32

// parseVersions reads bounds separated by spaces, each "<", "<=", ">", ">=" or
// "=" and a version.
func parseVersions(s string) (versions, error) {
	var vs versions
	for _, f := range strings.Fields(s) {
		op := f[:len(f)-len(strings.TrimLeft(f, "<>="))]
		switch op {
		case "<", "<=", ">", ">=", "=":
		default:
			return nil, fmt.Errorf("%q does not begin with <, <=, >, >= or =", f)
		}
		v, ok := parseVersion(f[len(op):])
		if !ok {
			return nil, fmt.Errorf("%q is no version such as 1.2.3", f[len(op):])
		}
		vs = append(vs, bound{op, v})
	}
	return vs, nil
}

// mustVersions is for the package's own tables.
func mustVersions(s string) versions {
	vs, err := parseVersions(s)
	if err != nil {
		panic("dialect: " + err.Error())
	}
	return vs
}

// hold tells whether a version satisfies all bounds. A version that cannot be
// read satisfies only the empty conjunction.
func (vs versions) hold(s string) bool {
	if len(vs) == 0 {
		return true
	}
	v, ok := parseVersion(s)
	if !ok {
		return false
	}
	for _, b := range vs {
		c := compare(v, b.v)
		switch b.op {
		case "<":
			ok = c < 0
		case "<=":
			ok = c <= 0
		case ">":
			ok = c > 0
		case ">=":
			ok = c >= 0
		default:
			ok = c == 0
		}
		if !ok {
			return false
		}
	}
	return true
}

// parseVersion reads the leading numbers of a version such as "v1.2.3-beta.4";
// what follows the numbers is ignored.
func parseVersion(s string) (version, bool) {
	var v version
	s = strings.TrimPrefix(s, "v")
	if i := strings.IndexFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimSuffix(s, ".")
	if s == "" {
		return v, false
	}
	for i := 0; s != ""; i++ {
		var part string
		part, s, _ = strings.Cut(s, ".")
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil || i == len(v) {
			return version{}, false
		}
		v[i] = uint32(n)
	}
	return v, true
}

func compare(a, b version) int {
	for i := range a {
		if a[i] != b[i] {
			if a[i] < b[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}
