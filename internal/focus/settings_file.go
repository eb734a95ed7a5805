package focus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// decode reads a file of settings in YAML, which has no other keys than what it is
// read into. An empty file leaves everything unset.
func decode(data []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	err := dec.Decode(into)
	var mistakes *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case !errors.As(err, &mistakes):
		return err
	}
	var errs []error
	for _, text := range mistakes.Errors {
		errs = append(errs, withoutTypes(text))
	}
	return errors.Join(errs...)
}

var (
	unknownField = regexp.MustCompile(`^line (\d+): field (.*) not found in type `)
	wrongKind    = regexp.MustCompile("^line (\\d+): cannot unmarshal !!(\\w+)(?: `(.*)`)? into ")
	kindNames    = map[string]string{"map": "a mapping", "seq": "a list"}
)

// withoutTypes words a mistake without the type that it does not fit, which only
// the source code has.
func withoutTypes(text string) error {
	if m := unknownField.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("line %s: %q is not a known key", m[1], m[2])
	}
	if m := wrongKind.FindStringSubmatch(text); m != nil {
		value := kindNames[m[2]]
		if value == "" {
			value = fmt.Sprintf("%q", m[3])
		}
		return fmt.Errorf("line %s: %s is no value of the kind that its key has", m[1], value)
	}
	return errors.New(text)
}
