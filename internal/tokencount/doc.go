// Package tokencount counts the tokens of text as OpenAI's tokenizers do, with
// the library tiktoken-go and the vocabularies o200k_base and cl100k_base, which
// are embedded. It knows which models use them, and approximates the others
// with one of them. What telemetry the text comes from, and what a token costs,
// is decided elsewhere.
//
// The library is given pieces of bounded length, so that time and memory are
// linear in the length of the text whatever the text is. The pieces are cut
// where the tokens of the whole end, but for unbroken runs: see MaxPiece.
package tokencount
