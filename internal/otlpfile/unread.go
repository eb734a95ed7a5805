package otlpfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// unread says that an object cannot be read as a signal, and where. It takes
// nothing over from the error of the JSON reader, because that quotes the
// input, and prompts and completions must never reach a log.
func unread(obj []byte, signal string, err error) error {
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(obj, new(json.RawMessage)), &syntax) {
		return fmt.Errorf("is no JSON object of %s: the syntax breaks near byte %d of the object", signal, syntax.Offset)
	}
	const problem = "is no OTLP JSON of %s: a value%s is not of the type or form that its field has"
	if at, ok := position(obj, err); ok {
		return fmt.Errorf(problem, signal, fmt.Sprintf(" near byte %d of the object", at))
	}
	return fmt.Errorf(problem, signal, "")
}

// around is how many bytes of the input, on either side of where it stopped,
// the JSON reader under pdata quotes in its errors. It tells the position in no
// other way.
const around = 50

// position finds where the JSON reader stopped, counted from 1, by the piece of
// input that ends its message. A piece that the object has twice is taken for
// the first: what stopped the reader there would have stopped it here. Objects
// that are quoted whole have no position; they are shorter than two pieces.
func position(obj []byte, err error) (int, bool) {
	text, ended := strings.CutSuffix(err.Error(), "|...")
	_, quoted, found := strings.Cut(text, "bigger context ...|")
	piece := []byte(quoted)
	if !ended || !found || len(piece) == 0 || len(piece) == len(obj) {
		return 0, false
	}
	if len(piece) < 2*around && bytes.HasPrefix(obj, piece) { // it stopped so early that less stands before
		return max(len(piece)-around, 1), true
	}
	i := bytes.Index(obj, piece)
	return i + around, i >= 0
}
