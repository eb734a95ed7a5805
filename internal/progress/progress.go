// Package progress tells a person how far a long task is: a bar on a terminal,
// a line every few seconds elsewhere, so that logs show it too.
package progress

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"
	"golang.org/x/term"
)

// LineEvery is the time between lines where there is no terminal.
const LineEvery = 5 * time.Second

// Task is one task under way. Its methods may be called from any goroutine.
type Task struct {
	done  atomic.Int64
	note  atomic.Pointer[string]
	total int64
	end   func(message string, failed bool)
	once  sync.Once
}

// Start shows a task of total steps, or of an unknown number if total is 0.
func Start(out io.Writer, title string, total int64) *Task {
	t := &Task{total: total}
	t.Note("")
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		t.end = t.showBar(out, title)
	} else {
		t.end = t.printLines(out, title)
	}
	return t
}

// Add tells that n more steps are done.
func (t *Task) Add(n int64) { t.done.Add(n) }

// Set tells that n steps are done.
func (t *Task) Set(n int64) { t.done.Store(n) }

// Note says what is being done now, in a few words, or, where the total is
// unknown, what is counted.
func (t *Task) Note(note string) { t.note.Store(&note) }

// Done ends the task with what came of it. Later calls of Done and Fail do nothing.
func (t *Task) Done(result string) { t.once.Do(func() { t.end(result, false) }) }

// Fail ends the task as failed; the caller reports the error.
func (t *Task) Fail() { t.once.Do(func() { t.end("failed", true) }) }

func (t *Task) showBar(out io.Writer, title string) func(string, bool) {
	w := progress.NewWriter()
	w.SetOutputWriter(out)
	w.SetUpdateFrequency(100 * time.Millisecond)
	w.SetTrackerLength(30)
	w.SetMessageLength(44)
	w.SetStyle(progress.StyleBlocks)
	w.Style().Visibility.Percentage = t.total > 0
	w.Style().Visibility.Value = t.total > 0
	bar := &progress.Tracker{Message: title, Total: t.total, AutoStopDisabled: true}
	w.AppendTracker(bar)
	rendered, stop := make(chan struct{}), make(chan struct{})
	go func() {
		w.Render()
		close(rendered)
	}()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticks := time.NewTicker(100 * time.Millisecond)
		defer ticks.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticks.C:
				bar.SetValue(t.done.Load())
				bar.UpdateMessage(joined(title, *t.note.Load()))
			}
		}
	}()
	return func(result string, failed bool) {
		close(stop)
		<-ended
		bar.UpdateMessage(joined(title, result))
		if failed {
			bar.MarkAsErrored()
		} else {
			bar.SetValue(t.done.Load())
			bar.MarkAsDone()
		}
		w.Stop()
		<-rendered
	}
}

func (t *Task) printLines(out io.Writer, title string) func(string, bool) {
	began := time.Now()
	stop, ended := make(chan struct{}), make(chan struct{})
	fmt.Fprintf(out, "%s …\n", title)
	go func() {
		defer close(ended)
		ticks := time.NewTicker(LineEvery)
		defer ticks.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticks.C:
				fmt.Fprintln(out, t.line(title, time.Since(began)))
			}
		}
	}()
	return func(result string, _ bool) {
		close(stop)
		<-ended
		fmt.Fprintf(out, "%s (%s)\n", joined(title, result), time.Since(began).Round(100*time.Millisecond))
	}
}

func (t *Task) line(title string, elapsed time.Duration) string {
	s := fmt.Sprintf("%s: %d", title, t.done.Load())
	note := *t.note.Load()
	if t.total > 0 {
		s += fmt.Sprintf(" of %d (%d%%)", t.total, 100*t.done.Load()/t.total)
		if note != "" {
			note = ", " + note
		}
	} else if note != "" {
		note = " " + note
	}
	s += note
	return s + fmt.Sprintf(", %s", elapsed.Round(time.Second))
}

func joined(title, note string) string {
	if note == "" {
		return title
	}
	return title + ": " + note
}
