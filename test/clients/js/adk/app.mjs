// A Google ADK agent with the telemetry that it sets up itself from OTEL_EXPORTER_OTLP_ENDPOINT.
import * as adk from '@google/adk';
import { metrics, trace } from '@opentelemetry/api';
import { z } from 'zod';

const { SCENARIO, STREAM } = process.env;
adk.maybeSetOtelProviders?.();
const model = new adk.Gemini({ model: /^reasoning/.test(SCENARIO) ? 'gemini-2.5-pro' : 'gemini-2.5-flash', apiKey: 'dummy' });
const lookup = new adk.FunctionTool({ name: 'lookup', description: 'look up a city', parameters: z.object({ city: z.string() }), execute: () => ({ sky: 'cloudy' }) });
const agent = new adk.LlmAgent({
  name: 'harness', model, instruction: 'Answer briefly.', tools: /^tool-loop/.test(SCENARIO) ? [lookup] : [],
  generateContentConfig: SCENARIO === 'retry-429' ? { httpOptions: { retryOptions: { attempts: 3 } } } : undefined,
});
const runner = new adk.InMemoryRunner({ agent, appName: 'harness' });
const session = await runner.sessionService.createSession({ appName: 'harness', userId: 'u1' });
const run = { userId: 'u1', sessionId: session.id, newMessage: { role: 'user', parts: [{ text: 'What is it like in Bern?' }] } };
for await (const event of runner.runAsync({ ...run, ...(STREAM ? { runConfig: { streamingMode: adk.StreamingMode.SSE } } : {}) })) console.log(event.author, event.errorMessage ?? '');
const provider = trace.getTracerProvider();
await (provider.getDelegate?.() ?? provider).forceFlush?.();
await metrics.getMeterProvider().forceFlush?.();
setTimeout(() => process.exit(), 300);
