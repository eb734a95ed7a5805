-- What GenAI calls cost, from the tables that the clickhouse exporter makes. Run it once, in the database of the exporter:
--   clickhouse client --database otel --multiquery < examples/clickhouse/views.sql
--
-- The exporter stores attributes as text. token_cost.total and its parts were written as doubles that hold an exact decimal
-- of 12 digits, whose shortest text is that decimal: as Decimal they are exact again, and so are their sums.

-- One row a call. An exporter that tries again after a lost answer inserts a span twice: only one of it counts.
CREATE OR REPLACE VIEW token_cost_calls AS
SELECT
    Timestamp AS time,
    TraceId AS trace_id,
    SpanId AS span_id,
    ServiceName AS service,
    SpanAttributes['token_cost.status'] AS status,
    JSONExtract(SpanAttributes['token_cost.reasons'], 'Array(String)') AS reasons,
    -- provider/model@start of the price, if one was applied
    if(SpanAttributes['token_cost.price'] != '', splitByChar('/', SpanAttributes['token_cost.price'])[1], SpanAttributes['gen_ai.provider.name']) AS provider,
    multiIf(
        SpanAttributes['token_cost.price'] != '', extract(SpanAttributes['token_cost.price'], '/(.*)@'),
        SpanAttributes['gen_ai.response.model'] != '', SpanAttributes['gen_ai.response.model'],
        SpanAttributes['gen_ai.request.model'] != '', SpanAttributes['gen_ai.request.model'],
        SpanAttributes['llm.model_name'] != '', SpanAttributes['llm.model_name'], -- OpenInference
        SpanAttributes['ai.model.id'] != '', SpanAttributes['ai.model.id'], -- AI SDK
        SpanAttributes['langfuse.observation.model.name']) AS model,
    SpanAttributes['token_cost.team'] AS team,
    SpanAttributes['token_cost.customer'] AS customer,
    SpanAttributes['token_cost.currency'] AS currency,
    toDecimal128OrNull(SpanAttributes['token_cost.total'], 12) AS cost, -- NULL is not known, never zero
    toDecimal128OrZero(SpanAttributes['token_cost.input'], 12) AS cost_input,
    toDecimal128OrZero(SpanAttributes['token_cost.cache_read'], 12) AS cost_cache_read,
    toDecimal128OrZero(SpanAttributes['token_cost.cache_write'], 12) AS cost_cache_write,
    toDecimal128OrZero(SpanAttributes['token_cost.output'], 12) AS cost_output,
    toDecimal128OrZero(SpanAttributes['token_cost.fees'], 12) AS cost_fees,
    CAST(StatusCode = 'Error', 'UInt8') AS failed,
    Duration / 1e9 AS seconds
FROM otel_traces
-- no calls: repetitions of what others tell
WHERE SpanAttributes['token_cost.status'] != '' AND NOT hasAny(reasons, ['roll_up', 'duplicate_call', 'no_inference', 'priced_in_other_signal'])
LIMIT 1 BY TraceId, SpanId;

-- Spend by day, model and team: the finance view. What has no price is counted beside, not left out.
CREATE OR REPLACE VIEW token_cost_daily AS
SELECT
    toDate(time, 'UTC') AS day, service, team, provider, model, currency,
    count() AS calls,
    countIf(status = 'unpriced') AS unpriced,
    countIf(status = 'estimated') AS estimated,
    sum(ifNull(cost, 0)) AS spend
FROM token_cost_calls
GROUP BY day, service, team, provider, model, currency;

-- The dearest traces.
CREATE OR REPLACE VIEW token_cost_traces AS
SELECT
    trace_id, currency, min(time) AS begun, any(service) AS a_service, count() AS calls, sum(ifNull(cost, 0)) AS spend,
    countIf(cost IS NULL AND status = 'unpriced') AS unpriced
FROM token_cost_calls
GROUP BY trace_id, currency;

-- What keeps calls from a price: the list to work on.
CREATE OR REPLACE VIEW token_cost_unpriced AS
SELECT reason, service, provider, model, count() AS calls, max(time) AS last_seen
FROM token_cost_calls
ARRAY JOIN reasons AS reason
WHERE status = 'unpriced'
GROUP BY reason, service, provider, model;

-- What the cache did: its share of what was spent on input.
CREATE OR REPLACE VIEW token_cost_cache AS
SELECT
    toDate(time, 'UTC') AS day, provider, model, currency,
    sum(cost_input) AS spend_input, sum(cost_cache_read) AS spend_cache_read, sum(cost_cache_write) AS spend_cache_write
FROM token_cost_calls
GROUP BY day, provider, model, currency;
