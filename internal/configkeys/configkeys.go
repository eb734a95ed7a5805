// Package configkeys holds a configuration to the keys and kinds of values that
// its struct has, before it is decoded. Decoding would refuse the same, but in
// terms of Go types, and without saying what is allowed. What values mean is
// checked by the configuration itself.
package configkeys

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
)

// optional is the package of sections that mean something by being there.
var optional = reflect.TypeFor[configoptional.Optional[struct{}]]().PkgPath()

// Decode decodes a configuration into a pointer to its struct, if Check finds nothing wrong.
func Decode(conf *confmap.Conf, to any) error {
	t, section := reflect.TypeOf(to).Elem(), conf.ToStringMap()
	if err := Check("", section, t); err != nil {
		return err
	}
	err := conf.Unmarshal(to)
	if err == nil {
		return nil
	}
	if own := new(noText); errors.As(err, own) { // a struct that decodes itself is decoded within
		return *own
	}
	// What stands in an environment variable is a text even where it looks like a number, which
	// only the decoder knows. So a number is no text where the decoder says so, and is not
	// written: it can be part of a secret.
	if found := (&checker{refused: err.Error()}).check("", section, t); found != nil {
		return noText{found}
	}
	return err
}

// noText is an error about texts that are none.
type noText struct{ error }

// Check compares a configuration with the struct that it is decoded into: its keys
// with those under mapstructure tags, at every level, and values with what can be
// read as such. The path is that of the value in the configuration, empty at the top.
func Check(path string, value any, t reflect.Type) error {
	return (&checker{}).check(path, value, t)
}

// checker checks values.
type checker struct {
	refused string // what the decoder said, which alone knows what is a text
}

func (c *checker) check(path string, value any, t reflect.Type) error {
	switch {
	case value == nil:
		return nil // a key without value leaves the defaults
	case t.Kind() == reflect.Pointer:
		return c.check(path, value, t.Elem())
	case reflect.PointerTo(t).Implements(fromText):
		return c.checkText(path, value, t)
	case t.Kind() == reflect.Struct:
		return c.checkSection(path, value, t)
	case t.Kind() == reflect.Slice:
		return c.checkList(path, value, t.Elem())
	}
	if use := mistake(value, t); use != "" {
		return fmt.Errorf("%s%s is not allowed; use %s", prefix(path), written(value), use)
	}
	if _, isText := value.(string); t.Kind() == reflect.String && !isText && strings.Contains(c.refused, "'"+path+"'") {
		return fmt.Errorf("%smust be a text; put it in quotes if it looks like something else", prefix(path))
	}
	return nil
}

var fromText = reflect.TypeFor[encoding.TextUnmarshaler]()

// checkText checks a value of a type that reads texts itself, and says itself what is wrong with one.
func (c *checker) checkText(path string, value any, t reflect.Type) error {
	text, ok := value.(string)
	switch {
	case ok:
		if err := reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("%s%w", prefix(path), err)
		}
	case t.Kind() == reflect.Struct:
		return fmt.Errorf("%s%s is not allowed; use a text", prefix(path), written(value))
	default:
		if use := mistake(value, t); use != "" {
			return fmt.Errorf("%s%s is not allowed; use %s", prefix(path), written(value), use)
		}
	}
	return nil
}

func (c *checker) checkList(path string, value any, of reflect.Type) error {
	if _, ok := value.(string); ok && of.Kind() == reflect.String {
		return nil // texts between commas
	}
	items := reflect.ValueOf(value)
	if items.Kind() != reflect.Slice {
		what := map[reflect.Kind]string{reflect.String: "texts", reflect.Float64: "numbers"}[of.Kind()]
		if of.Kind() == reflect.Struct {
			what = "mappings with keys among " + allowed(of)
		}
		return fmt.Errorf("%smust be a list of %s, not %s", prefix(path), cmp.Or(what, "values"), shape(value))
	}
	var errs []error
	for i := range items.Len() {
		errs = append(errs, c.check(fmt.Sprintf("%s[%d]", path, i), items.Index(i).Interface(), of))
	}
	return errors.Join(errs...)
}

// mistake returns what a value that is neither list nor section should be, if it is something else.
func mistake(value any, t reflect.Type) string {
	text, isText := value.(string)
	kind := reflect.TypeOf(value).Kind()
	switch {
	case t == reflect.TypeFor[time.Duration]():
		if _, err := time.ParseDuration(text); isText && err != nil || !isText && !isNumber(kind) {
			return "a number with a unit, such as 30s, 10m or 1h"
		}
	case t.Kind() == reflect.Bool:
		if kind != reflect.Bool {
			return "true or false"
		}
	case t.Kind() == reflect.Float64:
		if !isNumber(kind) {
			return "a number such as 1.85"
		}
	case isNumber(t.Kind()):
		return notWhole(value, t)
	case t.Kind() == reflect.String:
		if kind == reflect.Slice || kind == reflect.Map {
			return "a text"
		}
	}
	return ""
}

func isNumber(kind reflect.Kind) bool { return kind >= reflect.Int && kind <= reflect.Float64 }

// notWhole returns what a number should be, if it is none that an integer type has. Decoding
// would cut off what is behind a point, and bits of what is too large.
func notWhole(value any, t reflect.Type) string {
	whole, ok := new(big.Float).SetString(fmt.Sprint(value))
	bits, low := t.Bits(), new(big.Float)
	use := "a whole number, not below 0"
	if t.Kind() < reflect.Uint {
		bits, use = bits-1, "a whole number"
		low.SetMantExp(big.NewFloat(-1), bits)
	}
	high := new(big.Float).SetMantExp(big.NewFloat(1), bits)
	if ok && isNumber(reflect.TypeOf(value).Kind()) && whole.IsInt() && whole.Cmp(low) >= 0 && whole.Cmp(high) < 0 {
		return ""
	}
	return use
}

// written writes a value as a message names it.
func written(value any) string {
	switch value := value.(type) {
	case string:
		return fmt.Sprintf("%q", value)
	case map[string]any, map[any]any, []any:
		return shape(value)
	default:
		return fmt.Sprint(value)
	}
}

func (c *checker) checkSection(path string, value any, t reflect.Type) error {
	section, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("%smust be a mapping with keys among %s, not %s", prefix(path), allowed(t), shape(value))
	}
	fields := keysOf(t)
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(section)) {
		field, known := fields[key]
		if !known {
			errs = append(errs, fmt.Errorf("%s%q is no key of the configuration; allowed: %s", prefix(path), key, allowed(t)))
			continue
		}
		errs = append(errs, c.check(strings.TrimPrefix(path+"."+key, "."), section[key], field))
	}
	return errors.Join(errs...)
}

// keysOf returns the types of a struct's fields by their keys. An optional
// section has those of the section itself, and enabled, which the Collector
// lets users switch it off with.
func keysOf(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	if t.PkgPath() == optional {
		get, _ := reflect.PointerTo(t).MethodByName("Get")
		keys = keysOf(get.Type.Out(0).Elem())
		keys["enabled"] = reflect.TypeFor[bool]()
		return keys
	}
	for i := range t.NumField() {
		switch key, option, _ := strings.Cut(t.Field(i).Tag.Get("mapstructure"), ","); {
		case option == "squash":
			maps.Copy(keys, keysOf(t.Field(i).Type))
		case key != "":
			keys[key] = t.Field(i).Type
		}
	}
	return keys
}

func allowed(t reflect.Type) string {
	return strings.Join(slices.Sorted(maps.Keys(keysOf(t))), ", ")
}

func prefix(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}

// shape says what kind of YAML a value is.
func shape(value any) string {
	switch value.(type) {
	case map[string]any:
		return "a mapping"
	case map[any]any:
		return "a mapping with keys that are no text"
	case []any:
		return "a list"
	default:
		return "a single value"
	}
}
