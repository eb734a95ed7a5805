"""What a program does with each SDK in each scenario.

STREAM=1 streams, STREAM=no-usage without asking for usage, STREAM=helper with Anthropic's helper.
"""

import json
import os

SCENARIO, STREAM = os.environ["SCENARIO"], os.environ.get("STREAM", "")
LOOPS = SCENARIO.startswith("tool-loop")
RETRIES = 2 if SCENARIO == "retry-429" else 0
QUESTION = "What is it like in Bern?"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
LOOKUP = {"name": "lookup", "description": "look up a city", "parameters": SCHEMA}

openai_models = {
    "plain": "gpt-4o", "reasoning": "o4-mini", "reasoning-cached": "gpt-5-mini", "tier-flex": "gpt-5-mini", "tier-downgraded": "gpt-4.1",
    "cache-write": "gpt-5.6-terra", "cache-write-read": "gpt-5.6-terra", "cache-write-5m": "gpt-5.6-terra", "long-context": "gpt-5.6-terra",
    "audio": "gpt-4o-audio-preview", "embeddings": "text-embedding-3-small",
}
anthropic_models = {"plain": "claude-haiku-4-5", "retry-429": "claude-sonnet-4-5"}
gemini_models = {"reasoning": "gemini-2.5-pro", "reasoning-cached": "gemini-2.5-pro", "long-context": "gemini-2.5-pro", "embeddings": "gemini-embedding-001"}
BEDROCK = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"


def openai_model():
    return os.environ.get("MODEL") or openai_models.get(SCENARIO, "gpt-4o-2024-08-06")


def anthropic_model():
    return os.environ.get("MODEL") or anthropic_models.get(SCENARIO, "claude-sonnet-4-5-20250929")


def gemini_model():
    return os.environ.get("MODEL") or gemini_models.get(SCENARIO, "gemini-2.5-flash")


def tier():
    if not SCENARIO.startswith("tier-"):
        return {}
    return {"service_tier": "priority" if SCENARIO == "tier-downgraded" else SCENARIO.removeprefix("tier-")}


def drain(stream):
    """Reads a stream; some go away early."""
    for n, _ in enumerate(stream):
        if SCENARIO == "stream-abort" and n == 2:
            stream.close()
            return


def openai_client():
    import openai

    return openai.OpenAI(max_retries=RETRIES)


def openai_chat(client):
    model = openai_model()
    if SCENARIO == "embeddings":
        client.embeddings.create(model=model, input="a text")
        return
    request = {"model": model, "messages": [{"role": "user", "content": QUESTION}], **tier()}
    if SCENARIO == "audio":
        request |= {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}
    if LOOPS:
        request["tools"] = [{"type": "function", "function": LOOKUP}]
    if STREAM:
        usage = {} if STREAM == "no-usage" else {"stream_options": {"include_usage": True}}
        drain(client.chat.completions.create(stream=True, **request, **usage))
        return
    while True:
        message = client.chat.completions.create(**request).choices[0].message
        if not message.tool_calls:
            return
        request["messages"] = [
            *request["messages"], message.model_dump(exclude_none=True),
            *({"role": "tool", "tool_call_id": c.id, "content": "cloudy"} for c in message.tool_calls),
        ]


def openai_responses(client):
    request = {"model": openai_model(), "input": [{"role": "user", "content": QUESTION}], **tier()}
    if LOOPS:
        request["tools"] = [{"type": "function", "strict": False, **LOOKUP}]
    if STREAM:
        drain(client.responses.create(stream=True, **request))
        return
    while True:
        output = client.responses.create(**request).output
        calls = [o for o in output if o.type == "function_call"]
        if not calls:
            return
        request["input"] = [
            *request["input"], *(o.model_dump(exclude_none=True) for o in output),
            *({"type": "function_call_output", "call_id": c.call_id, "output": "cloudy"} for c in calls),
        ]


def anthropic_client():
    import anthropic

    return anthropic.Anthropic(max_retries=RETRIES)


def anthropic_messages(client):
    request = {"model": anthropic_model(), "max_tokens": 4000, "messages": [{"role": "user", "content": QUESTION}]}
    if SCENARIO.startswith("reasoning"):
        request["thinking"] = {"type": "enabled", "budget_tokens": 2000}
    if SCENARIO == "tier-priority":
        request["service_tier"] = "auto"
    if SCENARIO == "server-tools":
        request["tools"] = [{"type": "web_search_20250305", "name": "web_search", "max_uses": 5}]
    if LOOPS:
        request["tools"] = [{"name": "lookup", "description": "look up a city", "input_schema": SCHEMA}]
    if STREAM == "helper":
        with client.messages.stream(**request) as stream:
            stream.get_final_message()
        return
    if STREAM:
        drain(client.messages.create(stream=True, **request))
        return
    while True:
        content = client.messages.create(**request).content
        calls = [b for b in content if b.type == "tool_use"]
        if not calls:
            return
        request["messages"] = [
            *request["messages"], {"role": "assistant", "content": [b.model_dump(exclude_none=True) for b in content]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": c.id, "content": "cloudy"} for c in calls]},
        ]


def gemini_client():
    from google import genai
    from google.genai import types

    retry = types.HttpRetryOptions(attempts=1 + RETRIES, initial_delay=0.05) if RETRIES else None
    return genai.Client(api_key="dummy", http_options=types.HttpOptions(base_url=os.environ["GOOGLE_GEMINI_BASE_URL"], retry_options=retry))


def gemini(client):
    from google.genai import types

    model = gemini_model()
    if SCENARIO == "embeddings":
        client.models.embed_content(model=model, contents="a text")
        return
    contents = [types.Content(role="user", parts=[types.Part(text=QUESTION)])]
    if STREAM:
        drain(client.models.generate_content_stream(model=model, contents=contents))
        return
    lookup = types.FunctionDeclaration(name="lookup", description="look up a city", parameters_json_schema=SCHEMA)
    config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[lookup])] if LOOPS else None)
    while True:
        content = client.models.generate_content(model=model, contents=contents, config=config).candidates[0].content
        calls = [p.function_call for p in content.parts if p.function_call]
        if not calls:
            return
        answers = [types.Part(function_response=types.FunctionResponse(name=c.name, response={"sky": "cloudy"})) for c in calls]
        contents = [*contents, content, types.Content(role="user", parts=answers)]


def bedrock_client():
    import boto3
    from botocore.config import Config

    return boto3.client("bedrock-runtime", config=Config(retries={"max_attempts": RETRIES}))


def bedrock_converse(client):
    request = {"modelId": BEDROCK, "messages": [{"role": "user", "content": [{"text": QUESTION}]}], "inferenceConfig": {"maxTokens": 4000}}
    if LOOPS:
        request["toolConfig"] = {"tools": [{"toolSpec": {"name": "lookup", "description": "look up a city", "inputSchema": {"json": SCHEMA}}}]}
    if STREAM:
        drain(client.converse_stream(**request)["stream"])
        return
    while True:
        message = client.converse(**request)["output"]["message"]
        calls = [b["toolUse"] for b in message["content"] if "toolUse" in b]
        if not calls:
            return
        answers = [{"toolResult": {"toolUseId": c["toolUseId"], "content": [{"text": "cloudy"}]}} for c in calls]
        request["messages"] = [*request["messages"], message, {"role": "user", "content": answers}]


def bedrock_invoke(client):
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 4000, "messages": [{"role": "user", "content": QUESTION}]}
    request = {"modelId": BEDROCK, "contentType": "application/json", "accept": "application/json", "body": json.dumps(body)}
    if STREAM:
        drain(client.invoke_model_with_response_stream(**request)["body"])
    else:
        client.invoke_model(**request)["body"].read()


apis = {
    "openai-chat": lambda: openai_chat(openai_client()),
    "openai-responses": lambda: openai_responses(openai_client()),
    "anthropic": lambda: anthropic_messages(anthropic_client()),
    "gemini": lambda: gemini(gemini_client()),
    "bedrock-converse": lambda: bedrock_converse(bedrock_client()),
    "bedrock-invoke": lambda: bedrock_invoke(bedrock_client()),
}
