package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var emptyParent = pcommon.NewSpanIDEmpty()

// structure is how an emitter tells of what stands around calls. A function is
// nil where it makes no such span; a roll-up is an agent too.
type structure struct {
	agent     func(ptrace.Span)
	tool      func(ptrace.Span)
	retriever func(ptrace.Span)
}

// structures are those of the dialects that have any, as observed or as their
// conventions say.
var structures = map[string]structure{
	"otel":        {tool: semconvTool, retriever: semconvRetriever},
	"openlit":     {agent: semconvAgent, tool: semconvTool},
	"openllmetry": {agent: marked("traceloop.span.kind", "agent"), tool: marked("traceloop.span.kind", "tool")},
	"openinference": {
		agent: marked("openinference.span.kind", "AGENT"), tool: marked("openinference.span.kind", "TOOL"),
		retriever: marked("openinference.span.kind", "RETRIEVER"),
	},
	"langfuse": {
		agent: marked("langfuse.observation.type", "agent"), tool: marked("langfuse.observation.type", "tool"),
		retriever: marked("langfuse.observation.type", "retriever"),
	},
	"claude-code": {agent: claudeCodeInteraction, tool: marked("span.type", "tool")},
	"ai-sdk-5":    {tool: aiSDKTool},
	"ai-sdk-6":    {tool: aiSDKTool},
	"ai-sdk-7":    {tool: semconvTool},
}

func (e *emitter) structure() structure { return structures[e.dialect] }

// agents tells whether the emitter makes spans of agents.
func (e *emitter) agents() bool { return e.rollUp != nil || e.structure().agent != nil }

func semconvAgent(s ptrace.Span) {
	s.SetName("invoke_agent support")
	on(s).str("gen_ai.operation.name", "invoke_agent")
	on(s).str("gen_ai.agent.name", "support")
}

func semconvTool(s ptrace.Span) {
	s.SetName("execute_tool lookup")
	on(s).str("gen_ai.operation.name", "execute_tool")
	on(s).str("gen_ai.tool.name", "lookup")
}

func semconvRetriever(s ptrace.Span) {
	s.SetName("retrieval orders")
	on(s).str("gen_ai.operation.name", "retrieval")
}

func marked(key, value string) func(ptrace.Span) {
	return func(s ptrace.Span) {
		s.SetName(strings.ToLower(value) + " support")
		on(s).str(key, value)
	}
}

func claudeCodeInteraction(s ptrace.Span) {
	s.SetName("claude_code.interaction")
	on(s).str("span.type", "interaction")
	on(s).str("gen_ai.operation.name", "invoke_agent")
}

func aiSDKTool(s ptrace.Span) {
	s.SetName("ai.toolCall")
	on(s).str("operation.name", "ai.toolCall support")
	on(s).str("ai.operationId", "ai.toolCall")
	on(s).str("ai.toolCall.name", "lookup")
}
