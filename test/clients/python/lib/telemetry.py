"""The OpenTelemetry set-up of a program that follows the documentation."""

import os
import sys
import traceback
from contextlib import nullcontext

from opentelemetry import _logs, metrics, trace
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

SCENARIO = os.environ["SCENARIO"]


def start():
    """Starts the SDK with traces, logs and metrics, and returns what stops it."""
    traces = TracerProvider()
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(traces)
    meters = MeterProvider(metric_readers=[PeriodicExportingMetricReader(OTLPMetricExporter(), export_interval_millis=3_600_000)])
    metrics.set_meter_provider(meters)
    logs = LoggerProvider()
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    _logs.set_logger_provider(logs)

    def stop():
        traces.shutdown()
        meters.shutdown()
        logs.shutdown()

    return stop


def main(call, stop):
    """Runs a program to its end and exports what is left.

    Loops run inside a span of the application, as a request handler would be. A failure that the scenario wants is none.
    """
    loops = SCENARIO.startswith("tool-loop") and not os.environ.get("ORPHANS")
    try:
        with trace.get_tracer("app").start_as_current_span("handle request") if loops else nullcontext():
            call()
    except Exception as e:
        if not SCENARIO.startswith("error"):
            traceback.print_exc()
            stop()
            sys.exit(1)
        print("as wanted:", e)
    stop()
