package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// kindOf tells what a span or log record is. The name of a known event decides
// alone. Else an operation that is never a call decides
// first, because pricing a roll-up doubles the bill; then the marks that
// dialects put on their spans; then an operation that is a call.
func (rd *record) kindOf(e *emitter, from *source) call.Kind {
	if from.event != nil {
		return from.event.kind
	}
	byOperation, _ := operations.get(rd.text(operation))
	if from.metric && byOperation == call.None {
		return call.Inference // metrics of tokens count those of calls
	}
	if from.metric || byOperation == call.RollUp || byOperation == call.Other {
		return byOperation
	}
	if k := rd.marks(e); k != call.None {
		return k
	}
	if byOperation != call.None {
		return byOperation
	}
	if k, _ := requestTypes.get(rd.text(requestType)); k != call.None {
		return k
	}
	if e != nil {
		switch e.leaf {
		case leafIfUsage:
			if rd.hasUsage() {
				return call.Inference
			}
		case leafCallLLM:
			if from.name == "call_llm" {
				return call.Inference
			}
		case leafClient:
			if from.client && rd.modelName() != "" {
				return call.Inference
			}
		case leafTurn:
			if rd.has(rollUpUsage) {
				return call.Inference
			}
			if rd.hasUsage() {
				return call.RollUp
			}
		}
	}
	if !rd.hasUsage() {
		return call.Other
	}
	if from.client && rd.text(operation) == "" && rd.modelName() != "" {
		return call.Inference // older conventions have no operation
	}
	return call.Unclear
}

// marks reads the dialects' own kinds of spans.
func (rd *record) marks(e *emitter) call.Kind {
	if v := rd.text(observation); v != "" {
		return known(observations, v, rd)
	}
	if v := rd.text(operationID); v != "" {
		return vercelKind(v)
	}
	if v := rd.text(spanKind); v != "" {
		k := known(spanKinds, v, rd)
		if k == call.RollUp && e != nil && e.agentIsCall && v == "AGENT" && rd.hasUsage() {
			return call.Inference
		}
		return k
	}
	if v := rd.text(spanType); v != "" {
		if k, _ := spanTypes.get(v); k != call.None {
			return k
		}
	}
	return call.None
}

// known looks a mark up; one that is not known is no call, but visible if it
// carries usage.
func known(table *words[call.Kind], v string, rd *record) call.Kind {
	if k, _ := table.get(v); k != call.None {
		return k
	}
	if rd.hasUsage() {
		return call.Unclear
	}
	return call.Other
}

// hasUsage tells whether the span carries a count of input or output.
func (rd *record) hasUsage() bool {
	const counts = 1<<input | 1<<output | 1<<inputIncl | 1<<inputExcl | 1<<outputIncl | 1<<outputExcl | 1<<rollUpUsage
	return rd.hasNum&counts != 0 || rd.hasFacts && len(rd.facts.Tokens()) > 0
}

// operations are the values of gen_ai.operation.name: those of the conventions,
// of proposals, and of vendors.
var operations = makeWords(map[string]call.Kind{
	"chat": call.Inference, "generate_content": call.Inference, "text_completion": call.Inference, "embeddings": call.Inference,
	"rerank": call.Inference, "completion": call.Inference, "chat.completions": call.Inference, "message": call.Inference,
	"messages": call.Inference, "responses": call.Inference, "llm_call": call.Inference, "embedding": call.Inference,
	"text.completion": call.Inference, "image_generation": call.Inference, "generate_image": call.Inference, "image": call.Inference,
	"speech": call.Inference, "transcription": call.Inference, "transcribe": call.Inference, "generate_speech": call.Inference,
	"realtime": call.Inference, "generate_text": call.Inference, "stream_text": call.Inference, "video_generation": call.Inference,

	"invoke_agent": call.RollUp, "agent_step": call.RollUp, "invoke_workflow": call.RollUp, "execute_event_loop_cycle": call.RollUp,
	"execute_agent_loop_cycle": call.RollUp, "framework": call.RollUp, "handle_conversation_turn": call.RollUp,
	"orchestrate_tools": call.RollUp, "chain": call.RollUp, "workflow": call.RollUp, "agent": call.RollUp, "plan": call.RollUp,
	"model_generation": call.RollUp, "model_step": call.RollUp, "agent_run": call.RollUp,

	"execute_tool": call.Other, "tool_call": call.Other, "execute_hook": call.Other, "decide": call.Other, "create_agent": call.Other,
	"retrieval": call.Other, "fetch_response": call.Other, "search_memory": call.Other, "create_memory": call.Other,
	"update_memory": call.Other, "upsert_memory": call.Other, "delete_memory": call.Other, "create_memory_store": call.Other,
	"delete_memory_store": call.Other, "handoff": call.Other, "guardrail": call.Other, "model_chunk": call.Other, "litellm.vector_store_management": call.Other,
	"litellm.vector_store_file_management": call.Other, "litellm.responses_management": call.Other, "litellm.moderation": call.Other,
})

// outputless are the operations whose calls produce no output tokens.
var outputless = makeWords(map[string]bool{
	"embeddings": true, "embedding": true, "rerank": true, "transcription": true, "transcribe": true, "speech": true,
	"generate_speech": true, "image": true, "image_generation": true, "generate_image": true, "video_generation": true,
})

// requestTypes are the values of llm.request.type: OpenLLMetry's, and the names
// of LiteLLM's functions.
var requestTypes = makeWords(map[string]call.Kind{
	"chat": call.Inference, "completion": call.Inference, "embedding": call.Inference, "rerank": call.Inference,
	"acompletion": call.Inference, "text_completion": call.Inference, "atext_completion": call.Inference, "aembedding": call.Inference,
	"arerank": call.Inference, "responses": call.Inference, "aresponses": call.Inference, "anthropic_messages": call.Inference,
	"image_generation": call.Inference, "aimage_generation": call.Inference, "speech": call.Inference, "aspeech": call.Inference,
	"transcription": call.Inference, "atranscription": call.Inference, "generate_content": call.Inference, "agenerate_content": call.Inference,
	"tool": call.Other, "workflow": call.RollUp, "agent": call.RollUp,
})

// spanKinds are the values of openinference.span.kind.
var spanKinds = makeWords(map[string]call.Kind{
	"LLM": call.Inference, "EMBEDDING": call.Inference, "RERANKER": call.Inference,
	"AGENT": call.RollUp, "CHAIN": call.RollUp,
	"TOOL": call.Other, "RETRIEVER": call.Other, "GUARDRAIL": call.Other, "EVALUATOR": call.Other, "PROMPT": call.Other,
})

// observations are the values of langfuse.observation.type.
var observations = makeWords(map[string]call.Kind{
	"generation": call.Inference, "embedding": call.Inference,
	"span": call.RollUp, "agent": call.RollUp, "chain": call.RollUp,
	"tool": call.Other, "retriever": call.Other, "event": call.Other, "evaluator": call.Other, "guardrail": call.Other,
})

// spanTypes are the kinds of spans of the other dialects, whose values do not
// collide: Claude Code (span.type), OpenLLMetry (traceloop.span.kind), Genkit
// (genkit:metadata:subtype), MLflow (mlflow.spanType, JSON), LangSmith
// (langsmith.span.kind), Laminar (lmnr.span.type).
var spanTypes = makeWords(map[string]call.Kind{
	"llm_request": call.Inference, "interaction": call.RollUp,
	"workflow": call.RollUp, "task": call.RollUp, "agent": call.RollUp,
	"model": call.Inference, "flow": call.RollUp, "util": call.RollUp,
	`"CHAT_MODEL"`: call.Inference, `"LLM"`: call.Inference, `"EMBEDDING"`: call.Inference, `"RERANKER"`: call.Inference,
	`"AGENT"`: call.RollUp, `"CHAIN"`: call.RollUp, `"WORKFLOW"`: call.RollUp, `"TOOL"`: call.Other, `"RETRIEVER"`: call.Other, `"PARSER"`: call.Other,
	"llm": call.Inference, "LLM": call.Inference, "embedding": call.Inference, "generation": call.Inference, "chain": call.RollUp,
	"tool": call.Other, "retriever": call.Other, "prompt": call.Other, "parser": call.Other,
})
