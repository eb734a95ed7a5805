package meter

import (
	"fmt"
	"slices"
)

// Fee identifies a counted item that is billed beside tokens. Fees are
// comparable; the zero value is the fee for the request itself, which every
// call incurs once.
type Fee uint8

// The fees, each per item.
const (
	Request       Fee = iota // the call itself
	WebSearch                // web searches that the provider ran for the model
	FileSearch               // searches in files or vector stores at the provider
	CodeExecution            // code executions or sandbox sessions at the provider
	MapsSearch               // grounding with maps
	XSearch                  // searches of posts on X
	Attachment               // searches in attachments
	Collection               // searches in collections
	SearchUnit               // rerank: one query with up to 100 documents
	ImageItem                // generated images
	Page                     // document pages
	AnnotatedPage            // document pages with annotations
	AudioSecond              // seconds of audio
	VideoSecond              // seconds of video
	Character                // characters of text or speech
	Session                  // sessions or containers
	numFees
)

// NumFees is the number of fees: Fee values are below it.
const NumFees = int(numFees)

var feeNames = [...]string{
	Request: "request", WebSearch: "web_search", FileSearch: "file_search", CodeExecution: "code_execution",
	MapsSearch: "maps_search", XSearch: "x_search", Attachment: "attachment_search", Collection: "collection_search",
	SearchUnit: "search_unit", ImageItem: "image", Page: "page", AnnotatedPage: "annotated_page",
	AudioSecond: "audio_second", VideoSecond: "video_second", Character: "character", Session: "session",
}

// ParseFee reads the name of a fee, such as "web_search".
func ParseFee(name string) (Fee, error) {
	if i := slices.Index(feeNames[:], name); i >= 0 {
		return Fee(i), nil
	}
	return 0, fmt.Errorf("%w %q", ErrUnknown, name)
}

// FeeNames lists the names of all fees in the order of their values.
func FeeNames() []string { return slices.Clone(feeNames[:]) }

// String returns the name of the fee as price books and attributes spell it.
func (f Fee) String() string {
	if int(f) < len(feeNames) {
		return feeNames[f]
	}
	return "unknown"
}

// toolFees are the fees for what a provider does for the model during a call.
const toolFees = 1<<WebSearch | 1<<FileSearch | 1<<CodeExecution | 1<<MapsSearch | 1<<XSearch | 1<<Attachment | 1<<Collection | 1<<Session

// ForTools tells whether the fee is for tools that the provider runs for the model.
func (f Fee) ForTools() bool { return toolFees&(1<<f) != 0 }
