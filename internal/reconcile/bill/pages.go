package bill

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// page is what all cost and usage APIs answer: buckets of time with results.
type page struct {
	Data    *[]bucket `json:"data"`
	HasMore bool      `json:"has_more"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// bucket is a span of time: of OpenAI in seconds since 1970, of Anthropic as instants.
type bucket struct {
	StartTime  *int64            `json:"start_time"`
	EndTime    *int64            `json:"end_time"`
	StartingAt *string           `json:"starting_at"`
	EndingAt   *string           `json:"ending_at"`
	Results    []json.RawMessage `json:"results"`
}

// readPages reads one or more pages, and passes each result with its time.
func (b *Bill) readPages(r io.Reader, result func(start, end int64, raw json.RawMessage) error) error {
	decoder := json.NewDecoder(r)
	for n := 1; ; n++ {
		var p page
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) && n > 1 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("page %d: is no JSON of a usage or cost API: %w", n, err)
		}
		if p.Error != nil {
			return fmt.Errorf("page %d is an error, not a bill: %s", n, cut(p.Error.Message))
		}
		if p.Data == nil {
			return fmt.Errorf("page %d has no data: it is no answer of a usage or cost API", n)
		}
		b.more, b.last = b.more || p.HasMore, b.last || !p.HasMore
		for i := range *p.Data {
			if err := b.readBucket(&(*p.Data)[i], result); err != nil {
				return fmt.Errorf("page %d, data[%d]: %w", n, i, err)
			}
		}
	}
}

func (b *Bill) readBucket(k *bucket, result func(start, end int64, raw json.RawMessage) error) error {
	start, end, err := k.times()
	if err != nil {
		return err
	}
	if end <= start {
		return fmt.Errorf("ends at %d, before it starts at %d", end, start)
	}
	b.covers(start, end)
	for j, raw := range k.Results {
		if err := result(start, end, raw); err != nil {
			return fmt.Errorf("results[%d]: %w", j, err)
		}
	}
	return nil
}

func (k *bucket) times() (start, end int64, err error) {
	switch {
	case k.StartTime != nil && k.EndTime != nil:
		_, startErr := checkTime(*k.StartTime, fmt.Sprint(*k.StartTime))
		_, endErr := checkTime(*k.EndTime, fmt.Sprint(*k.EndTime))
		return *k.StartTime, *k.EndTime, errors.Join(startErr, endErr)
	case k.StartingAt != nil && k.EndingAt != nil:
		start, startErr := parseTime(*k.StartingAt)
		end, endErr := parseTime(*k.EndingAt)
		return start, end, errors.Join(startErr, endErr)
	}
	return 0, 0, errors.New("has no start_time and end_time, or starting_at and ending_at")
}
