package clickhouse

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// fields reads the values of a row in the format TabSeparated.
type fields struct {
	values [][]byte
	err    error
}

func (f *fields) next() []byte {
	if len(f.values) == 0 {
		return nil
	}
	v := f.values[0]
	f.values = f.values[1:]
	return v
}

// fail tells what is wrong: a value, or a query that failed after its first rows,
// which says so in the place of a row.
func (f *fields) fail(v []byte) {
	if f.err = inBody(string(v)); f.err == nil {
		f.err = fmt.Errorf("an answer has %q where the ledger's schema says otherwise", v)
	}
}

func (f *fields) int64() int64 {
	v := f.next()
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		f.fail(v)
	}
	return n
}

func (f *fields) hex(dst []byte) {
	v := f.next()
	if hex.DecodedLen(len(v)) != len(dst) {
		f.fail(v)
		return
	}
	if _, err := hex.Decode(dst, v); err != nil {
		f.fail(v)
	}
}

// escapes are those of TabSeparated.
var escapes = map[byte]byte{'b': '\b', 'f': '\f', 'r': '\r', 'n': '\n', 't': '\t', '0': 0}

func (f *fields) text() string {
	v := f.next()
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v)
	}
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			out = append(out, v[i])
			continue
		}
		i++
		if c, ok := escapes[v[i]]; ok {
			out = append(out, c)
		} else {
			out = append(out, v[i])
		}
	}
	return string(out)
}

// numbers reads an array such as [1,2].
func (f *fields) numbers() (out []int64) {
	v := f.next()
	list := strings.TrimSuffix(strings.TrimPrefix(string(v), "["), "]")
	for list != "" {
		var item string
		item, list, _ = strings.Cut(list, ",")
		n, err := strconv.ParseInt(item, 10, 64)
		if err != nil {
			f.fail(v)
		}
		out = append(out, n)
	}
	return out
}

// decimals is the scale of amounts: a quantum is 1e-12.
const decimals = 12

// quanta reads a decimal into n.
func (f *fields) quanta(n *big.Int) {
	v := f.next()
	whole, fraction, _ := strings.Cut(string(v), ".")
	if len(fraction) > decimals || strings.TrimPrefix(whole, "-") == "" {
		f.fail(v)
		return
	}
	if _, ok := n.SetString(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10); !ok {
		f.fail(v)
	}
}

// quanta64 reads the amount of a call.
func (f *fields) quanta64() int64 {
	var n big.Int
	at := f.values
	f.quanta(&n)
	if !n.IsInt64() {
		f.fail(at[0])
	}
	return n.Int64()
}

// decimal writes quanta as a decimal.
func decimal(dst []byte, quanta int64) []byte {
	n := uint64(quanta)
	if quanta < 0 {
		dst, n = append(dst, '-'), -n
	}
	const unit = 1_000_000_000_000
	dst = strconv.AppendUint(dst, n/unit, 10)
	dst = append(dst, '.')
	fraction := strconv.AppendUint(nil, n%unit+unit, 10) // a one, and twelve digits
	return append(dst, fraction[1:]...)
}
