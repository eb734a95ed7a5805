package attrkey

// Keys of the GenAI semantic conventions that several packages read or write.
// The conventions live in open-telemetry/semantic-conventions-genai; no Go
// module carries them, so the project owns these constants.
const (
	OperationName  = "gen_ai.operation.name"
	ProviderName   = "gen_ai.provider.name"
	System         = "gen_ai.system" // deprecated spelling of ProviderName
	RequestModel   = "gen_ai.request.model"
	ResponseModel  = "gen_ai.response.model"
	ResponseID     = "gen_ai.response.id"
	ConversationID = "gen_ai.conversation.id"
	AgentName      = "gen_ai.agent.name"
	TokenType      = "gen_ai.token.type"

	InputTokens      = "gen_ai.usage.input_tokens"
	OutputTokens     = "gen_ai.usage.output_tokens"
	CacheReadTokens  = "gen_ai.usage.cache_read.input_tokens"
	CacheWriteTokens = "gen_ai.usage.cache_write.input_tokens"
	ReasoningTokens  = "gen_ai.usage.reasoning.output_tokens"

	ServerAddress = "server.address"
	ErrorType     = "error.type"
	EventName     = "event.name"
	EventKind     = "event.kind"
	ServiceName   = "service.name"
	SessionID     = "session.id"
)

// Keys under which backends read costs, see the presets of also_write.
const (
	SemconvCostAmount   = "gen_ai.usage.cost.amount" // proposed in semantic-conventions-genai #443
	SemconvCostCurrency = "gen_ai.usage.cost.currency"
	OpenLITCost         = "gen_ai.usage.cost"

	OpenInferenceCostTotal      = "llm.cost.total"
	OpenInferenceCostPrompt     = "llm.cost.prompt"
	OpenInferenceCostCompletion = "llm.cost.completion"

	LangfuseCostDetails = "langfuse.observation.cost_details"

	SentryCostInput  = "gen_ai.cost.input_tokens"
	SentryCostOutput = "gen_ai.cost.output_tokens"
	SentryCostTotal  = "gen_ai.cost.total_tokens"

	// The defaults of SigNoz's own pricing processor, which its dashboards read.
	SigNozCostTotal      = "_signoz.gen_ai.total_cost"
	SigNozCostInput      = "_signoz.gen_ai.cost_input"
	SigNozCostOutput     = "_signoz.gen_ai.cost_output"
	SigNozCostCacheRead  = "_signoz.gen_ai.cost_cache_read"
	SigNozCostCacheWrite = "_signoz.gen_ai.cost_cache_write"
)
