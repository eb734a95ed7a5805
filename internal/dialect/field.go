package dialect

// number identifies a count that a span can carry, whatever its spelling.
type number uint8

// Counts. Plain input and output counts have a side that must be decided; the
// sided ones are certain by their spelling or by the JSON they stand in.
const (
	input number = iota
	output
	total         // as told by the emitter, which may have added it up itself
	providerTotal // as told by the provider
	inputIncl     // provider's input, cache included
	inputExcl     // provider's input, cache excluded
	outputIncl    // provider's output, reasoning included
	outputExcl    // provider's output, reasoning excluded
	cacheRead
	cacheWrite
	write5m
	write30m
	write1h
	write12h
	reasoning
	toolPrompt
	inputText
	inputAudio
	inputImage
	inputVideo
	outputText
	outputAudio
	outputImage
	outputVideo
	cacheReadText
	cacheReadAudio
	cacheReadImage
	citations
	webSearch
	extraInput  // input that stands in no other count
	extraOutput // output that stands in no other count
	rollUpUsage // a sum over several calls, under keys of its own
	streaming   // 1 if the response was streamed
	cacheHit    // 1 if a gateway answered from its own cache
	success     // 0 if the emitter says that the call failed
	billable    // 0 if the emitter says that the call is not charged
	fastAsked   // 1 if a fast mode was asked for, which need not have been served
	duration    // of the call, in milliseconds
	numNumbers
)

// text identifies a string that a span can carry, whatever its spelling.
type text uint8

// Strings. Those that end in JSON are scanned for numbers, never kept.
const (
	provider text = iota
	system        // the API or vendor that a provider spelling leaves open
	requestModel
	responseModel
	anyModel   // asked for or served: the emitter's rule tells
	deployment // what a gateway asked the provider for
	operation
	operationID // ai.operationId
	spanKind    // openinference.span.kind
	observation // langfuse.observation.type
	spanType    // other dialects' own kinds of spans
	requestType // llm.request.type
	host
	responseID
	tierServed
	tierRequested
	speed
	region
	cloud // through whom an API is used
	apiType
	errorType
	rpcMethod
	genkitType
	marker // says only that the span is a GenAI span
	tokenSemantics
	completionStart
	clientVersion // of the library that was instrumented
	cacheKey
	echoedID       // id of a response that stands among the parameters
	usageJSON      // usage of the call
	detailsJSON    // details of input tokens
	outputJSON     // details of output tokens
	metadataJSON   // provider metadata
	parametersJSON // parameters of the request
	costJSON
	contentJSON // recorded response body, read only with BlobsContent
	numTexts
)
