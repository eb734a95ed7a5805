package content

// member says how a member of a JSON object is read.
type member struct {
	as   handling
	rank uint8 // of the members that say the same in two ways, the lowest is read
	ask  bool  // it is part of what is asked, and only repeated in an answer
}

// handling says what becomes of a value.
type handling uint8

const (
	ignore   handling = iota
	walk              // strings are text, objects and arrays are walked
	lists             // as walk, for arrays only
	call              // strings are text, arrays are walked, objects are given to the model as they are
	verbatim          // given to the model as it is
	name              // text, beside what a tool is called with
	begins            // the role of a message
	kind              // the type of a part, which may be none of text
	attached          // no text, if there is anything
)

// members are the members of objects that providers turn into tokens, from
// their APIs (OpenAI Chat Completions and Responses, Anthropic Messages, Gemini,
// Bedrock Converse) and what frameworks make of them (the conventions,
// LangChain, Vercel AI SDK, Genkit, ADK). All others are ignored.
var members = map[string]member{
	// What a message, part or result holds. Frameworks repeat it: LangChain has
	// generations with a text and the message that it was taken from.
	"message": {as: walk, rank: 1}, "kwargs": {as: walk, rank: 2}, "content": {as: walk, rank: 3}, "parts": {as: walk, rank: 4}, "text": {as: walk, rank: 5},

	"messages": {as: walk}, "choices": {as: lists}, "candidates": {as: lists}, "generations": {as: lists},
	"thinking": {as: walk}, "reasoning": {as: walk}, "reasoning_content": {as: walk}, "refusal": {as: walk}, "summary": {as: lists},
	"tool_calls": {as: walk}, "toolCalls": {as: walk}, "function": {as: walk}, "function_call": {as: walk}, "functionCall": {as: walk},
	"functionResponse": {as: walk}, "function_response": {as: walk}, "toolUse": {as: walk}, "toolResult": {as: walk}, "toolRequest": {as: walk}, "toolResponse": {as: walk},
	"input": {as: call}, "output": {as: call}, "args": {as: call}, "response": {as: call}, "result": {as: call}, "json": {as: verbatim}, "value": {as: call},
	"arguments": {as: verbatim}, "name": {as: name}, "toolName": {as: name},
	"role": {as: begins}, "type": {as: kind},

	"system": {as: walk, ask: true}, "systemInstruction": {as: walk, ask: true}, "system_instruction": {as: walk, ask: true}, "instructions": {as: walk, ask: true},
	"config": {as: walk, ask: true}, "contents": {as: walk, ask: true}, "prompt": {as: walk, ask: true}, "prompts": {as: walk, ask: true}, "inputs": {as: walk, ask: true},
	"inputText": {as: walk, ask: true}, "tools": {as: verbatim, ask: true}, "functions": {as: verbatim, ask: true}, "toolConfig": {as: verbatim, ask: true},

	"image_url": {as: attached}, "image": {as: attached}, "inlineData": {as: attached}, "inline_data": {as: attached}, "fileData": {as: attached}, "file_data": {as: attached},
	"input_audio": {as: attached}, "audio": {as: attached}, "video": {as: attached}, "media": {as: attached}, "document": {as: attached}, "b64_json": {as: attached},
	"file": {as: attached}, "file_id": {as: attached},
}

// attachments are types of parts that are no text.
var attachments = map[string]bool{
	"image": true, "image_url": true, "input_image": true, "audio": true, "input_audio": true, "video": true, "media": true,
	"file": true, "input_file": true, "document": true, "blob": true, "uri": true,
}

// maxMember is the length of the longest name in members.
const maxMember = 20

// lookUp finds a member by its name, as far as it is read on this side.
func (r *reader) lookUp(name string) member {
	if len(name) > maxMember {
		return member{}
	}
	m := members[name]
	if m.ask && r.side == Output {
		return member{}
	}
	return m
}

// plan is what the members of an object say about each other.
type plan struct {
	rank     uint8 // of what is read of the members that say the same
	attached bool  // the object is no text
	called   bool  // it calls a tool
}

// sees takes a member into account. The value is nothing if it is null, or an
// empty string, array or object.
func (p *plan) sees(m member, nothing bool, word string) {
	switch {
	case m.as == kind:
		p.attached = p.attached || attachments[word]
	case nothing:
	case m.rank > 0 && (p.rank == 0 || m.rank < p.rank):
		p.rank = m.rank
	case m.as == call || m.as == verbatim:
		p.called = true
	}
}

// reads tells whether a member is read.
func (p *plan) reads(m member) bool {
	return m.as != ignore && m.as != kind && (m.rank == 0 || m.rank == p.rank) && (m.as != name || p.called)
}
