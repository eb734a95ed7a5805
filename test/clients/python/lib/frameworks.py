"""A program that uses a framework under the instrumentations that WITH names.

FRAMEWORK is pydantic-ai, langchain, strands, openai-agents, langfuse or langsmith around an SDK, or none: the SDK alone.
API is the provider's, as in sdks.apis.
"""

import asyncio
import os

import sdks
from instrumentations import set_up
from sdks import LOOPS, QUESTION, STREAM
from telemetry import main

FRAMEWORK, API = os.environ["FRAMEWORK"], os.environ["API"]
names = os.environ.get("WITH", "").split()
handlers = [n for n in names if n in ("langfuse", "langsmith")]
stop = set_up([n for n in names if n not in handlers], alone="langfuse" in (FRAMEWORK, *handlers))


def lookup(city: str) -> str:
    """look up a city"""
    return "cloudy"


def pydantic_ai():
    from pydantic_ai import Agent

    if "logfire-pydantic-ai" not in names:
        Agent.instrument_all()
    agent = Agent(pydantic_model(), tools=[lookup] if LOOPS else [])

    async def stream():
        async with agent.run_stream(QUESTION) as result:
            async for _ in result.stream_text():
                pass

    asyncio.run(stream()) if STREAM else agent.run_sync(QUESTION)


def pydantic_model():
    if API == "openai-chat":
        from pydantic_ai.models.openai import OpenAIChatModel

        return OpenAIChatModel(sdks.openai_model())
    if API == "openai-responses":
        from pydantic_ai.models.openai import OpenAIResponsesModel

        return OpenAIResponsesModel(sdks.openai_model())
    if API == "anthropic":
        from pydantic_ai.models.anthropic import AnthropicModel

        return AnthropicModel(sdks.anthropic_model())
    if API == "gemini":
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider

        return GoogleModel(sdks.gemini_model(), provider=GoogleProvider(client=sdks.gemini_client()))
    from pydantic_ai.models.bedrock import BedrockConverseModel
    from pydantic_ai.providers.bedrock import BedrockProvider

    return BedrockConverseModel(sdks.BEDROCK, provider=BedrockProvider(bedrock_client=sdks.bedrock_client()))


def langchain():
    config = {"callbacks": [langfuse_handler()]} if "langfuse" in handlers else {}
    model = langchain_model()
    if LOOPS:
        from langchain.agents import create_agent
        from langchain_core.tools import tool

        create_agent(model, [tool(lookup)]).invoke({"messages": [("user", QUESTION)]}, config)
    elif STREAM:
        for _ in model.stream(QUESTION, config):
            pass
    else:
        model.invoke(QUESTION, config)


def langchain_model():
    if API.startswith("openai"):
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(model=sdks.openai_model(), use_responses_api=API == "openai-responses", stream_usage=True, **sdks.tier())
    if API == "anthropic":
        from langchain_anthropic import ChatAnthropic

        return ChatAnthropic(model=sdks.anthropic_model(), max_tokens=4000)
    if API == "gemini":
        from langchain_google_genai import ChatGoogleGenerativeAI

        return ChatGoogleGenerativeAI(model=sdks.gemini_model(), base_url=os.environ["GOOGLE_GEMINI_BASE_URL"], api_key="dummy")
    from langchain_aws import ChatBedrockConverse

    return ChatBedrockConverse(model=sdks.BEDROCK, client=sdks.bedrock_client(), provider="anthropic")


def strands():
    from strands import Agent, tool

    if API == "openai-chat":
        from strands.models.openai import OpenAIModel

        model = OpenAIModel(model_id=sdks.openai_model())
    elif API == "anthropic":
        from strands.models.anthropic import AnthropicModel

        model = AnthropicModel(model_id=sdks.anthropic_model(), max_tokens=4000)
    else:
        from strands.models import BedrockModel

        model = BedrockModel(model_id=sdks.BEDROCK, streaming=bool(STREAM))
    Agent(model=model, tools=[tool(lookup)] if LOOPS else [], callback_handler=None)(QUESTION)


def openai_agents():
    from agents import Agent, Runner, function_tool, set_default_openai_api, set_trace_processors

    if not any(n.endswith("-agents") for n in names):
        set_trace_processors([])
    if API == "openai-chat":
        set_default_openai_api("chat_completions")
    agent = Agent(name="guide", model=sdks.openai_model(), tools=[function_tool(lookup)] if LOOPS else [])

    async def stream():
        async for _ in Runner.run_streamed(agent, QUESTION).stream_events():
            pass

    asyncio.run(stream()) if STREAM else Runner.run_sync(agent, QUESTION)


def langfuse_client():
    """Langfuse, which exports what it makes to the Collector instead of to its own server."""
    from langfuse import Langfuse
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return Langfuse(public_key="dummy", secret_key="dummy", base_url=os.environ["OTLP_HTTP_ENDPOINT"], span_exporter=OTLPSpanExporter())


def langfuse_handler():
    from langfuse.langchain import CallbackHandler

    return CallbackHandler()


def langfuse():
    from langfuse.openai import OpenAI

    {"openai-chat": sdks.openai_chat, "openai-responses": sdks.openai_responses}[API](OpenAI())


def langsmith():
    from langsmith.wrappers import wrap_anthropic, wrap_openai

    if API == "anthropic":
        sdks.anthropic_messages(wrap_anthropic(sdks.anthropic_client()))
    else:
        {"openai-chat": sdks.openai_chat, "openai-responses": sdks.openai_responses}[API](wrap_openai(sdks.openai_client()))


def end():
    if client:
        client.shutdown()
    if "langsmith" in (FRAMEWORK, *handlers):
        from langchain_core.tracers.langchain import wait_for_all_tracers

        wait_for_all_tracers()
    stop()


client = langfuse_client() if "langfuse" in (FRAMEWORK, *handlers) else None
runs = {
    "pydantic-ai": pydantic_ai, "langchain": langchain, "strands": strands, "openai-agents": openai_agents,
    "langfuse": langfuse, "langsmith": langsmith, "none": lambda: sdks.apis[API](),
}
main(runs[FRAMEWORK], end)
