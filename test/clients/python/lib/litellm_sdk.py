"""A program that calls litellm.completion with LiteLLM's own callback (WITH=otel) or OpenInference's instrumentation.

API is openai-chat, anthropic or bedrock-converse. STREAM=1 streams.
"""

import os

import telemetry

stop = telemetry.start()

import litellm  # noqa: E402
import sdks  # noqa: E402
from litellm.litellm_core_utils.thread_pool_executor import executor  # noqa: E402

API, WITH = os.environ["API"], os.environ["WITH"].split()
targets = {
    "openai-chat": lambda: {"model": "openai/" + sdks.openai_model(), "api_base": os.environ["OPENAI_BASE_URL"], **sdks.tier()},
    "anthropic": lambda: {"model": "anthropic/" + sdks.anthropic_model(), "api_base": os.environ["ANTHROPIC_BASE_URL"], "max_tokens": 4000},
    "bedrock-converse": lambda: {"model": "bedrock/" + sdks.BEDROCK, "aws_bedrock_runtime_endpoint": os.environ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"], "max_tokens": 4000},
}


def call():
    request = {**targets[API](), "num_retries": sdks.RETRIES}
    messages = [{"role": "user", "content": sdks.QUESTION}]
    if sdks.LOOPS:
        request["tools"] = [{"type": "function", "function": sdks.LOOKUP}]
    if sdks.STREAM:
        sdks.drain(litellm.completion(messages=messages, stream=True, stream_options={"include_usage": True}, **request))
        return
    while True:
        message = litellm.completion(messages=messages, **request).choices[0].message
        if not message.tool_calls:
            return
        messages = [
            *messages, message.model_dump(exclude_none=True),
            *({"role": "tool", "tool_call_id": c.id, "content": "cloudy"} for c in message.tool_calls),
        ]


def end():
    executor.shutdown(wait=True)  # callbacks run there
    stop()


if "otel" in WITH:
    litellm.callbacks = ["otel"]
if "openinference" in WITH:
    from openinference.instrumentation.litellm import LiteLLMInstrumentor

    LiteLLMInstrumentor().instrument()
telemetry.main(call, end)
