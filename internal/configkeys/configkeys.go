// Package configkeys holds a configuration to the keys and kinds of values that
// its struct has, before it is decoded. Decoding would refuse the same, but in
// terms of Go types, and without saying what is allowed. What values mean is
// checked by the configuration itself.
package configkeys

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configoptional"
)

// optional is the package of sections that mean something by being there.
var optional = reflect.TypeFor[configoptional.Optional[struct{}]]().PkgPath()

// Check compares a configuration with the struct that it is decoded into: its keys
// with those under mapstructure tags, at every level, and truth values, numbers
// and lengths of time with what can be read as such. The path is that of the
// value in the configuration, empty at the top.
func Check(path string, value any, t reflect.Type) error {
	switch t.Kind() {
	case reflect.Struct:
		return checkSection(path, value, t)
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Struct || value == nil {
			return nil
		}
		items, ok := value.([]any)
		if !ok {
			return fmt.Errorf("%smust be a list of mappings with keys among %s, not %s", prefix(path), allowed(t.Elem()), shape(value))
		}
		var errs []error
		for i, item := range items {
			errs = append(errs, Check(fmt.Sprintf("%s[%d]", path, i), item, t.Elem()))
		}
		return errors.Join(errs...)
	default:
		return checkValue(path, value, t)
	}
}

// checkValue checks a value that is no section. Texts are left to decoding: what
// stands in an environment variable is a text even where it looks like a number.
func checkValue(path string, value any, t reflect.Type) error {
	if value == nil {
		return nil
	}
	text, isText := value.(string)
	switch {
	case t == reflect.TypeFor[time.Duration]():
		if _, err := time.ParseDuration(text); isText && err != nil {
			return fmt.Errorf("%s%q is not allowed; use a number with a unit, such as 30s, 10m or 1h", prefix(path), text)
		}
	case t.Kind() == reflect.Bool:
		if _, ok := value.(bool); !ok {
			return fmt.Errorf("%s%s is not allowed; use true or false", prefix(path), written(value))
		}
	case t.Kind() == reflect.Float64:
		if kind := reflect.TypeOf(value).Kind(); kind < reflect.Int || kind > reflect.Float64 {
			return fmt.Errorf("%s%s is not allowed; use a number such as 1.85", prefix(path), written(value))
		}
	}
	return nil
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

func checkSection(path string, value any, t reflect.Type) error {
	if value == nil {
		return nil // a key without value leaves the defaults
	}
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
		errs = append(errs, Check(strings.TrimPrefix(path+"."+key, "."), section[key], field))
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
		if key, _, _ := strings.Cut(t.Field(i).Tag.Get("mapstructure"), ","); key != "" {
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
