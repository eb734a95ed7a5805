package inventory

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Source is how a call was seen.
type Source uint8

// The sources.
const (
	GenAI Source = 1 + iota // a priced call
	HTTP                    // a client span to the host of an AI API
)

// String returns the value of the attribute token_cost.source.
func (s Source) String() string { return [...]string{"", "genai", "http"}[s] }

// ID is what an entry is about. Of model and host, calls have the first and
// requests the second.
type ID struct {
	Source                         Source
	Service, Provider, Model, Host string
}

// Record is an entry as it is stored.
type Record struct {
	Source   string `json:"source"`
	Service  string `json:"service,omitempty"`
	Provider string `json:"provider,omitempty"`
	Model    string `json:"model,omitempty"`
	Host     string `json:"host,omitempty"`
	First    int64  `json:"first"` // seconds since 1970
	Last     int64  `json:"last"`
}

// NewRecord returns the record of an entry.
func NewRecord(id *ID, first, last time.Time) Record {
	return Record{id.Source.String(), id.Service, id.Provider, id.Model, id.Host, first.Unix(), last.Unix()}
}

// Entry returns what is recorded. A record of no known source has none.
func (r *Record) Entry() (id ID, first, last time.Time, ok bool) {
	id = ID{Service: r.Service, Provider: r.Provider, Model: r.Model, Host: r.Host}
	for s := GenAI; s <= HTTP; s++ {
		if s.String() == r.Source {
			id.Source = s
		}
	}
	return id, time.Unix(r.First, 0), time.Unix(r.Last, 0), id.Source != 0
}

// ErrStored is wrapped by the error of a stored list that cannot be read.
var ErrStored = errors.New("the stored inventory cannot be read")

// Encode writes records for storage.
func Encode(records []Record) ([]byte, error) { return json.Marshal(records) }

// Decode reads what Encode wrote.
func Decode(b []byte) (records []Record, err error) {
	if len(b) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(b, &records); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStored, err)
	}
	return records, nil
}
