package focus

import (
	"errors"

	"golang.org/x/sys/unix"
)

// exchangeDirs swaps two directories in one step (renameat2 with
// RENAME_EXCHANGE, Linux 3.15). File systems that cannot say ErrUnsupported.
func exchangeDirs(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return errors.ErrUnsupported
	}
	return err
}
