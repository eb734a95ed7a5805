package dialect

import "strings"

// consistent tells whether models and operations of two calls could be the
// same. What one of them leaves open does not differ.
func consistent(x, y *sighting) bool {
	return sameOperation(x.operation, y.operation) && sameModels(x, y)
}

// distinct tells whether the response ids of two calls are of one form and
// differ: a retry, or another request with the same prompt. Ids of two forms
// can be of one call, as frameworks and gateways make their own.
func distinct(x, y *sighting) bool {
	a, b := x.responseID, y.responseID
	form, _, ok := strings.Cut(a, "-")
	if !ok {
		form, _, ok = strings.Cut(a, "_")
	}
	return ok && a != b && len(a) == len(b) && strings.HasPrefix(b, a[:len(form)+1])
}

// sameModels tells whether any name of the one model is one of the other.
func sameModels(x, y *sighting) bool {
	told := [2]bool{}
	for _, a := range x.models {
		for _, b := range y.models {
			if a != "" && b != "" && sameModel(a, b) {
				return true
			}
		}
		told[0] = told[0] || a != ""
	}
	told[1] = y.models[0] != "" || y.models[1] != ""
	return !told[0] || !told[1]
}

// sameModel tells whether two names are the same but for what routers and
// clouds put before them, and a date or version behind one of them.
func sameModel(a, b string) bool {
	a, b = a[strings.LastIndexByte(a, '/')+1:], b[strings.LastIndexByte(b, '/')+1:]
	if len(a) > len(b) {
		a, b = b, a
	}
	for i := 0; i+len(a) <= len(b); i++ {
		if (i == 0 || b[i-1] == '.') && strings.EqualFold(b[i:i+len(a)], a) && isVersion(b[i+len(a):]) {
			return true
		}
	}
	return false
}

// isVersion tells whether the rest of a model's name is no more than a date, a
// version or a flag, as in -2024-08-06, -001, -v2:0, -latest or :free.
func isVersion(s string) bool {
	switch {
	case s == "", s[0] == ':', s[0] == '@', s == "-latest":
		return true
	case len(s) < 3 || s[0] != '-':
		return false
	case s[1] == 'v':
		return isDigit(s[2])
	}
	return len(s) > 3 && isDigit(s[1]) && isDigit(s[2]) && isDigit(s[3])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// sameOperation tells whether two names of operations can mean the same call.
func sameOperation(a, b string) bool {
	if a == "" || b == "" || a == b {
		return true
	}
	x, known := outcomes.get(a)
	y, both := outcomes.get(b)
	return !known || !both || x == y
}

// outcome is what an operation makes.
type outcome uint8

const (
	makesText outcome = iota
	makesVectors
	makesRanks
	makesImages
	makesSpeech
	makesTranscripts
	makesVideo
)

// outcomes are the operations that call different things, by what they make.
var outcomes = makeWords(map[string]outcome{
	"chat": makesText, "generate_content": makesText, "text_completion": makesText, "completion": makesText, "chat.completions": makesText,
	"message": makesText, "messages": makesText, "responses": makesText, "llm_call": makesText, "text.completion": makesText,
	"generate_text": makesText, "stream_text": makesText, "realtime": makesText,
	"embeddings": makesVectors, "embedding": makesVectors, "rerank": makesRanks,
	"image_generation": makesImages, "generate_image": makesImages, "image": makesImages,
	"speech": makesSpeech, "generate_speech": makesSpeech, "transcription": makesTranscripts, "transcribe": makesTranscripts,
	"video_generation": makesVideo,
})

// identity is a response id, unless it is a word for none.
func identity(id string) string {
	if len(id) > len("undefined") {
		return id
	}
	switch strings.ToLower(id) {
	case "null", "none", "nil", "undefined", "unknown", "n/a", "0":
		return ""
	}
	return id
}

// sureID is the length of the ids that a provider never gives twice. Shorter
// ones, such as the numbers of servers for local models, come again.
const sureID = 16

// identified tells whether an id that two calls share makes them the same: if
// it is long, or if they run at the same time. Log records tell no time span.
func identified(x, y *sighting) bool {
	return len(x.responseID) >= sureID || x.end == 0 || y.end == 0 || x.start <= y.end && y.start <= x.end
}
