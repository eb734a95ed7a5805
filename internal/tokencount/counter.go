package tokencount

import (
	"fmt"
	"strings"
	"sync"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
)

// Count returns the number of tokens of a text, which is at most its length in
// bytes. Markup of special tokens, such as <|endoftext|>, is counted as the
// text that it is, and bytes that are no UTF-8 as one sign. The only error is a
// broken vocabulary. It may be called from any number of goroutines.
func Count(e Encoding, text string) (int64, error) {
	encoder, err := encoders[e]()
	if err != nil {
		return 0, err
	}
	var n int64
	for piece := range pieces(text) {
		n += int64(len(encoder.EncodeOrdinary(strings.ToValidUTF8(piece, "?"))))
	}
	return n, nil
}

// encoders are shared by the whole process and made when one is first used.
// The library keeps vocabularies too, but makes an encoder anew each time.
var encoders = [numEncodings]func() (*tiktoken.Tiktoken, error){
	O200K:  sync.OnceValues(func() (*tiktoken.Tiktoken, error) { return load(O200K) }),
	CL100K: sync.OnceValues(func() (*tiktoken.Tiktoken, error) { return load(CL100K) }),
}

// offline has the library read the vocabularies that come with the program,
// instead of downloading them. The library has one loader for the process.
var offline = sync.OnceFunc(func() { tiktoken.SetBpeLoader(loader.NewOfflineLoader()) })

func load(e Encoding) (*tiktoken.Tiktoken, error) {
	offline()
	encoder, err := tiktoken.GetEncoding(e.String())
	if err != nil {
		return nil, fmt.Errorf("vocabulary %s: %w", e, err)
	}
	return encoder, nil
}
