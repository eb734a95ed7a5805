package interaction

import (
	"iter"
	"maps"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
)

// The attributes by which instrumentations tell what a span stands for. What is
// a call was decided by whoever priced it; here only agents, tools and
// retrieval matter, and values that are none of these make a span Other.
// Sources are the same as for the tables of package dialect.
var kindsByKey = map[string]map[string]Kind{
	attrkey.OperationName: {
		"invoke_agent": Agent, "agent": Agent, "agent_run": Agent, "agent_call": Agent, "execute_tool": ToolUse, "tool_call": ToolUse,
		"retrieval": Retriever, "search_memory": Retriever, "embeddings": Retriever, "embedding": Retriever, "rerank": Retriever,
	},
	"openinference.span.kind":   {"AGENT": Agent, "TOOL": ToolUse, "RETRIEVER": Retriever, "EMBEDDING": Retriever, "RERANKER": Retriever},
	"langfuse.observation.type": {"agent": Agent, "tool": ToolUse, "retriever": Retriever, "embedding": Retriever},
	"traceloop.span.kind":       {"agent": Agent, "tool": ToolUse},
	"llm.request.type": {
		"agent": Agent, "tool": ToolUse, "embedding": Retriever, "aembedding": Retriever, "rerank": Retriever, "arerank": Retriever,
	},
	claudeCodeType:            {"interaction": Agent, "tool": ToolUse, "tool.execution": ToolUse},
	"genkit:metadata:subtype": {"agent": Agent, "tool": ToolUse, "retriever": Retriever, "embedder": Retriever, "reranker": Retriever},
	"mlflow.spanType":         {`"AGENT"`: Agent, `"TOOL"`: ToolUse, `"RETRIEVER"`: Retriever, `"EMBEDDING"`: Retriever, `"RERANKER"`: Retriever},
	"langsmith.span.kind":     {"agent": Agent, "tool": ToolUse, "retriever": Retriever, "embedding": Retriever},
	// The AI SDK to version 6; in 7 its roots say invoke_agent.
	vercelOperation: {
		"ai.generateText": Agent, "ai.streamText": Agent, "ai.generateObject": Agent, "ai.streamObject": Agent,
		"ai.toolCall": ToolUse, "ai.embed": Retriever, "ai.embedMany": Retriever, "ai.rerank": Retriever,
	},
}

const (
	vercelOperation = "ai.operationId"
	claudeCodeType  = "span.type" // others use it for spans that are not of GenAI
)

// kindGate holds, for each first byte, the lengths of the keys above.
var kindGate [256]uint64

func init() {
	for key := range kindsByKey {
		kindGate[key[0]] |= 1 << min(len(key), 63)
	}
}

// KindKeys passes on the keys of the attributes that tell what a span stands for.
func KindKeys() iter.Seq[string] { return maps.Keys(kindsByKey) }

// Attribute takes one attribute of a span into account, for callers that pass
// over the attributes themselves. Of several that tell more than Other the
// lowest counts, so their order does not matter.
func (k *Kind) Attribute(key string, v pcommon.Value) {
	if key != "" && kindGate[key[0]]&(1<<min(len(key), 63)) != 0 {
		k.attribute(key, v)
	}
}

func (k *Kind) attribute(key string, v pcommon.Value) {
	if v.Type() != pcommon.ValueTypeStr {
		return
	}
	words, ok := kindsByKey[key]
	if !ok {
		return
	}
	found := words[v.Str()]
	if found == Ordinary && key == vercelOperation && vercelRetrieves(v.Str()) {
		found = Retriever
	}
	switch {
	case found > Other && (*k <= Other || found < *k):
		*k = found
	case *k == Ordinary && key != claudeCodeType:
		*k = Other
	}
}

func vercelRetrieves(id string) bool {
	return strings.HasSuffix(id, ".doEmbed") || strings.HasSuffix(id, ".doRerank")
}

// KindOf tells what a span stands for by its attributes.
func KindOf(attrs pcommon.Map) Kind {
	k := Ordinary
	for key, v := range attrs.All() {
		k.Attribute(key, v)
	}
	return k
}
