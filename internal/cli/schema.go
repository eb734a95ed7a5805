package cli

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/config/configoptional"
)

// optional is the package of sections that mean something by being there.
var optional = reflect.TypeFor[configoptional.Optional[struct{}]]().PkgPath()

// checkKeys compares the keys of a configuration with those that a struct has
// under mapstructure tags, at every level. Decoding would refuse them too, but
// without saying which keys there are. The path is empty at the top.
func checkKeys(path string, value any, t reflect.Type) error {
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
			errs = append(errs, checkKeys(fmt.Sprintf("%s[%d]", path, i), item, t.Elem()))
		}
		return errors.Join(errs...)
	default:
		return nil // decoding checks values, and names them by their key
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
		errs = append(errs, checkKeys(strings.TrimPrefix(path+"."+key, "."), section[key], field))
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
