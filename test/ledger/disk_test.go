package ledger

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallDisk mounts a file system of some bytes, or skips the test. Remount changes
// its options.
func smallDisk(t *testing.T, size string) (dir string, remount func(options string) error) {
	t.Helper()
	dir = t.TempDir()
	mounted(t, dir, "-t", "tmpfs", "-o", "size="+size, "tmpfs")
	return dir, func(options string) error { return run("mount", "-o", "remount,"+options, dir) }
}

// mounted mounts a file system, or skips the test.
func mounted(t *testing.T, dir string, args ...string) {
	t.Helper()
	if err := run("mount", append(args, dir)...); err != nil {
		t.Skipf("no right to mount a file system: %v", err)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", dir).Run() })
}

// commandFailed is an error of a command, with what it said.
type commandFailed struct {
	error
	out string
}

func (f *commandFailed) Error() string { return f.error.Error() + ": " + f.out }

func run(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return &commandFailed{err, string(out)}
	}
	return nil
}

// eventually repeats what fails while a file is open.
func eventually(t *testing.T, do func() error) {
	t.Helper()
	var err error
	require.Eventually(t, func() bool { err = do(); return err == nil }, time.Minute, 20*time.Millisecond, "the disk stays busy")
	require.NoError(t, err)
}

// What the disk has no room for waits, other exporters go on, and everything is
// stored once there is room.
func TestAFullDiskLosesNothing(t *testing.T) {
	needs(t)
	disk, remount := smallDisk(t, "600k")
	dsn := "sqlite://" + disk + "/ledger.db"
	tr := newTraffic(t, 60)
	g := newGateway(t, dsn, persistent)
	other := g.follow()
	for _, batch := range tr.batches {
		deliver([]*gateway{g}, batch)
	}
	g.says("the disk is full: make room")
	other.await(tr.batches)
	g.process.Kill()
	g.start()
	g.says("the disk is full: make room")
	require.NoError(t, remount("size=64m"))
	stored(t, dsn, tr.truth)
	same(t, dsn, tr.truth)
}

// A disk that cannot be written is wrong at start, with and without a ledger on it.
func TestAReadOnlyDiskIsRefusedAtStart(t *testing.T) {
	needs(t)
	disk, remount := smallDisk(t, "64m")
	require.NoError(t, remount("ro"))
	for _, path := range []string{disk + "/ledger.db", disk + "/of/the/team/ledger.db"} {
		said := refused(t, "sqlite://"+path)
		assert.Contains(t, said, "ledger "+path)
		assert.Contains(t, said, "read-only file system")
	}

	require.NoError(t, remount("rw"))
	path := disk + "/ledger.db"
	tr := newTraffic(t, 5)
	g := newGateway(t, "sqlite://"+path, waiting)
	for _, batch := range tr.batches {
		deliver([]*gateway{g}, batch)
	}
	require.NoError(t, g.process.Stop())
	require.NoError(t, remount("ro"))
	said := refused(t, "sqlite://"+path)
	assert.Contains(t, said, "ledger "+path)
	assert.Contains(t, said, "read-only file system")

	require.NoError(t, remount("rw"))
	g.start()
	same(t, "sqlite://"+path, tr.truth)
}

// A file system cannot be made read-only while files on it are open for writing,
// so this one is full first: then the exporter lets go of it. What it opens while
// the disk is read-only stays so, and must not be used afterwards.
func TestADiskThatIsReadOnlyForAWhileLosesNothing(t *testing.T) {
	needs(t)
	disk, remount := smallDisk(t, "600k")
	path := disk + "/ledger.db"
	tr := newTraffic(t, 60)
	g := newGateway(t, "sqlite://"+path, persistent)
	other := g.follow()
	for _, batch := range tr.batches[:40] {
		deliver([]*gateway{g}, batch)
	}
	g.says("the disk is full: make room")
	eventually(t, func() error { return remount("ro,size=64m") })
	for _, batch := range tr.batches[40:] {
		deliver([]*gateway{g}, batch)
	}
	g.says("ledger " + path + ": the file or its directory cannot be written (read-only file system)")
	other.await(tr.batches)
	require.NoError(t, remount("rw"))
	stored(t, "sqlite://"+path, tr.truth)
	same(t, "sqlite://"+path, tr.truth)
}

// ext4 makes itself read-only when it finds an error, whatever is open. It has to
// be unmounted, checked and mounted again; the Collector need not be stopped.
func TestADiskThatFailsAndIsRepairedLosesNothing(t *testing.T) {
	needs(t)
	disk := newFailingDisk(t)
	path := disk.dir + "/ledger.db"
	tr := newTraffic(t, 90)
	g := newGateway(t, "sqlite://"+path, persistent)
	other := g.follow()
	for i, batch := range tr.batches {
		if i == 40 {
			require.Eventually(t, func() bool { return strings.Contains(g.log(), "Everything is ready") }, 20*time.Second, 20*time.Millisecond)
			disk.fail()
		}
		deliver([]*gateway{g}, batch)
	}
	g.says("ledger " + path + ": the disk failed to read or write (read-only file system)")
	other.await(tr.batches)
	eventually(t, func() error { return run("umount", disk.dir) })
	g.says("the file cannot be opened (no such file or directory)")
	left, err := os.ReadDir(disk.dir)
	require.NoError(t, err)
	assert.Empty(t, left, "another ledger was begun where the disk is to be mounted")
	require.NoError(t, disk.check())
	disk.mount()
	stored(t, "sqlite://"+path, tr.truth)
	same(t, "sqlite://"+path, tr.truth)
}

// failingDisk is a file system in a file, which can be told that it is damaged.
type failingDisk struct {
	t          *testing.T
	image, dir string
}

func newFailingDisk(t *testing.T) *failingDisk {
	t.Helper()
	d := &failingDisk{t: t, image: filepath.Join(t.TempDir(), "image"), dir: t.TempDir()}
	f, err := os.Create(d.image)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(64<<20))
	require.NoError(t, f.Close())
	if err := run("mkfs.ext4", "-q", d.image); err != nil {
		t.Skipf("no file system can be made: %v", err)
	}
	d.mount()
	return d
}

func (d *failingDisk) mount() {
	d.t.Helper()
	mounted(d.t, d.dir, "-o", "loop,errors=remount-ro", d.image)
}

// fail has the kernel act as if it had found an error in the file system. What is
// mapped into memory is written before, as it is after some seconds anyway, so that
// the next change of it has to ask the file system.
func (d *failingDisk) fail() {
	d.t.Helper()
	require.NoError(d.t, run("sync", "-f", d.dir))
	device, err := exec.Command("findmnt", "-no", "SOURCE", d.dir).Output()
	require.NoError(d.t, err)
	require.NoError(d.t, os.WriteFile(filepath.Join("/sys/fs/ext4", filepath.Base(strings.TrimSpace(string(device))), "trigger_fs_error"), []byte("1"), 0o200))
}

// check repairs the file system. Status 1 of the program says that it did.
func (d *failingDisk) check() error {
	err := exec.Command("fsck.ext4", "-p", d.image).Run()
	if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() == 1 {
		return nil
	}
	return err
}
