package clients

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// workshop is where clients are installed and run: a copy of their directories
// outside of the tree, so that what they install stays out of it.
type workshop struct {
	dir string

	mu    sync.Mutex
	ready map[string]func() error // by what it prepares, once
}

func openWorkshop() (*workshop, error) {
	dir := os.Getenv("TOKENCOST_CLIENTS_DIR")
	if dir == "" {
		dir = "../../.cache/clients"
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return &workshop{dir: dir, ready: map[string]func() error{}}, nil
}

// prepare copies and installs a client, once, and its runtime.
func (w *workshop) prepare(ctx context.Context, c *client) error {
	if c.Runtime == "node22" {
		if err := w.prepareOne(ctx, "node22", [][]string{npmCI}); err != nil {
			return err
		}
	}
	for _, shared := range strings.Fields(c.Share) {
		dir := filepath.Join(filepath.Dir(c.dir), shared)
		if err := w.once("copy "+dir, func() error { return w.copy(dir) }); err != nil {
			return err
		}
	}
	return w.prepareOne(ctx, c.dir, c.Install)
}

var npmCI = []string{"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"}

func (w *workshop) prepareOne(ctx context.Context, dir string, install [][]string) error {
	return w.once(dir, func() error { return w.install(ctx, dir, install) })
}

// once prepares something once, and others wait for it.
func (w *workshop) once(what string, prepare func() error) error {
	w.mu.Lock()
	ready, ok := w.ready[what]
	if !ok {
		ready = sync.OnceValue(prepare)
		w.ready[what] = ready
	}
	w.mu.Unlock()
	return ready()
}

// pins are the files that say what is installed.
var pins = []string{"package.json", "package-lock.json", "requirements.txt"}

// install copies a directory and runs its commands, unless the same was installed before.
func (w *workshop) install(ctx context.Context, dir string, commands [][]string) error {
	if err := w.copy(dir); err != nil {
		return err
	}
	if len(commands) == 0 {
		return nil
	}
	hash := sha256.New()
	fmt.Fprint(hash, commands)
	for _, name := range pins {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			fmt.Fprintf(hash, "%s %d\n%s", name, len(data), data)
		}
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	mark := filepath.Join(w.dir, dir, ".installed")
	if have, err := os.ReadFile(mark); err == nil && string(have) == sum {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	for _, command := range commands {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Dir = filepath.Join(w.dir, dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("install %s: %v: %w\n%s", dir, command, err, tail(string(out), 20))
		}
	}
	return os.WriteFile(mark, []byte(sum), 0o600)
}

// copy brings the files of a directory up to date.
func (w *workshop) copy(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if d.Name() == "node_modules" || d.Name() == ".venv" {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(w.dir, path), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(w.dir, path), data, 0o600)
	})
}

// path is the PATH of a client: its runtime first.
func (w *workshop) path(c *client) string {
	var dirs []string
	switch c.Runtime {
	case "node22":
		bins, _ := filepath.Glob(filepath.Join(w.dir, "node22", "node_modules", "node-*", "bin"))
		dirs = append(dirs, bins...)
	case "node20":
		if node, err := exec.LookPath("node"); err == nil {
			dirs = append(dirs, filepath.Dir(node))
		}
	case "python":
		dirs = append(dirs, filepath.Join(w.dir, c.dir, ".venv", "bin"))
	}
	return strings.Join(append(dirs, filepath.Join(w.dir, c.dir, "node_modules", ".bin"), "/usr/local/bin", "/usr/bin", "/bin"), ":")
}

// run runs a command with nothing in its environment but env, ends it and its
// children after the limit, and returns what it has printed.
func run(ctx context.Context, dir string, env map[string]string, limit time.Duration, command []string) (output string, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	program, err := lookPath(command[0], env["PATH"])
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, program, command[1:]...)
	cmd.Dir = dir
	cmd.Env = []string{}
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = fmt.Errorf("ended after %s: %w", limit, ctx.Err())
	}
	return string(out), err
}

// lookPath finds a program in a PATH that is not ours.
func lookPath(program, path string) (string, error) {
	if strings.Contains(program, "/") {
		return program, nil
	}
	for _, dir := range filepath.SplitList(path) {
		file := filepath.Join(dir, program)
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			return file, nil
		}
	}
	return "", fmt.Errorf("there is no %q in %s", program, path)
}

// tail is the end of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
