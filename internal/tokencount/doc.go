// Package tokencount counts the tokens of text as OpenAI's tokenizers do, with
// the vocabularies o200k_base and cl100k_base, which are embedded. It knows
// which models use them, and approximates the others with one of them. Time
// and memory are linear in the length of the text whatever the text is; what
// telemetry the text comes from, and what a token costs, is decided elsewhere.
//
// Text is split into pieces as the vocabulary's pattern says, by hand instead
// of by a regular expression, and pieces that are no token are merged by byte
// pairs. The result is that of tiktoken, but for pieces of more than MaxPiece
// bytes, which are merged in parts: see MaxPiece.
package tokencount
