// Package distbuilder builds a Collector distribution from its ocb manifest and
// tells how far it is. ocb does the generating and the checking of versions; the
// compiler is run here, because ocb is silent while it compiles.
package distbuilder

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/progress"
)

// Options say what to build.
type Options struct {
	Manifest string    // the ocb manifest; paths in it are relative to the current directory
	OCB      string    // the builder's executable
	Output   string    // the binary to write
	Progress io.Writer // where progress is shown
}

// manifest is the part of an ocb manifest that is needed here.
type manifest struct {
	Dist struct {
		Name       string `yaml:"name"`
		OutputPath string `yaml:"output_path"`
	} `yaml:"dist"`
}

// Build generates the sources of the distribution and compiles them.
func Build(ctx context.Context, o Options) error {
	m, err := readManifest(o.Manifest)
	if err != nil {
		return err
	}
	if err := generate(ctx, o, m); err != nil {
		return fmt.Errorf("generate %s from %s: %w", m.Dist.Name, o.Manifest, err)
	}
	output, err := filepath.Abs(o.Output)
	if err != nil {
		return fmt.Errorf("output %s: %w", o.Output, err)
	}
	if err := compile(ctx, o, m, output); err != nil {
		return fmt.Errorf("compile %s: %w", m.Dist.Name, err)
	}
	return nil
}

func readManifest(file string) (manifest, error) {
	var m manifest
	b, err := os.ReadFile(file)
	if err != nil {
		return m, fmt.Errorf("read manifest: %w", err)
	}
	if err := yaml.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("read manifest %s: %w", file, err)
	}
	if m.Dist.Name == "" || m.Dist.OutputPath == "" {
		return m, fmt.Errorf("manifest %s: dist.name and dist.output_path must be set", file)
	}
	return m, nil
}

// generate runs ocb, which also resolves and fetches modules: on an empty module
// cache that is most of its time, so the modules that arrive are counted.
func generate(ctx context.Context, o Options, m manifest) error {
	// ocb makes the last element of the path only.
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(m.Dist.OutputPath)), 0o755); err != nil {
		return err
	}
	task := progress.Start(o.Progress, "Resolving modules of "+m.Dist.Name, 0)
	stop := countModules(ctx, task)
	var log bytes.Buffer
	ocb := exec.CommandContext(ctx, o.OCB, "--config", o.Manifest, "--skip-compilation")
	ocb.Stdout, ocb.Stderr = &log, &log
	err := ocb.Run()
	fetched := stop()
	if err != nil {
		task.Fail()
		return fmt.Errorf("%s: %w\n%s", o.OCB, err, log.Bytes())
	}
	task.Done(fmt.Sprintf("%d fetched", fetched))
	return nil
}

// countModules shows how many modules were fetched into the module cache, until
// stop is called, which returns their number.
func countModules(ctx context.Context, task *progress.Task) (stop func() int64) {
	dir := moduleCache(ctx)
	before := modulesIn(dir)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(2 * time.Second)
		defer ticks.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticks.C:
				task.Set(modulesIn(dir) - before)
				task.Note("modules fetched")
			}
		}
	}()
	return func() int64 {
		close(done)
		<-ended
		return modulesIn(dir) - before
	}
}

func moduleCache(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE").Output()
	if err != nil {
		return "" // then nothing is counted; ocb will say what is wrong with go
	}
	return filepath.Join(strings.TrimSpace(string(out)), "cache", "download")
}

func modulesIn(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".zip" {
			n++
		}
		return nil
	})
	return n
}

// flags of the go command for the distribution, the same as ocb's own.
var flags = []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w"}

func compile(ctx context.Context, o Options, m manifest, output string) error {
	stale, err := stalePackages(ctx, m.Dist.OutputPath)
	if err != nil {
		return err
	}
	task := progress.Start(o.Progress, "Compiling "+m.Dist.Name, int64(stale))
	build := goCommand(ctx, m.Dist.OutputPath, append([]string{"build", "-v", "-o", output}, flags...)...)
	pipe, err := build.StderrPipe()
	if err != nil {
		task.Fail()
		return err
	}
	if err := build.Start(); err != nil {
		task.Fail()
		return err
	}
	complaints := follow(pipe, task, stale)
	if err := build.Wait(); err != nil {
		task.Fail()
		return fmt.Errorf("go build: %w\n%s", err, complaints)
	}
	task.Done(o.Output)
	return nil
}

// follow counts the packages that `go build -v` names, and returns everything
// else that it says.
func follow(pipe io.Reader, task *progress.Task, packages int) (complaints []byte) {
	lines, seen := bufio.NewScanner(pipe), 0
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.ContainsAny(line, " \t:") {
			complaints = append(complaints, line+"\n"...)
			continue
		}
		task.Add(1)
		if seen++; seen < packages {
			task.Note(short(line))
		} else {
			task.Note("linking")
		}
	}
	if err := lines.Err(); err != nil {
		complaints = append(complaints, err.Error()...)
		_, _ = io.Copy(io.Discard, pipe)
	}
	return complaints
}

// short leaves the last two elements of an import path.
func short(path string) string {
	elements := strings.Split(path, "/")
	return strings.Join(elements[max(0, len(elements)-2):], "/")
}

// stalePackages counts the packages that the compiler has to be run for.
func stalePackages(ctx context.Context, dir string) (int, error) {
	list := goCommand(ctx, dir, append([]string{"list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"}, flags...)...)
	out, err := list.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return 0, fmt.Errorf("go list: %w\n%s", err, exit.Stderr)
		}
		return 0, fmt.Errorf("go list: %w", err)
	}
	return len(strings.Fields(string(out))), nil
}

func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	return c
}
