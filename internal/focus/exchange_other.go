//go:build !linux

package focus

import "errors"

// exchangeDirs cannot swap two directories in one step here.
func exchangeDirs(_, _ string) error { return errors.ErrUnsupported }
