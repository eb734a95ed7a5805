package tokencount

import "strings"

// Encoding is a vocabulary with its pattern.
type Encoding uint8

// The encodings. The zero value approximates what is not known.
const (
	O200K  Encoding = iota // o200k_base: GPT-4o and everything later
	CL100K                 // cl100k_base: GPT-4, GPT-3.5, embeddings
	numEncodings
)

// String returns the name that OpenAI gave the encoding.
func (e Encoding) String() string {
	return [...]string{O200K: "o200k_base", CL100K: "cl100k_base"}[e]
}

// Model says how the tokens of a model are counted.
type Model struct {
	Encoding Encoding
	// Known tells that the model is published to use this encoding. Otherwise its tokenizer
	// is not public, or another one, and the encoding approximates it.
	Known bool
	// PerMessage and PerReply are the tokens that the chat format adds to each
	// message, its role included, and once to the prompt, where that is published.
	PerMessage, PerReply int64
	// Hides tells that the model may bill reasoning that content does not show.
	Hides bool
}

// family is a row: the model of this name and all whose names go on after a
// hyphen, colon or at sign. The first row that fits counts.
type family struct {
	name string
	as   Model
}

// families are the models of which the encoding is published: in
// openai/tiktoken, tiktoken/model.py, as of version 0.12.0. gpt-oss uses
// o200k_harmony there, which differs from o200k_base in special tokens only.
//
// The tokens that the chat format adds are those of OpenAI's cookbook, "How to
// count tokens with tiktoken", section 6: three for each message and one for
// its role, and three for the reply, for GPT-3.5 Turbo, GPT-4 and GPT-4o. They
// are not published for later models, and none are added.
var families = []family{
	{"gpt-4o", Model{O200K, true, 4, 3, false}},
	{"chatgpt-4o", Model{O200K, true, 4, 3, false}},
	{"gpt-4.1", Model{O200K, true, 0, 0, false}},
	{"gpt-4.5", Model{O200K, true, 0, 0, false}},
	{"gpt-5", Model{O200K, true, 0, 0, true}},
	{"gpt-oss", Model{O200K, true, 0, 0, true}},
	{"o1", Model{O200K, true, 0, 0, true}},
	{"o3", Model{O200K, true, 0, 0, true}},
	{"o4-mini", Model{O200K, true, 0, 0, true}},
	{"gpt-4", Model{CL100K, true, 4, 3, false}},
	{"gpt-3.5-turbo-instruct", Model{CL100K, true, 0, 0, false}}, // completions, which have no messages
	{"gpt-3.5-turbo", Model{CL100K, true, 4, 3, false}},
	{"gpt-35-turbo", Model{CL100K, true, 4, 3, false}}, // as Azure spells it
	{"gpt-3.5", Model{CL100K, true, 0, 0, false}},
	{"davinci-002", Model{CL100K, true, 0, 0, false}},
	{"babbage-002", Model{CL100K, true, 0, 0, false}},
	{"text-embedding-ada-002", Model{CL100K, true, 0, 0, false}},
	{"text-embedding-3-small", Model{CL100K, true, 0, 0, false}},
	{"text-embedding-3-large", Model{CL100K, true, 0, 0, false}},
}

// Of returns how to count for a model, by its name as telemetry has it.
func Of(model string) Model {
	model = model[strings.LastIndexByte(model, '/')+1:] // what routers put before it
	model = strings.TrimPrefix(model, "ft:")
	for i := range families {
		if f := &families[i]; f.covers(model) {
			return f.as
		}
	}
	return Model{Encoding: O200K, Hides: true}
}

// covers compares without regard to case.
func (f *family) covers(model string) bool {
	n := len(f.name)
	if len(model) < n || !strings.EqualFold(model[:n], f.name) {
		return false
	}
	return len(model) == n || strings.IndexByte("-:@", model[n]) >= 0
}
