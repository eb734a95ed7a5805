package attribution

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
)

const testKey = "a secret of this test"

// with returns options that read the given dimensions.
func with(settings map[Dimension]Setting) Options {
	o := Options{HashKey: testKey, Keys: attrkey.Under(attrkey.DefaultPrefix)}
	for d, s := range settings {
		o.Dimensions[d] = &s
	}
	return o
}

// all reads every dimension from its default keys.
func all() Options {
	settings := map[Dimension]Setting{}
	for d := range NumDimensions {
		settings[d] = Setting{}
	}
	return with(settings)
}

func reader(t testing.TB, o Options) *Reader {
	t.Helper()
	r, err := New(o)
	require.NoError(t, err)
	return r
}

func attributes(t testing.TB, raw map[string]any) pcommon.Map {
	t.Helper()
	m := pcommon.NewMap()
	require.NoError(t, m.FromRaw(raw))
	return m
}

// found returns what is read from a record and its resource, by dimension.
func found(t testing.TB, r *Reader, record, resource map[string]any) map[string]string {
	t.Helper()
	var f Found
	r.Find(attributes(t, record), attributes(t, resource), &f)
	out := map[string]string{}
	for d := range NumDimensions {
		if v, ok := f.Get(d); ok {
			out[d.String()] = v
		}
	}
	require.Len(t, out, f.Len())
	return out
}

// holding returns attributes with a value in the place of a default key.
func holding(t testing.TB, key, value string) map[string]any {
	t.Helper()
	place, _, err := parse(key)
	require.NoError(t, err)
	if place.field != "" {
		return map[string]any{place.key: `{"` + place.field + `":"` + value + `"}`}
	}
	return map[string]any{place.key: value}
}

func TestNothingIsReadUnlessConfigured(t *testing.T) {
	r, err := New(Options{Keys: attrkey.Under(attrkey.DefaultPrefix)})
	require.NoError(t, err)
	require.Nil(t, r)
	got := found(t, reader(t, with(map[Dimension]Setting{Team: {}})), map[string]any{"team.id": "search", "user.id": "u"}, nil)
	require.Equal(t, map[string]string{"team": "search"}, got)
}

func TestEveryDefaultKeyIsReadOnRecordAndResource(t *testing.T) {
	r := reader(t, all())
	for _, row := range defaults {
		want := map[string]string{row.Dimension.String(): "x"}
		require.Equal(t, want, found(t, r, holding(t, row.Key, "x"), nil), row.Key)
		require.Equal(t, want, found(t, r, nil, holding(t, row.Key, "x")), row.Key)
	}
}

func TestDefaultKeysCountInTheOrderOfTheTable(t *testing.T) {
	r := reader(t, all())
	for d := range NumDimensions {
		rows := Defaults(d)
		for i := 1; i < len(rows); i++ {
			record := holding(t, rows[i].Key, "later")
			maps.Copy(record, holding(t, rows[i-1].Key, "earlier"))
			got := found(t, r, record, nil)
			require.Equal(t, map[string]string{d.String(): "earlier"}, got, "%s before %s", rows[i-1].Key, rows[i].Key)
		}
	}
}

func TestEveryDefaultKeyStandsOnceAndHasASource(t *testing.T) {
	seen := map[string]Dimension{}
	for _, row := range defaults {
		if d, twice := seen[row.Key]; twice {
			t.Errorf("%s is read for %s and for %s", row.Key, d, row.Dimension)
		}
		seen[row.Key] = row.Dimension
		if row.Source == "" {
			t.Errorf("%s has no source", row.Key)
		}
		if _, onlyResource, err := parse(row.Key); err != nil || onlyResource {
			t.Errorf("%s could not be configured: %v", row.Key, err)
		}
	}
	for d := range NumDimensions {
		if len(Defaults(d)) == 0 {
			t.Errorf("%s has no keys", d)
		}
	}
}

func TestDefaultKeysOnTheRecordBeatThoseOnTheResource(t *testing.T) {
	r := reader(t, all())
	rows := Defaults(User)
	last := rows[len(rows)-1].Key
	got := found(t, r, map[string]any{last: "of the call"}, map[string]any{rows[0].Key: "of the process"})
	require.Equal(t, map[string]string{"user": "of the call"}, got)
}

func TestListedKeysReplaceTheDefaultsAndCountInTheirOrder(t *testing.T) {
	r := reader(t, with(map[Dimension]Setting{Customer: {From: []string{"app.customer", "app.tenant"}}}))
	require.Empty(t, found(t, r, map[string]any{"customer.id": "c"}, nil))
	require.Equal(t, map[string]string{"customer": "1"}, found(t, r, map[string]any{"app.tenant": "2", "app.customer": "1"}, nil))
	require.Equal(t, map[string]string{"customer": "1"}, found(t, r, map[string]any{"app.tenant": "2"}, map[string]any{"app.customer": "1"}))
	require.Equal(t, map[string]string{"customer": "1"}, found(t, r, map[string]any{"app.customer": "1"}, map[string]any{"app.customer": "2"}))
}

func TestAListedResourceAttributeIsNotReadFromTheRecord(t *testing.T) {
	r := reader(t, with(map[Dimension]Setting{Customer: {From: []string{`resource.attributes["tenant"]`, "tenant"}}}))
	require.Equal(t, map[string]string{"customer": "trusted"}, found(t, r, map[string]any{"tenant": "sent"}, map[string]any{"tenant": "trusted"}))
	require.Equal(t, map[string]string{"customer": "sent"}, found(t, r, map[string]any{"tenant": "sent"}, nil))
	only := reader(t, with(map[Dimension]Setting{Customer: {From: []string{`resource.attributes["tenant"]`}}}))
	require.Empty(t, found(t, only, map[string]any{"tenant": "sent"}, nil))
}

func TestOneKeyCanStandForTwoDimensions(t *testing.T) {
	r := reader(t, with(map[Dimension]Setting{Customer: {From: []string{"tenant"}}, Team: {From: []string{"tenant", "tenant"}}}))
	require.Equal(t, map[string]string{"customer": "a", "team": "a"}, found(t, r, map[string]any{"tenant": "a"}, nil))
}

func TestNumbersAndBooleansAreReadAsText(t *testing.T) {
	r := reader(t, with(map[Dimension]Setting{Team: {}, Feature: {}}))
	got := found(t, r, map[string]any{"app.feature": true}, map[string]any{"cursor.team.id": 4242})
	require.Equal(t, map[string]string{"team": "4242", "feature": "true"}, got)
}

func TestValuesThatAreNoIdentifiersCountAsAbsent(t *testing.T) {
	r := reader(t, with(map[Dimension]Setting{User: {}}))
	for name, value := range map[string]any{
		"empty":    "",
		"too long": strings.Repeat("x", MaxValue+1),
		"lines":    "two\nlines",
		"double":   4.2,
		"list":     []any{"u"},
		"map":      map[string]any{"id": "u"},
		"bytes":    []byte("u"),
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, found(t, r, map[string]any{"user.id": value}, nil))
			require.Equal(t, map[string]string{"user": "next"}, found(t, r, map[string]any{"user.id": value, "enduser.id": "next"}, nil))
		})
	}
	longest := strings.Repeat("é", MaxValue/2)
	require.Equal(t, map[string]string{"user": longest}, found(t, r, map[string]any{"user.id": longest}, nil))
}

// The expected value is what openssl dgst -sha256 -hmac prints, cut to 32 digits.
func TestHashesAreKeyedStableAndReproducible(t *testing.T) {
	o := with(map[Dimension]Setting{User: {Hash: true}, Customer: {Hash: true}, Team: {}})
	record := map[string]any{"user.id": "jane@example.com", "customer.id": "jane@example.com", "team.id": "search"}
	got := found(t, reader(t, o), record, nil)
	mac := hmac.New(sha256.New, []byte(testKey))
	mac.Write([]byte("jane@example.com"))
	want := hex.EncodeToString(mac.Sum(nil))[:32]
	require.Equal(t, map[string]string{"user": want, "customer": want, "team": "search"}, got)
	require.Equal(t, got, found(t, reader(t, o), record, nil), "another replica with the same key")
	o.HashKey = "another secret of this test"
	require.NotEqual(t, want, found(t, reader(t, o), record, nil)["user"])
}

func TestANumberAndItsTextHaveTheSameHash(t *testing.T) {
	r := reader(t, with(map[Dimension]Setting{User: {Hash: true}}))
	require.Equal(t, found(t, r, map[string]any{"user.id": 17}, nil), found(t, r, map[string]any{"user.id": "17"}, nil))
}

func TestHashesNeedAKeyThatCannotBeGuessed(t *testing.T) {
	for _, key := range []string{"", "short"} {
		o := with(map[Dimension]Setting{User: {Hash: true}})
		o.HashKey = key
		_, err := New(o)
		require.ErrorContains(t, err, fmt.Sprintf("hash_key: has %d bytes; use at least 16", len(key)))
		if key != "" {
			require.NotContains(t, err.Error(), key, "a key is never printed")
		}
	}
}

func TestPlacesThatAreNoneAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   `from: "" is not allowed`,
		"two words":                          `from: "two words" is not allowed`,
		`attributes["a"]`:                    `use an attribute key such as app.team`,
		`resource.attributes["a"`:            `resource.attributes["app.team"]`,
		`resource.attributes[""]`:            "is not allowed",
		`resource.attributes["a"]]`:          "is not allowed",
		"gen_ai.input.messages":              "recorded content",
		"gen_ai.prompt.0.content":            "recorded content",
		"llm.input_messages.0.x":             "recorded content",
		`resource.attributes["input.value"]`: "recorded content",
	} {
		_, err := New(with(map[Dimension]Setting{Team: {From: []string{text}}}))
		require.ErrorContains(t, err, want, text)
		require.ErrorContains(t, err, "team: ")
	}
	_, err := New(with(map[Dimension]Setting{Feature: {From: []string{"gen_ai.prompt.name", "ai.prompts_of_ours"}}}))
	require.NoError(t, err)
}

func TestFieldsOfObjectsAreReadFromJSONAndMaps(t *testing.T) {
	r := reader(t, with(map[Dimension]Setting{Team: {}, User: {}, Customer: {From: []string{`app["owner"]`, `resource.attributes["tenant"]["id"]`}}}))
	for name, metadata := range map[string]any{
		"JSON":         ` {"user_id" : "jane", "team":17 ,"nested":{"team":"no"}, "list":["team", {"user_id":"no"}] } `[1:],
		"a map":        map[string]any{"user_id": "jane", "team": 17, "nested": map[string]any{"team": "no"}},
		"listed first": `{"user_id":"jane","user_id":"joe","team":17}`,
	} {
		require.Equal(t, map[string]string{"team": "17", "user": "jane"}, found(t, r, map[string]any{"metadata": metadata}, nil), name)
	}
	require.Equal(t, map[string]string{"customer": "acme"}, found(t, r, map[string]any{"tenant": `{"id":"forged"}`}, map[string]any{"tenant": `{"id":"acme"}`}))
	require.Equal(t, map[string]string{"customer": "true"}, found(t, r, map[string]any{"app": `{"owner":true}`}, map[string]any{"tenant": `{"id":"acme"}`}))
}

func TestFieldsThatNameNobodyCountAsAbsent(t *testing.T) {
	r := reader(t, with(map[Dimension]Setting{User: {}}))
	for _, metadata := range []string{
		"", "{}", "{", "jane", `["user_id"]`, `{"user_id":"jane"`, `{"user_id":"jane"}}`, `{"user_id":""}`, `{"user_id":null}`, `{"user_id":1.5}`, `{"user_id":-}`,
		`{"user_id":["jane"]}`, `{"user_id":{"id":"jane"}}`, `{"user_id":"a\nb"}`, `{"user\u005fid":"jane"}`, `{"x":{"user_id":"jane"}}`, `{"user_id":92233720368547758080}`,
		`{"user_id":"` + strings.Repeat("x", MaxValue+1) + `"}`, `{"user_id":"jane","text":"` + strings.Repeat("x", MaxObject) + `"}`, "{'user_id': 'jane'}",
	} {
		require.Empty(t, found(t, r, map[string]any{"metadata": metadata}, nil), metadata)
		require.Equal(t, map[string]string{"user": "next"}, found(t, r, map[string]any{"metadata": metadata, "enduser.pseudo.id": "next"}, nil), metadata)
	}
}

func TestResultsAreNoSource(t *testing.T) {
	o := with(map[Dimension]Setting{Team: {From: []string{"cost.team"}}})
	reader(t, o)
	o.Keys = attrkey.Under("cost")
	_, err := New(o)
	require.ErrorContains(t, err, `team: from: "cost.team" is a result`)
}

func TestWhatStandsThereIsKept(t *testing.T) {
	r := reader(t, all())
	attrs := attributes(t, map[string]any{"team.id": "search", "user.id": "u", "token_cost.team": "earlier"})
	var f Found
	r.Find(attrs, pcommon.NewMap(), &f)
	for range 2 { // and writing again changes nothing
		r.Write(&f, attrs)
		require.Equal(t, map[string]any{"team.id": "search", "user.id": "u", "token_cost.team": "earlier", "token_cost.user": "u"}, attrs.AsRaw())
	}
}

func TestWhatWasFoundBeforeIsForgotten(t *testing.T) {
	r := reader(t, all())
	var f Found
	r.Find(attributes(t, map[string]any{"team.id": "search"}), pcommon.NewMap(), &f)
	r.Find(attributes(t, map[string]any{"user.id": "u"}), pcommon.NewMap(), &f)
	require.Equal(t, 1, f.Len())
	_, ok := f.Get(Team)
	require.False(t, ok)
}

func TestAReaderIsSafeForConcurrentUse(t *testing.T) {
	r := reader(t, with(map[Dimension]Setting{User: {Hash: true}}))
	want := found(t, r, map[string]any{"user.id": "u"}, nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if got := found(t, r, map[string]any{"user.id": "u"}, nil); got["user"] != want["user"] {
					t.Errorf("%v and %v", got, want)
				}
			}
		})
	}
	wg.Wait()
}

// FuzzFind checks what holds for any value: it is read whole or not at all.
func FuzzFind(f *testing.F) {
	f.Add("user.id", "u", "enduser.id", "e", true)
	f.Add("user.id", "", "user.id", "x\x00", false)
	f.Add("metadata", `{"user_id":"u","team":17,"x":[{"y":null}]}`, "metadata", `{"user_id":"\\"}`, false)
	f.Add("team.id", "a\xffb", "resource", strings.Repeat("z", 300), false)
	plain, err := New(all())
	require.NoError(f, err)
	o := all()
	o.Dimensions[User].Hash = true
	hashing, err := New(o)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, key1, value1, key2, value2 string, onResource bool) {
		record, resource := pcommon.NewMap(), pcommon.NewMap()
		record.PutStr(key1, value1)
		if onResource {
			resource.PutStr(key2, value2)
		} else {
			record.PutStr(key2, value2)
		}
		var a, b Found
		plain.Find(record, resource, &a)
		hashing.Find(record, resource, &b)
		require.Equal(t, a.set, b.set)
		for d := range NumDimensions {
			v, ok := a.Get(d)
			if ok && (v == "" || len(v) > MaxValue || !strings.Contains(value1, v) && !strings.Contains(value2, v)) {
				t.Errorf("%s: %q is no value of the record", d, v)
			}
			h, _ := b.Get(d)
			if hashed := len(h) == 32 && h != v; ok && hashed != (d == User) {
				t.Errorf("%s: %q for %q", d, h, v)
			}
		}
		before := record.Len()
		plain.Write(&a, record)
		require.LessOrEqual(t, record.Len(), before+a.Len())
	})
}
