"""What WITH names, in the order in which it is switched on."""

import importlib

instrumentors = {
    "otel-openai-v2": "opentelemetry.instrumentation.openai_v2.OpenAIInstrumentor",
    "otel-genai-openai": "opentelemetry.instrumentation.genai.openai.OpenAIInstrumentor",
    "otel-genai-anthropic": "opentelemetry.instrumentation.genai.anthropic.AnthropicInstrumentor",
    "otel-genai-bedrock": "opentelemetry.instrumentation.genai.bedrock.BedrockInstrumentor",
    "otel-genai-langchain": "opentelemetry.instrumentation.genai.langchain.LangChainInstrumentor",
    "otel-google-genai": "opentelemetry.instrumentation.google_genai.GoogleGenAiSdkInstrumentor",
    "otel-botocore": "opentelemetry.instrumentation.botocore.BotocoreInstrumentor",
    "openllmetry-openai": "opentelemetry.instrumentation.openai.OpenAIInstrumentor",
    "openllmetry-anthropic": "opentelemetry.instrumentation.anthropic.AnthropicInstrumentor",
    "openllmetry-bedrock": "opentelemetry.instrumentation.bedrock.BedrockInstrumentor",
    "openllmetry-google": "opentelemetry.instrumentation.google_generativeai.GoogleGenerativeAiInstrumentor",
    "openllmetry-langchain": "opentelemetry.instrumentation.langchain.LangchainInstrumentor",
    "openllmetry-agents": "opentelemetry.instrumentation.openai_agents.OpenAIAgentsInstrumentor",
    "openinference-openai": "openinference.instrumentation.openai.OpenAIInstrumentor",
    "openinference-anthropic": "openinference.instrumentation.anthropic.AnthropicInstrumentor",
    "openinference-bedrock": "openinference.instrumentation.bedrock.BedrockInstrumentor",
    "openinference-google": "openinference.instrumentation.google_genai.GoogleGenAIInstrumentor",
    "openinference-langchain": "openinference.instrumentation.langchain.LangChainInstrumentor",
    "openinference-agents": "openinference.instrumentation.openai_agents.OpenAIAgentsInstrumentor",
}


def set_up(names, alone=False):
    """Switches instrumentations on and returns what stops the SDK that they report to. Alone: another one starts it."""
    if alone:
        stop = lambda: None  # noqa: E731
    elif any(n.startswith("logfire") for n in names):
        stop = logfire(names)
    elif "openlit" in names:
        stop = openlit()
    else:
        import telemetry

        stop = telemetry.start()
    for name in names:
        if name in instrumentors:
            module, _, cls = instrumentors[name].rpartition(".")
            getattr(importlib.import_module(module), cls)().instrument()
        elif name != "openlit" and not name.startswith("logfire"):
            raise SystemExit(f"WITH names {name!r}; known are {', '.join(instrumentors)}, openlit, logfire-openai, logfire-anthropic, logfire-agents and logfire-pydantic-ai")
    return stop


def logfire(names):
    import logfire

    logfire.configure(send_to_logfire=False, console=False)
    switches = {
        "logfire-openai": "instrument_openai", "logfire-anthropic": "instrument_anthropic",
        "logfire-agents": "instrument_openai_agents", "logfire-pydantic-ai": "instrument_pydantic_ai",
    }
    for name in names:
        if name in switches:
            getattr(logfire, switches[name])()
    return logfire.shutdown


def openlit():
    import openlit
    from opentelemetry import _logs, metrics, trace

    openlit.init(disable_batch=False)

    def stop():
        for provider in (trace.get_tracer_provider(), metrics.get_meter_provider(), _logs.get_logger_provider()):
            provider.shutdown()

    return stop
