package attribution

// Default is a key that is read for a dimension unless the configuration names
// others, written as in the configuration.
type Default struct {
	Dimension Dimension
	Key       string
	// Source says who writes the key.
	Source string
}

// Where keys come from that several rows share.
const (
	semconv    = "OpenTelemetry conventions"
	genAI      = "OpenTelemetry GenAI conventions"
	openInf    = "OpenInference conventions"
	openInfMD  = "OpenInference metadata, LangChain run metadata among it"
	langfuse   = "Langfuse SDKs"
	langsmith  = "LangSmith run metadata"
	openLLM    = "OpenLLMetry association properties"
	aiSDK      = "AI SDK, telemetry metadata (4 to 6)"
	aiSDK7     = "AI SDK 7, runtime context"
	liteLLM1   = "LiteLLM proxy, OpenTelemetry v1"
	liteLLM2   = "LiteLLM proxy, OpenTelemetry v2"
	claudeCode = "Claude Code"
	codex      = "Codex"
	cursor     = "Cursor export"
	byYou      = "no convention; the name to use for what you set yourself"
)

// Defaults are the default keys. Those of a dimension stand in the order in
// which they count: a name chosen for the purpose before one that only implies
// it, conventions before vendors. A further key is a further row.
//
// Deliberately absent: thread.id, an operating system's thread by convention
// (Codex' spans put a conversation there, and a thread number too, under one
// key); langsmith.trace.session_id, which is LangSmith's project; user.email,
// user.name and the like, which are readable by everyone who sees a dashboard;
// organization.id, the organisation that pays the provider and so one value for
// all; department and cost_center, which contain teams.
var defaults = []Default{
	{Team, "team.id", "Claude Code's documentation of OTEL_RESOURCE_ATTRIBUTES; the name to use for what you set yourself"},
	{Team, "litellm.team.id", liteLLM2},
	{Team, "litellm.metadata.user_api_key_team_id", liteLLM2},
	{Team, "metadata.user_api_key_team_id", liteLLM1},
	{Team, "cursor.team.id", cursor + ", on the resource"},
	{Team, "traceloop.association.properties.team_id", openLLM},
	{Team, "traceloop.association.properties.team", openLLM},
	{Team, "ai.telemetry.metadata.teamId", aiSDK},
	{Team, "ai.telemetry.metadata.team", aiSDK},
	{Team, "ai.settings.context.teamId", aiSDK7},
	{Team, "ai.settings.context.team", aiSDK7},
	{Team, "langfuse.trace.metadata.team", langfuse},
	{Team, "langsmith.metadata.team", langsmith},
	{Team, `metadata["team"]`, openInfMD},
	{Team, "team", "resource attributes that operators set"},

	{Feature, "app.feature", byYou},
	{Feature, "traceloop.association.properties.feature", openLLM},
	{Feature, "ai.telemetry.metadata.feature", aiSDK},
	{Feature, "ai.settings.context.feature", aiSDK7},
	{Feature, "langfuse.trace.metadata.feature", langfuse},
	{Feature, "langsmith.metadata.feature", langsmith},
	{Feature, `metadata["feature"]`, openInfMD},
	{Feature, "ai.telemetry.functionId", "AI SDK: the name that groups the calls of one function"},
	{Feature, "gen_ai.workflow.name", genAI},
	{Feature, "traceloop.workflow.name", "OpenLLMetry workflow decorator"},
	{Feature, "langfuse.trace.name", langfuse},

	{Customer, "customer.id", byYou},
	{Customer, "tenant.id", "multi-tenant applications; no convention"},
	{Customer, "litellm.end_user.id", liteLLM2 + ": whom LiteLLM calls the customer"},
	{Customer, "litellm.metadata.user_api_key_end_user_id", liteLLM2},
	{Customer, "metadata.user_api_key_end_user_id", liteLLM1},
	{Customer, "traceloop.association.properties.customer_id", openLLM},
	{Customer, "ai.telemetry.metadata.customerId", aiSDK},
	{Customer, "ai.telemetry.metadata.tenantId", aiSDK},
	{Customer, "ai.settings.context.customerId", aiSDK7},
	{Customer, "ai.settings.context.tenantId", aiSDK7},
	{Customer, "langfuse.trace.metadata.customer_id", langfuse},
	{Customer, "langsmith.metadata.customer_id", langsmith},
	{Customer, `metadata["customer_id"]`, openInfMD},

	{User, "user.account_uuid", claudeCode + ": the account; its user.id is an installation"},
	{User, "user.account_id", codex},
	{User, "user.id", semconv},
	{User, "enduser.id", semconv},
	{User, "langfuse.user.id", langfuse},
	{User, "litellm.metadata.user_api_key_user_id", liteLLM2 + ": the owner of the key"},
	{User, "metadata.user_api_key_user_id", liteLLM1 + ": the owner of the key"},
	{User, "traceloop.association.properties.user_id", openLLM},
	{User, "ai.telemetry.metadata.userId", aiSDK},
	{User, "ai.settings.context.userId", aiSDK7},
	{User, "langsmith.metadata.user_id", langsmith},
	{User, `metadata["user_id"]`, openInfMD},
	{User, "cursor.user.id", cursor + ", on the resource"},
	{User, "enduser.pseudo.id", semconv + "; Copilot"},
	{User, "gen_ai.request.user", "OpenLIT: the user parameter of the request"},
	{User, "gen_ai.user", "the user parameter of the request"},
	{User, "llm.user", "OpenLLMetry and LiteLLM v1: the user parameter of the request"},

	{Session, "gen_ai.conversation.id", genAI},
	{Session, "session.id", semconv + "; OpenInference, Claude Code, Gemini CLI, Langfuse"},
	{Session, "langfuse.session.id", langfuse},
	{Session, "conversation.id", codex},
	{Session, "cursor.conversation.id", cursor},
	{Session, "gcp.vertex.agent.session_id", "Google ADK"},
	{Session, "traceloop.association.properties.session_id", openLLM},
	{Session, "traceloop.association.properties.chat_id", openLLM},
	{Session, "ai.telemetry.metadata.sessionId", aiSDK},
	{Session, "ai.settings.context.sessionId", aiSDK7},
	{Session, "langsmith.metadata.thread_id", langsmith},
	{Session, "langsmith.metadata.session_id", langsmith},
	{Session, "langsmith.metadata.conversation_id", langsmith},

	{Agent, "gen_ai.agent.name", genAI},
	{Agent, "agent.name", openInf + "; Claude Code's metrics"},
	{Agent, "langsmith.metadata.agent_name", langsmith},
	{Agent, "gen_ai.agent.id", genAI},
}

// Defaults returns the default keys of a dimension in the order in which they count.
func Defaults(d Dimension) []Default {
	var out []Default
	for _, row := range defaults {
		if row.Dimension == d {
			out = append(out, row)
		}
	}
	return out
}
