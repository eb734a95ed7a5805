"""Two calls of LiteLLM inside a span of the application, with LiteLLM's own callback."""

import os
import sys
import time

sys.path.insert(0, "../lib")
import telemetry

stop = telemetry.start()

import litellm  # noqa: E402
import sdks  # noqa: E402
from litellm.litellm_core_utils.thread_pool_executor import executor  # noqa: E402
from opentelemetry import trace  # noqa: E402


def call():
    for _ in range(int(os.environ["CALLS"])):
        messages = [{"role": "user", "content": sdks.QUESTION}]
        litellm.completion(model="openai/" + sdks.openai_model(), api_base=os.environ["OPENAI_BASE_URL"], messages=messages)


def end():
    executor.shutdown(wait=True)
    stop()


litellm.callbacks = ["otel"]
with trace.get_tracer("app").start_as_current_span("handle request"):
    call()
    time.sleep(1)  # callbacks run in the background, and write onto this span while it lasts
end()
