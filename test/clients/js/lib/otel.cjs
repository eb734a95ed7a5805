// The OpenTelemetry set-up of a program that follows the documentation. Packages are
// those of the client that runs, which is the working directory.
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const req = createRequire(process.cwd() + '/index.js');
exports.req = req;

/** Loads a package of the client, or a part of one, that may be an ES module only. */
exports.load = async function load(name) {
  try {
    return req(name);
  } catch (e) {
    if (e.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw e;
    const [, owner, part] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(name);
    const dir = path.join(process.cwd(), 'node_modules', owner);
    const entry = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'))).exports[part ? `.${part}` : '.'];
    const file = entry.import?.default ?? entry.import ?? entry.default ?? entry;
    return import(pathToFileURL(path.join(dir, file)));
  }
};

/** Starts the SDK with traces, logs and metrics. */
exports.start = function start({ instrumentations = [], spanProcessors } = {}) {
  const { NodeSDK } = req('@opentelemetry/sdk-node');
  const { OTLPTraceExporter } = req('@opentelemetry/exporter-trace-otlp-proto');
  const { OTLPMetricExporter } = req('@opentelemetry/exporter-metrics-otlp-proto');
  const { OTLPLogExporter } = req('@opentelemetry/exporter-logs-otlp-proto');
  const own = createRequire(req.resolve('@opentelemetry/sdk-node'));
  const { PeriodicExportingMetricReader } = own('@opentelemetry/sdk-metrics');
  const { BatchLogRecordProcessor } = own('@opentelemetry/sdk-logs');
  const options = {
    instrumentations, serviceName: process.env.OTEL_SERVICE_NAME,
    metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(), exportIntervalMillis: 3_600_000, exportTimeoutMillis: 5000 })],
    logRecordProcessors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
  };
  if (spanProcessors) options.spanProcessors = spanProcessors;
  else options.traceExporter = new OTLPTraceExporter();
  const sdk = new NodeSDK(options);
  sdk.start();
  return sdk;
};

/** Runs a function inside a span of the application, as a request handler would be. */
exports.inSpan = async function inSpan(fn) {
  const { trace } = req('@opentelemetry/api');
  return trace.getTracer('app').startActiveSpan('handle request', async (span) => {
    try {
      return await fn();
    } finally {
      span.end();
    }
  });
};

/** Runs a program to its end and exports what is left. A failure that the scenario wants is none. */
exports.main = function main(fn, stop) {
  Promise.resolve().then(fn).catch((e) => {
    const wanted = /^error/.test(process.env.SCENARIO) || process.env.SCENARIO === 'stream-abort';
    console.error(wanted ? `as wanted: ${e.message}` : e.stack);
    if (!wanted) process.exitCode = 1;
  }).then(stop).catch((e) => {
    console.error('stop:', e.stack);
    process.exitCode = 1;
  }).then(() => setTimeout(() => process.exit(), 50));
};
