package dialect

var (
	openLIT, anthropicSDK, claudeCode, codex, geminiCLI, adk, strands, langfuse dialect
)
